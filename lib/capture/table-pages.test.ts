import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { openSqlite, type Sqlite } from "./driver";
import { eachRow, leavesOf } from "./table-pages";

function table(): Sqlite {
  const file = path.join(mkdtempSync(path.join(tmpdir(), "eyepiece-pages-")), "t.db");
  const database = openSqlite(file);
  database.exec("CREATE TABLE T (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER)");
  return database;
}

/** Every width that the format has, at both ends of it. */
const EDGES = [
  0n,
  1n,
  -1n,
  127n,
  -128n,
  128n,
  32_767n,
  -32_768n,
  32_768n,
  2n ** 23n - 1n,
  -(2n ** 23n),
  2n ** 23n,
]
  .concat([2n ** 31n - 1n, -(2n ** 31n), 2n ** 31n, 2n ** 47n - 1n, -(2n ** 47n), 2n ** 47n, 2n ** 53n - 1n])
  .concat([2n ** 63n - 1n, -(2n ** 63n), 0x1234_5678_9abc_def0n]);

type Row = [id: number, a: bigint | null, b: bigint | null];

/** Through the pages: numbers where they are exact, else put together from their halves. */
function rowsOf(database: Sqlite): Row[] {
  const rows: Row[] = [];
  eachRow(database, leavesOf(database, "T").pages, (row) => {
    const value = (column: number): bigint | null => {
      if (row.isNull(column)) return null;
      const wide = (BigInt(row.high(column)) << 32n) | BigInt(row.low(column) >>> 0);
      const number = row.number(column, -7);
      if (Number.isSafeInteger(number)) expect(BigInt(number)).toBe(wide);
      return wide;
    };
    rows.push([row.rowId, value(1), value(2)]);
  });
  return rows;
}

const told = (database: Sqlite): unknown[] =>
  database
    .prepareExact("SELECT id, a, b FROM T ORDER BY id")
    .rows([])
    .map(([id, a, b]) => [Number(id), a, b]);

describe("rows read from pages", () => {
  it("are those that SQLite reads, whatever their width", () => {
    const database = table();
    const insert = database.prepare("INSERT INTO T (a, b) VALUES (?, ?)");
    for (const a of [...EDGES, null]) for (const b of [null, 5n, ...EDGES]) insert.run([a, b]);
    expect(rowsOf(database)).toEqual(told(database));
    expect(rowsOf(database)).toHaveLength((EDGES.length + 1) * (EDGES.length + 2));
  });

  it.each([0, 1, 100, 30_000])(
    "come in the order of ids, of %i rows, though they were put in another",
    (rows) => {
      const database = table();
      database
        .prepare(
          `WITH RECURSIVE n(i) AS (SELECT 0 WHERE ?1 > 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?1)
         INSERT INTO T SELECT (i * 7919) % 200003 * 4611686018, i, i * i FROM n`,
        )
        .run([rows]);
      const found = rowsOf(database);
      expect(found).toHaveLength(rows);
      expect(found).toEqual(told(database));
      const { pages, last } = leavesOf(database, "T");
      expect(pages.length > 1).toBe(rows > 1000);
      expect([...last].sort((a, b) => a - b)).toEqual(last);
    },
  );

  it("include what the transaction has not committed, and lack columns that were added later", () => {
    const database = table();
    database.exec("INSERT INTO T VALUES (1, 2, 3)");
    database.exec("ALTER TABLE T ADD COLUMN c INTEGER");
    database.transaction(() => {
      database.exec("INSERT INTO T VALUES (2, 3, 4, 5)");
      const found: [number, boolean, number][] = [];
      eachRow(database, leavesOf(database, "T").pages, (row) =>
        found.push([row.rowId, row.isNull(3), row.number(3, -1)]),
      );
      expect(found).toEqual([
        [1, true, -1],
        [2, false, 5],
      ]);
    });
  });
});
