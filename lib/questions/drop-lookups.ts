/** DNS answers that gave the address that drops of a cause went to, and whom the client asks for names (flow-formats 8.6). */

import { formatTime } from "@/lib/base/time";
import type { Sqlite, SqlRow } from "@/lib/capture/driver";
import type { SelectedPods } from "@/lib/insight/causes/allow-rule";
import { shown } from "@/lib/insight/causes/drop-ends";
import { isFqdnCandidate } from "@/lib/insight/causes/drop-words";
import { explainFqdn, type Lookup } from "@/lib/insight/causes/fqdn";
import { selectLabels } from "@/lib/insight/causes/select-labels";
import type { DropCauseAnswer } from "./answers-drops";
import type { DropCause } from "./causes";
import { summedExchanges } from "./dns-scope";
import { flowIdOf } from "./flow-row";
import type { OpenCapture } from "./open-capture";

export interface FoundLookup extends Lookup {
  /** Flow.id of the answer's record. */
  readonly responseId: number;
}

export interface Lookups {
  /** Address that the example went to, and the pod that sent it. */
  readonly ip: string | null;
  readonly pod: string | null;
  readonly found: readonly FoundLookup[];
  readonly hasClientDns: boolean;
  /** Whom the client asks; assumed to be kube-dns where no look-up was seen. */
  readonly resolver: SelectedPods;
  readonly isResolverSeen: boolean;
}

/** Answers looked at; an address of a large name is answered often. */
const ANSWERS = 500;
const LATEST = 2n ** 63n - 1n;
const KUBE_DNS: SelectedPods = {
  namespace: "kube-system",
  name: "kube-dns",
  labels: { "k8s-app": "kube-dns" },
  alsoSelects: [],
};
export const NO_LOOKUPS: Lookups = {
  ip: null,
  pod: null,
  found: [],
  hasClientDns: false,
  resolver: KUBE_DNS,
  isResolverSeen: false,
};

export function readLookups(capture: OpenCapture, { facts, exampleId }: DropCause): Lookups {
  const { client } = facts;
  if (client === null || !isFqdnCandidate(facts)) return NO_LOOKUPS;
  const example = capture.database
    .prepare(
      `SELECT d.ip, d.ipKey, a.key AS pod FROM Flow f JOIN Endpoint d ON d.id = f.destinationId JOIN Endpoint s ON s.id = f.sourceId
         LEFT JOIN Actor a ON a.id = s.actorId WHERE f.id = ?`,
    )
    .get([exampleId]);
  const resolver = readResolver(capture, client.key);
  return {
    ip: example?.ip === null || example?.ip === undefined ? null : String(example.ip),
    pod: example?.pod === null || example?.pod === undefined ? null : String(example.pod),
    found: typeof example?.ipKey === "string" ? readAnswers(capture, example.ipKey) : [],
    hasClientDns: resolver !== undefined,
    resolver: resolver ?? KUBE_DNS,
    isResolverSeen: resolver !== undefined,
  };
}

/** The first answers with the address. */
function readAnswers(capture: OpenCapture, ipKey: string): FoundLookup[] {
  const found = firstAnswers(capture, ipKey);
  const ids = found.map(({ id }) => id);
  return capture.database
    .prepareExact(
      `SELECT q.value, a.key, e.answeredNs, t.value, d.ttlSeconds, e.responseId
       FROM json_each(?) j CROSS JOIN DnsExchange e ON e.id = j.value JOIN DnsAnswer d ON d.textId = e.answerId AND d.ipKey = ?
         JOIN Text q ON q.id = e.queryId JOIN Text t ON t.id = d.textId
         JOIN Endpoint c ON c.id = e.clientId JOIN Actor a ON a.id = c.actorId
       WHERE e.responseId IS NOT NULL
       ORDER BY e.answeredNs, j.key`,
    )
    .rows([JSON.stringify(ids), ipKey])
    .map(([name, pod, atNs, answer, ttl, responseId]) => ({
      name: String(name),
      pod: String(pod),
      atNs: atNs as bigint,
      ips: ipsOf(String(answer)),
      ttlSeconds: ttl === null ? null : Number(ttl),
      responseId: Number(responseId),
    }));
}

interface Answer {
  readonly id: number;
  readonly ns: bigint;
}

