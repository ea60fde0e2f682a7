import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { projectRoot } from "@/lib/base/project-root";
import { TestCapture } from "@/lib/jobs/testing";
import { dropHalfReadFile, settleAddedFiles } from ".";

/** So few flows are many here, so that it is done with a thread and in two transactions. */
const MANY = 100;
const NOW_MS = 2000;

const sample = (): Uint8Array =>
  gunzipSync(readFileSync(path.join(projectRoot(), "public", "sample", "node-1-events.log.gz")));

/** Every row of every table, but for the program's own notes. */
function contentOf({ database }: TestCapture): Map<string, string[]> {
  const tables = database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
    .rows([])
    .map(([name]) => String(name))
    .filter((name) => !name.startsWith("_"));
  const rowsOf = (table: string): string[] =>
    database
      .prepareExact(`SELECT * FROM ${table}`)
      .rows([])
      .map((row) => JSON.stringify(row, (_, value) => (typeof value === "bigint" ? String(value) : value)));
  return new Map(tables.map((table) => [table, rowsOf(table)]));
}

const indexesOf = ({ database }: TestCapture): unknown[] =>
  database.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'index' ORDER BY name").rows([]);

it("is settled in two transactions and two threads as it is in one", () => {
  const one = new TestCapture();
  one.add("sample", sample());
  const two = new TestCapture();
  settleAddedFiles(two.database, [two.load("sample", sample())], NOW_MS, "", MANY);
  const expected = contentOf(one);
  expect(expected.get("DnsExchange")?.length).toBeGreaterThan(100);
  expect(expected.get("CauseFlow")?.length).toBeGreaterThan(10);
  expect(contentOf(two)).toEqual(expected);
  expect(indexesOf(two)).toEqual(indexesOf(one));
  expect(besideOf(two)).toEqual([]);
});

it("that could not be settled leaves nothing behind its first transaction", () => {
  const capture = new TestCapture();
  const { database } = capture;
  database.exec(
    "CREATE TRIGGER broken BEFORE INSERT ON Revision BEGIN SELECT RAISE(ABORT, 'no revision'); END",
  );
  const fileId = capture.load("sample", sample());
  expect(() => settleAddedFiles(database, [fileId], NOW_MS, "", MANY)).toThrow("no revision");
  // Sides were found, and committed.
  expect(database.prepare("SELECT count(*) AS n FROM Actor").get([])).not.toEqual({ n: 0 });
  expect(database.prepare("SELECT count(*) AS n FROM Attempt").get([])).toEqual({ n: 0 });
  expect(besideOf(capture)).toEqual([]);
  dropHalfReadFile(database, fileId);
  for (const table of ["Flow", "DuplicateFlow", "Pair", "Kind", "Endpoint", "Text", "RawBlock"])
    expect(database.prepare(`SELECT count(*) AS n FROM ${table}`).get([])).toEqual({ n: 0 });
  // Taken up again, it is as if it had come now.
  database.exec("DROP TRIGGER broken");
  capture.add("again", sample());
  const fresh = new TestCapture();
  fresh.add("sample", sample());
  const said = ({ database }: TestCapture): unknown[] => [
    database
      .prepare("SELECT causeId, count, clients, attempts, position FROM Cause ORDER BY causeId")
      .rows([]),
    database.prepare("SELECT key, workloadKey, kind FROM Actor ORDER BY key").rows([]),
    database
      .prepare("SELECT level, count(*), sum(records), sum(attempts), sum(drops) FROM RollUp GROUP BY 1")
      .rows([]),
    database.prepareExact("SELECT state, count(*), sum(latencyNs) FROM DnsExchange GROUP BY 1").rows([]),
  ];
  expect(said(capture)).toEqual(said(fresh));
});

/** Files beside the capture that are not SQLite's own. */
function besideOf({ file }: TestCapture): string[] {
  expect(existsSync(file)).toBe(true);
  const names = readdirSync(path.dirname(file)).filter((name) => name.startsWith(path.basename(file)));
  return names.filter((name) => !/\.db(-wal|-shm)?$/.test(name));
}
