/** Traffic that is in every cluster and seldom the question. */

import type { MapEdge, MapNode } from "./answer";

export const NOISE = ["dns", "host", "health", "prometheus"] as const;
export type Noise = (typeof NOISE)[number];

const SCRAPERS = /^(?:kube-)?prometheus|^vmagent|^grafana-(?:agent|alloy)|^alloy/;

/** Which kinds of noise an edge is, by who talks and at which port. */
export function noiseOf(edge: MapEdge, client: MapNode, server: MapNode): Noise[] {
  const isReserved = (name: RegExp) =>
    [client, server].some((node) => node.kind === "reserved" && name.test(node.name));
  const kinds: readonly (readonly [Noise, boolean])[] = [
    ["dns", edge.port === 53],
    ["host", isReserved(/^(?:host|remote-node)$/)],
    ["health", isReserved(/^health$/)],
    ["prometheus", SCRAPERS.test(client.name)],
  ];
  return kinds.flatMap(([kind, holds]) => (holds ? [kind] : []));
}

/** The edges without those of these kinds. */
export function withoutNoise(
  nodes: readonly MapNode[],
  edges: readonly MapEdge[],
  hidden: ReadonlySet<Noise>,
): readonly MapEdge[] {
  if (hidden.size === 0) return edges;
  const byId = new Map(nodes.map((node) => [node.id, node]));
  return edges.filter((edge) => {
    const [client, server] = [byId.get(edge.client), byId.get(edge.server)];
    return !client || !server || !noiseOf(edge, client, server).some((kind) => hidden.has(kind));
  });
}
