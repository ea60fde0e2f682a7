/**
 * Settled rows to count: from their sums where these are exact for the scope and for what is asked, else the rows themselves.
 *
 * Both look alike to a question: a table `f` with the columns of a flow at which a row counts (of a sum: kindId, observerId, pairId,
 * sourceId, destinationId, and timeNs, the start of the bucket) and those of the table; everything is to be added up. Of a range whose ends
 * cut buckets, the cut ones come from the rows.
 */

import { alignDown } from "@/lib/base/bucket-width";
import type { Condition } from "./conditions";
import type { Sqlite, SqlValue } from "./driver";
import { areRolledUp, columnsRead } from "./roll-ups-ready";
import type { CompiledScope } from "./scope-sql";
import { type BucketAt, bucketAt, sumBuckets } from "./sum-series";
import { columnsOf, OF_FLOW, partsOf, rowsOf, SUM_LEVEL, type SumTable } from "./sum-tables";

export interface SummedRows {
  /** What stands behind FROM; its parameters come before those of `where`. */
  readonly from: string;
  readonly parameters: readonly SqlValue[];
  readonly where: Condition;
  readonly isSummed: boolean;
}

/** Tables of drops, by cause. */
const OF_DROPS: ReadonlySet<SumTable> = new Set(["DropSum", "DropRecordSum"]);
/** Tables whose `causeId` is that of the drop which a flow is a record of. */
const KNOW_DROPS: ReadonlySet<SumTable> = new Set([...OF_DROPS, "AttemptSum"]);

/** `reads`: SQL over `f` that the question groups by or asks for, but for the time. `widthNs`: it tells buckets of this width apart. */
export function summedRows(
  database: Sqlite,
  scope: CompiledScope,
  table: SumTable,
  { reads, widthNs }: { readonly reads: string; readonly widthNs?: bigint },
): SummedRows {
  const filter = heldFilter(database, scope, table, reads);
  const sums = filter === undefined ? undefined : fromSums(database, { ...scope, filter }, table, widthNs);
  return sums ?? rows(database, scope, table);
}

/** Rows of the whole capture, each with what it has over time. */
export interface SummedSeries {
  /** As of `SummedRows`, without parameters; `f.series` is a list by place (sum-series.ts). */
  readonly from: string;
  readonly where: Condition;
  readonly bucketAt: BucketAt;
}

/** The same for a time line of buckets of this width, where less has to be read: undefined where the sums do not hold it. */
export function summedSeries(
  database: Sqlite,
  scope: CompiledScope,
  table: "AttemptSum" | "RequestSum",
  { reads, widthNs }: { readonly reads: string; readonly widthNs: bigint },
): SummedSeries | undefined {
  const where = heldFilter(database, scope, table, reads);
  const bucketAt = where === undefined ? undefined : seriesHeld(database, scope, widthNs);
  if (where === undefined || bucketAt === undefined) return undefined;
  return { from: `(SELECT * FROM ${table} WHERE level = ${SUM_LEVEL.whole}) f`, where, bucketAt };
}

/** Undefined: a range cuts buckets of sums, or a bucket of the time line does. */
export function seriesHeld(database: Sqlite, { from, to }: Range, widthNs: bigint): BucketAt | undefined {
  const held = heldBySums(database, { from, to }, widthNs);
  const buckets = sumBuckets(database);
  if (held === undefined || held.cut.length > 0 || buckets === undefined) return undefined;
  return bucketAt(buckets, { from, to, widthNs });
}

/** The scope's filter over rows of sums; undefined where these do not hold what it or the question reads. */
function heldFilter(
  database: Sqlite,
  scope: CompiledScope,
  table: SumTable,
  reads: string,
): Condition | undefined {
  const known: readonly string[] = [...OF_FLOW, ...columnsOf(table)];
  const isKnown = (sql: string): boolean => columnsRead(sql).every((column) => known.includes(column));
  const held = [scope.filter, OF_DROPS.has(table) ? scope.ofDrops : undefined].find(
    (filter) => filter !== undefined && isKnown(filter.sql),
  );
  const filter = held ?? scope.among?.(KNOW_DROPS.has(table) ? "with causeId" : kindsOf(table));
  return filter !== undefined && isKnown(`${filter.sql} ${reads}`) && areRolledUp(database)
    ? filter
    : undefined;
}

/** What is not in the sums need not be told apart. */
function kindsOf(table: SumTable): { readonly kinds: string } {
  return { kinds: `id IN (SELECT kindId FROM ${table} WHERE level = ${SUM_LEVEL.whole})` };
}

