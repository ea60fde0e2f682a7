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
  readonly key: string;
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
  const ends = readSpots(nodes, edges);
  const raw = [...ends.all.values()];
  const spots = makeSpots(raw, chooseFolds(raw, limits, unfolded));
  const lines = makeLines(edges, ends, spots);
  return { spots: [...new Set(spots.values())].sort(byKey), lines, groups: makeGroups(raw, spots) };
}

const byKey = (a: { readonly key: string }, b: { readonly key: string }): number => (a.key < b.key ? -1 : 1);

/** What stands at each end of edges, by ids of nodes. */
interface Ends {
  readonly all: ReadonlyMap<string, RawSpot>;
  readonly client: ReadonlyMap<string, RawSpot>;
  readonly server: ReadonlyMap<string, RawSpot>;
}

function readSpots(nodes: readonly MapNode[], edges: readonly MapEdge[]): Ends {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const all = new Map<string, RawSpot>();
  const ends = { all, client: new Map<string, RawSpot>(), server: new Map<string, RawSpot>() };
  const spotAt = (end: "client" | "server", id: string): RawSpot => {
    const known = ends[end].get(id);
    if (known !== undefined) return known;
    const node = byId.get(id);
    if (node === undefined) throw new Error(`an edge without its node: ${id}`);
    const key = spotKey(node, end);
    const spot = all.get(key) ?? { key, node, ...placeOf(node, end), counts: noCounts() };
    all.set(key, spot);
    ends[end].set(id, spot);
    return spot;
  };
  for (const edge of edges) {
    const [client, server] = [spotAt("client", edge.client), spotAt("server", edge.server)];
    addTo(client.counts, edge);
    if (server !== client) addTo(server.counts, edge);
  }
  return ends;
}

function isOutside({ kind, id }: MapNode): boolean {
  return kind === "world" || (kind === "unknown" && /^(dns|ip):/.test(id));
}

/** Outside, clients and servers are two spots. */
export function spotKey(node: MapNode, end: "client" | "server"): string {
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

function makeLines(edges: readonly MapEdge[], ends: Ends, spots: ReadonlyMap<string, Spot>): Line[] {
  const drawn = (raw: RawSpot | undefined): Spot => spots.get(raw?.key ?? "") as Spot;
  const lines = new Map<Spot, Map<Spot, MapEdge[]>>();
  for (const edge of edges) {
    const [from, to] = [drawn(ends.client.get(edge.client)), drawn(ends.server.get(edge.server))];
    const own = lines.get(from) ?? new Map<Spot, MapEdge[]>();
    lines.set(from, own);
    const line = own.get(to);
    if (line === undefined) own.set(to, [edge]);
    else line.push(edge);
  }
  return [...lines]
    .flatMap(([from, own]) =>
      [...own].map(([to, members]) => ({
        key: lineKey(from.key, to.key),
        from,
        to,
        edges: members.sort((a, b) => b.events - a.events),
        counts: sumCounts(members),
      })),
    )
    .sort(byKey);
}

/** As it stands in the link, where what is open is a list of spots. */
export function lineKey(from: string, to: string): string {
  return JSON.stringify([from, to]);
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
