/** The edges of a scope, with everything that is counted on them. */

import { type Condition, idList } from "@/lib/capture/conditions";
import { rolesOf } from "@/lib/capture/dns-conditions";
import type { SqlRow } from "@/lib/capture/driver";
import { type CountedFlows, countedFlows, rolledRows, type Wanted } from "@/lib/capture/rolled-flows";
import { type CompiledScope, compileScope } from "@/lib/capture/scope-sql";
import { MARK } from "@/lib/capture/sum-tables";
import { summedRows } from "@/lib/capture/summed";
import { MEASURE_TERMS } from "@/lib/scope/edge-terms";
import type { Term } from "@/lib/scope/filter";
import type { Scope } from "@/lib/scope/link";
import type { MapAnswer, MapLevel } from "./answers-map";
import { Edges, type Group, sortedCounts } from "./map-edges";
import type { OpenCapture } from "./open-capture";
import { readPairs } from "./pairs";

/** Every edge of the scope, and what has none. */
export function countEdges(
  capture: OpenCapture,
  uncompiled: Scope,
  level: MapLevel,
): { readonly edges: Edges; readonly unplaced: MapAnswer["unplaced"] } {
  const scope = compileScope(capture.database, uncompiled);
  const edges = new Edges(level);
  const { groups, counted } = readCounts(capture, scope);
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
  for (const { pairId, kindId, drops, l7Errors } of counted) {
    const edge = edges.of(pairs.get(pairId));
    if (typeof edge === "string") continue;
    edge.l7Errors += l7Errors;
    if (drops > 0) edge.addDrops(reasonOf(capture.kind(kindId)), drops);
  }
  for (const [measure, found] of [
    ["dnsErrors", readDnsErrors(capture, uncompiled, groups)],
    ["unanswered", readUnanswered(capture, uncompiled)],
  ] as const)
    for (const { pairId, events } of found) {
      const edge = edges.of(pairs.get(pairId));
      if (typeof edge !== "string") edge[measure] += events;
    }
  unplaced.reasons = sortedCounts(reasons);
  return { edges, unplaced };
}

/** One wish of both, so that buckets are read once. */
const AT_PAIRS: Wanted = { reads: "f.pairId f.kindId", anchored: ["drops", "l7Errors"] };

/** Of a range both come from lists, where these hold them. */
function readCounts(
  capture: OpenCapture,
  scope: CompiledScope,
): { readonly groups: readonly Group[]; readonly counted: readonly Counted[] } {
  const rows = rolledRows(capture.database, scope, AT_PAIRS);
  if (rows === undefined) return { groups: readGroups(capture, scope), counted: readCounted(capture, scope) };
  const [groups, counted]: [Group[], Counted[]] = [[], []];
  for (const { keys, records, events, firstNs, lastNs, drops, l7Errors } of rows) {
    const [pairId, kindId] = [Number(keys[0]), Number(keys[1])];
    if (records > 0) groups.push({ pairId, kindId, events, firstNs, lastNs });
    if (drops > 0 || l7Errors > 0) counted.push({ pairId, kindId, drops, l7Errors });
  }
  return { groups, counted };
}

function readGroups(capture: OpenCapture, scope: CompiledScope): Group[] {
  const { from, parameters, where } = countedFlows(capture.database, scope, AT_PAIRS);
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
  const { from, parameters, where } = countedAnchors(capture, scope, AT_PAIRS);
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

export type Source = Pick<CountedFlows, "from" | "parameters" | "where">;

/** The flows at which drops and failed requests count: where no roll-up holds them, far fewer are read than all flows. */
export function countedAnchors({ database }: OpenCapture, scope: CompiledScope, wanted: Wanted): Source {
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

interface PairEvents {
  readonly pairId: number;
  readonly events: number;
}

/**
 * What `MEASURE_TERMS.dnsErrors` finds. A kind says its code, so errors are counted already; only attempts of the search list
 * are looked up, to be taken off. A filter that speaks of exchanges means both of their records.
 */
function readDnsErrors(capture: OpenCapture, scope: Scope, groups: readonly Group[]): PairEvents[] {
  const { dnsErrors } = MEASURE_TERMS;
  if (rolesOf(scope.filter) !== undefined) return readMeasure(capture, scope, dnsErrors);
  const errors = groups.filter(({ kindId }) => Number(capture.kind(kindId).dnsRcode ?? 0) !== 0);
  if (errors.length === 0) return [];
  const kinds = idList("f.kindId", [...new Set(errors.map(({ kindId }) => kindId))]);
  const attempts = readMarked(capture, compileScope(capture.database, scope), MARK.expansion, kinds);
  return [...errors, ...attempts.map(({ pairId, events }) => ({ pairId, events: -events }))];
}

/** What `MEASURE_TERMS.unanswered` finds. */
function readUnanswered(capture: OpenCapture, scope: Scope): PairEvents[] {
  if (rolesOf(scope.filter) !== undefined) return readMeasure(capture, scope, MEASURE_TERMS.unanswered);
  return readMarked(capture, compileScope(capture.database, scope), MARK.unanswered);
}

/** Events of the flows that settled rows mark so. */
function readMarked(
  { database }: OpenCapture,
  scope: CompiledScope,
  mark: number,
  only: Condition = { sql: "1", parameters: [] },
): PairEvents[] {
  const { from, parameters, where } = summedRows(database, scope, "MarkedSum", {
    reads: "f.pairId f.kindId",
  });
  return database
    .prepare(
      `SELECT f.pairId, sum(f.events) FROM ${from} WHERE f.mark = ${mark} AND ${only.sql} AND ${where.sql} GROUP BY 1`,
    )
    .rows([...parameters, ...only.parameters, ...where.parameters])
    .map(([pairId, events]) => ({ pairId: Number(pairId), events: Number(events) }));
}

/** Events of the flows that the measure's own terms find: a link with them leads to exactly these. */
function readMeasure(capture: OpenCapture, scope: Scope, measure: readonly Term[]): PairEvents[] {
  const terms = [...scope.filter.terms, ...measure];
  const { sql, parameters } = compileScope(capture.database, { ...scope, filter: { terms } });
  return capture.database
    .prepare(`SELECT f.pairId, sum(f.events) FROM Flow f WHERE ${sql} GROUP BY 1`)
    .rows(parameters)
    .map(([pairId, events]) => ({ pairId: Number(pairId), events: Number(events) }));
}
