/** What there is in a scope, in every unit: records, events by verdict and node, drops, attempts, requests. */

import { groupBy } from "@/lib/base/group";
import { ok, type Result } from "@/lib/base/result";
import { formatTime } from "@/lib/base/time";
import type { Sqlite } from "@/lib/capture/driver";
import { countedFlows } from "@/lib/capture/rolled-flows";
import { type CompiledScope, compileDrops, compileScope } from "@/lib/capture/scope-sql";
import { NOT_A_LOSS } from "@/lib/flow/losses";
import type { Scope } from "@/lib/scope/link";
import type { SummaryAnswer } from "./answers";
import { atMost } from "./at-most";
import { countAttempts, countDnsErrors, countL7Errors, countRequests, countUntimed } from "./counts";
import { totalDrops } from "./drop-counts";
import type { QuestionFailure } from "./failure";
import type { OpenCapture } from "./open-capture";
import { readScope, type ScopeParameters, scopeKey } from "./scope-parameters";
import { standIns } from "./stand-ins";

/** The flows of one kind and node. */
interface Group {
  readonly kindId: number;
  readonly node: string | null;
  readonly records: number;
  readonly events: number;
  readonly firstNs: bigint | null;
  readonly lastNs: bigint | null;
}

export function readSummary(
  capture: OpenCapture,
  parameters: ScopeParameters,
): Result<SummaryAnswer, QuestionFailure> {
  const scope = readScope(capture, parameters);
  if (!scope.ok) return scope;
  const compiled = compileScope(capture.database, scope.value);
  const counted = capture.keep(`summary ${scopeKey(parameters)}`, () =>
    count(capture, scope.value, compiled),
  );
  const { atMost: twice, ...counts } = counted;
  return ok({ meta: atMost(capture.meta("events"), twice > 0), ...counts });
}

/** `atMost`: drops that may be counted twice. */
function count(
  capture: OpenCapture,
  scope: Scope,
  compiled: CompiledScope,
): Omit<SummaryAnswer, "meta"> & { readonly atMost: number } {
  const groups = readGroups(capture, compiled);
  const verdicts = new Map<string, number>();
  let notLosses = 0;
  for (const { kindId, events } of groups) {
    const kind = capture.kind(kindId);
    const verdict = String(kind.verdict);
    verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + events);
    if (verdict === "DROPPED" && typeof kind.dropCode === "number" && NOT_A_LOSS.has(kind.dropCode))
      notLosses += events;
  }
  const records = sumOf(groups, "records");
  return {
    records,
    flows: records,
    events: sumOf(groups, "events"),
    // The log may name a verdict `__proto__`: fromEntries makes a member of that, too.
    verdicts: Object.fromEntries([...verdicts].sort(([a], [b]) => compareNames(a, b))),
    ...(capture.isSettled() ? countSettled(capture, scope, compiled) : UNSETTLED),
    notLosses,
    audited: verdicts.get("AUDIT") ?? 0,
    untimed: countUntimed(capture, compiled),
    ...spanOf(groups),
    nodes: readNodes(groups),
  };
}

/** What settling finds out. */
function countSettled(capture: OpenCapture, scope: Scope, compiled: CompiledScope) {
  return {
    ...totalDrops(capture, compileDrops(capture.database, scope)),
    attempts: countAttempts(capture, compiled),
    requests: countRequests(capture, compiled),
    dnsErrors: countDnsErrors(capture, scope),
    l7Errors: countL7Errors(capture, compiled),
  };
}

/** Before the first file is settled nothing of it is known: not none. */
const UNSETTLED = {
  drops: null,
  atMost: 0,
  dropCauses: null,
  harmlessCauses: null,
  attempts: null,
  requests: null,
  dnsErrors: null,
  l7Errors: null,
};

/** By kind and node. A node is seen through several interfaces, one observer each; of a pod's own there are thousands. */
function readGroups({ database }: OpenCapture, scope: CompiledScope): Group[] {
  const nodes = readNodesOf(database);
  const { from, parameters, where } = countedFlows(database, scope, {
    reads: "f.kindId f.observerId",
    alike: { key: "f.observerId", name: "node", values: standIns(nodes) },
  });
  return database
    .prepareExact(
      `SELECT t.kindId, o.nodeName, sum(t.records), sum(t.events), min(t.firstNs), max(t.lastNs) FROM (
         SELECT f.kindId, f.observerId, sum(f.records) AS records, sum(f.events) AS events, min(f.firstNs) AS firstNs, max(f.lastNs) AS lastNs
         FROM ${from} WHERE ${where.sql} GROUP BY 1, 2) t LEFT JOIN Observer o ON o.id = t.observerId GROUP BY 1, 2`,
    )
    .rows([...parameters, ...where.parameters])
    .map(([kindId, node, records, events, first, last]) => ({
      kindId: Number(kindId),
      node: typeof node === "string" ? node : null,
      records: Number(records),
      events: Number(events),
      firstNs: first as bigint | null,
      lastNs: last as bigint | null,
    }));
}

/** Names by observer. */
function readNodesOf(database: Sqlite): ReadonlyMap<number, string | null> {
  const rows = database.prepare("SELECT id, nodeName FROM Observer").rows([]);
  return new Map(rows.map(([id, name]) => [Number(id), typeof name === "string" ? name : null]));
}

function readNodes(groups: readonly Group[]): SummaryAnswer["nodes"] {
  return [...groupBy(groups, ({ node }) => node)]
    .sort(([a], [b]) => compareNames(a, b))
    .map(([name, those]) => ({ name, events: sumOf(those, "events"), ...spanOf(those) }));
}

/** By code unit, so that the order is the same everywhere; null last. */
function compareNames(a: string | null, b: string | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return a < b ? -1 : a > b ? 1 : 0;
}

function sumOf(groups: readonly Group[], of: "records" | "events"): number {
  return groups.reduce((sum, group) => sum + group[of], 0);
}

function spanOf(groups: readonly Group[]): { first: string | null; last: string | null } {
  let first: bigint | null = null;
  let last: bigint | null = null;
  for (const { firstNs, lastNs } of groups) {
    if (firstNs !== null && (first === null || firstNs < first)) first = firstNs;
    if (lastNs !== null && (last === null || lastNs > last)) last = lastNs;
  }
  return {
    first: first === null ? null : formatTime(first),
    last: last === null ? null : formatTime(last),
  };
}
