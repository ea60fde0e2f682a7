/**
 * Flows to count: from a roll-up where that is exact for the scope and for what is asked, else the flows themselves.
 *
 * Both look alike to a question: a table `f` with kindId, observerId, pairId, sourceId, destinationId, timeNs (of a roll-up: the start
 * of the bucket), records, events, firstNs, lastNs, and what is asked for of attempts, requests, errors and drops; everything is to be
 * added up. Of a range whose ends cut buckets, the cut ones come from the flows.
 */

import { alignDown } from "@/lib/base/bucket-width";
import type { Condition } from "./conditions";
import type { Sqlite, SqlValue } from "./driver";
import { type Anchored, ROLL_UP } from "./roll-up-levels";
import { RULES_VERSION, rulesOf } from "./rules-version";
import type { CompiledScope } from "./scope-sql";

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
  /** What else is added up. */
  readonly anchored?: readonly Anchored[];
}

/** Of times, in nanoseconds. */
export const LEAST = -(2n ** 63n);
const MOST = 2n ** 63n - 1n;

let isOn = true;
let timesReady = 0;

/** For tests that ask the same with roll-ups and without. */
export function switchRollUps(on: boolean): void {
  isOn = on;
}

/** For tests: how often so far a question would have found roll-ups ready, whether they were switched on or not. */
export function timesRollUpsReady(): number {
  return timesReady;
}

function isTaken(): boolean {
  timesReady++;
  return isOn;
}

const OF_KIND = ["kindId", "observerId"];
const OF_PAIR = ["pairId", "sourceId", "destinationId"];

/** Columns of `f` that some SQL of ours names. */
export function columnsRead(sql: string): string[] {
  return [...new Set([...sql.matchAll(/\bf\.(\w+)/g)].map(([, name]) => name as string))];
}

export function countedFlows(database: Sqlite, scope: CompiledScope, wanted: Wanted): CountedFlows {
  const read = columnsRead(`${scope.filter.sql} ${wanted.reads}`);
  const rolled = isRolled(read) ? rolledUp(database, scope, wanted, readsPairs(read)) : undefined;
  return rolled ?? flows(scope, wanted);
}

/** The width of the buckets that a question over time finds ready for this scope, if it does. */
export function rolledWidth(database: Sqlite, scope: CompiledScope): bigint | undefined {
  const read = columnsRead(scope.filter.sql);
  if (!isRolled(read) || !isCurrent(database)) return undefined;
  return levelFor(database, scope, "any", readsPairs(read))?.widthNs;
}

/** The width of the buckets in which flows are counted by node alone (`ROLL_UP.nodes`), where they are. */
export function nodeBuckets(database: Sqlite): bigint | undefined {
  return areRolledUp(database) ? widthOf(database, ROLL_UP.nodes) : undefined;
}

