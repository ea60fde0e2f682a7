/**
 * Who talks to whom. One edge for each client, server, port and protocol; replies are turned round and count in it.
 *
 * Conservation: events of the edges, of the folded ones and of what is unplaced are those of the scope.
 */

import { ok, type Result } from "@/lib/base/result";
import { formatTime } from "@/lib/base/time";
import type { SqlRow } from "@/lib/capture/driver";
import { type CountedFlows, countedFlows } from "@/lib/capture/rolled-flows";
import { type CompiledScope, compileScope } from "@/lib/capture/scope-sql";
import { MEASURE_TERMS } from "@/lib/scope/edge-terms";
import type { Scope } from "@/lib/scope/link";
import type { MapAnswer, MapLevel } from "./answers-map";
import type { QuestionFailure } from "./failure";
import type { OpenCapture } from "./open-capture";
import { type ActorRow, actorKey, type PairRow, readPairs } from "./pairs";
import { readScope, type ScopeParameters, scopeKey } from "./scope-parameters";

export interface MapParameters extends ScopeParameters {
  readonly level: MapLevel;
  /** Edges at most. */
  readonly limit: number;
}

type Edge = MapAnswer["edges"][number];
type Node = MapAnswer["nodes"][number];

export function readMap(capture: OpenCapture, parameters: MapParameters): Result<MapAnswer, QuestionFailure> {
  const scope = readScope(capture, parameters);
  if (!scope.ok) return scope;
  const { level, limit } = parameters;
  const drawn = capture.keep(`map ${level} ${limit} ${scopeKey(parameters)}`, () => {
    const { edges, unplaced } = countEdges(capture, scope.value, level);
    return { ...edges.answer(limit), unplaced };
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
  unplaced.reasons = fromPairs(reasons);
  return { edges, unplaced };
}

/** The flows of one pair and kind. */
interface Group {
  readonly pairId: number;
  readonly kindId: number;
  readonly events: number;
  readonly firstNs: bigint | null;
  readonly lastNs: bigint | null;
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
  const rolled = countedFlows(capture.database, scope, {
    reads: "f.pairId f.kindId",
    anchored: ["drops", "l7Errors"],
  });
  const { from, parameters, where } = rolled.isRolledUp ? rolled : anchors(scope);
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

/** The flows at which drops and failed requests count: far fewer than all. */
function anchors(scope: CompiledScope): Pick<CountedFlows, "from" | "parameters" | "where"> {
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

/** An edge while it is counted. */
class EdgeCount {
  events = 0;
  private drops = 0;
  private audited = 0;
  l7Errors = 0;
  dnsErrors = 0;
  unanswered = 0;
  private readonly verdicts = new Map<string, number>();
  private readonly reasons = new Map<string, number>();
  private firstNs: bigint | null = null;
  private lastNs: bigint | null = null;

  constructor(
    readonly client: string,
    readonly server: string,
    readonly port: number | null,
    readonly protocol: string | null,
  ) {}

  add(group: Group, kind: Readonly<Record<string, unknown>>): void {
    const verdict = String(kind.verdict);
    this.events += group.events;
    increase(this.verdicts, verdict, group.events);
    if (verdict === "AUDIT") this.audited += group.events;
    const { firstNs, lastNs } = group;
    if (firstNs !== null && (this.firstNs === null || firstNs < this.firstNs)) this.firstNs = firstNs;
    if (lastNs !== null && (this.lastNs === null || lastNs > this.lastNs)) this.lastNs = lastNs;
  }

  addDrops(reason: string, drops: number): void {
    this.drops += drops;
    increase(this.reasons, reason, drops);
  }

  /** All is well on it, as far as the log says. */
  get isWell(): boolean {
    return this.drops + this.audited + this.l7Errors + this.dnsErrors + this.unanswered === 0;
  }

  answer(): Edge {
    const { client, server, port, protocol, events, drops, audited, l7Errors, dnsErrors, unanswered } = this;
    return {
      client,
      server,
      port,
      protocol,
      events,
      verdicts: fromPairs(this.verdicts),
      drops,
      audited,
      l7Errors,
      dnsErrors,
      unanswered,
      reasons: fromPairs(this.reasons),
      first: this.firstNs === null ? null : formatTime(this.firstNs),
      last: this.lastNs === null ? null : formatTime(this.lastNs),
    };
  }
}

/** The edges of a scope while they are counted. */
export class Edges {
  private readonly byKey = new Map<string, EdgeCount>();
  private readonly nodes = new Map<string, Node>();

  constructor(private readonly level: MapLevel) {}

  /** The edge of a pair, or why it has none. */
  of(pair: PairRow | undefined): EdgeCount | string {
    // A file that is being read: its sides have no names yet.
    if (pair === undefined) return "not-settled";
    const { client, server, port, protocol, clientBy } = pair;
    if (client === null || server === null)
      return pair.source === null || pair.destination === null ? "not-settled" : clientBy;
    if (isNobody(client) && isNobody(server)) return "sides-unknown";
    const [from, to] = [this.node(client), this.node(server)];
    const key = JSON.stringify([from, to, port, protocol]);
    let edge = this.byKey.get(key);
    if (edge === undefined) {
      edge = new EdgeCount(from, to, port, protocol);
      this.byKey.set(key, edge);
    }
    return edge;
  }

  /** Pods of one workload can differ in what is known of them: the node is the same whichever came first. */
  private node(actor: ActorRow): string {
    const id = actorKey(actor, this.level);
    const node = toNode(actor, id, this.level);
    const before = this.nodes.get(id);
    if (before === undefined || JSON.stringify(node) < JSON.stringify(before)) this.nodes.set(id, node);
    return id;
  }

  /** All edges and the nodes at their ends, in no order. */
  all(): Pick<MapAnswer, "nodes" | "edges"> {
    return { nodes: [...this.nodes.values()], edges: [...this.byKey.values()].map((edge) => edge.answer()) };
  }

  /** The edges with most events, where not all fit those on which something is wrong first, and how much the others were. */
  answer(limit: number): Pick<MapAnswer, "nodes" | "edges" | "folded"> {
    const sorted = [...this.byKey]
      .sort(([a, x], [b, y]) => y.events - x.events || (a < b ? -1 : 1))
      .map(([, edge]) => edge);
    const kept = new Set([...sorted].sort((a, b) => Number(a.isWell) - Number(b.isWell)).slice(0, limit));
    const shown = sorted.filter((edge) => kept.has(edge));
    const folded = sorted.filter((edge) => !kept.has(edge));
    const ids = new Set(shown.flatMap(({ client, server }) => [client, server]));
    const nodes = [...this.nodes.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    return {
      nodes: nodes.filter(({ id }) => ids.has(id)),
      edges: shown.map((edge) => edge.answer()),
      folded: {
        nodes: nodes.length - ids.size,
        edges: folded.length,
        events: folded.reduce((sum, { events }) => sum + events, 0),
      },
    };
  }
}

/** Nothing was said of the side at all. */
function isNobody({ kind, name }: ActorRow): boolean {
  return kind === "unknown" && name === "unknown";
}

function toNode(actor: ActorRow, id: string, level: MapLevel): Node {
  const { cluster, namespace } = actor;
  const isPod = actor.kind === "pod" || actor.kind === "workload" || actor.kind === "namespace";
  if (level === "namespace") {
    const isWorld = actor.kind === "world";
    return {
      id,
      level,
      kind: isPod ? "namespace" : actor.kind,
      namespace,
      name: isPod ? (namespace ?? "?") : isWorld ? "world" : actor.name,
      cluster,
    };
  }
  if (level === "workload" && isPod) {
    const isKnown = actor.kind !== "namespace";
    const name = isKnown ? (actor.workloadName ?? actor.name) : "?";
    return { id, level, kind: isKnown ? "workload" : "namespace", namespace, name, cluster };
  }
  return { id, level, kind: actor.kind, namespace, name: actor.name, cluster };
}

function increase(counts: Map<string, number>, key: string, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

/** The log may name a verdict `__proto__`: fromEntries makes a member of that, too. */
function fromPairs(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
