/**
 * What is new and what fell silent: connections first seen inside the scope, and workloads that talked before and no longer do.
 *
 * With a range, "before" is the capture up to its beginning. Without one, connections are new when the first quarter of
 * the capture does not have them, and workloads are silent when the last quarter does not.
 */

import { ok, type Result } from "@/lib/base/result";
import { formatTime, parseTime } from "@/lib/base/time";
import type { Scope } from "@/lib/scope/link";
import type { MapAnswer } from "./answers-map";
import type { ChangesAnswer } from "./changes-answer";
import type { QuestionFailure } from "./failure";
import { countEdges } from "./map-count";
import type { OpenCapture } from "./open-capture";
import { readScope, type ScopeParameters, scopeKey } from "./scope-parameters";
import { spanOf } from "./span";

export interface ChangesParameters extends ScopeParameters {
  /** Rows at most, of each table. */
  readonly limit: number;
}

type NewEdge = ChangesAnswer["edges"]["rows"][number];
type Silent = ChangesAnswer["silent"]["rows"][number];
type Drawn = Pick<MapAnswer, "nodes" | "edges">;

/** A workload whose rate before would give fewer events than this says nothing by being silent. */
const FEWEST_EXPECTED = 5;

export function readChanges(
  capture: OpenCapture,
  parameters: ChangesParameters,
): Result<ChangesAnswer, QuestionFailure> {
  const scope = readScope(capture, parameters);
  if (!scope.ok) return scope;
  const meta = capture.meta("events");
  const { limit } = parameters;
  const found = capture.keep(`changes ${limit} ${scopeKey(parameters)}`, () =>
    compare(capture, scope.value, limit),
  );
  return ok({ meta, ...found });
}

function compare(capture: OpenCapture, scope: Scope, limit: number): Omit<ChangesAnswer, "meta"> {
  if (!capture.isSettled()) return NOTHING;
  const span = spanOf(capture, undefined, scope.to);
  const quarter = span === undefined ? 0n : (span.last - span.first) / 4n;
  const hasBefore = span !== undefined && quarter > 0n && (scope.from ?? span.first + 1n) > span.first;
  if (!hasBefore || (scope.from ?? span.first) > span.last) return NOTHING;
  const newSince = scope.from ?? span.first + quarter;
  const silentSince = scope.from ?? span.last - quarter;
  const { filter, to } = scope;
  const upTo = { filter, ...(to !== undefined && { to }) };
  const drawn = countEdges(capture, upTo, "workload").edges.all();
  const edges = newEdges(drawn, newSince);
  const silent = silentNodes(drawn, { ...span, silentSince });
  return {
    newSince: formatTime(newSince),
    edges: { total: edges.length, rows: edges.slice(0, limit) },
    silentSince: formatTime(silentSince),
    silent: { total: silent.length, rows: silent.slice(0, limit) },
  };
}

const NOTHING: Omit<ChangesAnswer, "meta"> = {
  newSince: null,
  edges: { total: 0, rows: [] },
  silentSince: null,
  silent: { total: 0, rows: [] },
};

/** An address outside is seldom seen twice: it is the service that is new to the outside, or not. */
function newEdges({ nodes, edges }: Drawn, since: bigint): NewEdge[] {
  const outside = new Set(nodes.filter(({ kind }) => kind === "world").map(({ id }) => id));
  const byKey = new Map<string, NewEdge>();
  for (const edge of edges) {
    const isOutside = outside.has(edge.client);
    const client = isOutside ? null : edge.client;
    const key = JSON.stringify([client, edge.server, edge.port, edge.protocol]);
    const one: NewEdge = { ...edge, client, outside: isOutside ? 1 : 0 };
    const before = byKey.get(key);
    byKey.set(key, before === undefined ? one : together(before, one));
  }
  const sinceText = formatTime(since);
  return [...byKey]
    .filter(([, { first }]) => first !== null && first >= sinceText)
    .sort(([a, x], [b, y]) => compareTexts(y.first ?? "", x.first ?? "") || compareTexts(a, b))
    .map(([, edge]) => edge);
}

function together(a: NewEdge, b: NewEdge): NewEdge {
  return {
    ...a,
    events: a.events + b.events,
    verdicts: addCounts(a.verdicts, b.verdicts),
    drops: a.drops + b.drops,
    audited: a.audited + b.audited,
    l7Errors: a.l7Errors + b.l7Errors,
    reasons: addCounts(a.reasons, b.reasons),
    first: outer(a.first, b.first, -1),
    last: outer(a.last, b.last, 1),
    outside: a.outside + b.outside,
  };
}

function silentNodes(
  { nodes, edges }: Drawn,
  { first, last, silentSince }: { first: bigint; last: bigint; silentSince: bigint },
): Silent[] {
  const heard = new Map<string, { events: number; last: string | null }>();
  for (const edge of edges) {
    for (const id of new Set([edge.client, edge.server])) {
      const before = heard.get(id) ?? { events: 0, last: null };
      heard.set(id, { events: before.events + edge.events, last: outer(before.last, edge.last, 1) });
    }
  }
  const share = Number(last - silentSince) / Number(silentSince - first);
  return nodes
    .filter(({ kind }) => kind === "workload")
    .map((node) => {
      const { events, last: lastHeard } = heard.get(node.id) ?? { events: 0, last: null };
      return { ...node, events, last: lastHeard, expected: Math.round(events * share) };
    })
    .filter(
      ({ last: heardLast, expected }) => isBefore(heardLast, silentSince) && expected >= FEWEST_EXPECTED,
    )
    .sort((a, b) => b.events - a.events || compareTexts(a.id, b.id));
}

function isBefore(time: string | null, instant: bigint): boolean {
  const ns = time === null ? undefined : parseTime(time);
  return ns !== undefined && ns < instant;
}

/** The earlier (-1) or later (1) of two times of the same spelling. */
function outer(a: string | null, b: string | null, which: 1 | -1): string | null {
  if (a === null || b === null) return a ?? b;
  return compareTexts(a, b) * which > 0 ? a : b;
}

function addCounts(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>) {
  const sum = new Map(Object.entries(a));
  for (const [key, n] of Object.entries(b)) sum.set(key, (sum.get(key) ?? 0) + n);
  return Object.fromEntries(sum);
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