/** The width of the coarse buckets by pair, where finer ones would be as many as the flows, so that there are only these. */
export function coarseWidth(database: Sqlite, scope: CompiledScope, reads: string): bigint | undefined {
  const read = columnsRead(`${scope.filter.sql} ${reads}`);
  return isRolled(read) && isCurrent(database) ? widthOf(database, ROLL_UP.coarsePairs) : undefined;
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

function readsPairs(read: readonly string[]): boolean {
  return OF_PAIR.some((column) => read.includes(column));
}

function flows(scope: CompiledScope, { anchored = [] }: Wanted): CountedFlows {
  return { from: `(${flowRows(anchored, "*", "")}) f`, parameters: [], where: scope, isRolledUp: false };
}

/** The same of one flow `x`. */
const OF_FLOW: Readonly<Record<Anchored, string>> = {
  attempts: "(SELECT count(*) FROM Attempt a WHERE a.id = x.id AND a.outcome <> 0)",
  requests: "coalesce((SELECT e.requests FROM L7Exchange e WHERE e.id = x.id AND e.counted = 1), 0)",
  l7Errors:
    "coalesce((SELECT e.error * max(e.requests, e.responses) FROM L7Exchange e WHERE e.id = x.id AND e.counted = 1), 0)",
  drops: "coalesce((SELECT j.drops FROM JoinedDrop j WHERE j.id = x.id), 0)",
};

function flowRows(anchored: readonly Anchored[], columns: string, where: string): string {
  const counts = anchored.map((name) => `, ${OF_FLOW[name]} AS ${name}`).join("");
  return `SELECT ${columns}, 1 AS records, x.timeNs AS firstNs, x.timeNs AS lastNs${counts} FROM Flow x ${where}`;
}

function rolledUp(
  database: Sqlite,
  scope: CompiledScope,
  { widthNs, anchored = [] }: Wanted,
  hasPairs: boolean,
): CountedFlows | undefined {
  if (!isCurrent(database)) return undefined;
  const level = levelFor(database, scope, widthNs, hasPairs);
  if (level === undefined) return undefined;
  const { from, to } = scope;
  const inside = {
    first: from === undefined ? undefined : alignUp(from, level.widthNs),
    end: to === undefined ? undefined : alignDown(to, level.widthNs),
  };
  if ((inside.first ?? LEAST) >= (inside.end ?? MOST)) return undefined;
  const parts = [rows(level.level, inside, anchored), ...edges(scope, inside, anchored)];
  return {
    from: `(${parts.map(({ sql }) => sql).join(" UNION ALL ")}) f`,
    parameters: parts.flatMap(({ parameters }) => parameters),
    where: scope.filter,
    isRolledUp: true,
  };
}

/** Whether what settling knows of all flows holds now: roll-ups, and ports that are loose. */
export function areRolledUp(database: Sqlite): boolean {
  return isCurrent(database) && isTaken();
}

/** Nothing has come since the flows were rolled up, and the rules are today's. */
function isCurrent(database: Sqlite): boolean {
  const coming = database
    .prepare("SELECT 1 FROM SourceFile WHERE state IN ('reading', 'settling') LIMIT 1")
    .get([]);
  return coming === undefined && rulesOf(database) === RULES_VERSION;
}

interface Level {
  readonly level: number;
  /** 1 for the whole capture, which has no buckets. */
  readonly widthNs: bigint;
}

/** The one with the fewest rows that tells apart what has to be. */
function levelFor(
  database: Sqlite,
  { from, to }: CompiledScope,
  widthNs: bigint | "any" | undefined,
  hasPairs: boolean,
): Level | undefined {
  const levels = new Map(
    database
      .prepareExact("SELECT level, widthNs FROM RollUpLevel")
      .rows([])
      .map(([level, width]) => [Number(level), width as bigint | null]),
  );
  if (from === undefined && to === undefined && widthNs === undefined)
    return levels.has(ROLL_UP.whole) ? { level: ROLL_UP.whole, widthNs: 1n } : undefined;
  const fitting = (hasPairs ? BY_PAIR : [ROLL_UP.kinds]).flatMap((level) => {
    const width = levels.get(level);
    const isFitting = typeof width === "bigint" && (typeof widthNs !== "bigint" || widthNs % width === 0n);
    return isFitting ? [{ level, widthNs: width }] : [];
  });
  const cuts = (ns: bigint | undefined, width: bigint): boolean => ns !== undefined && ns % width !== 0n;
  // Where the ends cut buckets of each, narrow ones leave the fewest flows to be counted.
  return fitting.find((one) => !cuts(from, one.widthNs) && !cuts(to, one.widthNs)) ?? fitting.at(-1);
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

/** The widest first. */
const BY_PAIR = [ROLL_UP.coarsePairs, ROLL_UP.pairs, ROLL_UP.finePairs] as const;
const COLUMNS = "kindId, observerId, pairId, sourceId, destinationId";

function rows(level: number, { first, end }: Inside, anchored: readonly Anchored[]): Part {
  const conditions = ["level = ?"];
  const parameters: SqlValue[] = [level];
  if (first !== undefined) {
    conditions.push("bucketNs >= ?");
    parameters.push(first);
  }
  if (end !== undefined) {
    conditions.push("bucketNs < ?");
    parameters.push(end);
  }
  const counts = anchored.map((name) => `, ${name}`).join("");
  return {
    sql: `SELECT ${COLUMNS}, bucketNs AS timeNs, events, records, firstNs, lastNs${counts} FROM RollUp WHERE ${conditions.join(" AND ")}`,
    parameters,
  };
}

/** The flows of the buckets that the range cuts. */
function edges({ from, to }: CompiledScope, { first, end }: Inside, anchored: readonly Anchored[]): Part[] {
  const between = (lower: bigint, upper: bigint): Part => ({
    sql: flowRows(anchored, `${COLUMNS}, timeNs, events`, "WHERE x.timeNs >= ? AND x.timeNs < ?"),
    parameters: [lower, upper],
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
  const { from, parameters, where, isRolledUp } = countedFlows(database, scope, { reads: "", anchored });
  if (!isRolledUp) return undefined;
  const sums = anchored.map((name) => `coalesce(sum(f.${name}), 0) AS ${name}`).join(", ");
  const row = database
    .prepare(`SELECT ${sums} FROM ${from} WHERE ${where.sql}`)
    .get([...parameters, ...where.parameters]);
  return Object.fromEntries(anchored.map((name) => [name, Number(row?.[name])])) as Record<Name, number>;
}

/** When the first flow of a scope was, of those with a time; undefined where no roll-up says it, or there is none. */
export function rolledFirst(database: Sqlite, scope: CompiledScope): bigint | undefined {
  const { from, parameters, where, isRolledUp } = countedFlows(database, scope, { reads: "" });
  if (!isRolledUp) return undefined;
  const [row] = database
    .prepareExact(`SELECT min(f.firstNs) FROM ${from} WHERE ${where.sql}`)
    .rows([...parameters, ...where.parameters]);
  return typeof row?.[0] === "bigint" ? row[0] : undefined;
}
