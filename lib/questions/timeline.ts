/** Events or drops over time, told apart by one thing, and the stretches in which events were lost. */

import { alignDown, bucketWidth } from "@/lib/base/bucket-width";
import { formatCount } from "@/lib/base/count";
import { ok, type Result } from "@/lib/base/result";
import { type CountedFlows, countedFlows } from "@/lib/capture/rolled-flows";
import { type CompiledScope, compileScope } from "@/lib/capture/scope-sql";
import type { TimelineAnswer } from "./answers";
import { atMost, hasAtMost } from "./at-most";
import { bucketNumber } from "./buckets";
import type { QuestionFailure } from "./failure";
import { GAPS, readGaps } from "./gaps";
import type { OpenCapture } from "./open-capture";
import { readScope, type ScopeParameters, scopeKey } from "./scope-parameters";
import { FOLDED, MOST_SERIES, SERIES, type TimelineBy } from "./series";
import { spanOf } from "./span";

export interface TimelineParameters extends ScopeParameters {
  /** At most so many buckets. */
  readonly buckets: number;
  readonly by: TimelineBy;
}

export function readTimeline(
  capture: OpenCapture,
  parameters: TimelineParameters,
): Result<TimelineAnswer, QuestionFailure> {
  const scope = readScope(capture, parameters);
  if (!scope.ok) return scope;
  const compiled = compileScope(capture.database, scope.value);
  const counted = capture.keep(
    `timeline ${parameters.by} ${parameters.buckets} ${scopeKey(parameters)}`,
    () => count(capture, compiled, scope.value.from, scope.value.to, parameters),
  );
  const { unit } = SERIES[parameters.by];
  const isAtMost = unit === "drops" && hasAtMost(capture, () => compiled, scopeKey(parameters));
  const meta = atMost(capture.meta(unit), isAtMost);
  const notes = [...meta.notes];
  if (counted.gaps.length > GAPS)
    notes.push(`There are more losses than can be drawn: these are the first ${formatCount(GAPS)}.`);
  if (counted.series.some(({ key }) => key === FOLDED))
    notes.push(
      `Only the ${MOST_SERIES - 1} largest series are told apart; "${FOLDED}" is the sum of the others.`,
    );
  return ok({ meta: { ...meta, notes }, ...counted, gaps: counted.gaps.slice(0, GAPS) });
}

function count(
  capture: OpenCapture,
  scope: CompiledScope,
  from: bigint | undefined,
  to: bigint | undefined,
  { buckets, by }: TimelineParameters,
): Omit<TimelineAnswer, "meta"> {
  const span = spanOf(capture, from, to);
  if (span === undefined)
    return {
      bucketNs: "1000000000",
      fromNs: null,
      toNs: null,
      series: [],
      gaps: [],
      untimed: untimed(capture, scope, by),
    };
  const width = bucketWidth(span.last - span.first + 1n, buckets);
  const start = alignDown(span.first, width);
  const number = bucketNumber(start, span.last, width);
  const rows = readBuckets(capture, scope, by, number, width);
  return {
    bucketNs: String(width),
    fromNs: String(start),
    toNs: String(alignDown(span.last, width) + width),
    series: toSeries(rows, by),
    gaps: readGaps(capture, span.first, span.last),
    untimed: from === undefined && to === undefined ? untimed(capture, scope, by) : 0,
  };
}

interface Bucket {
  readonly key: string;
  readonly start: bigint;
  readonly n: number;
}

const DROPS = "JoinedDrop j CROSS JOIN Flow f ON f.id = j.id";

/** What is counted: the events of flows, or the drops anchored at them. */
function counting(
  { database }: OpenCapture,
  scope: CompiledScope,
  by: TimelineBy,
  widthNs: bigint,
): CountedFlows & { readonly n: string } {
  const { unit, join, key } = SERIES[by];
  const isOfDrops = unit === "drops";
  const flows = countedFlows(database, scope, {
    ...{ reads: "", hasTimes: false },
    told: `(SELECT ${key} FROM Kind k ${join} WHERE k.id = f.kindId)`,
    widthNs,
    ...(isOfDrops && { anchored: ["drops"] }),
  });
  if (!isOfDrops) return { ...flows, n: "f.events" };
  if (flows.isRolledUp) return { ...flows, n: "f.drops" };
  return { from: DROPS, parameters: [], where: scope, n: "j.drops", isRolledUp: false };
}

function readBuckets(
  capture: OpenCapture,
  scope: CompiledScope,
  by: TimelineBy,
  number: ReturnType<typeof bucketNumber>,
  widthNs: bigint,
): Bucket[] {
  const { join, key } = SERIES[by];
  const { from, parameters, where, n, isRolledUp } = counting(capture, scope, by, widthNs);
  // Kinds and pairs are few: named after the flows were counted by them.
  const pair = join === "" ? "0" : "f.pairId";
  const counted = (columns: string, places: string): string =>
    `SELECT ${columns}, ${number.sql} AS bucket, sum(${n}) AS n FROM ${from} WHERE f.timeNs IS NOT NULL AND ${where.sql} GROUP BY ${places}`;
  return capture.database
    .prepareExact(
      isRolledUp
        ? `SELECT told, bucket, n FROM (${counted("f.told", "1, 2")}) WHERE n > 0 ORDER BY 1, 2`
        : `SELECT ${key}, f.bucket, sum(f.n) FROM (${counted(`f.kindId, ${pair} AS pairId`, "1, 2, 3")}) f
           JOIN Kind k ON k.id = f.kindId ${join} WHERE f.n > 0 GROUP BY 1, 2 ORDER BY 1, 2`,
    )
    .rows([...number.parameters, ...parameters, ...where.parameters])
    .map(([name, bucket, count]) => ({
      key: String(name),
      start: number.startOf(bucket as bigint),
      n: Number(count),
    }));
}

/** By name; the smallest beyond the bound are one series, the last. */
function toSeries(buckets: readonly Bucket[], by: TimelineBy): TimelineAnswer["series"] {
  const totals = new Map<string, number>();
  for (const { key, n } of buckets) totals.set(key, (totals.get(key) ?? 0) + n);
  const largest = [...totals].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([key]) => key);
  const shown = new Set(totals.size > MOST_SERIES ? largest.slice(0, MOST_SERIES - 1) : largest);
  const series = new Map<string, Map<bigint, number>>();
  for (const { key, start, n } of buckets) {
    const name = shown.has(key) ? (SERIES[by].name?.(key) ?? key) : FOLDED;
    const points = series.get(name) ?? new Map<bigint, number>();
    points.set(start, (points.get(start) ?? 0) + n);
    series.set(name, points);
  }
  return [...series]
    .sort(([a], [b]) => Number(a === FOLDED) - Number(b === FOLDED) || (a < b ? -1 : 1))
    .map(([key, points]) => ({
      key,
      points: [...points]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([start, n]): [string, number] => [String(start), n]),
    }));
}

/** Few, and found by the index on time. */
function untimed(capture: OpenCapture, scope: CompiledScope, by: TimelineBy): number {
  const [from, n] = SERIES[by].unit === "drops" ? [DROPS, "j.drops"] : ["Flow f", "f.events"];
  const row = capture.database
    .prepare(`SELECT coalesce(sum(${n}), 0) AS events FROM ${from} WHERE f.timeNs IS NULL AND ${scope.sql}`)
    .get(scope.parameters);
  return Number(row?.events ?? 0);
}
