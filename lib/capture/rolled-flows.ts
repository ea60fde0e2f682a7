/**
 * Flows to count: from a roll-up where that is exact for the scope and for what is asked, else the flows themselves.
 *
 * Both look alike to a question: a table `f` with kindId, observerId, pairId, sourceId, destinationId, policiesId, timeNs (of a roll-up: the start
 * of the bucket), records, events, firstNs, lastNs, and what is asked for of attempts, requests, errors and drops; everything is to be
 * added up. Of a range whose ends cut buckets, the cut ones come from the flows.
 */

import { alignDown } from "@/lib/base/bucket-width";
import type { AddedRow, RowPoint } from "./bucket-rows";
import type { Condition } from "./conditions";
import { rememberedText } from "./dictionary-search";
import type { Sqlite, SqlValue } from "./driver";
import { type Alike, addedPoints, addedRows, addedUp, type BucketWish } from "./flow-buckets";
import { ANCHORED, type Anchored, OF_ONE, ROLL_UP } from "./roll-up-levels";
import { areRolledUp, columnsRead, isCurrent, isTaken } from "./roll-ups-ready";
import type { CompiledScope } from "./scope-sql";
import { summedRows } from "./summed";

export interface CountedFlows {
  /** What stands behind FROM; its parameters come before those of `where`. */
  readonly from: string;
  readonly parameters: readonly SqlValue[];
  readonly where: Condition;
  readonly isRolledUp: boolean;
}

export interface Wanted {
  /** SQL over `f` that the question reads or groups by, beside what is added up. */
  readonly reads: string;
  /** The question tells buckets of this width apart. */
  readonly widthNs?: bigint;
  /** SQL over `f`, a flow's kind, observer and pair: stands as `f.told` where flows are rolled up, in place of what it is made of. */
  readonly told?: string;
  /** Values of a column of `reads` that may stand for each other: whatever is read from lists has but one of them. */
  readonly alike?: Alike;
  /** What else is added up. */
  readonly anchored?: readonly Anchored[];
  /** False: `f.firstNs` and `f.lastNs` are not read. */
  readonly hasTimes?: boolean;
  /** False: `f.records` and `f.events` are not read. */
  readonly hasCounts?: boolean;
}

/** Of times, in nanoseconds. */
export const LEAST = -(2n ** 63n);
export const MOST = 2n ** 63n - 1n;

const OF_KIND = ["kindId", "observerId", "policiesId"];
const OF_PAIR = ["pairId", "sourceId", "destinationId"];

export function countedFlows(database: Sqlite, scope: CompiledScope, wanted: Wanted): CountedFlows {
  const read = columnsRead(`${scope.filter.sql} ${wanted.reads} ${wanted.told ?? ""}`);
  const rolled = isRolled(read) ? rolledUp(database, scope, wanted) : undefined;
  return rolled ?? dropRecords(database, scope, wanted) ?? flows(scope, wanted);
}

/** Of a scope of records of drops that are told apart by their causes. */
function dropRecords(
  database: Sqlite,
  scope: CompiledScope,
  { reads, told, widthNs }: Wanted,
): CountedFlows | undefined {
  if (scope.ofDrops === undefined) return undefined;
  const summed = summedRows(database, scope, "DropRecordSum", {
    reads: `${reads} ${told ?? ""}`,
    ...(widthNs !== undefined && { widthNs }),
  });
  if (!summed.isSummed) return undefined;
  const { from, parameters, where } = summed;
  return {
    from: told === undefined ? from : `(SELECT f.*, ${told} AS told FROM ${from}) f`,
    ...{ parameters, where, isRolledUp: true },
  };
}

/** The width of the buckets that a question over time finds ready for this scope, if it does. */
export function rolledWidth(database: Sqlite, scope: CompiledScope): bigint | undefined {
  const read = columnsRead(scope.filter.sql);
  return isRolled(read) && isCurrent(database) ? widthOf(database, ROLL_UP.buckets) : undefined;
}

