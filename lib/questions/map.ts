/**
 * Who talks to whom. One edge for each client, server, port and protocol; replies are turned round and count in it.
 *
 * Conservation: events of the edges, of the folded ones and of what is unplaced are those of the scope.
 */

import { alignDown, bucketWidth } from "@/lib/base/bucket-width";
import { ok, type Result } from "@/lib/base/result";
import type { SqlRow } from "@/lib/capture/driver";
import { type CountedFlows, countedFlows, type Wanted } from "@/lib/capture/rolled-flows";
import { type CompiledScope, compileScope } from "@/lib/capture/scope-sql";
import { MEASURE_TERMS } from "@/lib/scope/edge-terms";
import type { Scope } from "@/lib/scope/link";
import type { MapAnswer, MapLevel } from "./answers-map";
import { bucketNumber } from "./buckets";
import type { QuestionFailure } from "./failure";
import { Edges, type Group, sortedCounts } from "./map-edges";
import type { OpenCapture } from "./open-capture";
import { readPairs } from "./pairs";
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
}

export function readMap(capture: OpenCapture, parameters: MapParameters): Result<MapAnswer, QuestionFailure> {
  const scope = readScope(capture, parameters);
  if (!scope.ok) return scope;
  const { level, limit, skip = 0, buckets } = parameters;
  const drawn = capture.keep(`map ${level} ${limit} ${skip} ${buckets} ${scopeKey(parameters)}`, () => {
    const { edges, unplaced } = countEdges(capture, scope.value, level);
    const trend = buckets === undefined ? undefined : readTrend(capture, scope.value, edges, buckets);
    return { ...trend, ...edges.answer(limit, skip), unplaced };
  });
  return ok({ meta: capture.meta("events"), ...drawn });
}

/** Every edge of the scope, and what has none. */
export function countEdges(
  capture: OpenCapture,
  uncompiled: Scope,
  level: MapLevel,
): { readonly edges: Edges; readonly unplaced: MapAnswer["unplaced"] } {
  const scope = compileScope(capture.database, uncompiled);
  const edges = new Edges(level);
  const groups = readGroups(capture, scope);
  const pairs = readPairs(capture.database, [...new Set(groups.map(({ pairId }) => pairId))]);
  const unplaced: MapAnswer["unplaced"] = { events: 0, reasons: {} };
  const reasons = new Map<string, number>();
  for (const group of groups) {
    const edge = edges.of(pairs.get(group.pairId));
    if (typeof edge === "string") {
      unplaced.events += group.events;
      reasons.set(edge, (reasons.get(edge) ?? 0) + group.events);
    } else edge.add(group, capture.kind(group.kindId));
  }
  for (const { pairId, kindId, drops, l7Errors } of readCounted(capture, scope)) {
    const edge = edges.of(pairs.get(pairId));
    if (typeof edge === "string") continue;
    edge.l7Errors += l7Errors;
    if (drops > 0) edge.addDrops(reasonOf(capture.kind(kindId)), drops);
  }
  for (const measure of ["dnsErrors", "unanswered"] as const)
    for (const { pairId, events } of readMeasure(capture, uncompiled, measure)) {
      const edge = edges.of(pairs.get(pairId));
      if (typeof edge !== "string") edge[measure] += events;
    }
  unplaced.reasons = sortedCounts(reasons);
  return { edges, unplaced };
}

function readGroups(capture: OpenCapture, scope: CompiledScope): Group[] {
  const { from, parameters, where } = countedFlows(capture.database, scope, { reads: "f.pairId f.kindId" });
  return capture.database
    .prepareExact(
      `SELECT f.pairId, f.kindId, sum(f.events), min(f.firstNs), max(f.lastNs) FROM ${from}
       WHERE ${where.sql} GROUP BY 1, 2 HAVING sum(f.records) > 0`,
    )
    .rows([...parameters, ...where.parameters])
    .map(([pairId, kindId, events, firstNs, lastNs]) => ({
      pairId: Number(pairId),
      kindId: Number(kindId),
      events: Number(events),
      firstNs: firstNs as bigint | null,
      lastNs: lastNs as bigint | null,
    }));
}

/** What counts at flows of one pair and kind. */
interface Counted {
  readonly pairId: number;
  readonly kindId: number;
  readonly drops: number;
  readonly l7Errors: number;
}

function readCounted(capture: OpenCapture, scope: CompiledScope): Counted[] {
  const { from, parameters, where } = countedAnchors(capture, scope, {
    reads: "f.pairId f.kindId",
    anchored: ["drops", "l7Errors"],
  });
  return capture.database
    .prepare(
      `SELECT f.pairId, f.kindId, sum(f.drops), sum(f.l7Errors) FROM ${from} WHERE ${where.sql}
       GROUP BY 1, 2 HAVING sum(f.drops) > 0 OR sum(f.l7Errors) > 0`,
    )
    .rows([...parameters, ...where.parameters])
    .map(([pairId, kindId, drops, errors]) => ({
      pairId: Number(pairId),
      kindId: Number(kindId),
      drops: Number(drops),
      l7Errors: Number(errors),
    }));
}

type Source = Pick<CountedFlows, "from" | "parameters" | "where">;

/** The flows at which drops and failed requests count: where no roll-up holds them, far fewer are read than all flows. */
function countedAnchors({ database }: OpenCapture, scope: CompiledScope, wanted: Wanted): Source {
  const rolled = countedFlows(database, scope, wanted);
  if (rolled.isRolledUp) return rolled;
  const from = `(SELECT x.*, j.drops, 0 AS l7Errors FROM JoinedDrop j CROSS JOIN Flow x ON x.id = j.id
    UNION ALL SELECT x.*, 0, max(e.requests, e.responses) FROM L7Exchange e CROSS JOIN Flow x ON x.id = e.id
      WHERE e.counted = 1 AND e.error = 1) f`;
  return { from, parameters: [], where: scope };
}

function reasonOf(kind: SqlRow): string {
  return kind.type === "L7" || kind.eventType === 129 ? "L7_RULE" : String(kind.dropReason ?? "UNKNOWN");
}

/** Events of the flows that the measure's own terms find: a link with them leads to exactly these. */
function readMeasure(
  capture: OpenCapture,
  scope: Scope,
  measure: "dnsErrors" | "unanswered",
): { pairId: number; events: number }[] {
  const terms = [...scope.filter.terms, ...MEASURE_TERMS[measure]];
  const { sql, parameters } = compileScope(capture.database, { ...scope, filter: { terms } });
  return capture.database
    .prepare(`SELECT f.pairId, sum(f.events) FROM Flow f WHERE ${sql} GROUP BY 1`)
    .rows(parameters)
    .map(([pairId, events]) => ({ pairId: Number(pairId), events: Number(events) }));
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
