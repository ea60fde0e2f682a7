"use client";

import { useSearchParams } from "next/navigation";
import { useMemo } from "react";
import type { Filter } from "@/lib/scope/filter";
import { formatFilter } from "@/lib/scope/filter";
import {
  type DecodedScope,
  decodeScope,
  decodeView,
  type LinkProblem,
  type Scope,
  type ViewState,
} from "@/lib/scope/link";
import { queryOf, scopeQuery } from "./first-asks";
import {
  changeLink,
  dropParameter,
  type LinkChange,
  linkText,
  type TimeRange,
  type ViewChange,
} from "./link-change";
import { announceScope } from "./scope-changes";

export interface ScopeHandle {
  /** Absent when the link has a part that decides the rows and cannot be read; no view shows rows then. */
  readonly scope: Scope | undefined;
  readonly view: ViewState;
  /** Filter text as it stands in the link. */
  readonly q: string;
  readonly problems: readonly LinkProblem[];
  /** Parameters of an API call; two equal scopes have equal text. */
  readonly query: string;
  readonly setFilter: (filter: Filter) => void;
  /** Terms that apply as text, which may be text that cannot be read, and terms that are switched off. */
  readonly setTexts: (q: string, off: string, range?: TimeRange) => void;
  /** `undefined` is the whole capture. */
  readonly setRange: (range: TimeRange | undefined) => void;
  /** Changes the range that the address has now, which may be newer than this handle: keys come fast. */
  readonly changeRange: (
    change: (range: TimeRange) => TimeRange | undefined,
    step?: "push" | "replace",
  ) => void;
  readonly setOrder: (order: { readonly sort: string | null; readonly order: "asc" | "desc" | null }) => void;
  /** `replace` while walking from row to row, which is no step of the history. */
  readonly openFlow: (id: string, step?: "push" | "replace") => void;
  readonly closeFlow: () => void;
  /** Changes what single views keep in the link (`VIEW_WORDS`); `null` takes a parameter out. */
  readonly setView: (change: ViewChange, step?: "push" | "replace") => void;
  readonly dropParameter: (name: string) => void;
}

/**
 * The one scope object of every view: read from the address, written back to it. Each change is a step of
 * the history, so that back and forward walk through scopes and drawers.
 */
export function useScope(): ScopeHandle {
  const text = useSearchParams().toString();
  return useMemo(() => toHandle(text), [text]);
}

function toHandle(text: string): ScopeHandle {
  const params = new URLSearchParams(text);
  const decoded: DecodedScope = decodeScope(params);
  const { view, problems } = decodeView(params);
  return {
    scope: decoded.scope,
    view,
    q: decoded.q,
    problems: [...decoded.problems, ...problems],
    query: decoded.scope === undefined ? "" : scopeQuery(decoded.scope),
    setFilter: (filter) => apply({ q: formatFilter(filter) }),
    setTexts: (q, off, range) => apply({ q, off, ...(range !== undefined && { range }) }),
    setRange: (range) => apply({ range: range ?? null }),
    changeRange: (change, step) => {
      const now = decodeScope(here()).scope;
      if (now !== undefined) apply({ range: change({ from: now.from, to: now.to }) ?? null }, step);
    },
    setOrder: ({ sort, order }) => apply({ order, view: { sort } }),
    openFlow: (flow, step) => apply({ flow }, step),
    closeFlow: () => apply({ flow: null }),
    setView: (view, step) => apply({ view }, step),
    dropParameter: (name) => go(dropParameter(here(), name), "push"),
  };
}

/** What the address bar says now: a change made twice in one tick builds on the first. */
function here(): URLSearchParams {
  return new URLSearchParams(window.location.search);
}

function apply(change: LinkChange, step: "push" | "replace" = "push"): void {
  go(changeLink(here(), change), step);
}

function go(params: URLSearchParams, step: "push" | "replace"): void {
  const query = linkText(params);
  const address = window.location.pathname + (query === "" ? "" : `?${query}`);
  if (address === window.location.pathname + window.location.search) return;
  const next = queryOf(params);
  if (next !== undefined && next !== queryOf(here())) announceScope(next);
  // Next follows these two calls: useSearchParams answers anew, nothing is fetched for the page.
  if (step === "push") window.history.pushState(null, "", address);
  else window.history.replaceState(null, "", address);
}
