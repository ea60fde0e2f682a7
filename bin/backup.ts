/**
 * Copies a data folder, while a server works on it or without one. SQLite itself copies each file as it is at one
 * moment, so that nothing is caught in the middle of a write.
 */

import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { fail, ok, type Result } from "@/lib/base/result";
import { openSqlite } from "@/lib/capture/driver";

export interface BackupReport {
  readonly captures: number;
  readonly bytes: number;
}

const CAPTURE = /^[a-z0-9]{10,32}\.db$/;
const KEPT_REVISION = /^[a-z0-9]{10,32}\.r\d{1,9}\.db$/;
const CATALOGUE = "catalogue.db";

/**
 * `target` must be empty or not be there. Files that are still being uploaded are not in the copy.
 *
 * Codes: `data_not_found`, `backup_in_the_way`, `backup_failed`.
 */
export function backUp(dataDir: string, target: string): Result<BackupReport> {
  const catalogue = path.join(dataDir, CATALOGUE);
  if (!existsSync(catalogue))
    return fail(
      "data_not_found",
      `There is no catalogue in ${dataDir}.`,
      "Name the data folder with --data.",
    );
  if (existsSync(target) && readdirSync(target).length > 0)
    return fail("backup_in_the_way", `${target} is not empty.`, "Name a folder that is not there yet.");
  // The catalogue first: what it pins is copied beside the captures before these change.
  const folder = path.join(dataDir, "captures");
  let bytes = 0;
  let captures = 0;
  try {
    mkdirSync(path.join(target, "captures"), { recursive: true, mode: 0o700 });
    bytes += copy(catalogue, path.join(target, CATALOGUE));
    const copyAll = (isWanted: (name: string) => boolean): number => {
      const names = existsSync(folder) ? readdirSync(folder).filter(isWanted).sort() : [];
      // One that is gone was deleted since the folder was listed.
      const there = names.map((name) => path.join(folder, name)).filter((file) => existsSync(file));
      for (const file of there) bytes += copy(file, path.join(target, "captures", path.basename(file)));
      return there.length;
    };
    captures = copyAll((name) => CAPTURE.test(name));
    // Listed again: a revision that was copied aside meanwhile is no longer in its capture.
    copyAll((name) => KEPT_REVISION.test(name));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return fail(
      "backup_failed",
      `The copy in ${target} is not whole: ${reason}.`,
      "Free space, and start again.",
    );
  }
  return ok({ captures, bytes });
}

/** Under its name when it is whole. Answers its size. */
function copy(file: string, target: string): number {
  const half = `${target}.half`;
  rmSync(half, { force: true });
  const database = openSqlite(file, { readOnly: true });
  try {
    database.prepare("VACUUM INTO ?").run([half]);
  } finally {
    database.close();
  }
  renameSync(half, target);
  return statSync(target).size;
}
