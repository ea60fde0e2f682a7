import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openSqlite, type SqlValue } from "./driver";
import { LONGEST_BLOB, TableImage } from "./table-image";

const CREATE = "CREATE TABLE T (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER)";

type Row = readonly [id: number, a: bigint | null, b: bigint | null];

function imageOf(rows: readonly Row[], image = new TableImage(CREATE, "T", 2)): TableImage {
  for (const [id, ...values] of rows) {
    image.begin(id);
    for (const value of values) {
      if (value === null) image.none();
      else if (BigInt(Number(value)) === value && Number.isSafeInteger(Number(value)))
        image.integer(Number(value));
      else image.int64(Number(value >> 32n), Number(BigInt.asIntN(32, value)));
    }
    image.end();
  }
  return image;
}

/** What SQLite makes of the file: its own check, and the rows. */
function readBack(image: TableImage): { check: SqlValue | undefined; rows: SqlValue[][] } {
  const file = path.join(mkdtempSync(path.join(tmpdir(), "eyepiece-image-")), "t.db");
  writeFileSync(file, image.finish());
  const database = openSqlite(file, { readOnly: true });
  const check = database.prepare("PRAGMA integrity_check").get([])?.integrity_check;
  const rows = database.prepareExact("SELECT id, a, b FROM T ORDER BY id").rows([]);
  database.close();
  return { check, rows };
}

const exact = (rows: readonly Row[]): SqlValue[][] => rows.map(([id, a, b]) => [BigInt(id), a, b]);

describe("a table written as a file", () => {
  it("is read by SQLite: nothing, one row, as many as fill many leaves", () => {
    for (const count of [0, 1, 1536, 1537, 40_000]) {
      const rows = Array.from({ length: count }, (_, n): Row => [n * 3 + 1, BigInt(n) ** 4n, null]);
      const { check, rows: read } = readBack(imageOf(rows));
      expect(check).toBe("ok");
      expect(read).toEqual(exact(rows));
    }
  });

  it("is as good a file when full leaves are written at once", () => {
    for (const count of [0, 1, 1536, 1537, 40_000]) {
      const file = Buffer.alloc(64 * 65_536);
      let end = 0;
      const write = (bytes: Uint8Array, at: number): void => {
        file.set(bytes, at);
        end = Math.max(end, at + bytes.length);
      };
      const rows = Array.from({ length: count }, (_, n): Row => [n * 3 + 1, BigInt(n) ** 4n, null]);
      const whole = Buffer.from(imageOf(rows).finish());
      write(imageOf(rows, new TableImage(CREATE, "T", 2, write)).finish(), 0);
      // What no cell stands on differs: a leaf is filled over the one before.
      const target = path.join(mkdtempSync(path.join(tmpdir(), "eyepiece-image-")), "t.db");
      writeFileSync(target, file.subarray(0, end));
      expect(end).toBe(whole.length);
      const database = openSqlite(target, { readOnly: true });
      expect(database.prepare("PRAGMA integrity_check").get([])?.integrity_check).toBe("ok");
      expect(database.prepareExact("SELECT id, a, b FROM T ORDER BY id").rows([])).toEqual(exact(rows));
      database.close();
    }
  });

  it("keeps whole numbers at the ends of each width", () => {
    const ends = [7n, 15n, 23n, 31n, 47n, 53n].flatMap((bits) => {
      const end = 2n ** bits;
      return [end - 1n, end, end + 1n, -end - 1n, -end, -end + 1n];
    });
    const values = [0n, 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n), ...ends];
    const rows = values.map((value, n): Row => [n, value, n % 2 === 0 ? null : value]);
    expect(readBack(imageOf(rows))).toEqual({ check: "ok", rows: exact(rows) });
  });

  it("keeps row ids at the ends of each length", () => {
    const ids = [0, 127, 128, 16_383, 16_384, 2 ** 28 - 1, 2 ** 28, 2 ** 49, Number.MAX_SAFE_INTEGER];
    const rows = ids.map((id): Row => [id, 5n, null]);
    expect(readBack(imageOf(rows))).toEqual({ check: "ok", rows: exact(rows) });
  });

  it("keeps any rows, whatever stood in the image before", () => {
    const value = fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }));
    const step = fc.integer({ min: 1, max: 2 ** 30 });
    const image = new TableImage(CREATE, "T", 2);
    fc.assert(
      fc.property(fc.array(fc.tuple(step, value, value), { maxLength: 5000 }), (made) => {
        let id = 0;
        const rows = made.map(([by, a, b]): Row => {
          id += by;
          return [id, a, b];
        });
        image.clear();
        expect(readBack(imageOf(rows, image))).toEqual({ check: "ok", rows: exact(rows) });
      }),
      { numRuns: 25, seed: 7 },
    );
  });

  it("keeps bytes in its last column, none of them, and as many as there may be, beside full leaves", () => {
    const image = new TableImage(CREATE.replace("b INTEGER", "b BLOB"), "T", 2, undefined, true);
    const lengths = [0, 1, 57, 58, 63, 64, 100, 8000, LONGEST_BLOB, 8000, 1, ...Array(20).fill(7999), 0];
    const rows = lengths.map((length, n) => [n, Buffer.alloc(length, n + 1)] as const);
    for (const [n, bytes] of rows) {
      image.begin(n * 2, bytes.length + 2);
      image.integer(n);
      image.blob(Buffer.concat([Buffer.from("x"), bytes, Buffer.from("y")]), 1, 1 + bytes.length);
      image.end();
      image.begin(n * 2 + 1);
      image.none();
      image.blob(bytes, 0, 0, true);
      image.end();
    }
    const { check, rows: read } = readBack(image);
    expect(check).toBe("ok");
    const same = read.map(([id, a, b]) => [id, a, b === null ? null : Buffer.from(b as Uint8Array)]);
    for (const [n, bytes] of rows) {
      expect(same[n * 2]?.slice(0, 2)).toEqual([BigInt(n * 2), BigInt(n)]);
      expect(bytes.equals(same[n * 2]?.[2] as Buffer), `${n}`).toBe(true);
      expect(same[n * 2 + 1]).toEqual([BigInt(n * 2 + 1), null, null]);
    }
  });

  it("refuses a row with too few or too many values", () => {
    for (const count of [1, 3]) {
      const image = new TableImage(CREATE, "T", 2);
      image.begin(1);
      for (let n = 0; n < count; n++) image.integer(n);
      expect(() => image.end()).toThrow("not as many values");
    }
  });

  it("refuses what is no whole number", () => {
    const image = new TableImage(CREATE, "T", 2);
    image.begin(1);
    expect(() => image.integer(2 ** 53)).toThrow("not a whole number");
    expect(() => image.integer(Number.POSITIVE_INFINITY)).toThrow("not a whole number");
  });
});