/** The width of the buckets in which flows are counted by node alone (`ROLL_UP.nodes`), where they are. */
export function nodeBuckets(database: Sqlite): bigint | undefined {
  return areRolledUp(database) ? widthOf(database, ROLL_UP.nodes) : undefined;
}

function widthOf(database: Sqlite, level: number): bigint | undefined {
  const width = database
    .prepareExact("SELECT widthNs FROM RollUpLevel WHERE level = ?")
    .get([level])?.widthNs;
  return typeof width === "bigint" ? width : undefined;
}

function isRolled(read: readonly string[]): boolean {
  return read.every((column) => OF_KIND.includes(column) || OF_PAIR.includes(column)) && isTaken();
}

function flows(scope: CompiledScope, { anchored = [] }: Wanted): CountedFlows {
  const rows = `SELECT x.*, 1 AS records, x.timeNs AS firstNs, x.timeNs AS lastNs${countsOf("x", anchored)} FROM Flow x`;
  return { from: `(${rows}) f`, parameters: [], where: scope, isRolledUp: false };
}

function countsOf(flow: string, anchored: readonly Anchored[]): string {
  return anchored.map((name) => `, ${OF_ONE[name](flow)} AS ${name}`).join("");
}

function rolledUp(database: Sqlite, scope: CompiledScope, wanted: Wanted): CountedFlows | undefined {
  if (!isCurrent(database)) return undefined;
  if (scope.from === undefined && scope.to === undefined && wanted.widthNs === undefined)
    return wholeCapture(scope, wanted);
  const inside = insideOf(database, scope, wanted);
  if (inside === undefined) return undefined;
  const parts = [buckets(database, scope, wanted, inside), ...edges(scope, wanted, inside)];
  return {
    from: `(${parts.map(({ sql }) => sql).join(" UNION ALL ")}) f`,
    parameters: parts.flatMap(({ parameters }) => parameters),
    // What the filter holds was added up.
    where: { sql: "1", parameters: [] },
    isRolledUp: true,
  };
}

/** The whole buckets of a range; undefined where there are none, or these are not what those asked for are made of. */
function insideOf(database: Sqlite, { from, to }: CompiledScope, { widthNs }: Wanted): Inside | undefined {
  const width = widthOf(database, ROLL_UP.buckets);
  if (width === undefined || (widthNs !== undefined && widthNs % width !== 0n)) return undefined;
  const inside = {
    first: from === undefined ? undefined : alignUp(from, width),
    end: to === undefined ? undefined : alignDown(to, width),
  };
  return (inside.first ?? LEAST) >= (inside.end ?? MOST) ? undefined : inside;
}

export interface WantedPoints {
  /** Of flows, without NULL. */
  readonly column: string;
  readonly alike: Alike;
  readonly widthNs: bigint;
  readonly of: "events" | "drops";
}

/** What flows draw by a column, as points to be added up; undefined where no lists hold them. */
export function rolledPoints(
  database: Sqlite,
  scope: CompiledScope,
  { column, alike, widthNs, of }: WantedPoints,
): RowPoint[] | undefined {
  const wanted: Wanted = {
    ...{ reads: column, alike, widthNs, hasTimes: false, hasCounts: of === "events" },
    ...(of === "drops" && { anchored: ["drops"] }),
  };
  if (!isRolled(columnsRead(`${scope.filter.sql} ${column}`)) || !isCurrent(database)) return undefined;
  const inside = insideOf(database, scope, wanted);
  if (inside === undefined) return undefined;
  const points = addedPoints(database, wishOf(scope, wanted, inside), of);
  for (const { sql, parameters } of edges(scope, wanted, inside)) {
    const startNs = alignDown(parameters[0] as bigint, widthNs);
    const found = database
      .prepare(`SELECT ${column}, sum(f.${of}) FROM (${sql}) f GROUP BY 1`)
      .rows(parameters);
    points.push(...found.map(([id, n]) => ({ id: Number(id), startNs, n: Number(n) })));
  }
  return points;
}

