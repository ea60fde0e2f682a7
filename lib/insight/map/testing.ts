/** Made-up graphs for tests. */

import type { MapEdge, MapNode } from "./answer";

export function node(id: string, more: Partial<MapNode> = {}): MapNode {
  const [namespace = null, name = id] = id.includes("/") ? id.split("/") : [null, id];
  const isWorld = /^(dns|ip|cidr):/.test(id);
  const kind = isWorld ? "world" : id.startsWith("reserved:") ? "reserved" : "workload";
  return {
    id,
    level: "workload",
    kind,
    namespace,
    name: name.replace(/^\w+:/, ""),
    cluster: "default",
    ...more,
  };
}

export function edge(client: string, server: string, events: number, more: Partial<MapEdge> = {}): MapEdge {
  return {
    client,
    server,
    port: 8080,
    protocol: "TCP",
    events,
    verdicts: { FORWARDED: events },
    drops: 0,
    audited: 0,
    l7Errors: 0,
    dnsErrors: 0,
    unanswered: 0,
    reasons: {},
    first: null,
    last: null,
    ...more,
  };
}

export function nodesOf(edges: readonly MapEdge[]): MapNode[] {
  return [...new Set(edges.flatMap(({ client, server }) => [client, server]))].map((id) => node(id));
}
