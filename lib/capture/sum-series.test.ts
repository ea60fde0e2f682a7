import path from "node:path";
import { describe, expect, it } from "vitest";
import { testFolder } from "@/lib/jobs/testing";
import { openSqlite } from "./driver";
import { bucketAt, countsInTime, seriesSql } from "./sum-series";

const MINUTE = 60_000_000_000n;

describe("a list of numbers by place", () => {
  function written(
    rows: readonly (readonly [bucketNs: bigint | number | null, n: number, list: string])[],
    first: bigint,
  ): string[] {
    const database = openSqlite(path.join(testFolder(), "lists.db"));
    database.exec("CREATE TABLE m (bucketNs INTEGER, n INTEGER, list TEXT)");
    const insert = database.prepare("INSERT INTO m VALUES (?, ?, ?)");
    for (const row of rows) insert.run([...row]);
    const of = { first, widthNs: MINUTE };
    const [found = []] = database
      .prepare(`SELECT ${seriesSql("n", false, of)}, ${seriesSql("list", true, of)} FROM m`)
      .rows([]);
    database.close();
    return found.map(String);
  }

  it("begins with 1 at the first bucket, and has 0 for what has no time", () => {
    const rows = [
      [10n * MINUTE, 3, "7"],
      [12n * MINUTE, 4, "8,9"],
      [null, 5, "1"],
    ] as const;
    expect(written(rows, 10n)).toEqual(["1:3,3:4,0:5", "1=7;3=8,9;0=1"]);
  });

  it("also before 1970, and where a bucket begins out of 64 bits", () => {
    const first = -(2n ** 63n) / MINUTE - 1n;
    const rows = [
      [Number(first * MINUTE), 1, "1"],
      [-2n * MINUTE, 2, "2"],
      [3n * MINUTE, 3, "3"],
    ] as const;
    const places = [0n, -2n - first, 3n - first].map((place) => place + 1n);
    expect(written(rows, first)[0]).toBe(places.map((place, at) => `${place}:${at + 1}`).join(","));
  });
});

describe("the buckets of a time line", () => {
  const sums = { first: 10n, widthNs: MINUTE };

  it("are made of those of sums", () => {
    const at = bucketAt(sums, { widthNs: 5n * MINUTE });
    expect([0, 1, 5, 6, 11].map(at)).toEqual(
      [null, 10n, 10n, 15n, 20n].map((n) => (n === null ? null : n * MINUTE)),
    );
    expect(countsInTime("1:2,5:3,0:4,6:1", at)).toEqual(
      new Map<bigint | null, number>([
        [10n * MINUTE, 5],
        [null, 4],
        [15n * MINUTE, 1],
      ]),
    );
  });

  it("are those of the range only: its end is out of it, and so is what has no time", () => {
    const at = bucketAt(sums, { from: 11n * MINUTE, to: 13n * MINUTE, widthNs: MINUTE });
    expect([0, 1, 2, 3, 4].map(at)).toEqual([undefined, undefined, 11n * MINUTE, 12n * MINUTE, undefined]);
    expect(countsInTime("0:1,1:1,2:5,4:9", at)).toEqual(new Map([[11n * MINUTE, 5]]));
    expect(bucketAt(sums, { to: 11n * MINUTE, widthNs: MINUTE })(0)).toBeUndefined();
    expect(countsInTime(`${"9".repeat(400)}:5,2:1`, at)).toEqual(new Map([[11n * MINUTE, 1]]));
  });
});
