/** The terms that find exactly the attempts behind a number of the lists of dns-connections.ts. */

import { type EdgeEnd, endTerm } from "@/lib/scope/edge-terms";
import { formatFilter, makeTerm, type Term } from "@/lib/scope/filter";
import type { LookupWord } from "@/lib/scope/outcome-kinds";
import type { DnsWorkload } from "./dns-answers";

export const FOLLOWED = lookupTerm("fresh", "expired", "undated");

export function lookupTerm(...words: LookupWord[]): Term {
  return makeTerm(
    "lookup",
    words.map((word) => ({ type: "word", word })),
  );
}

export function nameTerm(query: string | null): Term {
  return makeTerm("resolved-as", [query === null ? { type: "unknown" } : { type: "text", text: query }]);
}

export function addressTerm(address: string): Term {
  return makeTerm("resolved-ip", [{ type: "text", text: address }]);
}

function atWorkload({ id }: DnsWorkload): EdgeEnd {
  return { id, level: "workload" };
}

export function clientTerm(client: DnsWorkload): Term {
  return endTerm("client", atWorkload(client));
}

export function serverTerm(server: DnsWorkload): Term {
  return endTerm("server", atWorkload(server));
}

export function filterOf(terms: readonly Term[]): string {
  return formatFilter({ terms });
}
