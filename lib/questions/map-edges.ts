/** The edges of a map while they are counted, and the nodes at their ends. */

import { groupBy } from "@/lib/base/group";
import { formatTime } from "@/lib/base/time";
import type { MapAnswer, MapLevel } from "./answers-map";
import { type ActorRow, actorKey, type PairRow } from "./pairs";

type Edge = MapAnswer["edges"][number];
type Node = MapAnswer["nodes"][number];

/** The flows of one pair and kind. */
export interface Group {
  readonly pairId: number;
  readonly kindId: number;
  readonly events: number;
  readonly firstNs: bigint | null;
  readonly lastNs: bigint | null;
}

/** An edge while it is counted. */
class EdgeCount {
  events = 0;
  private drops = 0;
  private audited = 0;
  l7Errors = 0;
  dnsErrors = 0;
  unanswered = 0;
  /** Pairs of endpoints whose flows it has. */
  readonly pairIds = new Set<number>();
  private readonly verdicts = new Map<string, number>();
  private readonly reasons = new Map<string, number>();
  /** Undefined where it was not asked. */
  isNew: boolean | undefined;
  private readonly trend = new Map<bigint, { events: number; drops: number }>();
  private firstNs: bigint | null = null;
  private lastNs: bigint | null = null;

  constructor(
    readonly key: string,
    readonly client: string,
    readonly server: string,
    readonly port: number | null,
    readonly protocol: string | null,
  ) {}

  add(group: Group, kind: Readonly<Record<string, unknown>>): void {
    const verdict = String(kind.verdict);
    this.pairIds.add(group.pairId);
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

  addPoint(start: bigint, measure: "events" | "drops", count: number): void {
    const point = this.trend.get(start) ?? { events: 0, drops: 0 };
    point[measure] += count;
    this.trend.set(start, point);
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
      verdicts: sortedCounts(this.verdicts),
      drops,
      audited,
      l7Errors,
      dnsErrors,
      unanswered,
      reasons: sortedCounts(this.reasons),
      first: this.firstNs === null ? null : formatTime(this.firstNs),
      last: this.lastNs === null ? null : formatTime(this.lastNs),
      ...(this.isNew !== undefined && { isNew: this.isNew }),
      ...(this.trend.size > 0 && {
        trend: [...this.trend]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([start, point]): [string, number, number] => [String(start), point.events, point.drops]),
      }),
    };
  }
}

/** The edges of a scope while they are counted. */
export class Edges {
  private readonly byKey = new Map<string, EdgeCount>();
  private readonly nodes = new Map<string, Node>();
  /** What was found out: a pair is asked for by each kind of its flows, an actor by each of its pairs. */
  private readonly byPair = new Map<PairRow, EdgeCount | string>();
  private readonly idOf = new Map<ActorRow, string>();

  constructor(private readonly level: MapLevel) {}

  /** The edge of a pair, or why it has none. */
  of(pair: PairRow | undefined): EdgeCount | string {
    // A file that is being read: its sides have no names yet.
    if (pair === undefined) return "not-settled";
    let edge = this.byPair.get(pair);
    if (edge === undefined) {
      edge = this.find(pair);
      this.byPair.set(pair, edge);
    }
    return edge;
  }

  private find({
    client,
    server,
    source,
    destination,
    port,
    protocol,
    clientBy,
  }: PairRow): EdgeCount | string {
    if (client === null || server === null)
      return source === null || destination === null ? "not-settled" : clientBy;
    if (isNobody(client) && isNobody(server)) return "sides-unknown";
    const [from, to] = [this.node(client), this.node(server)];
    const key = edgeKey(from, to, port, protocol);
    let edge = this.byKey.get(key);
    if (edge === undefined) {
      edge = new EdgeCount(key, from, to, port, protocol);
      this.byKey.set(key, edge);
    }
    return edge;
  }

  /** Pods of one workload can differ in what is known of them: the node is the same whichever came first. */
  private node(actor: ActorRow): string {
    const known = this.idOf.get(actor);
    if (known !== undefined) return known;
    const level = levelOf(actor, this.level);
    const id = actorKey(actor, level);
    const node = toNode(actor, id, level);
    const before = this.nodes.get(id);
    if (before === undefined || JSON.stringify(node) < JSON.stringify(before)) this.nodes.set(id, node);
    this.idOf.set(actor, id);
    return id;
  }

