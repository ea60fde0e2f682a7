/**
 * One capture = one SQLite file. Creating it, opening it, refusing one from a newer program.
 */

import { existsSync, mkdirSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { projectRoot } from "@/lib/base/project-root";
import { fail, ok, type Result } from "@/lib/base/result";
import { type OpenOptions, openSqlite, type Sqlite } from "./driver";
import { migrate, readMigrations } from "./migrate";

/** Version of a capture file's layout, raised with every migration that older programs cannot read. */
const FORMAT_VERSION = 1;

const migrationsFolder = (): string => path.join(projectRoot(), "prisma", "capture", "migrations");

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

export function createCapture(file: string, capture: NewCapture): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const database = openSqlite(file);
  try {
    const migrated = migrate(database, readMigrations(migrationsFolder()));
    if (!migrated.ok) throw new Error(migrated.failure.message);
    database
      .prepare(
        "INSERT INTO Capture (id, captureId, name, createdAtMs, formatVersion, programVersion) VALUES (1, ?, ?, ?, ?, ?)",
      )
      .run([capture.captureId, capture.name, capture.createdAtMs, FORMAT_VERSION, capture.programVersion]);
  } finally {
    database.close();
  }
}

/** Opens a capture for its one writer, and brings it to the newest migration. */
export function openCapture(file: string, options: OpenOptions = {}): Result<Sqlite, OpenFailure> {
  if (!existsSync(file))
    return fail("capture_not_found", "There is no such capture.", "It may have been deleted.");
  let database: Sqlite | undefined;
  try {
    database = openSqlite(file, options);
    const checked = checkVersion(database);
    if (!checked.ok) {
      database.close();
      return checked;
    }
    if (!options.readOnly) {
      const migrated = migrate(database, readMigrations(migrationsFolder()));
      if (!migrated.ok) {
        database.close();
        return migrated.failure.code === "newer_than_program"
          ? newer(migrated.failure.message)
          : damaged(migrated.failure.message);
      }
    }
    return ok(database);
  } catch (error) {
    database?.close();
    return damaged(error instanceof Error ? error.message : String(error));
  }
}

function checkVersion(database: Sqlite): Result<number, OpenFailure> {
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

/** Deletes the file and what SQLite keeps beside it. */
export function deleteCapture(file: string): void {
  for (const suffix of ["", "-wal", "-shm", "-journal"]) rmSync(file + suffix, { force: true });
}

/** Bytes on disk, with what SQLite keeps beside the file. */
export function captureSize(file: string): number {
  return ["", "-wal"].reduce(
    (sum, suffix) => sum + (statSync(file + suffix, { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}
