import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { line, lines, TestCapture, testFolder } from "@/lib/jobs/testing";
import { adoptCapture } from "./adopt-capture";
import { openCapture } from "./capture-file";
import { checkImport } from "./check-import";
import { openSqlite } from "./driver";
import { copyCapture } from "./keep-revision";

const side = { pod_name: "web-1", namespace: "shop", labels: ["k8s:app=web"] };

/** A capture as another Eyepiece handed it out, changed by some SQL. */
function handedOut(sql = ""): { readonly file: string; readonly scratch: string } {
  const folder = testFolder();
  const capture = new TestCapture(folder);
  const records = Array.from({ length: 200 }, (_, n) => line(n, { source: side, uuid: `u-${n}` }));
  capture.add("a.log", lines(...records));
  const file = path.join(folder, "handed-out.db");
  copyCapture(capture.database, capture.file, file);
  if (sql !== "") {
    const database = openSqlite(file);
    database.exec(sql);
    database.exec("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE;");
    database.close();
  }
  return { file, scratch: path.join(folder, "layout.db") };
}

const check = ({ file, scratch }: { readonly file: string; readonly scratch: string }) =>
  checkImport(file, scratch);

describe("a capture from elsewhere", () => {
  it("is taken as it was handed out", () => {
    expect(check(handedOut())).toEqual({ ok: true, value: { captureId: "testcapture0", name: "Test" } });
  });

  it("is taken without an index that is made when it is needed, and with statistics", () => {
    expect(check(handedOut('DROP INDEX "Flow_hash_occurrence_idx"; ANALYZE;')).ok).toBe(true);
  });

  it("gets its id and name here, and forgets where uploads lay", () => {
    const { file } = handedOut("UPDATE SourceFile SET spool = '/data/spool/other-1'");
    expect(adoptCapture(file, { captureId: "another00000", name: "Copy" }).ok).toBe(true);
    const opened = openCapture(file, { readOnly: true });
    if (!opened.ok) throw new Error(opened.failure.message);
    onTestFinished(() => opened.value.close());
    expect(opened.value.prepare("SELECT captureId, name FROM Capture").all([])).toEqual([
      { captureId: "another00000", name: "Copy" },
    ]);
    expect(opened.value.prepare("SELECT count(spool) AS n FROM SourceFile").get([])).toEqual({ n: 0 });
  });

  it.each([
    ["a trigger", "CREATE TRIGGER t AFTER UPDATE ON Capture BEGIN DELETE FROM Flow; END", "it has a trigger"],
    ["a view", "CREATE VIEW v AS SELECT 1", "it has a view"],
    ["a table of its own", "CREATE TABLE secrets (a)", 'it has the table "secrets"'],
    ["a virtual table", "CREATE VIRTUAL TABLE words USING fts5(a)", '"words'],
    ["an index that calls a function", 'CREATE INDEX i ON Flow (abs("id"))', 'it has the index "i"'],
    ["a column more", "ALTER TABLE Capture ADD COLUMN more TEXT", 'its table "Capture" is not laid out'],
    ["a table less", "DROP TABLE RollUp", 'its table "RollUp" is missing'],
    [
      "a text for a number",
      "UPDATE Flow SET sourceId = 'one' WHERE id = (SELECT max(id) FROM Flow)",
      'its table "Flow" holds values of another type',
    ],
    [
      "a blob for a text",
      "UPDATE Endpoint SET pod = x'00ff'",
      'its table "Endpoint" holds values of another type',
    ],
    // The driver would end the process over each of these.
    [
      "bytes for a name",
      "UPDATE Endpoint SET pod = CAST(x'61ff' AS TEXT)",
      'its table "Endpoint" holds texts',
    ],
    [
      "bytes behind a NUL",
      "UPDATE Endpoint SET namespace = CAST(x'6100ff' AS TEXT) WHERE id = (SELECT max(id) FROM Endpoint)",
      'its table "Endpoint" holds texts',
    ],
    [
      "half a letter for its name",
      "UPDATE Capture SET name = CAST(x'c3' AS TEXT)",
      'its table "Capture" holds texts',
    ],
    [
      "bytes in a column of any type",
      "UPDATE _prisma_migrations SET finished_at = CAST(x'80' AS TEXT)",
      'its table "_prisma_migrations" holds texts',
    ],
    [
      "bytes for a migration",
      "INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ('x', 'x', CAST(x'ff' AS TEXT))",
      "its history holds texts",
    ],
    [
      "a name of 17 million letters",
      "UPDATE Endpoint SET pod = CAST(zeroblob(17000000) AS TEXT) WHERE id = 1",
      'its table "Endpoint" holds texts',
    ],
    [
      "a block that unpacks to four GiB",
      "UPDATE RawBlock SET data = x'ffffffff00'",
      "is larger than one can be",
    ],
    [
      "two descriptions",
      "INSERT INTO Capture (id, captureId, name, createdAtMs, formatVersion, programVersion) VALUES (2, 'x', 'x', 1, 1, 'x')",
      "what it says of itself",
    ],
    ["an id that is a path", "UPDATE Capture SET captureId = '../../catalogue'", "what it says of itself"],
    ["no description", "DELETE FROM Capture", "it has no description of itself"],
    [
      "a migration that differs",
      "UPDATE _prisma_migrations SET checksum = 'other'",
      "differs from the one of this program",
    ],
    ["no history", "DROP TABLE _prisma_migrations", "no capture of Eyepiece"],
  ])("with %s is refused", (_, sql, says) => {
    const refused = check(handedOut(sql));
    expect(refused).toMatchObject({
      ok: false,
      failure: { code: "capture_not_read", message: expect.stringContaining(says) },
    });
  });

  it.each([
    [
      "by its migrations",
      "INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ('x', 'x', '29990101000000_later')",
    ],
    ["by its layout", "UPDATE Capture SET formatVersion = 99"],
  ])("from a newer program, %s, is refused as such", (_, sql) => {
    expect(check(handedOut(sql))).toMatchObject({ failure: { code: "capture_newer_than_program" } });
  });

  it("whose table has bytes for a name, or other letters than UTF-8, is refused", () => {
    const { file, scratch } = handedOut("CREATE TABLE zzzz (a)");
    const bytes = readFileSync(file);
    for (let at = bytes.indexOf("zzzz"); at >= 0; at = bytes.indexOf("zzzz", at))
      bytes.fill(0xff, at, at + 4);
    writeFileSync(file, bytes);
    expect(checkImport(file, scratch)).toMatchObject({
      failure: { code: "capture_not_read", message: expect.stringContaining("its layout holds texts") },
    });
    const other = handedOut();
    const header = readFileSync(other.file);
    header.writeUInt32BE(2, 56);
    writeFileSync(other.file, header);
    expect(check(other)).toMatchObject({
      failure: { message: expect.stringContaining("its texts are not UTF-8") },
    });
  });

  it("is taken with names of any letters", () => {
    expect(check(handedOut("UPDATE Endpoint SET pod = 'größe-' || char(0x1f600)")).ok).toBe(true);
  });

  it("that is no SQLite file, or an empty one, is refused", () => {
    const { file, scratch } = handedOut();
    writeFileSync(file, '{"flow":{}}\n'.repeat(100));
    expect(checkImport(file, scratch)).toMatchObject({
      failure: { message: "The file is not taken: it is no SQLite file." },
    });
    writeFileSync(file, "");
    expect(checkImport(file, scratch)).toMatchObject({ failure: { code: "capture_not_read" } });
  });

  it("that breaks off is refused before it is opened", () => {
    const { file, scratch } = handedOut();
    const { length } = readFileSync(file);
    truncateSync(file, length - 8192);
    expect(checkImport(file, scratch)).toMatchObject({
      failure: { message: expect.stringContaining(`it breaks off: ${length - 8192} of ${length} bytes`) },
    });
  });

  it("with a torn page is refused", () => {
    const { file, scratch } = handedOut();
    const bytes = readFileSync(file);
    for (let page = 20; page < bytes.length / 8192; page++)
      bytes.fill(0xab, page * 8192 + 8, page * 8192 + 600);
    writeFileSync(file, bytes);
    expect(checkImport(file, scratch)).toMatchObject({ failure: { code: "capture_not_read" } });
  });
});