  /** All edges and the nodes at their ends, in no order. */
  all(): Pick<MapAnswer, "nodes" | "edges"> {
    return { nodes: [...this.nodes.values()], edges: [...this.byKey.values()].map((edge) => edge.answer()) };
  }

  /**
   * So many edges from `skip` on, most events first, and how much the others are. Where not all fit, those on which something
   * is wrong come first, then those with most events; what is between the same two stays together where it can, so that a
   * line of the map is whole.
   */
  answer(limit: number, skip: number): Pick<MapAnswer, "nodes" | "edges" | "folded"> {
    const ranked = this.ranked();
    const end = endOfPairs(ranked, skip, limit);
    const shown = ranked.slice(skip, end).sort(byEvents);
    const folded = [...ranked.slice(0, skip), ...ranked.slice(end)];
    const ids = new Set(shown.flatMap(({ client, server }) => [client, server]));
    const nodes = [...this.nodes.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    return {
      nodes: nodes.filter(({ id }) => ids.has(id)),
      edges: shown.map((edge) => edge.answer()),
      folded: { nodes: nodes.length - ids.size, edges: folded.length, events: eventsOf(folded) },
    };
  }

  /** Every edge is new but those of these pairs. */
  tellNew(before: readonly PairRow[]): void {
    for (const edge of this.byKey.values()) edge.isNew = true;
    for (const { client, server, port, protocol } of before) {
      if (client === null || server === null) continue;
      const [from, to] = [client, server].map((actor) => actorKey(actor, levelOf(actor, this.level)));
      const edge = this.byKey.get(edgeKey(from ?? "", to ?? "", port, protocol));
      if (edge !== undefined) edge.isNew = false;
    }
  }

  /** Of the edge with these ends, port and protocol. */
  pairIdsOf({
    client,
    server,
    port,
    protocol,
  }: Pick<Edge, "client" | "server" | "port" | "protocol">): number[] {
    return [...(this.byKey.get(edgeKey(client, server, port, protocol))?.pairIds ?? [])];
  }

  private ranked(): EdgeCount[] {
    const pairs = [...groupBy(this.byKey.values(), pairOf)].map(([key, edges]) => ({
      key,
      edges: edges.sort(byEvents),
      events: eventsOf(edges),
      isWell: edges.every(({ isWell }) => isWell),
    }));
    pairs.sort(
      (a, b) => Number(a.isWell) - Number(b.isWell) || b.events - a.events || (a.key < b.key ? -1 : 1),
    );
    return pairs.flatMap(({ edges }) => edges);
  }
}

function edgeKey(client: string, server: string, port: number | null, protocol: string | null): string {
  return JSON.stringify([client, server, port, protocol]);
}

function pairOf({ client, server }: EdgeCount): string {
  return JSON.stringify([client, server]);
}

function byEvents(a: EdgeCount, b: EdgeCount): number {
  return b.events - a.events || (a.key < b.key ? -1 : 1);
}

function eventsOf(edges: readonly EdgeCount[]): number {
  return edges.reduce((sum, { events }) => sum + events, 0);
}

/** Where so many edges end, without one of a pair whose others come behind; a pair that alone is more is cut. */
function endOfPairs(ranked: readonly EdgeCount[], skip: number, limit: number): number {
  const most = skip + limit;
  let end = Math.min(most, ranked.length);
  const isInside = (at: number) => {
    const [before, behind] = [ranked[at - 1], ranked[at]];
    return before !== undefined && behind !== undefined && pairOf(before) === pairOf(behind);
  };
  while (end > skip && isInside(end)) end--;
  return end > skip ? end : most;
}

/** Nothing was said of the side at all. */
function isNobody({ kind, name }: ActorRow): boolean {
  return kind === "unknown" && name === "unknown";
}

/** Whoever is outside has no namespace: its name says most, and is the same at every level. */
function levelOf({ kind }: ActorRow, level: MapLevel): MapLevel {
  return kind === "world" && level === "namespace" ? "workload" : level;
}

function toNode(actor: ActorRow, id: string, level: MapLevel): Node {
  const { cluster, namespace } = actor;
  const isPod = actor.kind === "pod" || actor.kind === "workload" || actor.kind === "namespace";
  if (level === "namespace" && isPod)
    return { id, level, kind: "namespace", namespace, name: namespace ?? "?", cluster };
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
export function sortedCounts(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
