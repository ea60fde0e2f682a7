/** Names on the map. The log is hostile text: what has no glyph is spelled out. */

import { formatCount, formatQuantity } from "@/components/ui/format";
import { visible } from "@/components/ui/text";
import type { MapEdge, MapNode } from "@/lib/insight/map/answer";
import type { Group, Line, Spot } from "@/lib/insight/map/graph";
import type { Measure } from "@/lib/insight/map/measure";
import type { Noise } from "@/lib/scope/map-noise";

export const LEVEL_LABELS = { namespace: "Namespaces", workload: "Workloads", pod: "Pods" } as const;
export type Level = keyof typeof LEVEL_LABELS;

export const MEASURE_LABELS: Readonly<Record<Measure, string>> = {
  events: "Events",
  drops: "Drops",
  "l7-errors": "L7 errors",
  "dns-errors": "DNS errors",
  unanswered: "Unanswered",
  new: "New edges",
};

export const COUNT_NAMES = ["events", "drops", "l7Errors", "dnsErrors", "unanswered"] as const;
export type CountName = (typeof COUNT_NAMES)[number];

const UNITS: Readonly<Record<CountName, readonly [one: string, many: string]>> = {
  events: ["event", "events"],
  drops: ["drop", "drops"],
  l7Errors: ["L7 error", "L7 errors"],
  dnsErrors: ["DNS error", "DNS errors"],
  unanswered: ["unanswered", "unanswered"],
};

export function countText(name: CountName, count: number): string {
  return formatQuantity(count, ...UNITS[name]);
}

export const NOISE_LABELS: Readonly<Record<Noise, string>> = {
  dns: "DNS (port 53)",
  host: "Host and remote nodes",
  health: "Health checks of nodes",
  prometheus: "Prometheus",
};

const RESERVED_LABELS: Readonly<Record<string, string>> = {
  host: "host",
  "remote-node": "remote node",
  "kube-apiserver": "kube-apiserver",
  health: "health",
  ingress: "ingress",
  world: "world",
};

/** Short: the hull says the namespace. */
export function spotLabel({ nodes, isFold }: Spot): string {
  if (isFold) return `+ ${formatCount(nodes.length)} more`;
  const node = nodes[0];
  if (node === undefined) return "";
  const { kind, name, namespace } = node;
  const isService = kind === "service" && namespace !== null && name.startsWith(`${namespace}/`);
  return isService ? `${visible(name.slice(namespace.length + 1))} (service)` : nodeLabel(node);
}

function nodeLabel({ kind, name, level }: MapNode): string {
  if (kind === "reserved") return RESERVED_LABELS[name] ?? visible(name);
  if (kind === "unknown" && name === "unknown") return "not known";
  if (kind === "namespace" && level !== "namespace") return "workload not known";
  if (name === "?") return level === "namespace" ? "namespace not known" : "workload not known";
  return visible(name);
}

/** With its namespace, for where no hull stands around it. */
export function spotName(spot: Spot): string {
  if (spot.isFold) return `${spotLabel(spot)} of ${foldOf(spot)}`;
  const node = spot.nodes[0];
  return node === undefined ? "" : nodeName(node);
}

function foldOf({ nodes, zone }: Spot): string {
  const namespace = nodes[0]?.namespace;
  if (zone === "clients" || zone === "servers") return "the world";
  return namespace ? visible(namespace) : "the cluster";
}

export function nodeName(node: MapNode): string {
  const label = nodeLabel(node);
  return node.level === "namespace" || node.namespace === null || node.kind === "service"
    ? label
    : `${visible(node.namespace)}/${label}`;
}

export function clusterTitle(cluster: string): string {
  return `cluster ${visible(cluster)}`;
}

export function groupTitle({ title, zone, key }: Group): string | null {
  if (title === null) return null;
  const text = visible(title);
  if (zone === "inside") return text;
  return key.startsWith(">") && title === "addresses" ? "clients by address" : text;
}

export function lineName({ from, to }: Line): string {
  return `${spotName(from)} -> ${spotName(to)}`;
}

/** ":8080 TCP", ":53 UDP, TCP" */
export function portText({ port, protocol }: Pick<MapEdge, "port" | "protocol">): string {
  return [port === null ? "" : `:${port}`, protocol ?? "protocol not known"].filter(Boolean).join(" ");
}

const SHOWN_PORTS = 4;

export function portsText({ edges }: Line): string {
  const ports = [...new Set(edges.map(portText))];
  const more = ports.length - SHOWN_PORTS;
  return ports.slice(0, SHOWN_PORTS).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
