/**
 * One capture = one SQLite file. Creating it, opening it, refusing one from a newer program.
 */

import { existsSync, mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { projectRoot } from "@/lib/base/project-root";
import { fail, ok, type Result } from "@/lib/base/result";
import { type OpenOptions, openSqlite, type Sqlite } from "./driver";
import { type Migration, migrate, missingMigrations, readMigrations } from "./migrate";

/** Version of a capture file's layout, raised with every migration that older programs cannot read. */
const FORMAT_VERSION = 1;

const migrationsFolder = (): string => path.join(projectRoot(), "prisma", "capture", "migrations");

/** Oldest first. */
export function migrationsOfCaptures(): Migration[] {
  return readMigrations(migrationsFolder());
}

export interface NewCapture {
  readonly captureId: string;
  readonly name: string;
  readonly createdAtMs: number;
  readonly programVersion: string;
}

export type OpenFailure = {
  readonly code: "capture_not_found" | "capture_newer_than_program" | "capture_damaged";
  readonly message: string;
  readonly hint?: string;
};

/** Where the capture with this id lies. Ids are made by us; anything else never becomes a path. */
export function captureFile(dataFolder: string, captureId: string): string {
  if (!/^[a-z0-9]{10,32}$/.test(captureId)) throw new Error("not a capture id");
  return path.join(dataFolder, "captures", `${captureId}.db`);
}

/** Ending of a capture that is being made; one that stays behind after a crash is removed at start. */
export const HALF_MADE = ".new";

/** The file appears under its name when it is whole. Throws when there is one already. */
export function createCapture(file: string, capture: NewCapture): void {
  mkdirSync(path.dirname(file), { recursive: true });
  if (existsSync(file)) throw new Error(`there is a capture ${capture.captureId} already`);
  // What SQLite kept beside an earlier file of this name would be taken for its own.
  deleteCapture(file);
  deleteCapture(file + HALF_MADE);
  fillNew(file + HALF_MADE, capture);
  renameSync(file + HALF_MADE, file);
}

function fillNew(file: string, capture: NewCapture): void {
  const database = openSqlite(file);
  try {
    const migrated = migrate(database, migrationsOfCaptures());
    if (!migrated.ok) throw new Error(migrated.failure.message);
    database
      .prepare(
        "INSERT INTO Capture (id, captureId, name, createdAtMs, formatVersion, programVersion) VALUES (1, ?, ?, ?, ?, ?)",
      )
      .run([capture.captureId, capture.name, capture.createdAtMs, FORMAT_VERSION, capture.programVersion]);
    // The driver lets go of a closed file late: everything must be in the one file before it is renamed.
    database.exec("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE;");
  } finally {
    database.close();
  }
}

/**
 * Opens a capture, brought to the newest migration, and with what a crash left half written undone: by this
 * connection, or by another before it when this one may only read.
 */
export function openCapture(file: string, options: OpenOptions = {}): Result<Sqlite, OpenFailure> {
  if (!existsSync(file))
    return fail("capture_not_found", "There is no such capture.", "It may have been deleted.");
  const opened = tryToOpen(file, options);
  if (opened !== "write first") return opened;
  const written = openCapture(file);
  if (!written.ok) return written;
  written.value.close();
  const again = tryToOpen(file, options);
  return again === "write first" ? damaged("it must be written to before it can be read") : again;
}

function tryToOpen(file: string, options: OpenOptions): Result<Sqlite, OpenFailure> | "write first" {
  let database: Sqlite | undefined;
  try {
    database = openSqlite(file, { ...options, mustExist: true });
    const isCurrent = check(database, options.readOnly ?? false);
    if (isCurrent.ok && isCurrent.value) return ok(database);
    database.close();
    return isCurrent.ok ? "write first" : isCurrent;
  } catch (error) {
    database?.close();
    const message = error instanceof Error ? error.message : String(error);
    // A crash left a journal that must be rolled back, which a read-only connection cannot.
    return options.readOnly && /readonly/i.test(message) ? "write first" : damaged(message);
  }
}

/** False when the capture must be migrated and this connection may not do it. */
function check(database: Sqlite, isReadOnly: boolean): Result<boolean, OpenFailure> {
  const version = checkVersion(database);
  if (!version.ok) return version;
  const migrations = migrationsOfCaptures();
  const missing = missingMigrations(database, migrations);
  const migrated = missing.ok && !isReadOnly ? migrate(database, migrations) : missing;
  if (migrated.ok) return ok(!isReadOnly || migrated.value.length === 0);
  const { code, message } = migrated.failure;
  return code === "newer_than_program" ? newer(message) : damaged(message);
}

/** The layout's version, when this program reads it. */
export function checkVersion(database: Sqlite): Result<number, OpenFailure> {
  const row = database.prepare("SELECT formatVersion FROM Capture WHERE id = 1").get([]);
  if (row === undefined) return damaged("it has no description of itself");
  const version = Number(row.formatVersion);
  return version > FORMAT_VERSION
    ? newer(
        `It was made by a newer version of Eyepiece (layout ${version}; this program reads up to ${FORMAT_VERSION}).`,
      )
    : ok(version);
}

function newer(message: string) {
  return fail("capture_newer_than_program", message, "Open it with that version, or update Eyepiece.");
}

function damaged(message: string) {
  return fail(
    "capture_damaged",
    `The capture's file cannot be read: ${message}.`,
    "Restore the file from a copy, or delete the capture.",
  );
}

/** Deletes the file and what SQLite keeps beside it; that first, so that a new file never finds it. */
export function deleteCapture(file: string): void {
  for (const suffix of ["-wal", "-shm", "-journal", ""]) rmSync(file + suffix, { force: true });
}

/** Bytes on disk, with what SQLite keeps beside the file. */
export function captureSize(file: string): number {
  return ["", "-wal"].reduce(
    (sum, suffix) => sum + (statSync(file + suffix, { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}
