/**
 * Flows one by one in an order that depends on nothing but the records: time, then a rank, then the hash of the record.
 * (The store's own order of equal times is that of files and lines.)
 */

import type { Sqlite } from "../driver";
import type { Neighbourhood } from "./neighbourhood";
import { type FlowChunk, type FlowScan, scanInTimeOrder, TIME_COLUMNS } from "./scan";

type TimeColumn = keyof typeof TIME_COLUMNS;
type Chunk<Name extends string> = FlowChunk<Name | TimeColumn>;

interface Waiting<Name extends string> {
  readonly chunk: Chunk<Name>;
  readonly row: number;
}

/** Visits rows of a chunk by number; the columns of time are added. Untimed rows come last, each by itself. */
export function eachInTime<Name extends string>(
  database: Sqlite,
  scan: FlowScan<Name>,
  neighbourhood: Neighbourhood,
  rankOf: (chunk: Chunk<Name>, row: number) => number,
  visit: (chunk: Chunk<Name>, row: number) => void,
): void {
  let waiting: Waiting<Name>[] = [];
  const flush = (): void => {
    const rows = waiting.length > 1 ? inOrder(database, waiting, rankOf) : waiting;
    for (const { chunk, row } of rows) visit(chunk, row);
    waiting = [];
  };
  const columns = { ...TIME_COLUMNS, ...scan.columns } as Record<Name | TimeColumn, string>;
  for (const chunk of scanInTimeOrder(database, { ...scan, columns }, neighbourhood)) {
    const { seconds, nanos } = chunk.columns;
    for (let row = 0; row < chunk.rows; row++) {
      const [first] = waiting;
      if (first !== undefined && !isSameTime(first, chunk, row)) flush();
      // Most rows have a time of their own: they need not wait.
      const isAlone =
        waiting.length === 0 &&
        row + 1 < chunk.rows &&
        (nanos[row] !== nanos[row + 1] || seconds[row] !== seconds[row + 1] || seconds[row] === null);
      if (isAlone) visit(chunk, row);
      else waiting.push({ chunk, row });
    }
  }
  flush();
}

function isSameTime({ chunk, row }: Waiting<never>, other: Chunk<never>, at: number): boolean {
  const { seconds, nanos } = chunk.columns;
  if (seconds[row] === null) return false;
  return seconds[row] === other.columns.seconds[at] && nanos[row] === other.columns.nanos[at];
}

/** Hashes are read for equal times only: they are the widest numbers of a flow. */
function inOrder<Name extends string>(
  database: Sqlite,
  rows: readonly Waiting<Name>[],
  rankOf: (chunk: Chunk<Name>, row: number) => number,
): Waiting<Name>[] {
  const identities = new Map<number, readonly [hash: bigint, occurrence: bigint]>();
  const ids = rows.map(({ chunk, row }) => chunk.ids[row] as number);
  const read = database.prepareExact(
    "SELECT id, hash, occurrence FROM Flow WHERE id IN (SELECT value FROM json_each(?))",
  );
  for (const [id, hash, occurrence] of read.rows([JSON.stringify(ids)]))
    identities.set(Number(id), [hash as bigint, occurrence as bigint]);
  const keyed = rows.map((item, i) => {
    const [hash, occurrence] = identities.get(ids[i] as number) ?? [0n, 0n];
    return { item, rank: rankOf(item.chunk, item.row), hash, occurrence };
  });
  keyed.sort((a, b) => a.rank - b.rank || compare(a.hash, b.hash) || compare(a.occurrence, b.occurrence));
  return keyed.map(({ item }) => item);
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
