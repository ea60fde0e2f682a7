import type { ScopeHandle } from "@/components/frame/use-scope";
import { excludeTerm, includeTerm, onlyTerm } from "@/lib/scope/edit";
import type { Term } from "@/lib/scope/filter";

export type How = "include" | "exclude" | "only";

/** Changes the filter by a value that was clicked. Does nothing while the filter cannot be read. */
export function filterBy(scope: ScopeHandle, term: Term, how: How): void {
  const filter = scope.scope?.filter;
  if (filter === undefined) return;
  const change = { include: includeTerm, exclude: excludeTerm, only: onlyTerm }[how];
  scope.setFilter(change(filter, term));
}
