/** What can be masked in a copy. */

export const MASK_KINDS = [
  "ips",
  "macs",
  "pods",
  "namespaces",
  "nodes",
  "identities",
  "dns",
  "urls",
  "labels",
  "summary",
  "extensions",
  "uuids",
] as const;

export type MaskKind = (typeof MASK_KINDS)[number];
