/**
 * The scope (filter, time range, revision) and its place in the address of a page, of an API call, and of a
 * saved investigation.
 *
 * A damaged part is reported and never guessed: if a part that decides which rows are shown cannot be read,
 * there is no scope at all, because leaving the part out would show more than the sender saw. Parts that
 * only concern the looks (`off`, `flow`, `order`) are dropped with a notice.
 *
 * | Parameter | Holds |
 * | --- | --- |
 * | `q` | the filter (docs/filter.md) |
 * | `from`, `to` | RFC 3339 with nanoseconds; `from` is in the range, `to` is not |
 * | `revision` | revision of the capture |
 * | `off` | terms switched off but kept as chips, in the grammar of `q` |
 * | `flow` | id of the flow that is open |
 * | `order` | `asc` or `desc`: by time, or by the column in `sort` |
 * | one of `VIEW_WORDS` | what a single view keeps: what it groups by, what is open in its drawer, and so on |
 * | `v` | version of this table; absent means 1 |
 */

import { formatTime, parseTime } from "@/lib/base/time";
import { EMPTY_FILTER, type Filter, formatFilter, parseFilter } from "./filter";
import type { Position } from "./scan";
import { shown } from "./value-kind";

export interface Scope {
  readonly filter: Filter;
  /** First instant in the range, nanoseconds since the epoch; absent: from the beginning. */
  readonly from?: bigint;
  /** First instant behind the range; absent: to the end. */
  readonly to?: bigint;
  /** Absent: the newest. */
  readonly revision?: number;
}

export const WHOLE_SCOPE: Scope = { filter: EMPTY_FILTER };

const WORD = /^[0-9a-z-]{1,64}$/;
/** Names come from logs: any text that is not unreasonably long. */
const TEXT = /^[^\p{Cc}]{1,4000}$/u;

/** Parameters of single views, in their order in a link. A view knows its own words and takes its first for one it does not know. */
export const VIEW_WORDS = {
  /** What a view groups by. */
  by: { form: WORD, says: "a word to group by" },
  /** Part of a view that is shown. */
  part: { form: WORD, says: "a part of a view" },
  /** Protocol that a view shows. */
  protocol: { form: WORD, says: "a protocol" },
  /** Namespaces, workloads or pods. */
  level: { form: WORD, says: "a level" },
  /** How the map, or a picture over time, is laid out. */
  layout: { form: WORD, says: "a layout" },
  /** What is measured. */
  measure: { form: WORD, says: "a measure" },
  /** Column that a table is sorted by. */
  sort: { form: WORD, says: "a column to sort by" },
  /** Rows of a table that come before those that are shown. */
  skip: { form: /^\d{1,9}$/, says: "a number of rows" },
  /** The cause that is open. */
  cause: { form: WORD, says: "the id of a cause" },
  /** What is open beside the view: an edge, a node, a name. */
  open: { form: TEXT, says: "something that can be opened" },
  /** What the view is drawn round. */
  focus: { form: TEXT, says: "something to draw the view round" },
  /** What is looked for inside the view. */
  find: { form: TEXT, says: "a text to find" },
  /** What the view leaves out. */
  hide: { form: TEXT, says: "something to hide" },
  /** What is shown whole that is folded otherwise. */
  unfold: { form: TEXT, says: "a list of what is unfolded" },
  /** Places that were given by hand. */
  pins: { form: TEXT, says: "a list of places" },
} as const;

export type ViewWord = keyof typeof VIEW_WORDS;

const VIEW_WORD_NAMES = Object.keys(VIEW_WORDS) as readonly ViewWord[];

/** What a colleague sees beside the rows; never changes which rows there are. */
export interface ViewState extends Partial<Readonly<Record<ViewWord, string>>> {
  readonly off: Filter;
  readonly flow?: string;
  readonly order?: "asc" | "desc";
}

export interface LinkProblem {
  readonly parameter: string;
  readonly code:
    | "filter_invalid"
    | "flow_invalid"
    | "order_invalid"
    | "parameter_repeated"
    | "range_empty"
    | "revision_invalid"
    | "time_invalid"
    | "version_unknown"
    | "view_invalid";
  readonly message: string;
  readonly hint?: string;
  /** Inside the parameter's text, for filters. */
  readonly position?: Position;
  readonly suggestion?: string;
}

export interface DecodedScope {
  /** Absent when any part that decides the rows could not be read; `problems` then says which. */
  readonly scope?: Scope;
  /** The filter as it came, to be shown and corrected. */
  readonly q: string;
  readonly problems: readonly LinkProblem[];
}

const VERSION = "1";
/** Hash and occurrence: `a9d3a536e75d0736.1`. */
const FLOW_ID = /^[0-9A-Za-z_.-]{1,64}$/;
const REVISION = /^(?:0|[1-9]\d{0,14})$/;

