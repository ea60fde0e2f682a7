import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { projectRoot } from "@/lib/base/project-root";
import { line, lines, TestCapture, testFolder } from "@/lib/jobs/testing";
import { captureFile, captureSize, createCapture, deleteCapture, openCapture } from "./capture-file";

const CAPTURE = { captureId: "abcdefghij", name: "Ü 名", createdAtMs: 5, programVersion: "0" };

function created(): string {
  const file = captureFile(testFolder(), CAPTURE.captureId);
  createCapture(file, CAPTURE);
  return file;
}

describe("a capture's file", () => {
  it.each(["../../etc/passwd", "a", "ABCDEFGHIJ", "abc/defghij", "abcdefghij.db", "x".repeat(33), ""])(
    "has no name for the id %j",
    (id) => {
      expect(() => captureFile("/data", id)).toThrow("not a capture id");
    },
  );

  it("appears whole, with nothing beside it", () => {
    const file = created();
    expect(readdirSync(path.dirname(file))).toEqual(["abcdefghij.db"]);
    const opened = openCapture(file);
    if (!opened.ok) throw new Error(opened.failure.message);
    expect(opened.value.prepare("SELECT captureId, name FROM Capture").all([])).toEqual([
      { captureId: "abcdefghij", name: "Ü 名" },
    ]);
    opened.value.close();
  });

  it("is not made over another one", () => {
    const file = created();
    expect(() => createCapture(file, CAPTURE)).toThrow(/already/);
    expect(openCapture(file).ok).toBe(true);
  });

  it("does not take over what an earlier file of its name left beside it", () => {
    const file = captureFile(testFolder(), CAPTURE.captureId);
    createCapture(file, CAPTURE);
    // The journal of a capture that was deleted while the program was killed.
    const opened = openCapture(file);
    if (!opened.ok) throw new Error(opened.failure.message);
    opened.value.exec("UPDATE Capture SET name = 'old'");
    const journal = readFileSync(`${file}-wal`);
    expect(journal.length).toBeGreaterThan(0);
    opened.value.close();
    deleteCapture(file);
    writeFileSync(`${file}-wal`, journal);
    writeFileSync(`${file}.new`, "half made");
    createCapture(file, CAPTURE);
    const again = openCapture(file);
    if (!again.ok) throw new Error(again.failure.message);
    expect(again.value.prepare("SELECT name FROM Capture").get([])?.name).toBe("Ü 名");
    again.value.close();
  });

  it("goes with everything that lies beside it", () => {
    const capture = new TestCapture();
    capture.add("a", lines(line(1)));
    expect(captureSize(capture.file)).toBeGreaterThan(20_000);
    deleteCapture(capture.file);
    expect(readdirSync(path.dirname(capture.file))).toEqual([]);
    expect(captureSize(capture.file)).toBe(0);
  });
});

describe("opening a capture", () => {
  it("undoes what a crash left half written, also for a reader", () => {
    const file = created();
    // A rollback journal as a crash in the middle of a change leaves it: the old pages, and the mark that they count.
    const crash = `
      const Database = require("libsql");
      const database = new Database(process.argv[1]);
      database.exec("PRAGMA journal_mode = DELETE; PRAGMA cache_size = 1; BEGIN; UPDATE Capture SET name = 'half'");
      for (let n = 0; n < 200; n++) database.exec("INSERT INTO Text (hash, value) VALUES (" + n + ", hex(randomblob(2000)))");
      process.kill(process.pid, "SIGKILL");`;
    spawnSync(process.execPath, ["-e", crash, file], { cwd: projectRoot() });
    expect(existsSync(`${file}-journal`)).toBe(true);
    const opened = openCapture(file, { readOnly: true });
    if (!opened.ok) throw new Error(opened.failure.message);
    expect(opened.value.prepare("SELECT name FROM Capture").get([])?.name).toBe("Ü 名");
    expect(() => opened.value.exec("DELETE FROM Capture")).toThrow(/readonly/);
    opened.value.close();
  });

  it.each([true, false])(
    "says that a missing one is missing, and does not make it (read only: %s)",
    (readOnly) => {
      const file = captureFile(testFolder(), CAPTURE.captureId);
      expect(openCapture(file, { readOnly })).toMatchObject({
        ok: false,
        failure: { code: "capture_not_found" },
      });
      expect(existsSync(file)).toBe(false);
    },
  );

  describe.each([true, false])("read only: %s", (readOnly) => {
    it.each([
      ["rubbish", (file: string) => writeFileSync(file, "rubbish ".repeat(5000))],
      ["nothing", (file: string) => writeFileSync(file, "")],
      ["half a file", (file: string) => writeFileSync(file, readFileSync(file).subarray(0, 20_000))],
      [
        "a file with a zeroed beginning",
        (file: string) => writeFileSync(file, readFileSync(file).fill(0, 0, 4096)),
      ],
    ])("says that a file is damaged that holds %s", (_name, damage) => {
      const file = created();
      damage(file);
      const opened = openCapture(file, { readOnly });
      expect(opened).toMatchObject({ ok: false, failure: { code: "capture_damaged" } });
      if (!opened.ok) expect(opened.failure.message).toMatch(/cannot be read/);
    });

    it.each([
      ["its layout", "UPDATE Capture SET formatVersion = 999"],
      [
        "its migrations",
        `INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ('x', 'y', '99991231_future')`,
      ],
    ])("refuses one that a newer program has changed in %s", (_what, sql) => {
      const file = created();
      change(file, sql);
      const opened = openCapture(file, { readOnly });
      expect(opened).toMatchObject({ ok: false, failure: { code: "capture_newer_than_program" } });
      if (!opened.ok) expect(opened.failure.message).toContain("newer version of Eyepiece");
    });

    it("refuses one whose migrations differ from ours", () => {
      const file = created();
      change(file, "UPDATE _prisma_migrations SET checksum = 'other'");
      expect(openCapture(file, { readOnly })).toMatchObject({ failure: { code: "capture_damaged" } });
    });

    it("refuses one that does not describe itself", () => {
      const file = created();
      change(file, "DELETE FROM Capture");
      expect(openCapture(file, { readOnly })).toMatchObject({ failure: { code: "capture_damaged" } });
    });
  });
});

function change(file: string, sql: string): void {
  const opened = openCapture(file);
  if (!opened.ok) throw new Error(opened.failure.message);
  opened.value.exec(sql);
  opened.value.close();
}
