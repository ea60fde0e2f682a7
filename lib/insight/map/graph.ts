/**
 * What the map draws: spots (whoever talks) and lines (one for each client and server, whatever the port).
 *
 * The world is drawn outside, once as a client and once as a server; the smallest of a group are folded into one spot when
 * there are more than can be read. Nothing is lost: every edge is in exactly one line.
 */

import { groupBy } from "@/lib/base/group";
import type { MapEdge, MapNode } from "./answer";
import { addCounts, type Counts, sumCounts } from "./counts";
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
  const raw = readSpots(nodes, edges);
  const folds = chooseFolds([...raw.values()], limits, unfolded);
  const spots = makeSpots([...raw.values()], folds);
  const lines = makeLines(edges, raw, spots);
  return { spots: [...new Set(spots.values())].sort(byKey), lines, groups: makeGroups(raw, spots) };
}

const byKey = (a: { readonly key: string }, b: { readonly key: string }): number => (a.key < b.key ? -1 : 1);

function readSpots(nodes: readonly MapNode[], edges: readonly MapEdge[]): Map<string, RawSpot> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const raw = new Map<string, RawSpot>();
  const count = (id: string, end: "client" | "server", edge: MapEdge): void => {
    const node = byId.get(id);
    if (node === undefined) throw new Error(`an edge without its node: ${id}`);
    const key = spotKey(node, end);
    const spot = raw.get(key);
    if (spot === undefined) raw.set(key, { key, node, ...placeOf(node, end), counts: edge });
    else spot.counts = addCounts(spot.counts, edge);
  };
  for (const edge of edges) {
    count(edge.client, "client", edge);
    if (edge.client !== edge.server || isOutside(byId.get(edge.server))) count(edge.server, "server", edge);
  }
  return raw;
}

function isOutside(node: MapNode | undefined): boolean {
  return (
    node !== undefined && (node.kind === "world" || (node.kind === "unknown" && /^(dns|ip):/.test(node.id)))
  );
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

function makeLines(
  edges: readonly MapEdge[],
  raw: ReadonlyMap<string, RawSpot>,
  spots: ReadonlyMap<string, Spot>,
): Line[] {
  const ends = new Map<string, { readonly client: Spot | undefined; readonly server: Spot | undefined }>();
  for (const spot of raw.values()) {
    const drawn = spots.get(spot.key);
    const before = ends.get(spot.node.id);
    ends.set(spot.node.id, {
      client: spotKey(spot.node, "client") === spot.key ? drawn : before?.client,
      server: spotKey(spot.node, "server") === spot.key ? drawn : before?.server,
    });
  }
  const lines = new Map<string, { from: Spot; to: Spot; edges: MapEdge[] }>();
  for (const edge of edges) {
    const from = ends.get(edge.client)?.client;
    const to = ends.get(edge.server)?.server;
    if (from === undefined || to === undefined) throw new Error("an edge without its spots");
    const key = lineKey(from.key, to.key);
    const line = lines.get(key);
    if (line === undefined) lines.set(key, { from, to, edges: [edge] });
    else line.edges.push(edge);
  }
  return [...lines]
    .map(([key, line]) => ({
      key,
      ...line,
      edges: line.edges.sort((a, b) => b.events - a.events),
      counts: sumCounts(line.edges),
    }))
    .sort(byKey);
}

/** As it stands in the link, where what is open is a list of spots. */
export function lineKey(from: string, to: string): string {
  return JSON.stringify([from, to]);
}

function makeGroups(raw: ReadonlyMap<string, RawSpot>, spots: ReadonlyMap<string, Spot>): Group[] {
  const groups = new Map<string, { group: Omit<Group, "spots">; spots: Set<Spot> }>();
  for (const { key, title } of raw.values()) {
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