export function decodeScope(params: URLSearchParams): DecodedScope {
  const problems: LinkProblem[] = [];
  const q = single(params, "q", problems) ?? "";
  const version = single(params, "v", problems) ?? VERSION;
  if (version !== VERSION) {
    problems.push({
      parameter: "v",
      code: "version_unknown",
      message: `This link has version ${shown(version)}; this program reads version ${VERSION}.`,
      hint: "Open it with the version of Eyepiece that made it, or a newer one.",
    });
  }
  const filter = decodeFilter("q", q, problems);
  const from = decodeTime("from", single(params, "from", problems), problems);
  const to = decodeTime("to", single(params, "to", problems), problems);
  const revision = decodeRevision(single(params, "revision", problems), problems);
  if (from !== undefined && to !== undefined && from >= to) {
    problems.push({
      parameter: "to",
      code: "range_empty",
      message:
        from === to
          ? "The time range is empty: it ends where it begins."
          : "The time range ends before it begins.",
      hint: "from is the first instant in the range, to the first one behind it.",
    });
  }
  if (problems.length > 0) return { q, problems };
  return { scope: { filter, ...given({ from, to, revision }) }, q, problems };
}

export function decodeView(params: URLSearchParams): {
  readonly view: ViewState;
  readonly problems: readonly LinkProblem[];
} {
  const problems: LinkProblem[] = [];
  const off = decodeFilter("off", single(params, "off", problems) ?? "", problems);
  const flowText = single(params, "flow", problems);
  const flow = flowText !== undefined && FLOW_ID.test(flowText) ? flowText : undefined;
  if (flowText !== undefined && flow === undefined) {
    problems.push({
      parameter: "flow",
      code: "flow_invalid",
      message: `\`${shown(flowText)}\` is not the id of a flow.`,
    });
  }
  const orderText = single(params, "order", problems);
  const order = orderText === "asc" || orderText === "desc" ? orderText : undefined;
  if (orderText !== undefined && order === undefined) {
    const message = `\`${shown(orderText)}\` is not an order.`;
    problems.push({ parameter: "order", code: "order_invalid", message, hint: "Known: asc, desc." });
  }
  const words = Object.fromEntries(VIEW_WORD_NAMES.map((name) => [name, decodeWord(params, name, problems)]));
  return { view: { off, ...given({ flow, order, ...words }) }, problems };
}

function decodeWord(params: URLSearchParams, name: ViewWord, problems: LinkProblem[]): string | undefined {
  const text = single(params, name, problems);
  const { form, says } = VIEW_WORDS[name];
  if (text === undefined || form.test(text)) return text;
  problems.push({ parameter: name, code: "view_invalid", message: `\`${shown(text)}\` is not ${says}.` });
  return undefined;
}

/** Writes the parameters in their fixed order; what is absent or empty is left out. */
export function encodeScope(scope: Scope): URLSearchParams {
  const params = new URLSearchParams();
  const q = formatFilter(scope.filter);
  if (q !== "") params.set("q", q);
  if (scope.from !== undefined) params.set("from", formatTime(scope.from));
  if (scope.to !== undefined) params.set("to", formatTime(scope.to));
  if (scope.revision !== undefined) params.set("revision", String(scope.revision));
  return params;
}

/** Scope and view together, for the address of a page. */
export function encodeLink(scope: Scope, view: ViewState): URLSearchParams {
  const params = encodeScope(scope);
  const off = formatFilter(view.off);
  if (off !== "") params.set("off", off);
  if (view.flow !== undefined) params.set("flow", view.flow);
  if (view.order !== undefined) params.set("order", view.order);
  for (const name of VIEW_WORD_NAMES) {
    const text = view[name];
    if (text !== undefined) params.set(name, text);
  }
  return params;
}

/** The one value of a parameter. Given twice, neither is taken: which one the sender meant is not known. */
function single(params: URLSearchParams, name: string, problems: LinkProblem[]): string | undefined {
  const values = params.getAll(name);
  if (values.length > 1) {
    problems.push({
      parameter: name,
      code: "parameter_repeated",
      message: `\`${name}\` stands more than once in this link.`,
    });
    return undefined;
  }
  return values[0];
}

function decodeFilter(parameter: string, text: string, problems: LinkProblem[]): Filter {
  const filter = parseFilter(text);
  if (filter.ok) return filter.value;
  const { message, hint, position, suggestion } = filter.failure;
  problems.push({ parameter, code: "filter_invalid", message, hint, position, suggestion });
  return EMPTY_FILTER;
}

function decodeTime(
  parameter: string,
  text: string | undefined,
  problems: LinkProblem[],
): bigint | undefined {
  if (text === undefined) return undefined;
  const time = parseTime(text);
  if (time === undefined) {
    problems.push({
      parameter,
      code: "time_invalid",
      message: `\`${shown(text)}\` is not a time.`,
      hint: "Times are RFC 3339, for example 2026-03-04T05:12:07.000000001Z; a plus sign in a zone is written %2B.",
    });
  }
  return time;
}

function decodeRevision(text: string | undefined, problems: LinkProblem[]): number | undefined {
  if (text === undefined) return undefined;
  if (REVISION.test(text)) return Number(text);
  problems.push({
    parameter: "revision",
    code: "revision_invalid",
    message: `\`${shown(text)}\` is not a revision.`,
    hint: "A revision is a whole number.",
  });
  return undefined;
}

/** Leaves absent members out, so that equal scopes are equal objects. */
function given<Members extends object>(members: Members): Partial<Members> {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined),
  ) as Partial<Members>;
}
