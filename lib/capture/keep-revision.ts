/**
 * Revisions that must not change: a copy of the capture's file beside it, made before the next file comes or goes.
 *
 * A copy and not a layer of old rows: questions read one file, whatever revision it holds, and what is kept for years
 * depends on nothing that changes.
 */

import { constants, copyFileSync, existsSync, readdirSync, renameSync, statSync } from "node:fs";
import path from "node:path";
import { deleteCapture, HALF_MADE } from "./capture-file";
import { openSqlite, type Sqlite } from "./driver";

/** Where a kept revision of a capture's file lies. */
export function revisionFile(file: string, revision: number): string {
  return `${file.slice(0, -".db".length)}.r${revision}.db`;
}

/** Copies the capture as it is now, as a revision that is kept; see {@link copyCapture}. */
export function keepRevision(database: Sqlite, file: string, revision: number): void {
  const kept = revisionFile(file, revision);
  if (!existsSync(kept)) copyCapture(database, file, kept);
}

/**
 * Copies the capture as it is now into one file. By its writer, between two files: nobody else writes, so the file and the
 * log beside it belong together. The file appears when it is whole. Throws when the disk is full.
 */
export function copyCapture(database: Sqlite, file: string, target: string): void {
  const half = target + HALF_MADE;
  deleteCapture(half);
  try {
    database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    // A file system that can lets both share the disk until one of them changes.
    copyFileSync(file, half, constants.COPYFILE_FICLONE);
    // A reader may have kept part of the log from being written back.
    if ((statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0)
      copyFileSync(`${file}-wal`, `${half}-wal`);
    const copy = openSqlite(half);
    // Where the server keeps uploads is nobody's business.
    copy.exec("UPDATE SourceFile SET spool = NULL WHERE spool IS NOT NULL");
    copy.exec("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE;");
    copy.close();
    renameSync(half, target);
  } catch (error) {
    deleteCapture(half);
    throw error;
  }
}

/** Revisions of a capture that are kept beside its file. */
export function keptRevisions(file: string): number[] {
  const folder = path.dirname(file);
  const start = `${path.basename(file, ".db")}.r`;
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.flatMap((name) => {
    const match = name.startsWith(start) ? /^(\d{1,9})\.db$/.exec(name.slice(start.length)) : null;
    return match === null ? [] : [Number(match[1])];
  });
}

/** Removes what is kept of these revisions. */
export function dropRevisions(file: string, revisions: readonly number[]): void {
  for (const revision of revisions) deleteCapture(revisionFile(file, revision));
}
