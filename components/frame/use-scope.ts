"use client";

import { useSearchParams } from "next/navigation";
import { useEffect, useMemo } from "react";
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
  scopePart,
  type TimeRange,
  type ViewChange,
} from "./link-change";
import { PendingAddress } from "./pending-address";
import { announceScope } from "./scope-changes";

export interface ScopeHandle {
  /** Absent when the link has a part that decides the rows and cannot be read; no view shows rows then. */
  readonly scope: Scope | undefined;
  readonly view: ViewState;
  /** Filter text as it stands in the link. */
  readonly q: string;
  readonly problems: readonly LinkProblem[];
  /** Parameters of an API call; two equal scopes have equal text. A scope that cannot be read is equal to none, least of all to the whole capture. */
  readonly query: string;
  /** The part of the address that goes along to another view. */
  readonly along: string;
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
    query: decoded.scope === undefined ? "unreadable" : scopeQuery(decoded.scope),
    along: linkText(scopePart(params)),
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

const pending = new PendingAddress();

/** For the frame, which stands round all that reads the scope: the page is drawn for the address that it has. */
export function useDrawnAddress(): void {
  const text = useSearchParams().toString();
  useEffect(() => pending.drawn(window.location.pathname, text), [text]);
  useEffect(() => {
    const forget = () => pending.drawn("", "");
    window.addEventListener("popstate", forget);
    return () => window.removeEventListener("popstate", forget);
  }, []);
}

/** What the address bar was told last: a change made twice in one tick, or before the page was drawn, builds on the first. */
function here(): URLSearchParams {
  const { pathname, search } = window.location;
  return new URLSearchParams(pending.latest(pathname) ?? search);
}

function apply(change: LinkChange, step: "push" | "replace" = "push"): void {
  go(changeLink(here(), change), step);
}

function go(params: URLSearchParams, step: "push" | "replace"): void {
  const query = linkText(params);
  const address = window.location.pathname + (query === "" ? "" : `?${query}`);
  const before = here();
  if (params.toString() === before.toString()) return;
  const next = queryOf(params);
  if (next !== undefined && next !== queryOf(before)) announceScope(next);
  pending.given(window.location.pathname, params.toString());
  // Next follows these two calls: useSearchParams answers anew, nothing is fetched for the page.
  if (step === "push") window.history.pushState(null, "", address);
  else window.history.replaceState(null, "", address);
}
