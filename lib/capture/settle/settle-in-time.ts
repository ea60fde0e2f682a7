/** What is settled from flows in the order of time: attempts, exchanges, DNS, drops. One reading of the flows serves all. */

import { availableParallelism } from "node:os";
import type { Sqlite } from "../driver";
import { type BesideInput, StepsBeside } from "./beside";
import { copyDns, dnsInput, dropBeside, type PendingDns } from "./dns/beside";
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
export const MANY_FLOWS = 100_000;

/** What other threads may see of the capture. */
export interface Besides {
  /** Everything but what is settled from here on was committed: a thread with a connection of its own finds it. */
  readonly isCommitted: boolean;
  /** So many flows make it worth while. */
  readonly manyFlows: number;
  /** The thread, where it was started before. */
  readonly thread?: SettleThread | undefined;
}

const ALONE: Besides = { isCommitted: false, manyFlows: MANY_FLOWS };

/** Returns what DNS is waited for by, where another thread settles it. */
export function settleInTime(
  database: Sqlite,
  neighbourhood: Neighbourhood,
  { isCommitted, manyFlows, thread: started }: Besides = ALONE,
): PendingDns | undefined {
  const isWhole = neighbourhood.fromNs === null && neighbourhood.toNs === null;
  const indexes = isWhole ? dropIndexes(database) : [];
  for (const [table, column] of Object.entries(TIMES)) deleteInTime(database, table, column, neighbourhood);
  const pairs = PairView.read(database);
  const isDnsBeside = isWhole && isCommitted && isWorthThread(database, manyFlows);
  const steps = [
    new ExchangesInTime(database, pairs),
    ...(isDnsBeside ? [] : [new DnsInTime(database, pairs)]),
    new DropsInTime(database, pairs),
  ];
  const rollUp = isWhole ? rollUpInput(database) : undefined;
  const both = { pairs: pairs.arrays, attempts: attemptInput(database), rollUp };
  // With DNS the other thread has more to do than this one.
  const [own, input] = isDnsBeside
    ? [
        { ...both, rollUp: undefined },
        { ...both, attempts: undefined, dns: dnsInput(database, pairs) },
      ]
    : [undefined, both];
  const thread = read(database, neighbourhood, steps, input, manyFlows, {
    own: own && new StepsBeside(own),
    started,
  });
  const isForDns = ({ table }: Index): boolean => isDnsBeside && table === "DnsExchange";
  for (const index of indexes) if (!isForDns(index)) database.exec(index.sql);
  // A pair can have been turned anywhere, and the width of buckets follows the span: made anew as a whole.
  if (isWhole) rollUpAnchors(database);
  else rollUpAnew(database, pairs, manyFlows);
  return thread && pendingDns(database, thread, indexes.filter(isForDns));
}

function pendingDns(database: Sqlite, thread: SettleThread, indexes: readonly Index[]): PendingDns {
  return {
    take: () => {
      const found = copyDns(database, thread.endDns());
      for (const { sql } of indexes) database.exec(sql);
      return found;
    },
    close: () => {
      thread.close();
      dropBeside(database.file);
    },
  };
}

export function rollUpAnew(database: Sqlite, pairs = PairView.read(database), manyFlows = MANY_FLOWS): void {
  const input = { pairs: pairs.arrays, attempts: undefined, rollUp: rollUpInput(database) };
  read(database, EVERYTHING, [], input, manyFlows);
  rollUpAnchors(database);
}

interface ReadBy {
  /** What is found here instead of beside. */
  readonly own?: StepsBeside | undefined;
  readonly started?: SettleThread | undefined;
}

/** Returns the thread, where it has DNS to go on with. */
function read(
  database: Sqlite,
  where: Neighbourhood,
  steps: readonly InTime[],
  input: BesideInput,
  manyFlows: number,
  { own, started }: ReadBy = {},
): SettleThread | undefined {
  const beside = isWorthThread(database, manyFlows)
    ? beginThread(database, input, started ?? new SettleThread())
    : new StepsBeside(input);
  let goesOn: SettleThread | undefined;
  try {
    const found = readInTime(database, where, [...steps, ...(own?.wants ?? [])], { beside });
    for (const { attempts, rollUp } of own === undefined ? [found] : [found, own.found]) {
      copyFound(database, "Attempt", attempts);
      if (rollUp !== undefined) storeRollUp(database, rollUp);
    }
    if (beside instanceof SettleThread && input.dns !== undefined) goesOn = beside;
    return goesOn;
  } finally {
    if (beside instanceof SettleThread && goesOn === undefined) beside.close();
  }
}

function beginThread(database: Sqlite, input: BesideInput, thread: SettleThread): SettleThread {
  if (input.dns !== undefined) thread.emptyLog(database.file);
  return thread.begin(input);
}

/** A thread is worth its start where there is much to do and a second core to do it. */
export function isWorthThread(database: Sqlite, manyFlows = MANY_FLOWS): boolean {
  return (
    database.prepare(`SELECT 1 FROM Flow LIMIT 1 OFFSET ${manyFlows}`).get([]) !== undefined &&
    availableParallelism() > 1
  );
}

interface Index {
  readonly table: string;
  readonly sql: string;
}

/** Where all rows are made anew, building the indexes afterwards costs half. Returns what builds them. */
function dropIndexes(database: Sqlite): Index[] {
  const tables = JSON.stringify(Object.keys(TIMES));
  const rows = database
    .prepare(
      "SELECT name, tbl_name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN (SELECT value FROM json_each(?))",
    )
    .rows([tables]);
  for (const [name] of rows) database.exec(`DROP INDEX "${name}"`);
  return rows.map(([, table, sql]) => ({ table: String(table), sql: String(sql) }));
}
