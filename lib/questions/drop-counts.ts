/** Drops of a scope, counted in groups from which every table about drops is made. */

import { alignDown, bucketWidth } from "@/lib/base/bucket-width";
import { all } from "@/lib/capture/conditions";
import type { Sqlite, SqlValue } from "@/lib/capture/driver";
import { type CompiledScope, compileDrops } from "@/lib/capture/scope-sql";
import { type SummedRows, summedRows } from "@/lib/capture/summed";
import { CAUSE_CLASSES } from "@/lib/insight/causes/cause";
import type { Scope } from "@/lib/scope/link";
import { bucketNumber } from "./buckets";
import type { OpenCapture } from "./open-capture";
import { spanOf } from "./span";

/** Drops that share cause, pair, kind and node. */
export interface DropGroup {
  readonly causeId: number;
  readonly pairId: number;
  readonly kindId: number;
  readonly observerId: number;
  readonly drops: number;
  readonly attempts: number | null;
  readonly firstNs: bigint | null;
  readonly lastNs: bigint | null;
  readonly isCertain: boolean;
  /** Drops that may be counted twice. */
  readonly atMost: number;
}

/** What rows of a table tell groups apart by. */
export type DropTelling = Pick<DropGroup, "causeId" | "pairId" | "observerId">;

/** Drops of a bucket that have in common what rows are told apart by. */
export interface DropPoint extends DropTelling {
  readonly bucketNs: bigint;
  readonly drops: number;
}

export interface DropCounts {
  readonly bucketNs: bigint;
  /** Of all buckets of the scope, half open. */
  readonly fromNs: bigint;
  readonly toNs: bigint;
  readonly groups: readonly DropGroup[];
  /** Of those with a time. */
  readonly points: readonly DropPoint[];
}

/** All drops whose anchor is in the scope: the drop record, else the verdict record, else the request. */
export function countDrops(
  capture: OpenCapture,
  scope: Scope,
  buckets: number,
  told: readonly (keyof DropTelling)[],
  causeId?: number,
): DropCounts {
  const { database } = capture;
  const compiled = compileDrops(database, scope);
  const span = spanOf(capture, scope.from, scope.to) ?? { first: 0n, last: 0n };
  const width = bucketWidth(span.last - span.first + 1n, buckets);
  const fromNs = alignDown(span.first, width);
  const number = bucketNumber(fromNs, span.last, width);
  const rows = ofCause(
    summedRows(database, compiled, "DropSum", { reads: "f.pairId", widthNs: width }),
    causeId,
  );
  const isWhole = rows.isSummed && scope.from === undefined && scope.to === undefined;
  return {
    ...{ bucketNs: width, fromNs, toNs: alignDown(span.last, width) + width },
    ...(isWhole
      ? {
          groups: readGroups(
            database,
            ofCause(summedRows(database, compiled, "DropSum", { reads: "f.pairId" }), causeId),
          ),
          points: readPoints(database, rows, number, told),
        }
      : readBoth(database, rows, number, told)),
  };
}

type BucketNumber = ReturnType<typeof bucketNumber>;

function ofCause(rows: SummedRows, causeId: number | undefined): SummedRows {
  if (causeId === undefined) return rows;
  return { ...rows, where: all([rows.where, { sql: "f.causeId = ?", parameters: [causeId] }]) };
}

const OF_GROUP = `f.causeId, f.pairId, f.kindId, f.observerId, sum(f.drops), sum(f.tries),
  min(f.firstNs), max(f.lastNs), max(f.certain), sum(f.drops) FILTER (WHERE f.atMost = 1)`;
/** 0 for what does not tell rows apart. */
const pointOf = (told: readonly (keyof DropTelling)[]): string =>
  (["causeId", "pairId", "observerId"] as const)
    .map((name) => (told.includes(name) ? `f.${name}` : `0 AS ${name}`))
    .join(", ");

