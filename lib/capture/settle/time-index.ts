/** What the index by time tells of a neighbourhood: where windows begin, and in which pages its flows lie. */

import type { Sqlite, SqlValue } from "../driver";
import { type Leaves, leavesOf } from "../table-pages";
import type { Neighbourhood } from "./neighbourhood";
import type { RowRange } from "./records";

const LEAST = -(2n ** 63n);
const TIME_INDEX = '"Flow_timeNs_id_kindId_events_idx"';

function within({ fromNs, toNs }: Neighbourhood): { readonly sql: string; readonly parameters: bigint[] } {
  const conditions = ["timeNs IS NOT NULL"];
  if (fromNs !== null) conditions.push("timeNs >= ?");
  if (toNs !== null) conditions.push("timeNs < ?");
  return { sql: conditions.join(" AND "), parameters: [fromNs, toNs].filter((ns) => ns !== null) };
}

/** Times at which a new window begins: as many flows lie between two of them. */
export function edgesOf(database: Sqlite, neighbourhood: Neighbourhood, window: number): bigint[] {
  const edges: bigint[] = [];
  const { sql, parameters } = within(neighbourhood);
  const next = database.prepareExact(
    `SELECT timeNs FROM Flow INDEXED BY ${TIME_INDEX} WHERE ${sql} AND timeNs >= ? ORDER BY timeNs LIMIT 1 OFFSET ${window}`,
  );
  for (let from = LEAST; ; ) {
    const edge = next.get([...parameters, from])?.timeNs;
    if (typeof edge !== "bigint") return edges;
    // Where a window holds flows of one instant only, the next one begins right behind it.
    from = edge > from ? edge : from + 1n;
    edges.push(from);
  }
}

/** Pages that may hold these rows. */
export function pagesWith(database: Sqlite, [from, to]: RowRange): number[] {
  const { pages, last } = leavesOf(database, "Flow");
  return pages.filter((_, leaf) => (last[leaf] as number) >= from && (last[leaf - 1] ?? -1) < to);
}

/** Pages that may hold flows of the neighbourhood. */
export function pagesOf(database: Sqlite, neighbourhood: Neighbourhood): readonly number[] {
  const leaves = leavesOf(database, "Flow");
  if (neighbourhood.fromNs === null && neighbourhood.toNs === null) return leaves.pages;
  const wanted = new Uint8Array(leaves.pages.length);
  for (const id of idsOf(database, neighbourhood)) wanted[leafOf(leaves, id)] = 1;
  return leaves.pages.filter((_, leaf) => wanted[leaf] === 1);
}

const IDS = 20_000;

/** In portions: the neighbourhood can be nearly everything. The index holds time and id, so none is read twice. */
function* idsOf(database: Sqlite, neighbourhood: Neighbourhood): Generator<number> {
  const { sql, parameters } = within(neighbourhood);
  const timed = database.prepareExact(
    `SELECT timeNs, id FROM Flow INDEXED BY ${TIME_INDEX} WHERE ${sql} AND (timeNs, id) > (?, ?) ORDER BY timeNs, id LIMIT ${IDS}`,
  );
  for (let last: readonly SqlValue[] = [LEAST, -1]; ; ) {
    const rows = timed.rows([...parameters, ...last]);
    for (const [, id] of rows) yield Number(id);
    if (rows.length < IDS) break;
    last = rows[IDS - 1] ?? last;
  }
  const untimed = database.prepare(
    `SELECT id FROM Flow INDEXED BY ${TIME_INDEX} WHERE timeNs IS NULL AND id > ? ORDER BY id LIMIT ${IDS}`,
  );
  for (let last: SqlValue = -1; ; ) {
    const rows = untimed.rows([last]);
    for (const [id] of rows) yield Number(id);
    if (rows.length < IDS) return;
    last = rows[IDS - 1]?.[0] ?? last;
  }
}

/** The first leaf whose largest row id is not below this one. */
function leafOf({ last }: Leaves, id: number): number {
  let [low, high] = [0, last.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((last[middle] as number) < id) low = middle + 1;
    else high = middle;
  }
  return low;
}
