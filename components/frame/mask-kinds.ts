/** What can be masked in a copy, in words. */

import type { MaskKind } from "@/lib/redaction/kinds";

interface MaskChoice {
  readonly label: string;
  readonly says: string;
}

export const MASK_CHOICES: Readonly<Record<MaskKind, MaskChoice>> = {
  ips: { label: "IP addresses", says: "networks stay networks" },
  macs: { label: "MAC addresses", says: "" },
  pods: { label: "Pods", says: "workloads, services, policies" },
  namespaces: { label: "Namespaces", says: "" },
  nodes: { label: "Nodes", says: "clusters, zones" },
  identities: { label: "Identities", says: "not reserved ones" },
  dns: { label: "DNS names", says: "" },
  urls: { label: "URLs", says: "headers, topics" },
  labels: { label: "Labels", says: "" },
  summary: { label: "Summary", says: "left out" },
  extensions: { label: "Extensions", says: "left out" },
  uuids: { label: "UUIDs", says: "trace ids" },
};

export const MASK_ORDER = Object.keys(MASK_CHOICES) as MaskKind[];
