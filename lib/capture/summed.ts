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

/** `reads`: SQL over `f` that the question groups by or asks for, but for the time. `widthNs`: it tells buckets of this width apart. */
export function summedRows(
  database: Sqlite,
  scope: CompiledScope,
  table: SumTable,
  { reads, widthNs }: { readonly reads: string; readonly widthNs?: bigint },
): SummedRows {
  const known: readonly string[] = [...OF_FLOW, ...columnsOf(table)];
  const isKnown = (sql: string): boolean => columnsRead(sql).every((column) => known.includes(column));
  const held = [scope.filter, OF_DROPS.has(table) ? scope.ofDrops : undefined].find(
    (filter) => filter !== undefined && isKnown(filter.sql),
  );
  const filter =
    held ?? scope.among?.(`id IN (SELECT kindId FROM ${table} WHERE level = ${SUM_LEVEL.whole})`);
  const isHeld = filter !== undefined && isKnown(`${filter.sql} ${reads}`) && areRolledUp(database);
  const sums = isHeld ? fromSums(database, { ...scope, filter }, table, widthNs) : undefined;
  return sums ?? rows(database, scope, table);
}

/** Of a short range its flows are looked through, else all rows of the table. */
function rows(database: Sqlite, scope: CompiledScope, table: SumTable): SummedRows {
  const { from, to, filter } = scope;
  if (from === undefined || to === undefined || to - from > SHORT * (bucketWidthOf(database) ?? 0n))
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
  const parts = [`SELECT bucketNs AS timeNs, ${columns.join(", ")} FROM ${table} WHERE ${held.where.sql}`];
  for (const _ of held.cut)
    parts.push(
      `SELECT timeNs, ${columns.join(", ")} FROM (${rowsOf(table, ["timeNs", ...OF_FLOW], { isBetween: true })})`,
    );
  const cut = held.cut.flatMap((times) => Array.from({ length: partsOf(table) }, () => times).flat());
  return {
    from: `(${parts.join(" UNION ALL ")}) f`,
    ...{ parameters: [...held.where.parameters, ...cut], where: scope.filter, isSummed: true },
  };
}

/** What of a range sums hold. */
export interface Held {
  /** Over a table of sums. */
  readonly where: Condition;
  /** From and to of what lies in buckets that its ends cut. */
  readonly cut: readonly (readonly [bigint, bigint])[];
}

/** Undefined: no whole bucket, or buckets that are not those asked for. */
export function heldBySums(
  database: Sqlite,
  { from, to }: { readonly from?: bigint | undefined; readonly to?: bigint | undefined },
  widthNs: bigint | undefined,
): Held | undefined {
  if (from === undefined && to === undefined && widthNs === undefined)
    return { where: { sql: `level = ${SUM_LEVEL.whole}`, parameters: [] }, cut: [] };
  const width = bucketWidthOf(database);
  if (width === undefined || (widthNs !== undefined && widthNs % width !== 0n)) return undefined;
  const first = from === undefined ? undefined : alignDown(from + width - 1n, width);
  const end = to === undefined ? undefined : alignDown(to, width);
  if (first !== undefined && end !== undefined && first >= end) return undefined;
  const conditions = [
    `level = ${SUM_LEVEL.buckets}`,
    ...(first === undefined ? [] : ["bucketNs >= ?"]),
    ...(end === undefined ? [] : ["bucketNs < ?"]),
  ];
  return {
    where: {
      sql: conditions.join(" AND "),
      parameters: [first, end].filter((ns) => ns !== undefined),
    },
    cut: [
      ...(from !== undefined && first !== undefined && from < first ? [[from, first] as const] : []),
      ...(to !== undefined && end !== undefined && end < to ? [[end, to] as const] : []),
    ],
  };
}

/** The width of the buckets of sums, where there are any. */
function bucketWidthOf(database: Sqlite): bigint | undefined {
  const width = database
    .prepareExact("SELECT widthNs FROM SumLevel WHERE level = ?")
    .get([SUM_LEVEL.buckets])?.widthNs;
  return typeof width === "bigint" ? width : undefined;
}
