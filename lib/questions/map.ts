/**
 * Who talks to whom. One edge for each client, server, port and protocol; replies are turned round and count in it.
 *
 * Conservation: events of the edges, of the folded ones and of what is unplaced are those of the scope.
 */

import { alignDown, bucketWidth } from "@/lib/base/bucket-width";
import { fail, ok, type Result } from "@/lib/base/result";
import { parseTime } from "@/lib/base/time";
import { countedFlows } from "@/lib/capture/rolled-flows";
import { compileScope } from "@/lib/capture/scope-sql";
import type { Scope } from "@/lib/scope/link";
import type { MapAnswer, MapLevel } from "./answers-map";
import { atMost, hasAtMost } from "./at-most";
import { bucketNumber } from "./buckets";
import type { QuestionFailure } from "./failure";
import { countEdges, countedAnchors, type Source } from "./map-count";
import type { Edges } from "./map-edges";
import type { OpenCapture } from "./open-capture";
import { type PairRow, readPairs } from "./pairs";
import { readScope, type ScopeParameters, scopeKey } from "./scope-parameters";
import { spanOf } from "./span";

export interface MapParameters extends ScopeParameters {
  readonly level: MapLevel;
  /** Edges at most. */
  readonly limit: number;
  /** Edges that come before them. */
  readonly skip?: number;
  /** Buckets of a trend at most; absent: no trend. */
  readonly buckets?: number;
  /** Says of each edge whether the filter found none of it before this time. */
  readonly since?: string;
}

export function readMap(capture: OpenCapture, parameters: MapParameters): Result<MapAnswer, QuestionFailure> {
  const scope = readScope(capture, parameters);
  if (!scope.ok) return scope;
  const { level, limit, skip = 0, buckets, since } = parameters;
  const sinceNs = since === undefined ? undefined : parseTime(since);
  if (since !== undefined && sinceNs === undefined)
    return fail("bad_request", "`since` is not a time.", "Write it like 2026-03-04T05:12:07Z.");
  const key = JSON.stringify([level, limit, skip, buckets, since, scopeKey(parameters)]);
  const drawn = capture.keep(`map ${key}`, () => {
    const { edges, unplaced } = countEdges(capture, scope.value, level);
    if (sinceNs !== undefined) edges.tellNew(readPairsBefore(capture, scope.value, sinceNs));
    const trend = buckets === undefined ? undefined : readTrend(capture, scope.value, edges, buckets);
    return { ...trend, ...edges.answer(limit, skip), unplaced };
  });
  const isAtMost = hasAtMost(
    capture,
    () => compileScope(capture.database, scope.value),
    scopeKey(parameters),
  );
  return ok({ meta: atMost(capture.meta("events"), isAtMost), ...drawn });
}

/** Pairs that the filter finds before this time. */
function readPairsBefore(capture: OpenCapture, { filter }: Scope, to: bigint): PairRow[] {
  const { from, parameters, where } = countedFlows(
    capture.database,
    compileScope(capture.database, { filter, to }),
    { reads: "f.pairId" },
  );
  const ids = capture.database
    .prepare(`SELECT f.pairId FROM ${from} WHERE ${where.sql} GROUP BY 1 HAVING sum(f.records) > 0`)
    .rows([...parameters, ...where.parameters])
    .map(([pairId]) => Number(pairId));
  return [...readPairs(capture.database, ids).values()];
}

/** Gives the edges their events and drops over time. */
function readTrend(
  capture: OpenCapture,
  uncompiled: Scope,
  edges: Edges,
  buckets: number,
): Pick<MapAnswer, "bucketNs"> {
  const span = spanOf(capture, uncompiled.from, uncompiled.to);
  const width = bucketWidth(span === undefined ? 1n : span.last - span.first + 1n, buckets);
  if (span === undefined) return { bucketNs: String(width) };
  const scope = compileScope(capture.database, uncompiled);
  const number = bucketNumber(alignDown(span.first, width), span.last, width);
  const wanted = { reads: "f.pairId", widthNs: width };
  const flows = countedFlows(capture.database, scope, wanted);
  const anchors = countedAnchors(capture, scope, { ...wanted, anchored: ["drops"] });
  const points = [
    ...readPoints(capture, flows, number, "events"),
    ...readPoints(capture, anchors, number, "drops"),
  ];
  const pairs = readPairs(capture.database, [...new Set(points.map(({ pairId }) => pairId))]);
  for (const { pairId, measure, start, count } of points) {
    const edge = edges.of(pairs.get(pairId));
    if (typeof edge !== "string") edge.addPoint(start, measure, count);
  }
  return { bucketNs: String(width) };
}

interface Point {
  readonly pairId: number;
  readonly measure: "events" | "drops";
  readonly start: bigint;
  readonly count: number;
}

function readPoints(
  { database }: OpenCapture,
  { from, parameters, where }: Source,
  number: ReturnType<typeof bucketNumber>,
  measure: Point["measure"],
): Point[] {
  return database
    .prepareExact(
      `SELECT f.pairId, ${number.sql}, sum(f.${measure}) FROM ${from} WHERE f.timeNs IS NOT NULL AND ${where.sql}
       GROUP BY 1, 2 HAVING sum(f.${measure}) > 0`,
    )
    .rows([...number.parameters, ...parameters, ...where.parameters])
    .map(([pairId, bucket, count]) => ({
      pairId: Number(pairId),
      measure,
      start: number.startOf(bucket as bigint),
      count: Number(count),
    }));
}
