/**
 * Workloads: how traffic is spread over their pods, and how TCP connections to them fare.
 *
 * Events and drops are those with the pod on either end, so the pods of two workloads can count the same event; they do
 * not add up to the events of the scope.
 */

import { ok, type Result } from "@/lib/base/result";
import { type CompiledScope, compileScope } from "@/lib/capture/scope-sql";
import { PROTOCOL_NUMBER } from "@/lib/insight/attempt-kind";
import { imbalanceOf, likelyReason, type PodLoad } from "@/lib/insight/imbalance";
import { ATTEMPT_FLAG, OUTCOME } from "@/lib/insight/outcome";
import type { WorkloadRow, WorkloadsAnswer } from "./answers-l7";
import type { QuestionFailure } from "./failure";
import type { OpenCapture } from "./open-capture";
import { readScope, type ScopeParameters, scopeKey } from "./scope-parameters";

export interface WorkloadsParameters extends ScopeParameters {
  /** Rows at most. */
  readonly limit: number;
}

export function readWorkloads(
  capture: OpenCapture,
  parameters: WorkloadsParameters,
): Result<WorkloadsAnswer, QuestionFailure> {
  const scope = readScope(capture, parameters);
  if (!scope.ok) return scope;
  const compiled = compileScope(capture.database, scope.value);
  const table = capture.keep(`workloads ${parameters.limit} ${scopeKey(parameters)}`, () =>
    tabulate(capture, compiled, parameters.limit),
  );
  return ok({ meta: capture.meta("events"), ...table });
}

interface Load {
  readonly pod: string;
  readonly workload: string;
  events: number;
  drops: number;
  requests: number;
  firstNs: bigint | undefined;
  lastNs: bigint | undefined;
  readonly tcp: { syn: number; unanswered: number; refused: number; rst: number; fin: number };
}

function tabulate(capture: OpenCapture, scope: CompiledScope, limit: number): Omit<WorkloadsAnswer, "meta"> {
  const pods = readPods(capture);
  addEvents(capture, scope, pods);
  addTcp(capture, scope, pods);
  addRequests(capture, scope, pods);
  const workloads = new Map<string, Load[]>();
  for (const load of pods.values()) {
    if (load.events === 0) continue;
    const known = workloads.get(load.workload);
    if (known === undefined) workloads.set(load.workload, [load]);
    else known.push(load);
  }
  const rows = [...workloads].map(([workload, loads]) => toRow(workload, loads)).sort(compareRows);
  const folded = rows.slice(limit);
  return {
    rows: rows.slice(0, limit),
    folded: { rows: folded.length, events: folded.reduce((sum, row) => sum + eventsOf(row), 0) },
  };
}

const eventsOf = ({ pods }: WorkloadRow): number => pods.reduce((sum, { events }) => sum + events, 0);

function compareRows(a: WorkloadRow, b: WorkloadRow): number {
  const score = ({ imbalance }: WorkloadRow): number => imbalance ?? -1;
  return score(b) - score(a) || eventsOf(b) - eventsOf(a) || (a.workload < b.workload ? -1 : 1);
}

/** Actors that are pods, by id. */
function readPods({ database }: OpenCapture): Map<number, Load> {
  const rows = database.prepare("SELECT id, key, workloadKey FROM Actor WHERE kind = 'pod'").rows([]);
  return new Map(
    rows.map(([id, pod, workload]) => [
      Number(id),
      {
        ...{ pod: String(pod), workload: String(workload), events: 0, drops: 0, requests: 0 },
        ...{ firstNs: undefined, lastNs: undefined },
        tcp: { syn: 0, unanswered: 0, refused: 0, rst: 0, fin: 0 },
      },
    ]),
  );
}

