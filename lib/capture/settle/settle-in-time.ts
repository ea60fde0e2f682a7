/** What is settled from flows in the order of time: attempts, exchanges, DNS, drops. One reading of the flows serves all. */

import type { Sqlite } from "../driver";
import { DnsInTime } from "./dns/pair";
import { DropsInTime } from "./drops";
import { readInTime } from "./flows-in-time";
import { deleteInTime, EVERYTHING, type Neighbourhood } from "./neighbourhood";
import { ExchangesInTime } from "./pair-exchanges";
import { PairView } from "./pair-view";
import { RollUpInTime, rollUpAnchors } from "./roll-up";
import type { SettledTable } from "./settled-rows";
import { AttemptsInTime } from "./stitch-attempts";

/** The column that says in which neighbourhood a row lies. */
const TIMES: Partial<Readonly<Record<SettledTable, string>>> = {
  Attempt: "firstNs",
  L7Exchange: "timeNs",
  DnsExchange: "askedNs",
  JoinedDrop: "timeNs",
};

export function settleInTime(database: Sqlite, neighbourhood: Neighbourhood): void {
  const isWhole = neighbourhood.fromNs === null && neighbourhood.toNs === null;
  const indexes = isWhole ? dropIndexes(database) : [];
  for (const [table, column] of Object.entries(TIMES)) deleteInTime(database, table, column, neighbourhood);
  const pairs = new PairView(database);
  const rollUp = new RollUpInTime(database, pairs);
  readInTime(database, neighbourhood, [
    new AttemptsInTime(database, pairs),
    new ExchangesInTime(database, pairs),
    new DnsInTime(database, pairs),
    new DropsInTime(database, pairs),
    ...(isWhole ? [rollUp] : []),
  ]);
  for (const sql of indexes) database.exec(sql);
  // A pair can have been turned anywhere, and the width of buckets follows the span: made anew as a whole.
  if (!isWhole) readInTime(database, EVERYTHING, [rollUp]);
  rollUpAnchors(database);
}

/** Where all rows are made anew, building the indexes afterwards costs half. Returns what builds them. */
function dropIndexes(database: Sqlite): string[] {
  const tables = JSON.stringify(Object.keys(TIMES));
  const rows = database
    .prepare(
      "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN (SELECT value FROM json_each(?))",
    )
    .rows([tables]);
  for (const [name] of rows) database.exec(`DROP INDEX "${name}"`);
  return rows.map(([, sql]) => String(sql));
}
