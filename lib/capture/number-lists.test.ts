import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { testFolder } from "@/lib/jobs/testing";
import { openSqlite } from "./driver";
import { bucketCounts, codeSql, countByPlace, countedList } from "./number-lists";

/** What a list says, the slow way. */
function spelled(list: string): Map<number, number> {
  const counts = new Map<number, number>();
  for (const part of list.split(",")) {
    const [number = 0, n = 1] = part.split(":").map(Number);
    if (n > 0) counts.set(number, (counts.get(number) ?? 0) + n);
  }
  return counts;
}

describe("a list of numbers", () => {
  for (const list of ["7", "640,641,640", "2:7,3:1,2:1", "5,5:2,70000,70000:3,0,0", "3:0,4"])
    it(`says how often each is there: ${list}`, () => {
      expect(bucketCounts(list)).toEqual(spelled(list));
      // Nothing is left over from a list that was read before.
      expect(bucketCounts(list)).toEqual(spelled(list));
    });

  it("is empty where there is none", () => {
    expect([bucketCounts(null), bucketCounts(undefined), bucketCounts("")]).toEqual([
      new Map(),
      new Map(),
      new Map(),
    ]);
  });

  it("is said in short", () => {
    expect(countedList(bucketCounts("640,641,640,9:1,9"))).toBe("640:2,641,9:2");
    expect(countedList(new Map())).toBe("");
  });
});

describe("codes", () => {
  it("stand for numbers, between others or alone", () => {
    expect(bucketCounts("I?I@I?")).toEqual(
      new Map([
        [640, 2],
        [641, 1],
      ]),
    );
    expect(bucketCounts("I?,7:2,641,I@I@,7")).toEqual(
      new Map([
        [640, 1],
        [7, 3],
        [641, 3],
      ]),
    );
  });

  it("are made by the store", () => {
    const numbers = [0, 1, 63, 64, 640, 3071, 4095];
    const database = openSqlite(path.join(testFolder(), "codes.db"));
    onTestFinished(() => database.close());
    const codes = database
      .prepare(`SELECT group_concat(${codeSql("value")}, '') FROM json_each(?)`)
      .rows([JSON.stringify([...numbers, null, 640])])[0]?.[0];
    expect(String(codes)).toHaveLength(2 * (numbers.length + 1));
    expect(bucketCounts(codes)).toEqual(new Map(numbers.map((number) => [number, number === 640 ? 2 : 1])));
  });
});

describe("lists by place", () => {
  it("are counted where their place says", () => {
    const counts = new Map<number, Uint32Array>();
    countByPlace("3=?D?A?D;0=?F;12=?D;3=?D?D", (place) => {
      const array = new Uint32Array(10);
      counts.set(place, array);
      return array;
    });
    expect([...counts].map(([place, array]) => [place, [...array]])).toEqual([
      [3, [0, 0, 1, 0, 0, 4, 0, 0, 0, 0]],
      [0, [0, 0, 0, 0, 0, 0, 0, 1, 0, 0]],
      [12, [0, 0, 0, 0, 0, 1, 0, 0, 0, 0]],
    ]);
  });

  it("may be missing", () => {
    const asked: number[] = [];
    for (const lists of [null, ""])
      countByPlace(lists, (place) => {
        asked.push(place);
        return new Uint32Array(1);
      });
    expect(asked).toEqual([]);
  });
});