/** Of a short range its flows are looked through, else all rows of the table. */
function rows(database: Sqlite, scope: CompiledScope, table: SumTable): SummedRows {
  const { from, to, filter } = scope;
  if (from === undefined || to === undefined || to - from > SHORT * (sumBuckets(database)?.widthNs ?? 0n))
    return { from: `(${rowsOf(table, ["*"])}) f`, parameters: [], where: scope, isSummed: false };
  const parameters = Array.from({ length: partsOf(table) }, () => [from, to]).flat();
  return {
    from: `(${rowsOf(table, ["*"], { isBetween: true })}) f`,
    parameters,
    where: filter,
    isSummed: false,
  };
}

/** Buckets. */
const SHORT = 4n;

function fromSums(
  database: Sqlite,
  scope: CompiledScope,
  table: SumTable,
  widthNs: bigint | undefined,
): SummedRows | undefined {
  const held = heldBySums(database, scope, widthNs);
  if (held === undefined) return undefined;
  const columns = [...OF_FLOW, ...columnsOf(table)];
  const parts = [
    ...held.sums.map(
      ({ sql }) => `SELECT bucketNs AS timeNs, ${columns.join(", ")} FROM ${table} WHERE ${sql}`,
    ),
    ...held.cut.map(
      () =>
        `SELECT timeNs, ${columns.join(", ")} FROM (${rowsOf(table, ["timeNs", ...OF_FLOW], { isBetween: true })})`,
    ),
  ];
  const given = held.sums.flatMap(({ parameters }) => parameters);
  const cut = held.cut.flatMap((times) => Array.from({ length: partsOf(table) }, () => times).flat());
  return {
    from: `(${parts.join(" UNION ALL ")}) f`,
    ...{ parameters: [...given, ...cut], where: scope.filter, isSummed: true },
  };
}

/** What of a range sums hold. */
export interface Held {
  /** Over a table of sums: its rows, each in one of these. */
  readonly sums: readonly Condition[];
  /** From and to of what lies in buckets that its ends cut. */
  readonly cut: readonly (readonly [bigint, bigint])[];
}

/** Either end can be open. */
interface Range {
  readonly from?: bigint | undefined;
  readonly to?: bigint | undefined;
}

/** Undefined: no whole bucket, or buckets that are not those asked for. */
export function heldBySums(database: Sqlite, range: Range, widthNs: bigint | undefined): Held | undefined {
  const { from, to } = range;
  if (from === undefined && to === undefined && widthNs === undefined)
    return { sums: [{ sql: `level = ${SUM_LEVEL.whole}`, parameters: [] }], cut: [] };
  const width = sumBuckets(database)?.widthNs;
  if (width === undefined || (widthNs !== undefined && widthNs % width !== 0n)) return undefined;
  const whole = wholeBuckets(range, width);
  if (whole === undefined) return undefined;
  const { from: first, to: end } = whole;
  return {
    sums: inWideBuckets(database, whole, widthNs) ?? [inBuckets("buckets", whole)],
    cut: [
      ...(from !== undefined && first !== undefined && from < first ? [[from, first] as const] : []),
      ...(to !== undefined && end !== undefined && end < to ? [[end, to] as const] : []),
    ],
  };
}

/** What of a range lies in whole buckets; undefined where there is none. */
function wholeBuckets({ from, to }: Range, width: bigint): Range | undefined {
  const first = from === undefined ? undefined : alignDown(from + width - 1n, width);
  const end = to === undefined ? undefined : alignDown(to, width);
  return first !== undefined && end !== undefined && first >= end ? undefined : { from: first, to: end };
}

/** A range of whole buckets of which the middle is read from wide ones, where there are any and the question tells none apart that these hold. */
function inWideBuckets(
  database: Sqlite,
  range: Range,
  widthNs: bigint | undefined,
): readonly Condition[] | undefined {
  const width = sumBuckets(database, "wide")?.widthNs;
  if (width === undefined || (widthNs !== undefined && widthNs % width !== 0n)) return undefined;
  const middle = wholeBuckets(range, width);
  if (middle === undefined) return undefined;
  return [
    inBuckets("wide", middle),
    ...(middle.from === range.from ? [] : [inBuckets("buckets", { from: range.from, to: middle.from })]),
    ...(middle.to === range.to ? [] : [inBuckets("buckets", { from: middle.to, to: range.to })]),
  ];
}

function inBuckets(level: keyof typeof SUM_LEVEL, { from, to }: Range): Condition {
  const conditions = [
    `level = ${SUM_LEVEL[level]}`,
    ...(from === undefined ? [] : ["bucketNs >= ?"]),
    ...(to === undefined ? [] : ["bucketNs < ?"]),
  ];
  return { sql: conditions.join(" AND "), parameters: [from, to].filter((ns) => ns !== undefined) };
}