/**
 * Flows of a range added up by the ids that are read of them, where lists hold them: undefined for the whole capture, which is asked of rows.
 * Some ids come several times: what lies in buckets that the range cuts is not added to the others.
 */
export function rolledRows(database: Sqlite, scope: CompiledScope, wanted: Wanted): AddedRow[] | undefined {
  if (scope.from === undefined && scope.to === undefined) return undefined;
  if (!isRolled(columnsRead(`${scope.filter.sql} ${wanted.reads}`)) || !isCurrent(database)) return undefined;
  const inside = insideOf(database, scope, wanted);
  if (inside === undefined) return undefined;
  const rows = addedRows(database, wishOf(scope, wanted, inside));
  const keys = keysOf(wanted).map(({ name }) => `f.${name}`);
  const { anchored = [] } = wanted;
  const anchors = ANCHORED.map((name) => (anchored.includes(name) ? `sum(f.${name})` : "0"));
  for (const { sql, parameters } of edges(scope, wanted, inside)) {
    const found = database
      .prepareExact(
        `SELECT sum(f.records), sum(f.events), min(f.firstNs), max(f.lastNs), ${[...anchors, ...keys].join(", ")} FROM (${sql}) f GROUP BY ${keys.join(", ")}`,
      )
      .rows(parameters);
    for (const row of found) rows.push(cutRow(row));
  }
  return rows;
}

/** As it is selected above. */
function cutRow([records, events, firstNs, lastNs, ...more]: readonly SqlValue[]): AddedRow {
  const [attempts = 0, requests = 0, l7Errors = 0, drops = 0, ...keys] = more.map(Number);
  return {
    ...{ keys, records: Number(records), events: Number(events), attempts, requests, l7Errors, drops },
    firstNs: typeof firstNs === "bigint" ? firstNs : null,
    lastNs: typeof lastNs === "bigint" ? lastNs : null,
  };
}

function wholeCapture({ filter }: CompiledScope, { anchored = [], told }: Wanted): CountedFlows {
  const more = [...(told === undefined ? [] : [`${told} AS told`]), ...anchored].map((one) => `, ${one}`);
  return {
    from: `(SELECT ${COLUMNS}, events, records, firstNs, lastNs${more.join("")} FROM RollUp f WHERE level = ${ROLL_UP.whole}) f`,
    ...{ parameters: [], where: filter, isRolledUp: true },
  };
}

function alignUp(ns: bigint, width: bigint): bigint {
  const down = alignDown(ns, width);
  return down === ns ? ns : down + width;
}

interface Inside {
  readonly first: bigint | undefined;
  readonly end: bigint | undefined;
}

interface Part {
  readonly sql: string;
  readonly parameters: readonly SqlValue[];
}

const COLUMNS = "kindId, observerId, pairId, sourceId, destinationId, policiesId";

/** By what the question reads: its columns of flows, and what is told. */
function keysOf({ reads, told }: Wanted): { readonly name: string; readonly sql: string }[] {
  const columns = columnsRead(reads).map((name) => ({ name, sql: `f.${name}` }));
  return told === undefined ? columns : [...columns, { name: "told", sql: told }];
}

function wishOf({ filter }: CompiledScope, wanted: Wanted, inside: Inside): BucketWish {
  const { alike, widthNs, anchored = [], hasTimes = true, hasCounts = true } = wanted;
  const keys = keysOf(wanted).map(({ sql }) => sql);
  return {
    ...{ filter, ...inside, keys, alike, widthNs, hasCounts, hasAnchored: anchored.length > 0, hasTimes },
  };
}