/** A flow from a pod to itself counts once for it. */
function addEvents({ database }: OpenCapture, scope: CompiledScope, pods: ReadonlyMap<number, Load>): void {
  const ends =
    "JOIN Pair p ON p.id = t.pairId JOIN Endpoint s ON s.id = p.sourceId JOIN Endpoint d ON d.id = p.destinationId";
  const flows = database
    .prepareExact(
      `SELECT s.actorId, d.actorId, t.events, t.firstNs, t.lastNs FROM (
         SELECT f.pairId, sum(f.events) AS events, min(f.timeNs) AS firstNs, max(f.timeNs) AS lastNs
         FROM Flow f WHERE ${scope.sql} GROUP BY 1) t ${ends}`,
    )
    .rows(scope.parameters);
  for (const [source, destination, events, firstNs, lastNs] of flows) {
    for (const load of loadsOf(pods, source, destination)) {
      load.events += Number(events);
      if (typeof firstNs === "bigint" && (load.firstNs === undefined || firstNs < load.firstNs))
        load.firstNs = firstNs;
      if (typeof lastNs === "bigint" && (load.lastNs === undefined || lastNs > load.lastNs))
        load.lastNs = lastNs;
    }
  }
  const drops = database
    .prepare(
      `SELECT s.actorId, d.actorId, t.drops FROM (
         SELECT f.pairId, sum(j.drops) AS drops FROM JoinedDrop j JOIN Flow f ON f.id = j.id WHERE ${scope.sql} GROUP BY 1) t ${ends}`,
    )
    .rows(scope.parameters);
  for (const [source, destination, dropped] of drops)
    for (const load of loadsOf(pods, source, destination)) load.drops += Number(dropped);
}

function loadsOf(pods: ReadonlyMap<number, Load>, source: unknown, destination: unknown): Load[] {
  const ids = new Set([Number(source), Number(destination)]);
  return [...ids].flatMap((id) => pods.get(id) ?? []);
}

/** TCP connections to the pod. */
function addTcp({ database }: OpenCapture, scope: CompiledScope, pods: ReadonlyMap<number, Load>): void {
  const { openAlready, answered, refused, droppedEgress, droppedIngress, dropped, noReply } = OUTCOME;
  const rst = ATTEMPT_FLAG.clientRst | ATTEMPT_FLAG.serverRst;
  const rows = database
    .prepare(
      `SELECT p.serverId, sum(a.outcome <> ${openAlready}),
         sum(a.outcome IN (${[droppedEgress, droppedIngress, dropped, noReply].join(", ")})), sum(a.outcome = ${refused}),
         sum(a.outcome IN (${openAlready}, ${answered}) AND a.flags & ${rst} <> 0), sum(a.flags & ${ATTEMPT_FLAG.fin} <> 0)
       FROM Attempt a JOIN Flow f ON f.id = a.id JOIN Pair p ON p.id = f.pairId
       WHERE a.protocol = ${PROTOCOL_NUMBER.TCP} AND ${scope.sql} GROUP BY 1`,
    )
    .rows(scope.parameters);
  for (const [server, syn, unanswered, refusals, resets, ended] of rows) {
    const tcp = pods.get(Number(server))?.tcp;
    if (tcp === undefined) continue;
    tcp.syn += Number(syn);
    tcp.unanswered += Number(unanswered);
    tcp.refused += Number(refusals);
    tcp.rst += Number(resets);
    tcp.fin += Number(ended);
  }
}

function addRequests({ database }: OpenCapture, scope: CompiledScope, pods: ReadonlyMap<number, Load>): void {
  const rows = database
    .prepare(
      `SELECT p.serverId, sum(e.requests) FROM L7Exchange e JOIN Flow f ON f.id = e.id JOIN Pair p ON p.id = f.pairId
       WHERE e.counted = 1 AND ${scope.sql} GROUP BY 1`,
    )
    .rows(scope.parameters);
  for (const [server, requests] of rows) {
    const load = pods.get(Number(server));
    if (load !== undefined) load.requests += Number(requests);
  }
}

function toRow(workload: string, loads: readonly Load[]): WorkloadRow {
  const sorted = [...loads].sort((a, b) => b.events - a.events || (a.pod < b.pod ? -1 : 1));
  const tcp = (of: keyof Load["tcp"]): number => loads.reduce((sum, load) => sum + load.tcp[of], 0);
  return {
    workload,
    pods: sorted.map(({ pod, events, drops }) => ({ pod, events, drops })),
    imbalance: imbalanceOf(sorted.map(({ events }) => events))?.gini ?? null,
    likelyReason: likelyReason(sorted.map(toPodLoad)),
    syn: tcp("syn"),
    unanswered: tcp("unanswered"),
    refused: tcp("refused"),
    rst: tcp("rst"),
    fin: tcp("fin"),
  };
}

function toPodLoad({ pod, events, drops, requests, firstNs, lastNs, tcp }: Load): PodLoad {
  const seenForNs = firstNs === undefined || lastNs === undefined ? 0 : Number(lastNs - firstNs);
  return { pod, events, drops, attempts: tcp.syn, requests, seenForNs };
}
