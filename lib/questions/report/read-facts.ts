/** The facts of lib/insight/quality out of a capture. Three scans over the flows; kept while the file stays as it is. */

import type { SqlRow } from "@/lib/capture/driver";
import { readFiles } from "@/lib/capture/files";
import { countedFlows } from "@/lib/capture/rolled-flows";
import { WHOLE_CAPTURE } from "@/lib/capture/scope-sql";
import { PRESENT, type PresentField } from "@/lib/flow/presence";
import type { AggregationFacts, Layer7Facts, QualityFacts } from "@/lib/insight/quality/facts";
import type { OpenCapture } from "../open-capture";
import { readFileFacts } from "./read-file-facts";
import { readMasked } from "./read-masked";
import { readNodeFacts } from "./read-node-facts";
import { readPassages } from "./read-passages";
import { readToldLosses } from "./read-told-losses";

export function readFacts(capture: OpenCapture): QualityFacts {
  return capture.keep("quality facts", () => {
    const kinds = readKindCounts(capture);
    const files = readFiles(capture.database, 0);
    const { buckets, nodes, untimed } = readNodeFacts(capture);
    return {
      flows: sum(kinds, "flows"),
      events: sum(kinds, "events"),
      untimed,
      refused: files.reduce((total, { refused }) => total + refused, 0),
      files: readFileFacts(capture),
      buckets,
      nodes,
      ...readToldLosses(capture),
      passages: readPassages(capture),
      neverPresent: neverPresent(kinds),
      aggregation: readAggregation(capture, kinds),
      points: tally(kinds, (kind) => kind.observationPoint),
      eventTypes: tally(kinds, (kind) => kind.eventType),
      layer7: readLayer7(capture, kinds),
      namespaces: readNamespaces(capture),
      masked: readMasked(capture),
      formats: [...new Set(files.flatMap(({ formats }) => Object.keys(formats)))].sort(),
    };
  });
}

/** A row of Kind with how many flows and events have it. */
type KindCount = SqlRow & { readonly flows: number; readonly events: number };

function readKindCounts(capture: OpenCapture): KindCount[] {
  const { from, parameters } = countedFlows(capture.database, WHOLE_CAPTURE, { reads: "f.kindId" });
  return capture.database
    .prepare(`SELECT f.kindId, sum(f.records) AS flows, sum(f.events) AS events FROM ${from} GROUP BY 1`)
    .all(parameters)
    .map((row) => ({
      ...capture.kind(Number(row.kindId)),
      flows: Number(row.flows),
      events: Number(row.events),
    }));
}

function sum(kinds: readonly KindCount[], of: "flows" | "events"): number {
  return kinds.reduce((total, kind) => total + kind[of], 0);
}

function tally(kinds: readonly KindCount[], of: (kind: KindCount) => unknown): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const kind of kinds) {
    const value = of(kind);
    if (value !== null) counts[String(value)] = (counts[String(value)] ?? 0) + kind.flows;
  }
  return counts;
}

function neverPresent(kinds: readonly KindCount[]): PresentField[] {
  const seen = kinds.reduce((mask, kind) => mask | Number(kind.present), 0);
  return (Object.keys(PRESENT) as PresentField[]).filter((field) => (seen & PRESENT[field]) === 0);
}

/** Records looked at for the interval: more would not change the guess. */
const GROUPS = 5000;

function readAggregation(capture: OpenCapture, kinds: readonly KindCount[]): AggregationFacts | null {
  const aggregated = kinds.filter((kind) => kind.aggregated !== 0);
  if (aggregated.length === 0) return null;
  return {
    flows: sum(aggregated, "flows"),
    events: sum(aggregated, "events"),
    withoutCounters: sum(
      aggregated.filter((kind) => kind.aggregated === 2),
      "flows",
    ),
    distanceNs: usualDistance(capture),
  };
}

/**
 * Of the group that comes most often: it is in nearly every interval, so its records are an interval apart on the average. Single
 * distances say less, because a record has the time of its first flow.
 */
function usualDistance(capture: OpenCapture): bigint | null {
  const row = capture.database
    .prepareExact(
      `SELECT (max(timeNs) - min(timeNs)) / (count(*) - 1) AS ns
       FROM (SELECT f.* FROM Flow f WHERE f.kindId IN (SELECT id FROM Kind WHERE aggregated <> 0) AND f.timeNs IS NOT NULL ORDER BY f.timeNs LIMIT ?)
       GROUP BY kindId, observerId, sourceId, destinationId, destinationPort HAVING count(*) > 1 ORDER BY count(*) DESC, ns LIMIT 1`,
    )
    .get([GROUPS]);
  return typeof row?.ns === "bigint" && row.ns > 0n ? row.ns : null;
}

function readNamespaces(capture: OpenCapture): string[] {
  return capture.database
    .prepare("SELECT DISTINCT namespace FROM Endpoint WHERE namespace IS NOT NULL ORDER BY 1")
    .all([])
    .map((row) => String(row.namespace));
}

/** The namespaces of the pods that the proxy worked for: the sender of egress traffic, the receiver of ingress, turned round in responses. */
function readLayer7(capture: OpenCapture, kinds: readonly KindCount[]): Layer7Facts[] {
  const byProtocol = new Map<string, { flows: number; namespaces: Set<string> }>();
  for (const kind of kinds) {
    if (typeof kind.l7Protocol !== "string") continue;
    const found = byProtocol.get(kind.l7Protocol) ?? { flows: 0, namespaces: new Set() };
    found.flows += kind.flows;
    byProtocol.set(kind.l7Protocol, found);
  }
  if (byProtocol.size === 0) return [];
  const { from, parameters } = countedFlows(capture.database, WHOLE_CAPTURE, {
    reads: "f.kindId f.sourceId f.destinationId",
  });
  const rows = capture.database
    .prepare(
      `SELECT DISTINCT k.l7Protocol, e.namespace FROM (
         SELECT DISTINCT f.kindId, CASE WHEN (k.trafficDirection = 'EGRESS') = (k.l7Type IS NOT 'RESPONSE') THEN f.sourceId ELSE f.destinationId END AS sideId
         FROM ${from} JOIN Kind k ON k.id = f.kindId WHERE k.l7Protocol IS NOT NULL
       ) s JOIN Kind k ON k.id = s.kindId JOIN Endpoint e ON e.id = s.sideId WHERE e.namespace IS NOT NULL ORDER BY 1, 2`,
    )
    .all(parameters);
  for (const row of rows) byProtocol.get(String(row.l7Protocol))?.namespaces.add(String(row.namespace));
  return [...byProtocol]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([protocol, { flows, namespaces }]) => ({ protocol, flows, namespaces: [...namespaces] }));
}
