/** Links from a number to the flows behind it. */

import { EMPTY_FILTER, type Filter, formatFilter, makeTerm, type Term } from "@/lib/scope/filter";
import { encodeLink, encodeScope, type Scope } from "@/lib/scope/link";
import { linkText } from "./link-change";
import { type ViewId, viewAddress } from "./views";

/** Of both records of each drop. */
export const IS_DROP = makeTerm("drop", [{ type: "word", word: "yes" }]);

/** The flows of the scope for which the terms hold too. */
export function flowsAddress(captureId: string, scope: Scope, ...terms: readonly Term[]): string {
  return viewWith(captureId, "flows", scope, ...terms);
}

/** A view of the scope for which the terms hold too. */
export function viewWith(captureId: string, view: ViewId, scope: Scope, ...terms: readonly Term[]): string {
  return viewAddress(
    captureId,
    view,
    linkText(encodeScope({ ...scope, filter: withTerms(scope.filter, terms) })),
  );
}

/** One flow, open beside the flows of the scope for which the terms hold too. */
export function flowAddress(
  captureId: string,
  scope: Scope,
  flow: string,
  ...terms: readonly Term[]
): string {
  const params = encodeLink(
    { ...scope, filter: withTerms(scope.filter, terms) },
    { off: EMPTY_FILTER, flow },
  );
  return viewAddress(captureId, "flows", linkText(params));
}

/** The scope cut to a stretch of time: a cell of a picture. */
export function within(scope: Scope, fromNs: bigint, toNs: bigint): Scope {
  const from = scope.from !== undefined && scope.from > fromNs ? scope.from : fromNs;
  const to = scope.to !== undefined && scope.to < toNs ? scope.to : toNs;
  return { ...scope, from, to };
}

function withTerms(filter: Filter, terms: readonly Term[]): Filter {
  const known = new Set(filter.terms.map((term) => formatFilter({ terms: [term] })));
  return { terms: [...filter.terms, ...terms.filter((term) => !known.has(formatFilter({ terms: [term] })))] };
}
