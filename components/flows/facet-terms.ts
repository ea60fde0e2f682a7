/** Keys of the list at the left, and the terms of their values. */

import { type Filter, formatTerm, parseFilter, type Term } from "@/lib/scope/filter";

/** In their order; those that are open at first are marked. */
export const FACETS = [
  { key: "verdict", label: "Verdict", isOpen: true },
  { key: "drop-reason-desc", label: "Drop reason", isOpen: true },
  { key: "client", label: "Client", isOpen: true },
  { key: "server", label: "Server", isOpen: true },
  { key: "server-port", label: "Server port", isOpen: true },
  { key: "namespace", label: "Namespace", isOpen: false },
  { key: "protocol", label: "Protocol", isOpen: false },
  { key: "type", label: "Type", isOpen: false },
  { key: "node-name", label: "Node", isOpen: false },
  { key: "policy", label: "Policy", isOpen: false },
  { key: "http-status", label: "HTTP status", isOpen: false },
  { key: "route", label: "Route", isOpen: false },
  { key: "dns-rcode", label: "DNS response code", isOpen: false },
  { key: "dns-query", label: "DNS query", isOpen: false },
  { key: "tcp-flags", label: "TCP flags", isOpen: false },
  { key: "file", label: "File", isOpen: false },
] as const;

export type FacetName = (typeof FACETS)[number]["key"];

/** Of a value as the interface gives it: it can stand behind the key as it is. */
export function facetTerm(key: FacetName, value: string): Term | undefined {
  const filter = parseFilter(`${key}:${value}`);
  return filter.ok && filter.value.terms.length === 1 ? filter.value.terms[0] : undefined;
}

/** How the filter already treats the value. */
export function heldAs(filter: Filter, term: Term): "in" | "out" | undefined {
  const value = formatTerm({ ...term, negated: false });
  for (const one of filter.terms) {
    if (one.key !== term.key) continue;
    const parts = one.values.map((part) => formatTerm({ ...one, negated: false, values: [part] } as Term));
    if (parts.includes(value)) return one.negated ? "out" : "in";
  }
  return undefined;
}

/** What a value is called: unknown and none are words of their own. */
export function valueLabel(value: string): string {
  if (value === "?") return "not known";
  return value === "-" ? "none" : value.replace(/^"(.*)"$/, "$1");
}
