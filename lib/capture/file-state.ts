/** Whether a file is as it was when something was worked out from it. */

import type { Sqlite } from "./driver";

/** Rows that were written beside the file, into tables that only the connection has. */
const besideTheFile = new WeakMap<Sqlite, number>();

/** Changes with every commit of another connection, and with every change that this one makes to the file. */
export function stateOf(database: Sqlite): string {
  const version = database.prepare("PRAGMA data_version").get([])?.data_version;
  return `${version} ${changesOf(database) - (besideTheFile.get(database) ?? 0)}`;
}

/** `work` writes to tables of the connection alone. */
export function writeBeside(database: Sqlite, work: () => void): void {
  const before = changesOf(database);
  work();
  besideTheFile.set(database, (besideTheFile.get(database) ?? 0) + changesOf(database) - before);
}

function changesOf(database: Sqlite): number {
  return Number(database.prepare("SELECT total_changes() AS changes").get([])?.changes);
}
