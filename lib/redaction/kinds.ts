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

export function isMaskKind(word: string): word is MaskKind {
  return (MASK_KINDS as readonly string[]).includes(word);
}
