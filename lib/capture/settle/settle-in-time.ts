/** What is settled from flows in the order of time: attempts, exchanges, DNS, drops. One reading of the flows serves all. */

import { availableParallelism } from "node:os";
import type { Sqlite } from "../driver";
import { type Beside, type BesideInput, StepsBeside } from "./beside";
import { DnsInTime } from "./dns/pair";
import { DropsInTime } from "./drops";
import { type InTime, readInTime } from "./flows-in-time";
import { deleteInTime, EVERYTHING, type Neighbourhood } from "./neighbourhood";
import { ExchangesInTime } from "./pair-exchanges";
import { PairView } from "./pair-view";
import { rollUpAnchors, rollUpInput, storeRollUp } from "./roll-up";
import { SettleThread } from "./settle-thread";
import { copyFound, type SettledTable } from "./settled-rows";
import { attemptInput } from "./stitch-attempts";

/** The column that says in which neighbourhood a row lies. */
const TIMES: Partial<Readonly<Record<SettledTable, string>>> = {
  Attempt: "firstNs",
  L7Exchange: "timeNs",
  DnsExchange: "askedNs",
  JoinedDrop: "timeNs",
};

/** From so many flows on a thread of its own is worth its start. */
const MANY_FLOWS = 100_000;

export function settleInTime(database: Sqlite, neighbourhood: Neighbourhood, manyFlows = MANY_FLOWS): void {
  const isWhole = neighbourhood.fromNs === null && neighbourhood.toNs === null;
  const indexes = isWhole ? dropIndexes(database) : [];
  for (const [table, column] of Object.entries(TIMES)) deleteInTime(database, table, column, neighbourhood);
  const pairs = PairView.read(database);
  const steps = [
    new ExchangesInTime(database, pairs),
    new DnsInTime(database, pairs),
    new DropsInTime(database, pairs),
  ];
  const rollUp = isWhole ? rollUpInput(database) : undefined;
  const input = { pairs: pairs.arrays, attempts: attemptInput(database), rollUp };
  read(database, neighbourhood, steps, input, manyFlows);
  for (const sql of indexes) database.exec(sql);
  // A pair can have been turned anywhere, and the width of buckets follows the span: made anew as a whole.
  if (isWhole) rollUpAnchors(database);
  else rollUpAnew(database, pairs, manyFlows);
}

export function rollUpAnew(database: Sqlite, pairs = PairView.read(database), manyFlows = MANY_FLOWS): void {
  const input = { pairs: pairs.arrays, attempts: undefined, rollUp: rollUpInput(database) };
  read(database, EVERYTHING, [], input, manyFlows);
  rollUpAnchors(database);
}

function read(
  database: Sqlite,
  where: Neighbourhood,
  steps: readonly InTime[],
  input: BesideInput,
  manyFlows: number,
): void {
  const beside = besideFor(database, input, manyFlows);
  try {
    const found = readInTime(database, where, steps, { beside });
    copyFound(database, "Attempt", found.attempts);
    if (found.rollUp !== undefined) storeRollUp(database, found.rollUp);
  } finally {
    if (beside instanceof SettleThread) beside.close();
  }
}

/** A thread where there is much to do and a second core to do it. */
function besideFor(database: Sqlite, input: BesideInput, manyFlows: number): Beside {
  const hasMany =
    database.prepare(`SELECT 1 FROM Flow LIMIT 1 OFFSET ${manyFlows}`).get([]) !== undefined &&
    availableParallelism() > 1;
  return hasMany ? new SettleThread(input) : new StepsBeside(input);
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