function groupOf(values: readonly (SqlValue | undefined)[]): DropGroup {
  const [cause, pair, kind, observer, drops, attempts, firstNs, lastNs, certain, atMost] = values;
  return {
    causeId: Number(cause),
    pairId: Number(pair),
    kindId: Number(kind),
    observerId: Number(observer),
    drops: Number(drops),
    attempts: attempts === null ? null : Number(attempts),
    firstNs: firstNs as bigint | null,
    lastNs: lastNs as bigint | null,
    isCertain: Number(certain) === 1,
    atMost: Number(atMost ?? 0),
  };
}

/** The whole capture has sums without buckets, a hundredth of those with them. */
function readGroups(database: Sqlite, { from, parameters, where }: SummedRows): DropGroup[] {
  return database
    .prepareExact(`SELECT ${OF_GROUP} FROM ${from} WHERE ${where.sql} GROUP BY 1, 2, 3, 4`)
    .rows([...parameters, ...where.parameters])
    .map(groupOf);
}

function readPoints(
  database: Sqlite,
  { from, parameters, where }: SummedRows,
  number: BucketNumber,
  told: readonly (keyof DropTelling)[],
): DropPoint[] {
  return database
    .prepareExact(
      `SELECT ${number.sql}, ${pointOf(told)}, sum(f.drops) FROM ${from}
       WHERE f.timeNs IS NOT NULL AND ${where.sql} GROUP BY 1, 2, 3, 4`,
    )
    .rows([...number.parameters, ...parameters, ...where.parameters])
    .map((values) => toPoint(values, number));
}

function toPoint(values: readonly (SqlValue | undefined)[], number: BucketNumber): DropPoint {
  const [bucket, causeId, pairId, observerId, drops] = values;
  return {
    ...{ causeId: Number(causeId), pairId: Number(pairId), observerId: Number(observerId) },
    ...{ bucketNs: number.startOf(bucket as bigint), drops: Number(drops) },
  };
}

/** Of a range both are made of the same rows, which are read once: told apart by bucket, groups would be ten times as many. */
function readBoth(
  database: Sqlite,
  { from, parameters, where }: SummedRows,
  number: BucketNumber,
  told: readonly (keyof DropTelling)[],
): Pick<DropCounts, "groups" | "points"> {
  const found = database
    .prepareExact(
      `WITH f AS MATERIALIZED (SELECT f.timeNs, f.causeId, f.pairId, f.kindId, f.observerId, f.drops, f.tries, f.firstNs, f.lastNs, f.certain, f.atMost
         FROM ${from} WHERE ${where.sql})
       SELECT 0, ${OF_GROUP} FROM f GROUP BY 2, 3, 4, 5
       UNION ALL SELECT 1, ${number.sql}, ${pointOf(told)}, sum(f.drops), 0, 0, 0, 0, 0 FROM f WHERE f.timeNs IS NOT NULL GROUP BY 2, 3, 4, 5`,
    )
    .rows([...parameters, ...where.parameters, ...number.parameters])
    .map(([isPoint, ...values]) => ({ isPoint: isPoint === 1n, values }));
  return {
    groups: found.filter(({ isPoint }) => !isPoint).map(({ values }) => groupOf(values)),
    points: found.filter(({ isPoint }) => isPoint).map(({ values }) => toPoint(values, number)),
  };
}

/** How many drops there are in the scope, of how many causes, which of these are most likely harmless, and how many drops may be counted twice. */
export function totalDrops(
  capture: OpenCapture,
  scope: CompiledScope,
): { drops: number; atMost: number; dropCauses: number; harmlessCauses: number } {
  const counted = summedRows(capture.database, scope, "DropSum", { reads: "" });
  const [row] = capture.database
    .prepare(
      `SELECT coalesce(sum(f.drops), 0), coalesce(sum(f.drops) FILTER (WHERE f.atMost = 1), 0), count(DISTINCT f.causeId),
         count(DISTINCT f.causeId) FILTER (WHERE f.causeId IN (SELECT id FROM Cause WHERE class = ${CAUSE_CLASSES.noise}))
       FROM ${counted.from} WHERE ${counted.where.sql}`,
    )
    .rows([...counted.parameters, ...counted.where.parameters]);
  const [drops = 0, atMost = 0, dropCauses = 0, harmlessCauses = 0] = (row ?? []).map(Number);
  return { drops, atMost, dropCauses, harmlessCauses };
}
