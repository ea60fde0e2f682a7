/** What decided that something was dropped (docs/product.md, "Drop"): cases of the filter and of causes alike. */
export const DECIDED_BY = [
  "default-deny",
  "policy",
  "l7-rule",
  "authentication",
  "datapath",
  "unknown",
] as const;
export type DecidedBy = (typeof DECIDED_BY)[number];
