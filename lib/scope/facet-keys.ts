/** Keys whose values a capture can list with their events (lib/questions/facets). */

import type { FilterKey } from "./keys";

export const FACET_KEYS = [
  "verdict",
  "namespace",
  "pod",
  "workload",
  "port",
  "ip",
  "protocol",
  "type",
  "drop-reason-desc",
  "traffic-direction",
  "node-name",
  "service",
  "label",
  "identity",
  "fqdn",
  "cluster",
  "tcp-flags",
  "ip-version",
  "http-method",
  "http-status",
  "http-path",
  "http-url",
  "http-header",
  "node-label",
  "interface",
  "encrypted",
  "reply",
  "client",
  "server",
  "client-namespace",
  "server-namespace",
  "client-pod",
  "server-pod",
  "server-port",
  "edge",
  "drop",
  "cause",
  "decided-by",
  "policy",
  "direction",
  "trace-point",
  "dns-query",
  "dns-rcode",
  "route",
  "not-a-loss",
  "aggregated",
  "file",
] as const satisfies readonly FilterKey[];

export type FacetKey = (typeof FACET_KEYS)[number];

const KNOWN: ReadonlySet<string> = new Set(FACET_KEYS);

export function isFacetKey(key: string): key is FacetKey {
  return KNOWN.has(key);
}