function buckets(database: Sqlite, scope: CompiledScope, wanted: Wanted, inside: Inside): Part {
  const wish = wishOf(scope, wanted, inside);
  const names = [
    ...[...keysOf(wanted).map(({ name }) => name), "timeNs", "records", "events"],
    ...[...(wish.hasTimes ? TIMES : []), ...(wish.hasAnchored ? ANCHORED : [])],
  ];
  const columns = columnsOf(wanted).map((name) => `value ->> ${names.indexOf(name)} AS ${name}`);
  return { sql: `SELECT ${columns.join(", ")} FROM json_each(?)`, parameters: [addedUp(database, wish)] };
}

const TIMES = ["firstNs", "lastNs"] as const;

/** Of what is rolled up in buckets, in their order. */
function columnsOf(wanted: Wanted): readonly string[] {
  const { anchored = [], hasTimes = true } = wanted;
  const keys = keysOf(wanted).map(({ name }) => name);
  return [...keys, "timeNs", "records", "events", ...(hasTimes ? TIMES : []), ...anchored];
}

/** The flows of the buckets that the range cuts. */
function edges({ from, to, filter }: CompiledScope, wanted: Wanted, { first, end }: Inside): Part[] {
  const keys = keysOf(wanted).map(({ name, sql }) => `${sql} AS ${name}, `);
  const between = (lower: bigint, upper: bigint): Part => ({
    sql: `SELECT ${keys.join("")}f.timeNs AS timeNs, 1 AS records, f.events AS events${wanted.hasTimes === false ? "" : ", f.timeNs AS firstNs, f.timeNs AS lastNs"}${countsOf("f", wanted.anchored ?? [])}
      FROM Flow f WHERE f.timeNs >= ? AND f.timeNs < ? AND ${filter.sql}`,
    parameters: [lower, upper, ...filter.parameters],
  });
  return [
    ...(from !== undefined && first !== undefined && from < first ? [between(from, first)] : []),
    ...(to !== undefined && end !== undefined && end < to ? [between(end, to)] : []),
  ];
}

/** Sums over a scope of what counts at single flows; undefined where no roll-up holds them. */
export function rolledSums<Name extends Anchored>(
  database: Sqlite,
  scope: CompiledScope,
  anchored: readonly Name[],
): Readonly<Record<Name, number>> | undefined {
  const { from, parameters, where, isRolledUp } = countedFlows(database, scope, {
    ...{ reads: "", anchored: ANCHORED, hasTimes: false, hasCounts: false },
  });
  if (!isRolledUp) return undefined;
  const values = [...parameters, ...where.parameters];
  // All at once, and for all who ask: of a range the flows of the buckets that it cuts are read.
  const key = `rolled sums ${JSON.stringify([from, where.sql, values.map(String)])}`;
  const text = rememberedText(database, key, () => {
    const sums = ANCHORED.map((name) => `coalesce(sum(f.${name}), 0)`).join(", ");
    const [row = []] = database.prepare(`SELECT ${sums} FROM ${from} WHERE ${where.sql}`).rows(values);
    return JSON.stringify(row.map(Number));
  });
  const sums = JSON.parse(text) as number[];
  return Object.fromEntries(anchored.map((name) => [name, sums[ANCHORED.indexOf(name)]])) as Record<
    Name,
    number
  >;
}

/** When the first and the last flow of a scope were, of those with a time; undefined where no roll-up says it, or there is none. */
export function rolledSpan(
  database: Sqlite,
  scope: CompiledScope,
): { readonly first: bigint; readonly last: bigint } | undefined {
  const { from, parameters, where, isRolledUp } = countedFlows(database, scope, { reads: "" });
  if (!isRolledUp) return undefined;
  const [[first, last] = []] = database
    .prepareExact(`SELECT min(f.firstNs), max(f.lastNs) FROM ${from} WHERE ${where.sql}`)
    .rows([...parameters, ...where.parameters]);
  return typeof first === "bigint" && typeof last === "bigint" ? { first, last } : undefined;
}
