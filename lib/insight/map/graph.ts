/**
 * What the map draws: spots (whoever talks) and lines (one for each client and server, whatever the port).
 *
 * The world is drawn outside, once as a client and once as a server; the smallest of a group are folded into one spot when
 * there are more than can be read. Nothing is lost: every edge is in exactly one line.
 */

import { groupBy } from "@/lib/base/group";
import type { MapEdge, MapNode } from "./answer";
import { addTo, type Counts, noCounts, sumCounts } from "./counts";
import { domainOf } from "./domain";
import { chooseFolds, type FoldLimits, type RawSpot, REST, type Zone } from "./fold";

export interface Spot {
  /** Unique in the picture; lasting, as the ids of nodes are. */
  readonly key: string;
  readonly zone: Zone;
  readonly cluster: string;
  readonly group: string;
  /** One, or those behind a fold. */
  readonly nodes: readonly MapNode[];
  readonly isFold: boolean;
  /** Of all its edges; an edge to itself counts once. */
  readonly counts: Counts;
}

export interface Line {
  readonly from: Spot;
  readonly to: Spot;
  /** Most events first. */
  readonly edges: readonly MapEdge[];
  readonly counts: Counts;
}

export interface Group {
  readonly key: string;
  readonly zone: Zone;
  readonly cluster: string;
  /** A namespace, a domain; null where there is nothing to say. */
  readonly title: string | null;
  readonly spots: readonly Spot[];
}

export interface Graph {
  readonly spots: readonly Spot[];
  readonly lines: readonly Line[];
  readonly groups: readonly Group[];
}

/** `unfolded`: keys of groups that are shown whole. */
export function buildGraph(
  nodes: readonly MapNode[],
  edges: readonly MapEdge[],
  limits: FoldLimits,
  unfolded: ReadonlySet<string> = new Set(),
): Graph {
  const { raw, from, to } = readSpots(nodes, edges);
  const byRaw = makeSpots(raw, chooseFolds(raw, limits, unfolded));
  const spots = [...new Set(byRaw.values())].sort(byKey);
  const ranks = new Map(spots.map((spot, rank) => [spot, rank]));
  const rankOf = raw.map(({ key }) => ranks.get(byRaw.get(key) as Spot) as number);
  const lines = makeLines(edges, spots, (at) => [rankOf[from[at] ?? 0] ?? 0, rankOf[to[at] ?? 0] ?? 0]);
  return { spots, lines, groups: makeGroups(raw, byRaw) };
}

const byKey = (a: { readonly key: string }, b: { readonly key: string }): number => (a.key < b.key ? -1 : 1);

/** What stands at each end of the edges: places in `raw`, edge by edge. Tens of thousands of edges make no object each. */
interface Ends {
  readonly raw: readonly RawSpot[];
  readonly from: Uint32Array;
  readonly to: Uint32Array;
}

function readSpots(nodes: readonly MapNode[], edges: readonly MapEdge[]): Ends {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const raw: RawSpot[] = [];
  const byKey = new Map<string, number>();
  const known = { client: new Map<string, number>(), server: new Map<string, number>() };
  const spotAt = (end: "client" | "server", id: string): number => {
    const before = known[end].get(id);
    if (before !== undefined) return before;
    const node = byId.get(id);
    if (node === undefined) throw new Error(`an edge without its node: ${id}`);
    const key = spotKey(node, end);
    const at = byKey.get(key) ?? raw.push({ key, node, ...placeOf(node, end), counts: noCounts() }) - 1;
    byKey.set(key, at);
    known[end].set(id, at);
    return at;
  };
  const [from, to] = [new Uint32Array(edges.length), new Uint32Array(edges.length)];
  edges.forEach((edge, at) => {
    const [client, server] = [spotAt("client", edge.client), spotAt("server", edge.server)];
    from[at] = client;
    to[at] = server;
    addTo((raw[client] as RawSpot).counts, edge);
    if (server !== client) addTo((raw[server] as RawSpot).counts, edge);
  });
  return { raw, from, to };
}

