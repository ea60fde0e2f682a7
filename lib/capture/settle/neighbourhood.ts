/**
 * Which stretch of time has to be settled again after a change.
 *
 * What a record means can depend on records near it: a drop has its verdict within a millisecond, an attempt goes on
 * while its flows are less than 65 s apart. So the span of the rows that came, went or moved is widened on both
 * sides to the next silence of that length: nothing reaches across it.
 */

import type { Sqlite } from "../driver";

/** Nanoseconds since the epoch, half open; null = without end. Flows without a time belong to every neighbourhood. */
export interface Neighbourhood {
  readonly fromNs: bigint | null;
  readonly toNs: bigint | null;
}

export const EVERYTHING: Neighbourhood = { fromNs: null, toNs: null };

/** The longest gap within an attempt (product.md, "Attempt"); all other pairings are shorter. */
export const REACH_NS = 65_000_000_000n;

/** Smallest and largest time of some rows; undefined when none of them has a time. */
export interface Span {
  readonly firstNs: bigint;
  readonly lastNs: bigint;
}

/** `rows` is SQL for a table or query with a column `timeNs`. */
export function spanOf(database: Sqlite, rows: string, parameters: readonly number[] = []): Span | undefined {
  const row = database
    .prepareExact(`SELECT min(timeNs) AS firstNs, max(timeNs) AS lastNs FROM (${rows})`)
    .get(parameters);
  if (typeof row?.firstNs !== "bigint" || typeof row.lastNs !== "bigint") return undefined;
  return { firstNs: row.firstNs, lastNs: row.lastNs };
}

export function unitedSpan(a: Span | undefined, b: Span | undefined): Span | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return {
    firstNs: a.firstNs < b.firstNs ? a.firstNs : b.firstNs,
    lastNs: a.lastNs > b.lastNs ? a.lastNs : b.lastNs,
  };
}

/** The neighbourhood of changed rows, the flows of this revision being in their table. */
export function neighbourhoodOf(database: Sqlite, { firstNs, lastNs }: Span): Neighbourhood {
  return { fromNs: silenceBefore(database, firstNs), toNs: silenceBehind(database, lastNs) };
}

/** Times of a log can be anything; the store's integers end at 64 bits. */
export function within64(ns: bigint): bigint {
  const [least, most] = [-(2n ** 63n), 2n ** 63n - 1n];
  return ns < least ? least : ns > most ? most : ns;
}

/** The largest time up to `ns` that no flow precedes by less than the reach; null when nothing precedes it at all. */
function silenceBefore(database: Sqlite, ns: bigint): bigint | null {
  const earliest = database.prepareExact(
    "SELECT min(timeNs) AS ns FROM Flow WHERE timeNs >= ? AND timeNs < ?",
  );
  let edge = ns;
  for (;;) {
    const found = earliest.get([within64(edge - REACH_NS), edge])?.ns;
    if (typeof found !== "bigint") break;
    edge = found;
  }
  const before = database.prepare("SELECT 1 FROM Flow WHERE timeNs < ? LIMIT 1").get([edge]);
  return before === undefined ? null : edge;
}

/** The other way: the first moment behind `ns` that is silent and is followed by silence. */
function silenceBehind(database: Sqlite, ns: bigint): bigint | null {
  const latest = database.prepareExact("SELECT max(timeNs) AS ns FROM Flow WHERE timeNs > ? AND timeNs <= ?");
  let edge = ns;
  for (;;) {
    const found = latest.get([edge, within64(edge + REACH_NS)])?.ns;
    if (typeof found !== "bigint") break;
    edge = found;
  }
  const behind = database.prepare("SELECT 1 FROM Flow WHERE timeNs > ? LIMIT 1").get([edge]);
  return behind === undefined ? null : edge + 1n;
}

/** Deletes the rows of a settled table that stand for flows of the neighbourhood; those without a time always do. */
export function deleteInTime(
  database: Sqlite,
  table: string,
  column: string,
  { fromNs, toNs }: Neighbourhood,
): void {
  const conditions = [
    ...(fromNs === null ? [] : [`${column} >= ?`]),
    ...(toNs === null ? [] : [`${column} < ?`]),
  ];
  // Without a condition SQLite frees the pages of the table and looks at no row.
  const where = conditions.length === 0 ? "" : `WHERE (${conditions.join(" AND ")}) OR ${column} IS NULL`;
  database.prepare(`DELETE FROM ${table} ${where}`).run([fromNs, toNs].filter((edge) => edge !== null));
}
