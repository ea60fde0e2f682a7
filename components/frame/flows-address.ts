/** Links from a number to the flows behind it. */

import { type Filter, formatFilter, type Term } from "@/lib/scope/filter";
import { encodeScope, type Scope } from "@/lib/scope/link";
import { linkText } from "./link-change";
import { viewAddress } from "./views";

/** The flows of the scope for which the terms hold too. */
export function flowsAddress(captureId: string, scope: Scope, ...terms: readonly Term[]): string {
  return viewAddress(
    captureId,
    "flows",
    linkText(encodeScope({ ...scope, filter: withTerms(scope.filter, terms) })),
  );
}

function withTerms(filter: Filter, terms: readonly Term[]): Filter {
  const known = new Set(filter.terms.map((term) => formatFilter({ terms: [term] })));
  return { terms: [...filter.terms, ...terms.filter((term) => !known.has(formatFilter({ terms: [term] })))] };
}
