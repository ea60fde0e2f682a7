/**
 * Brings a database to the newest migration, and records it as `prisma migrate deploy` does.
 *
 * Nothing has to be run by hand on a fresh machine, and Prisma's command line agrees with the result.
 */

import { createHash, randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fail, ok, type Result } from "@/lib/base/result";
import type { Sqlite } from "./driver";

const HISTORY = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id"                    TEXT PRIMARY KEY NOT NULL,
    "checksum"              TEXT NOT NULL,
    "finished_at"           DATETIME,
    "migration_name"        TEXT NOT NULL,
    "logs"                  TEXT,
    "rolled_back_at"        DATETIME,
    "started_at"            DATETIME NOT NULL DEFAULT current_timestamp,
    "applied_steps_count"   INTEGER UNSIGNED NOT NULL DEFAULT 0
)`;

export interface Migration {
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the file. */
  readonly checksum: string;
}

/** The migrations in a folder, oldest first. */
export function readMigrations(folder: string): Migration[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
    .map((name) => {
      const sql = readFileSync(path.join(folder, name, "migration.sql"), "utf8");
      return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
    });
}

type MigrateCode = "newer_than_program" | "migration_changed";

type MigrateFailure = { readonly code: MigrateCode; readonly message: string };

/**
 * Applies what is missing, each migration in its own transaction. Resolves to the names of those it applied.
 */
export function migrate(
  database: Sqlite,
  migrations: readonly Migration[],
): Result<string[], MigrateFailure> {
  const missing = missingMigrations(database, migrations);
  if (!missing.ok) return missing;
  const done = missing.value.filter((migration) => apply(database, migration));
  return ok(done.map(({ name }) => name));
}

/**
 * The migrations that a database has not had. Refuses one that has migrations this program does not know: it
 * was made by a newer program.
 */
export function missingMigrations(
  database: Sqlite,
  migrations: readonly Migration[],
): Result<Migration[], MigrateFailure> {
  const applied = appliedMigrations(database);
  const known = new Set(migrations.map(({ name }) => name));
  const newer = [...applied.keys()].find((name) => !known.has(name));
  if (newer !== undefined) {
    return fail("newer_than_program", `It was made by a newer version of Eyepiece (it has "${newer}").`);
  }
  const changed = migrations.find(
    ({ name, checksum }) => applied.has(name) && applied.get(name) !== checksum,
  );
  if (changed !== undefined) {
    return fail("migration_changed", `Its migration "${changed.name}" differs from the one of this program.`);
  }
  return ok(migrations.filter(({ name }) => !applied.has(name)));
}

/** Name to checksum of the migrations a database has had. */
export function appliedMigrations(database: Sqlite): Map<string, string> {
  const exists = database.prepare("SELECT 1 FROM sqlite_master WHERE name = '_prisma_migrations'").get([]);
  if (exists === undefined) return new Map();
  const rows = database
    .prepare(`SELECT migration_name AS name, checksum FROM "_prisma_migrations" WHERE rolled_back_at IS NULL`)
    .all([]);
  return new Map(rows.map((row) => [String(row.name), String(row.checksum)]));
}

/** False when another connection has applied it in the meantime. */
function apply(database: Sqlite, { name, sql, checksum }: Migration): boolean {
  // A table rebuild drops the old table; with foreign keys on, that would cascade. The switch does nothing inside a transaction.
  database.exec("PRAGMA foreign_keys = OFF");
  const started = timestamp();
  const isApplied = database.transaction(() => {
    if (appliedMigrations(database).has(name)) return false;
    database.exec(HISTORY);
    database.exec(sql);
    const broken = database.prepare("PRAGMA foreign_key_check").all([]);
    if (broken.length > 0) throw new Error(`migration ${name} leaves ${broken.length} dangling reference(s)`);
    database
      .prepare(
        `INSERT INTO "_prisma_migrations" (id, checksum, started_at, finished_at, migration_name, applied_steps_count) VALUES (?, ?, ?, ?, ?, 1)`,
      )
      .run([randomUUID(), checksum, started, timestamp(), name]);
    return true;
  });
  database.exec("PRAGMA foreign_keys = ON");
  return isApplied;
}

/** As Prisma writes times into its history. */
function timestamp(): string {
  return new Date().toISOString().replace("Z", "+00:00");
}