function isOutside({ kind, id }: MapNode): boolean {
  return kind === "world" || (kind === "unknown" && /^(dns|ip):/.test(id));
}

/** Outside, clients and servers are two spots. */
function spotKey(node: MapNode, end: "client" | "server"): string {
  if (!isOutside(node)) return node.id;
  return `${end === "client" ? ">" : "<"}${node.id}`;
}

function placeOf(node: MapNode, end: "client" | "server"): Pick<RawSpot, "zone" | "group" | "title"> {
  if (isOutside(node)) {
    const domain = domainOf(node);
    const [zone, sign] = end === "client" ? (["clients", ">"] as const) : (["servers", "<"] as const);
    return { zone, group: `${sign}${domain ?? ""}`, title: domain };
  }
  const { cluster, kind, namespace, level } = node;
  if (kind === "reserved" || kind === "unknown" || (kind === "service" && namespace === null))
    return { zone: "ground", group: `ground@${cluster}`, title: null };
  if (level === "namespace") return { zone: "inside", group: `@${cluster}`, title: null };
  return { zone: "inside", group: `${namespace ?? "?"}@${cluster}`, title: namespace ?? "?" };
}

/** From raw keys to what is drawn. `folds`: raw keys that are folded, with the group that takes them. */
function makeSpots(raw: readonly RawSpot[], folds: ReadonlyMap<string, string>): Map<string, Spot> {
  const spots = new Map<string, Spot>();
  for (const [group, members] of groupBy(raw, ({ key }) => folds.get(key))) {
    if (group === undefined) {
      for (const spot of members) spots.set(spot.key, toSpot(spot.key, spot.group, [spot], false));
      continue;
    }
    const fold = toSpot(`+${group}`, group, members, true);
    for (const { key } of members) spots.set(key, fold);
  }
  return spots;
}

function toSpot(key: string, group: string, members: readonly RawSpot[], isFold: boolean): Spot {
  const [first] = members as readonly [RawSpot, ...RawSpot[]];
  return {
    key,
    zone: first.zone,
    cluster: first.node.cluster,
    group,
    nodes: members.map(({ node }) => node),
    isFold,
    counts: sumCounts(members.map(({ counts }) => counts)),
  };
}

/** In the order of their ends. `endsOf`: places of an edge's ends among the spots. */
function makeLines(
  edges: readonly MapEdge[],
  spots: readonly Spot[],
  endsOf: (at: number) => readonly [from: number, to: number],
): Line[] {
  const byEnds = new Map<number, MapEdge[]>();
  edges.forEach((edge, at) => {
    const [from, to] = endsOf(at);
    const ends = from * spots.length + to;
    const line = byEnds.get(ends);
    if (line === undefined) byEnds.set(ends, [edge]);
    else line.push(edge);
  });
  return Float64Array.from(byEnds.keys())
    .sort()
    .reduce<Line[]>((lines, ends) => {
      const members = byEnds.get(ends) as MapEdge[];
      if (members.length > 1) members.sort((a, b) => b.events - a.events);
      const to = ends % spots.length;
      lines.push({
        from: spots[(ends - to) / spots.length] as Spot,
        to: spots[to] as Spot,
        edges: members,
        counts: sumCounts(members),
      });
      return lines;
    }, []);
}

function makeGroups(raw: readonly RawSpot[], spots: ReadonlyMap<string, Spot>): Group[] {
  const groups = new Map<string, { group: Omit<Group, "spots">; spots: Set<Spot> }>();
  for (const { key, title } of raw) {
    const spot = spots.get(key) as Spot;
    const { group, zone, cluster } = spot;
    const found = groups.get(group);
    if (found !== undefined) found.spots.add(spot);
    else
      groups.set(group, {
        group: { key: group, zone, cluster, title: isRest(group) ? "other names" : title },
        spots: new Set([spot]),
      });
  }
  return [...groups.values()]
    .map(({ group, spots: members }) => ({ ...group, spots: [...members].sort(byKey) }))
    .sort(byKey);
}

function isRest(group: string): boolean {
  return group === `>${REST}` || group === `<${REST}`;
}
