/** Drops of a scope, counted in groups from which every table about drops is made. */

import { alignDown, bucketWidth } from "@/lib/base/bucket-width";
import { type CompiledScope, compileDrops } from "@/lib/capture/scope-sql";
import { summedRows } from "@/lib/capture/summed";
import { CAUSE_CLASSES } from "@/lib/insight/causes/cause";
import type { Scope } from "@/lib/scope/link";
import { bucketNumber } from "./buckets";
import type { OpenCapture } from "./open-capture";
import { spanOf } from "./span";

/** Drops that share cause, pair, node and bucket. */
export interface DropGroup {
  readonly causeId: number;
  readonly pairId: number;
  readonly kindId: number;
  readonly observerId: number;
  /** Start of the bucket in nanoseconds; null = untimed. */
  readonly bucketNs: bigint | null;
  readonly drops: number;
  readonly attempts: number | null;
  readonly firstNs: bigint | null;
  readonly lastNs: bigint | null;
  readonly isCertain: boolean;
  /** Drops that may be counted twice. */
  readonly atMost: number;
}

export interface DropCounts {
  readonly bucketNs: bigint;
  /** Of all buckets of the scope, half open. */
  readonly fromNs: bigint;
  readonly toNs: bigint;
  readonly groups: readonly DropGroup[];
}

/** All drops whose anchor is in the scope: the drop record, else the verdict record, else the request. */
export function countDrops(
  capture: OpenCapture,
  scope: Scope,
  buckets: number,
  causeId?: number,
): DropCounts {
  const compiled = compileDrops(capture.database, scope);
  const span = spanOf(capture, scope.from, scope.to) ?? { first: 0n, last: 0n };
  const width = bucketWidth(span.last - span.first + 1n, buckets);
  const number = bucketNumber(alignDown(span.first, width), span.last, width);
  const ofCause = causeId === undefined ? "" : "AND f.causeId = ?";
  const counted = summedRows(capture.database, compiled, "DropSum", { reads: "f.pairId", widthNs: width });
  const groups = capture.database
    .prepareExact(
      `SELECT f.causeId, f.pairId, f.kindId, f.observerId, ${number.sql} AS bucket, sum(f.drops), sum(f.tries),
         min(f.firstNs), max(f.lastNs), max(f.certain), sum(f.drops) FILTER (WHERE f.atMost = 1)
       FROM ${counted.from} WHERE ${counted.where.sql} ${ofCause} GROUP BY 1, 2, 3, 4, 5`,
    )
    .rows([
      ...[...number.parameters, ...counted.parameters, ...counted.where.parameters],
      ...(causeId === undefined ? [] : [causeId]),
    ])
    .map(([cause, pair, kind, observer, bucket, drops, attempts, firstNs, lastNs, certain, atMost]) => ({
      causeId: Number(cause),
      pairId: Number(pair),
      kindId: Number(kind),
      observerId: Number(observer),
      bucketNs: typeof bucket === "bigint" ? number.startOf(bucket) : null,
      drops: Number(drops),
      attempts: attempts === null ? null : Number(attempts),
      firstNs: firstNs as bigint | null,
      lastNs: lastNs as bigint | null,
      isCertain: Number(certain) === 1,
      atMost: Number(atMost ?? 0),
    }));
  const toNs = alignDown(span.last, width) + width;
  return { bucketNs: width, fromNs: alignDown(span.first, width), toNs, groups };
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
