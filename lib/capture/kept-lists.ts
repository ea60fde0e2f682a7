/**
 * Lists of flows that many statements of a connection ask for, as tables that it has to itself: a list inside a statement is
 * built anew each time the statement runs, in a table of row ids SQLite looks up as it stands.
 */

import type { Condition } from "./conditions";
import type { Sqlite } from "./driver";
import { stateOf, writeBeside } from "./file-state";

/** By name, the state of the file that the list was made of. Names are words of ours, so there are few. */
const lists = new WeakMap<Sqlite, Map<string, string>>();

/** The flows whose ids `select` gives, which has no parameters. `name` stands for it. */
export function keptList(database: Sqlite, name: string, select: string): Condition {
  const made = lists.get(database) ?? new Map<string, string>();
  lists.set(database, made);
  const table = tableOf(name);
  const state = stateOf(database);
  // A transaction that was rolled back took its tables with it.
  if (made.get(name) !== state || !isThere(database, `ids of ${name}`)) {
    writeBeside(database, () =>
      database.exec(
        `CREATE TEMP TABLE IF NOT EXISTS ${table} (id INTEGER PRIMARY KEY); DELETE FROM temp.${table};
         INSERT OR IGNORE INTO temp.${table} SELECT id FROM (${select}) ORDER BY id`,
      ),
    );
    made.set(name, state);
  }
  return { sql: `f.id IN (SELECT id FROM temp.${table})`, parameters: [] };
}

function tableOf(name: string): string {
  return `"ids of ${name}"`;
}

function isThere(database: Sqlite, table: string): boolean {
  return database.prepare("SELECT 1 FROM sqlite_temp_master WHERE name = ?").get([table]) !== undefined;
}
