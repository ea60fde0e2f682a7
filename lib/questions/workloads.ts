/**
 * Workloads: how traffic is spread over their pods, with the likely reason, and how TCP connections to them fare.
 *
 * Events and drops are those with the pod on either end, so the pods of two workloads can count the same event; they do
 * not add up to the events of the scope.
 */

import { ok, type Result } from "@/lib/base/result";
import { formatTime } from "@/lib/base/time";
import type { Sqlite, SqlValue } from "@/lib/capture/driver";
import { countedFlows } from "@/lib/capture/rolled-flows";
import { type CompiledScope, compileScope } from "@/lib/capture/scope-sql";
import { summedRows } from "@/lib/capture/summed";
import { imbalanceOf } from "@/lib/insight/imbalance";
import { type ClientLoad, likelyReason, type PodLoad } from "@/lib/insight/imbalance-reason";
import { ATTEMPT_FLAG, OUTCOME } from "@/lib/insight/outcome";
import type { WorkloadRow, WorkloadsAnswer } from "./answers-workloads";
import { atMost, hasAtMost } from "./at-most";
import { hasPorts } from "./counts";
import type { QuestionFailure } from "./failure";
import { readHeadlessNames } from "./headless-names";
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
  const isAtMost = hasAtMost(capture, () => compiled, scopeKey(parameters));
  return ok({ meta: atMost(capture.meta("events"), isAtMost), ...table });
}

interface Tcp {
  syn: number;
  unanswered: number;
  refused: number;
  rst: number;
  fin: number;
}

/** A pod, or what is known of a workload without the pod. */
interface Load {
  readonly pod: string;
  readonly isPod: boolean;
  readonly workload: string;
  events: number;
  drops: number;
  requests: number;
  firstNs: bigint | undefined;
  lastNs: bigint | undefined;
  readonly tcp: Tcp;
}

interface Workload {
  readonly key: string;
  readonly loads: Load[];
  /** Each once, however many of its pods are at its ends. */
  events: number;
  drops: number;
  /** By client and pod, as one text. */
  readonly clients: Map<
    string,
    { readonly client: number; readonly pod: number; events: number; attempts: number }
  >;
}

class Loads {
  private readonly byId = new Map<number, Load>();
  readonly workloads = new Map<string, Workload>();

  constructor({ database }: OpenCapture) {
    const rows = database
      .prepare("SELECT id, key, workloadKey, kind FROM Actor WHERE kind IN ('pod', 'workload')")
      .rows([]);
    for (const [id, pod, workload, kind] of rows) {
      const load: Load = {
        ...{ pod: String(pod), isPod: kind === "pod", workload: String(workload) },
        ...{ events: 0, drops: 0, requests: 0, firstNs: undefined, lastNs: undefined },
        tcp: { syn: 0, unanswered: 0, refused: 0, rst: 0, fin: 0 },
      };
      this.byId.set(Number(id), load);
      this.workloadOf(load).loads.push(load);
    }
  }

  get(id: SqlValue | undefined): Load | undefined {
    return id === null || id === undefined ? undefined : this.byId.get(Number(id));
  }

  /** Both ends of a flow; one where they are the same. */
  ends(source: SqlValue | undefined, destination: SqlValue | undefined): readonly Load[] {
    const ends = [this.get(source), this.get(destination)].filter((load) => load !== undefined);
    return [...new Set(ends)];
  }

  workloadOf({ workload }: Load): Workload {
    let known = this.workloads.get(workload);
    if (known === undefined) {
      known = { key: workload, loads: [], events: 0, drops: 0, clients: new Map() };
      this.workloads.set(workload, known);
    }
    return known;
  }

  add(
    what: "events" | "drops",
    source: SqlValue | undefined,
    destination: SqlValue | undefined,
    n: number,
  ): void {
    const ends = this.ends(source, destination);
    for (const load of ends) load[what] += n;
    for (const workload of new Set(ends.map((load) => this.workloadOf(load)))) workload[what] += n;
  }

  addRequests(server: SqlValue | undefined, n: number): void {
    const load = this.get(server);
    if (load !== undefined) load.requests += n;
  }

  addClient(
    client: SqlValue | undefined,
    server: SqlValue | undefined,
    events: number,
    attempts: number,
  ): void {
    const load = this.get(server);
    if (load === undefined || client === null || client === undefined) return;
    const { clients } = this.workloadOf(load);
    const key = `${client} ${server}`;
    const known = clients.get(key);
    if (known === undefined)
      clients.set(key, { client: Number(client), pod: Number(server), events, attempts });
    else {
      known.events += events;
      known.attempts += attempts;
    }
  }
}

