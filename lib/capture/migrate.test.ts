import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { testFolder } from "@/lib/jobs/testing";
import { openSqlite, type Sqlite } from "./driver";
import { type Migration, migrate, readMigrations } from "./migrate";

function database(): Sqlite {
  const opened = openSqlite(path.join(testFolder(), "a.db"));
  onTestFinished(() => opened.close());
  return opened;
}

const first: Migration = { name: "1_first", sql: "CREATE TABLE A (id INTEGER PRIMARY KEY)", checksum: "c1" };
const second: Migration = { name: "2_second", sql: "ALTER TABLE A ADD COLUMN b TEXT", checksum: "c2" };

const history = (opened: Sqlite) =>
  opened
    .prepare(
      `SELECT migration_name AS name, checksum, applied_steps_count AS steps FROM _prisma_migrations ORDER BY 1`,
    )
    .all([]);

describe("migrating", () => {
  it("applies what is missing, in order, and records it as Prisma does", () => {
    const opened = database();
    expect(migrate(opened, [first, second])).toEqual({ ok: true, value: ["1_first", "2_second"] });
    expect(history(opened)).toEqual([
      { name: "1_first", checksum: "c1", steps: 1 },
      { name: "2_second", checksum: "c2", steps: 1 },
    ]);
    opened.exec("INSERT INTO A (b) VALUES ('x')");
  });

  it("does nothing the second time", () => {
    const opened = database();
    migrate(opened, [first]);
    expect(migrate(opened, [first])).toEqual({ ok: true, value: [] });
    expect(migrate(opened, [first, second])).toEqual({ ok: true, value: ["2_second"] });
    expect(history(opened)).toHaveLength(2);
  });

  it("leaves a migration to the connection that came first", () => {
    const opened = database();
    const other = openSqlite(opened.file);
    onTestFinished(() => other.close());
    // The other one applies it between the look and the deed.
    const racing: Migration = {
      ...first,
      get sql() {
        migrate(other, [first]);
        return first.sql;
      },
    };
    expect(migrate(opened, [racing])).toEqual({ ok: true, value: [] });
    expect(history(opened)).toHaveLength(1);
  });

  it("refuses a migration that was changed after it was applied", () => {
    const opened = database();
    migrate(opened, [first]);
    expect(migrate(opened, [{ ...first, checksum: "other" }])).toMatchObject({
      ok: false,
      failure: { code: "migration_changed" },
    });
  });

  it("refuses a database that a newer program has migrated", () => {
    const opened = database();
    migrate(opened, [first, second]);
    expect(migrate(opened, [first])).toMatchObject({ ok: false, failure: { code: "newer_than_program" } });
  });

  it("undoes one that fails, and keeps those before it", () => {
    const opened = database();
    const broken = { name: "2_broken", sql: "CREATE TABLE B (id); CREATE TABLE A (id)", checksum: "c" };
    expect(() => migrate(opened, [first, broken])).toThrow();
    expect(history(opened)).toHaveLength(1);
    expect(opened.prepare("SELECT name FROM sqlite_master WHERE name = 'B'").get([])).toBeUndefined();
    expect(migrate(opened, [first, second])).toEqual({ ok: true, value: ["2_second"] });
  });

  it("refuses one that leaves references to nothing", () => {
    const opened = database();
    const dangling = {
      name: "1_dangling",
      sql: "CREATE TABLE P (id INTEGER PRIMARY KEY); CREATE TABLE C (p INTEGER REFERENCES P(id)); INSERT INTO C VALUES (5)",
      checksum: "c",
    };
    expect(() => migrate(opened, [dangling])).toThrow(/dangling/);
  });

  it("reads migrations from their folders, oldest first, with the checksum of the file", () => {
    const folder = testFolder();
    for (const name of ["2_b", "1_a"]) {
      mkdirSync(path.join(folder, name));
      writeFileSync(path.join(folder, name, "migration.sql"), name === "1_a" ? "abc" : "");
    }
    writeFileSync(path.join(folder, "migration_lock.toml"), "");
    expect(readMigrations(folder)).toEqual([
      // printf abc | sha256sum
      {
        name: "1_a",
        sql: "abc",
        checksum: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
      },
      { name: "2_b", sql: "", checksum: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
    ]);
  });
});
