/** Drops of a scope, counted in groups from which every table about drops is made. */

import { type CompiledScope, compileScope } from "@/lib/capture/scope-sql";
import { TRIES_OF_DROPS } from "@/lib/capture/tries";
import type { Scope } from "@/lib/scope/link";
import { alignDown, bucketNumber, bucketWidth } from "./buckets";
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
  const compiled = compileScope(capture.database, scope);
  const span = spanOf(capture, scope.from, scope.to) ?? { first: 0n, last: 0n };
  const width = bucketWidth(span.last - span.first + 1n, buckets);
  const number = bucketNumber(alignDown(span.first, width), span.last, width);
  const ofCause = causeId === undefined ? "" : "AND j.causeId = ?";
  const groups = capture.database
    .prepareExact(
      `SELECT j.causeId, j.pairId, j.kindId, f.observerId, ${number.sql} AS bucket, sum(j.drops), ${TRIES_OF_DROPS},
         min(j.timeNs), max(j.timeNs), max(j.certain), sum(j.drops) FILTER (WHERE j.atMost = 1)
       FROM JoinedDrop j CROSS JOIN Flow f ON f.id = j.id CROSS JOIN Kind k ON k.id = j.kindId
       WHERE ${compiled.sql} ${ofCause} GROUP BY 1, 2, 3, 4, 5`,
    )
    .rows([...number.parameters, ...compiled.parameters, ...(causeId === undefined ? [] : [causeId])])
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

/** How many drops there are in the scope, of how many causes, and how many of them may be counted twice. */
export function totalDrops(
  capture: OpenCapture,
  scope: CompiledScope,
): { drops: number; atMost: number; dropCauses: number } {
  const [row] = capture.database
    .prepare(
      `SELECT coalesce(sum(j.drops), 0), coalesce(sum(j.drops) FILTER (WHERE j.atMost = 1), 0), count(DISTINCT j.causeId)
       FROM JoinedDrop j CROSS JOIN Flow f ON f.id = j.id WHERE ${scope.sql}`,
    )
    .rows(scope.parameters);
  return { drops: Number(row?.[0] ?? 0), atMost: Number(row?.[1] ?? 0), dropCauses: Number(row?.[2] ?? 0) };
}

export const AT_MOST_NOTE =
  "Some drops may be counted twice, because their records left out the event type, the node or the addresses, or are aggregated: counts are at most these.";