function tabulate(capture: OpenCapture, scope: CompiledScope, limit: number): Omit<WorkloadsAnswer, "meta"> {
  const loads = new Loads(capture);
  addEvents(capture, scope, loads);
  addTcp(capture, scope, loads);
  const [nodes, names] = [readNodes(capture, scope), readNames(capture)];
  const context: Context = {
    ...{ loads, nodes, names },
    nodeOfPod: new Map([...nodes].map(([id, node]) => [names.get(id), node])),
    headless: readHeadlessNames(capture),
    hasPorts: hasPorts(capture.database, scope),
  };
  const rows = [...loads.workloads.values()]
    .filter(({ events }) => events > 0)
    .map((workload) => toRow(workload, context))
    .sort(compareRows);
  const folded = rows.slice(limit);
  return {
    rows: rows.slice(0, limit),
    folded: { rows: folded.length, events: folded.reduce((sum, { events }) => sum + events, 0) },
  };
}

function compareRows(a: WorkloadRow, b: WorkloadRow): number {
  const score = ({ imbalance }: WorkloadRow): number => imbalance ?? -1;
  return score(b) - score(a) || b.events - a.events || (a.workload < b.workload ? -1 : 1);
}

/** A flow from a pod to itself counts once for it. Drops and requests come with the events where a roll-up holds them. */
function addEvents({ database }: OpenCapture, scope: CompiledScope, loads: Loads): void {
  const rolled = countedFlows(database, scope, { reads: "f.pairId", anchored: ["drops", "requests"] });
  const { isRolledUp } = rolled;
  const counted = isRolledUp ? rolled : countedFlows(database, scope, { reads: "f.pairId" });
  const sums = isRolledUp
    ? "sum(f.drops) AS drops, sum(f.requests) AS requests"
    : "0 AS drops, 0 AS requests";
  const flows = database
    .prepareExact(
      `SELECT s.actorId, d.actorId, p.clientId, p.serverId, t.events, t.firstNs, t.lastNs, t.drops, t.requests FROM (
         SELECT f.pairId, sum(f.events) AS events, min(f.firstNs) AS firstNs, max(f.lastNs) AS lastNs, ${sums}
         FROM ${counted.from} WHERE ${counted.where.sql} GROUP BY 1) t ${ENDS}`,
    )
    .rows([...counted.parameters, ...counted.where.parameters]);
  for (const [source, destination, client, server, events, firstNs, lastNs, drops, requests] of flows) {
    loads.add("events", source, destination, Number(events));
    loads.add("drops", source, destination, Number(drops));
    loads.addRequests(server, Number(requests));
    loads.addClient(client, server, Number(events), 0);
    for (const load of loads.ends(source, destination)) {
      if (typeof firstNs === "bigint" && (load.firstNs === undefined || firstNs < load.firstNs))
        load.firstNs = firstNs;
      if (typeof lastNs === "bigint" && (load.lastNs === undefined || lastNs > load.lastNs))
        load.lastNs = lastNs;
    }
  }
  if (isRolledUp) return;
  addDrops(database, scope, loads);
  addRequests(database, scope, loads);
}

const ENDS =
  "JOIN Pair p ON p.id = t.pairId JOIN Endpoint s ON s.id = p.sourceId JOIN Endpoint d ON d.id = p.destinationId";

function addDrops(database: Sqlite, scope: CompiledScope, loads: Loads): void {
  const drops = database
    .prepare(
      `SELECT s.actorId, d.actorId, t.drops FROM (
         SELECT f.pairId, sum(j.drops) AS drops FROM JoinedDrop j CROSS JOIN Flow f ON f.id = j.id WHERE ${scope.sql} GROUP BY 1) t ${ENDS}`,
    )
    .rows(scope.parameters);
  for (const [source, destination, dropped] of drops)
    loads.add("drops", source, destination, Number(dropped));
}

/** TCP connections to the pod. */
function addTcp({ database }: OpenCapture, scope: CompiledScope, loads: Loads): void {
  const { openAlready, answered, refused, droppedEgress, droppedIngress, dropped, noReply } = OUTCOME;
  const rst = ATTEMPT_FLAG.clientRst | ATTEMPT_FLAG.serverRst;
  const there = `f.outcome IN (${openAlready}, ${answered})`;
  const counted = summedRows(database, scope, "AttemptSum", { reads: "f.pairId" });
  const rows = database
    .prepare(
      `SELECT p.clientId, p.serverId, sum(f.n * (f.outcome <> ${openAlready})),
         sum(f.n * (f.outcome IN (${[droppedEgress, droppedIngress, dropped, noReply].join(", ")}))), sum(f.n * (f.outcome = ${refused})),
         sum(f.n * (${there} AND f.flags & ${rst} <> 0)), sum(f.n * (${there} AND f.flags & ${ATTEMPT_FLAG.fin} <> 0))
       FROM ${counted.from} JOIN Pair p ON p.id = f.pairId WHERE ${counted.where.sql} GROUP BY 1, 2`,
    )
    .rows([...counted.parameters, ...counted.where.parameters]);
  for (const [client, server, syn, unanswered, refusals, resets, ended] of rows) {
    loads.addClient(client, server, 0, Number(syn));
    const tcp = loads.get(server)?.tcp;
    if (tcp === undefined) continue;
    tcp.syn += Number(syn);
    tcp.unanswered += Number(unanswered);
    tcp.refused += Number(refusals);
    tcp.rst += Number(resets);
    tcp.fin += Number(ended);
  }
}

