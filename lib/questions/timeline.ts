/** Events over time, by verdict, and the stretches in which events were lost. */

import { ok, type Result } from "@/lib/base/result";
import { type CompiledScope, compileScope } from "@/lib/capture/scope-sql";
import type { TimelineAnswer } from "./answers";
import { alignDown, bucketNumber, bucketWidth } from "./buckets";
import type { QuestionFailure } from "./failure";
import { GAPS, readGaps } from "./gaps";
import type { OpenCapture } from "./open-capture";
import { readScope, type ScopeParameters, scopeKey } from "./scope-parameters";
import { spanOf } from "./span";

export interface TimelineParameters extends ScopeParameters {
  /** At most so many buckets. */
  readonly buckets: number;
}

export function readTimeline(
  capture: OpenCapture,
  parameters: TimelineParameters,
): Result<TimelineAnswer, QuestionFailure> {
  const scope = readScope(capture, parameters);
  if (!scope.ok) return scope;
  const compiled = compileScope(capture.database, scope.value);
  const counted = capture.keep(`timeline ${parameters.buckets} ${scopeKey(parameters)}`, () =>
    count(capture, compiled, scope.value.from, scope.value.to, parameters.buckets),
  );
  const meta = capture.meta("events");
  const notes =
    counted.gaps.length > GAPS
      ? [...meta.notes, `There are more losses than can be drawn: these are the first ${GAPS}.`]
      : meta.notes;
  return ok({ meta: { ...meta, notes }, ...counted, gaps: counted.gaps.slice(0, GAPS) });
}

function count(
  capture: OpenCapture,
  scope: CompiledScope,
  from: bigint | undefined,
  to: bigint | undefined,
  buckets: number,
): Omit<TimelineAnswer, "meta"> {
  const span = spanOf(capture, from, to);
  if (span === undefined)
    return {
      bucketNs: "1000000000",
      fromNs: null,
      toNs: null,
      series: [],
      gaps: [],
      untimed: untimed(capture, scope),
    };
  const width = bucketWidth(span.last - span.first + 1n, buckets);
  const start = alignDown(span.first, width);
  const number = bucketNumber(start, span.last, width);
  const rows = capture.database
    .prepareExact(
      `SELECT k.verdict, b.bucket, sum(b.events) FROM (
         SELECT f.kindId, ${number.sql} AS bucket, sum(f.events) AS events
         FROM Flow f WHERE f.timeNs IS NOT NULL AND ${scope.sql} GROUP BY 1, 2
       ) b JOIN Kind k ON k.id = b.kindId GROUP BY 1, 2 ORDER BY 1, 2`,
    )
    .rows([...number.parameters, ...scope.parameters]);
  const series = new Map<string, [string, number][]>();
  for (const [verdict, bucket, events] of rows) {
    const points = series.get(String(verdict)) ?? [];
    points.push([String(number.startOf(bucket as bigint)), Number(events)]);
    series.set(String(verdict), points);
  }
  return {
    bucketNs: String(width),
    fromNs: String(start),
    toNs: String(alignDown(span.last, width) + width),
    series: [...series].map(([key, points]) => ({ key, points })),
    gaps: readGaps(capture, span.first, span.last),
    untimed: from === undefined && to === undefined ? untimed(capture, scope) : 0,
  };
}

function untimed(capture: OpenCapture, scope: CompiledScope): number {
  const row = capture.database
    .prepare(
      `SELECT coalesce(sum(f.events), 0) AS events FROM Flow f WHERE f.timeNs IS NULL AND ${scope.sql}`,
    )
    .get(scope.parameters);
  return Number(row?.events ?? 0);
}