/** An address can be in many answers that differ in the rest, and each of them be given some ten thousand times. */
function firstAnswers({ database }: OpenCapture, ipKey: string): Answer[] {
  const texts = database.prepare("SELECT textId FROM DnsAnswer WHERE ipKey = ?").rows([ipKey]);
  // What resolvers passed on is seldom among them, so that the index has mostly said all.
  for (const isLookedUp of [false, true]) {
    const firsts = database.prepareExact(
      `SELECT e.id, e.answeredNs FROM DnsExchange e
       WHERE e.answerId = ? AND e.answeredNs <= ? ${isLookedUp ? "AND e.secondHop = 0" : ""} ORDER BY e.answeredNs LIMIT ${ANSWERS}`,
    );
    let found: Answer[] = [];
    for (const [textId] of texts) {
      const most = found[ANSWERS - 1]?.ns ?? LATEST;
      const more = firsts
        .rows([Number(textId), most])
        .map(([id, ns]) => ({ id: Number(id), ns: ns as bigint }));
      found = [...found, ...more].sort((a, b) => Number(a.ns - b.ns)).slice(0, ANSWERS);
    }
    if (isLookedUp || !hasPassedOn(database, found)) return found;
  }
  return [];
}

/** A resolver passed one of them on. */
function hasPassedOn(database: Sqlite, found: readonly Answer[]): boolean {
  const row = database
    .prepare(
      "SELECT 1 FROM json_each(?) j CROSS JOIN DnsExchange e ON e.id = j.value WHERE e.secondHop <> 0 LIMIT 1",
    )
    .get([JSON.stringify(found.map(({ id }) => id))]);
  return row !== undefined;
}

function ipsOf(answer: string): string[] {
  const { ips = [] } = JSON.parse(answer) as { readonly ips?: readonly unknown[] };
  return ips.map(String);
}

/** The pods that answer the client's look-ups; undefined where none were seen. */
function readResolver(capture: OpenCapture, clientKey: string): SelectedPods | undefined {
  return capture.keep("resolvers of workloads", () => readResolvers(capture)).get(clientKey);
}

/** By the key of the workload that asks. Of several the pods that were seen last. */
function readResolvers(capture: OpenCapture): Map<string, SelectedPods> {
  const { table, where } = summedExchanges(capture, { filter: { terms: [] } });
  const rows = capture.database
    .prepare(
      `SELECT c.workloadKey, s.labels, a.namespace, a.workloadName, a.name
       FROM (SELECT x.clientId, x.serverId, max(x.lastNs) AS last FROM ${table} WHERE x.responses > 0 AND ${where.sql} GROUP BY 1, 2) e
         JOIN Endpoint ce ON ce.id = e.clientId JOIN Actor c ON c.id = ce.actorId JOIN Endpoint s ON s.id = e.serverId
         JOIN Actor a ON a.id = s.actorId
       ORDER BY a.kind = 'pod', e.last`,
    )
    .all(where.parameters);
  return new Map(rows.map((row) => [String(row.workloadKey), toResolver(row)]));
}

function toResolver({ labels, namespace, workloadName, name }: SqlRow): SelectedPods {
  const labelSet = labels === null ? [] : (JSON.parse(String(labels)) as unknown[]).map(String);
  const selection = selectLabels({ name: String(name), labelSets: [labelSet] }, []);
  if (selection === undefined || namespace === null) return KUBE_DNS;
  return { namespace: String(namespace), name: String(workloadName ?? name), ...selection };
}

/** Of the answer: null where names have nothing to do with it. */
export function explainLookups(
  capture: OpenCapture,
  { facts, firstNs }: DropCause,
  lookups: Lookups,
): DropCauseAnswer["lookups"] {
  const { client } = facts;
  if (client === null || !isFqdnCandidate(facts)) return null;
  const told = explainFqdn({
    droppedNs: firstNs,
    pod: lookups.pod,
    ip: lookups.ip,
    lookups: lookups.found,
    hasClientDns: lookups.hasClientDns,
    client: shown(client),
  });
  const own = lookups.found.filter(({ pod }) => pod === lookups.pod);
  return {
    ...told,
    found: (own.length > 0 ? own : lookups.found)
      .slice(-5)
      .map(({ name, pod, atNs, ips, ttlSeconds, responseId }) => ({
        name,
        pod,
        time: formatTime(atNs),
        ips: [...ips],
        ttlSeconds,
        flow: flowId(capture, responseId),
      })),
  };
}

function flowId(capture: OpenCapture, id: number): string {
  const row = capture.database.prepareExact("SELECT hash, occurrence FROM Flow WHERE id = ?").get([id]);
  return flowIdOf(row?.hash as bigint, Number(row?.occurrence));
}
