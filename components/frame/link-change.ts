/**
 * Changes to the address of a page. Every change starts from the parameters as they are, so that it also
 * works on a link of which a part cannot be read: mending one part keeps the others.
 */

import { formatTime } from "@/lib/base/time";
import { decodeScope, decodeView, encodeLink, type ViewWord } from "@/lib/scope/link";

/** What is absent stays; `null` takes the parameter out. */
export interface LinkChange {
  /** Filter text; may be text that cannot be read, so that it is shown and corrected. */
  readonly q?: string | null;
  readonly off?: string | null;
  readonly range?: TimeRange | null;
  readonly flow?: string | null;
  readonly order?: "asc" | "desc" | null;
  readonly view?: ViewChange;
}

/** Parameters of single views. */
export type ViewChange = Partial<Readonly<Record<ViewWord, string | null>>>;

/** Half open, nanoseconds since the epoch. An end that is absent is open. */
export interface TimeRange {
  readonly from?: bigint;
  readonly to?: bigint;
}

export function changeLink(params: URLSearchParams, change: LinkChange): URLSearchParams {
  const next = new URLSearchParams(params);
  const put = (name: string, value: string | null | undefined) => {
    if (value === undefined) return;
    if (value === null || value === "") next.delete(name);
    else next.set(name, value);
  };
  put("q", change.q);
  put("off", change.off);
  put("flow", change.flow);
  put("order", change.order);
  for (const [name, text] of Object.entries(change.view ?? {})) put(name, text);
  if (change.range !== undefined) {
    put("from", timeText(change.range?.from));
    put("to", timeText(change.range?.to));
  }
  return inOrder(next);
}

/** What goes along from view to view: the scope, and terms that are switched off. Also of a scope that cannot be read, which stays unread. */
const ALONG: readonly string[] = ["q", "from", "to", "revision", "off", "v"];

export function scopePart(params: URLSearchParams): URLSearchParams {
  return inOrder(new URLSearchParams([...params].filter(([name]) => ALONG.includes(name))));
}

/** Without a parameter that cannot be read. */
export function dropParameter(params: URLSearchParams, name: string): URLSearchParams {
  const next = new URLSearchParams(params);
  next.delete(name);
  return inOrder(next);
}

/** The query of an address. Colons, commas and slashes may stand in a query as they are, which is how filters are read. */
export function linkText(params: URLSearchParams): string {
  return params.toString().replaceAll("%3A", ":").replaceAll("%2C", ",").replaceAll("%2F", "/");
}

function timeText(ns: bigint | undefined): string | null {
  return ns === undefined ? null : formatTime(ns);
}

/** The one spelling of a link that can be read; another keeps the order it has. */
function inOrder(params: URLSearchParams): URLSearchParams {
  const { scope } = decodeScope(params);
  const { view, problems } = decodeView(params);
  return scope === undefined || problems.length > 0 ? params : encodeLink(scope, view);
}