function addRequests(database: Sqlite, scope: CompiledScope, loads: Loads): void {
  const rows = database
    .prepare(
      `SELECT p.serverId, sum(e.requests) FROM L7Exchange e JOIN Flow f ON f.id = e.id JOIN Pair p ON p.id = f.pairId
       WHERE e.counted = 1 AND ${scope.sql} GROUP BY 1`,
    )
    .rows(scope.parameters);
  for (const [server, requests] of rows) loads.addRequests(server, Number(requests));
}

/** Where pods ran: the node that saw them as its own (with an endpoint id), by actor. Of several, that of most records. */
function readNodes({ database }: OpenCapture, scope: CompiledScope): Map<number, string> {
  const { from, parameters, where } = countedFlows(database, scope, {
    ...{ reads: "f.sourceId f.observerId", hasTimes: false },
  });
  const rows = database
    .prepare(
      `SELECT e.actorId, o.nodeName FROM (
         SELECT f.sourceId, f.observerId, sum(f.records) AS n FROM ${from} WHERE ${where.sql} GROUP BY 1, 2) t
       JOIN Endpoint e ON e.id = t.sourceId JOIN Observer o ON o.id = t.observerId
       WHERE e.localId IS NOT NULL AND e.pod IS NOT NULL AND o.nodeName IS NOT NULL
       GROUP BY 1, 2 ORDER BY sum(t.n), o.nodeName DESC`,
    )
    .rows([...parameters, ...where.parameters]);
  return new Map(rows.map(([actor, node]): [number, string] => [Number(actor), String(node)]));
}

/** Keys of all actors: clients can be anybody. */
function readNames({ database }: OpenCapture): Map<number, string> {
  return new Map(
    database
      .prepare("SELECT id, key FROM Actor")
      .rows([])
      .map(([id, key]): [number, string] => [Number(id), String(key)]),
  );
}

interface Context {
  readonly loads: Loads;
  readonly nodes: ReadonlyMap<number, string>;
  readonly names: ReadonlyMap<number, string>;
  /** By the key of the pod. */
  readonly nodeOfPod: ReadonlyMap<string | undefined, string>;
  /** A name by workload. */
  readonly headless: ReadonlyMap<string, string>;
  /** Connections can be told apart at all. */
  readonly hasPorts: boolean;
}

function toRow(workload: Workload, context: Context): WorkloadRow {
  const { key, loads, events, drops } = workload;
  const pods = loads
    .filter((load) => load.isPod && load.events > 0)
    .sort((a, b) => b.events - a.events || (a.pod < b.pod ? -1 : 1))
    .map((load): PodLoad => ({ ...load, attempts: load.tcp.syn, node: context.nodeOfPod.get(load.pod) }));
  const clients = [...workload.clients.values()].map(
    (load): ClientLoad => ({
      client: context.names.get(load.client) ?? "",
      pod: context.names.get(load.pod) ?? "",
      node: context.nodes.get(load.client),
      ...{ events: load.events, attempts: load.attempts },
    }),
  );
  const spread = imbalanceOf(pods.map((pod) => pod.events));
  const { reason, evidence } = likelyReason({ pods, clients, headlessName: context.headless.get(key) });
  const tcp = (of: keyof Tcp): number | null =>
    context.hasPorts ? loads.reduce((sum, load) => sum + load.tcp[of], 0) : null;
  return {
    ...{ workload: key, events, drops },
    pods: pods.map((pod) => toPod(pod, context)),
    ...{
      imbalance: spread?.gini ?? null,
      variation: spread?.variation ?? null,
      likelyReason: reason,
      evidence,
    },
    ...{
      syn: tcp("syn"),
      unanswered: tcp("unanswered"),
      refused: tcp("refused"),
      rst: tcp("rst"),
      fin: tcp("fin"),
    },
  };
}

function toPod(load: PodLoad, context: Context): WorkloadRow["pods"][number] {
  const { pod, events, drops, requests, node, firstNs, lastNs } = load;
  const time = (ns: bigint | undefined): string | null => (ns === undefined ? null : formatTime(ns));
  return {
    ...{
      pod,
      events,
      drops,
      requests,
      attempts: context.hasPorts ? load.attempts : null,
      node: node ?? null,
    },
    ...{ first: time(firstNs), last: time(lastNs) },
  };
}
