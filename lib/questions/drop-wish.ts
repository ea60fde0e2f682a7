/** What a cause of drops asks to be allowed: whose policy, which peer, by which labels, and which requests. */

import type { AllowWish, HttpRequest, Peer, SelectedPods } from "@/lib/insight/causes/allow-rule";
import {
  type CauseSide,
  dropOwner,
  isFqdnCandidate,
  isNodeLocalDns,
  policySide,
} from "@/lib/insight/causes/drop-words";
import { policyFiles } from "@/lib/insight/causes/policy-file";
import { type LabelledPods, selectLabels } from "@/lib/insight/causes/select-labels";
import { routeOf } from "@/lib/insight/route";
import type { DropCause } from "./causes";
import { type Lookups, readLookups } from "./drop-lookups";
import type { OpenCapture } from "./open-capture";

export type Wish =
  | { readonly ok: true; readonly wish: AllowWish }
  | { readonly ok: false; readonly why: string };

/** A rule that would list more requests or names says nothing any more. */
const REQUESTS = 50;

export function readWish(capture: OpenCapture, cause: DropCause, lookups: Lookups): Wish {
  const { facts } = cause;
  const why = whyNoRule(cause);
  if (why !== undefined) return { ok: false, why };
  const side = policySide(facts.direction);
  const owner = dropOwner(facts);
  const peerSide = owner === facts.client ? facts.server : facts.client;
  if (side === null) return { ok: false, why: "The log does not say at which side it was dropped." };
  if (owner === undefined || peerSide === null || facts.client === null || facts.server === null)
    return { ok: false, why: "The log does not say who asked whom." };
  const own = selectPods(capture, owner);
  if (own === undefined) return { ok: false, why: whyNotPods(owner) };
  const peer = peerOf(capture, facts.direction, peerSide, lookups, cause);
  if (typeof peer === "string") return { ok: false, why: peer };
  const { http, dns, tooMany } = readRequests(capture, cause);
  if (tooMany)
    return {
      ok: false,
      why: `More than ${REQUESTS} different requests were refused: choose a pattern for them by hand.`,
    };
  return {
    ok: true,
    wish: {
      side,
      owner: own,
      peer,
      port: facts.port,
      protocol: facts.protocol,
      icmp: facts.icmp,
      http,
      dns: isNodeLocalDns(facts) ? ["*"] : dns,
    },
  };
}

/** The missing rule as a CiliumNetworkPolicy; null where there is none, or it cannot be said. */
export function missingRule(capture: OpenCapture, cause: DropCause): string | null {
  const asked = readWish(capture, cause, readLookups(capture, cause));
  return asked.ok ? (policyFiles("cilium", [asked.wish]).files[0]?.yaml ?? null) : null;
}

function whyNoRule({ facts }: DropCause): string | undefined {
  if (facts.isReply) return "These are answers, which need no rule: their connection was not known any more.";
  switch (facts.decidedBy) {
    case "policy":
      return "A deny rule wins over every allow rule: no rule that is added can undo it. Change the policy that denies.";
    case "authentication":
      return "Rules allow it already: the two sides have to authenticate each other.";
    case "datapath":
      return "No policy dropped it, so no rule can allow it.";
    case "unknown":
      return "The log does not say what dropped it.";
    case "l7-rule":
      return facts.request?.protocol === "kafka"
        ? "Rules about Kafka are no longer part of Cilium's newer versions; none is offered."
        : undefined;
    case "default-deny":
      return undefined;
  }
}

function whyNotPods({ kind, name }: CauseSide): string {
  if (kind === "reserved")
    return `The policy of ${name} is a CiliumClusterwideNetworkPolicy that selects nodes by their labels, which flows do not hold.`;
  if (kind === "service") return "The log names only the service, and policies select pods.";
  return "The log does not say which pods were selected.";
}

function peerOf(
  capture: OpenCapture,
  direction: string,
  peer: CauseSide,
  lookups: Lookups,
  { facts }: DropCause,
): Peer | string {
  if (peer.kind === "pod" || peer.kind === "workload") {
    const pods = selectPods(capture, peer);
    return pods === undefined ? "The log does not say which pods it was about." : { kind: "pods", ...pods };
  }
  if (peer.kind === "reserved") return { kind: "entity", name: peer.name };
  if (peer.kind !== "world") return whyNotPods(peer);
  const names = namesOf(peer, lookups);
  if (direction === "EGRESS" && names.length > 0 && isFqdnCandidate(facts))
    return { kind: "names", names, resolver: lookups.resolver };
  if (peer.key.startsWith("cidr:")) return { kind: "prefix", prefix: peer.name };
  const ip = peer.key.startsWith("ip:") ? peer.name : lookups.ip;
  if (ip !== null) return { kind: "prefix", prefix: `${ip}/${ip.includes(":") ? 128 : 32}` };
  return { kind: "entity", name: "world" };
}

/** What the client asked for; else what the record calls the address. */
function namesOf(peer: CauseSide, { found, pod }: Lookups): string[] {
  const own = found.filter((lookup) => lookup.pod === pod);
  const asked = [...new Set((own.length > 0 ? own : found).map(({ name }) => name))];
  if (peer.key.startsWith("dns:")) return [peer.name];
  return asked.slice(0, 3);
}

/** Undefined where it stands for no pods. */
function selectPods(capture: OpenCapture, side: CauseSide): SelectedPods | undefined {
  if ((side.kind !== "pod" && side.kind !== "workload") || side.namespace === null) return undefined;
  const neighbours = readNamespace(capture, side);
  const own = neighbours.get(side.key) ?? { name: side.name, labelSets: [side.labels] };
  const others = [...neighbours].flatMap(([key, pods]) => (key === side.key ? [] : [pods]));
  const selection = selectLabels(own, others);
  return {
    namespace: side.namespace,
    name: side.name,
    labels: selection?.labels ?? {},
    alsoSelects: selection?.alsoSelects ?? [],
  };
}

/** Workloads of the namespace by their key, with all sets of labels that were seen of their pods. */
function readNamespace(capture: OpenCapture, side: CauseSide): ReadonlyMap<string, LabelledPods> {
  const all = capture.keep("labels of workloads", () => readLabels(capture));
  return all.get(JSON.stringify([side.cluster, side.namespace])) ?? new Map();
}

interface SeenPods extends LabelledPods {
  readonly labelSets: string[][];
}

/** By cluster and namespace. */
function readLabels(capture: OpenCapture): Map<string, Map<string, SeenPods>> {
  const rows = capture.database
    .prepare(
      `SELECT DISTINCT a.cluster, a.namespace, a.workloadKey, a.workloadName, a.name, e.labels FROM Endpoint e JOIN Actor a ON a.id = e.actorId
       WHERE a.kind IN ('pod', 'workload') AND e.labels IS NOT NULL AND e.labels <> '[]'`,
    )
    .all([]);
  const namespaces = new Map<string, Map<string, SeenPods>>();
  for (const row of rows) {
    const place = JSON.stringify([row.cluster, row.namespace]);
    const workloads = namespaces.get(place) ?? new Map<string, SeenPods>();
    namespaces.set(place, workloads);
    const key = String(row.workloadKey);
    const pods = workloads.get(key) ?? { name: String(row.workloadName ?? row.name), labelSets: [] };
    workloads.set(key, pods);
    pods.labelSets.push((JSON.parse(String(row.labels)) as unknown[]).map(String));
  }
  return namespaces;
}

/** Each request and name that was refused, once. */
function readRequests(
  capture: OpenCapture,
  { id, facts }: DropCause,
): { readonly http: HttpRequest[]; readonly dns: string[]; readonly tooMany: boolean } {
  if (facts.decidedBy !== "l7-rule") return { http: [], dns: [], tooMany: false };
  const rows = capture.database
    .prepare(
      `SELECT DISTINCT k.l7Protocol, k.httpMethod, t.value FROM JoinedDrop j JOIN Flow f ON f.id = j.id JOIN Kind k ON k.id = j.kindId
         LEFT JOIN Text t ON t.id = f.l7TextId WHERE j.causeId = ? ORDER BY 1, 2, 3`,
    )
    .all([id]);
  const dns = rows.flatMap(({ l7Protocol, value }) =>
    l7Protocol === "dns" && value !== null ? [String(value)] : [],
  );
  const http = foldRoutes(
    rows.flatMap(({ l7Protocol, httpMethod, value }) =>
      l7Protocol === "http"
        ? [{ method: String(httpMethod ?? "GET"), url: value === null ? "" : String(value) }]
        : [],
    ),
  );
  return { http, dns, tooMany: http.length + dns.length > REQUESTS };
}

/** More paths of one route than this are one rule. */
const PATHS_OF_A_ROUTE = 3;

/** Each path once, and many that differ in an identifier as their route. */
function foldRoutes(requests: readonly { readonly method: string; readonly url: string }[]): HttpRequest[] {
  const routes = new Map<string, Map<string, HttpRequest>>();
  for (const { method, url } of requests) {
    const path = pathOf(url);
    const route = JSON.stringify([method, path === undefined ? null : routeOf(url)]);
    const paths = routes.get(route) ?? new Map<string, HttpRequest>();
    routes.set(route, paths);
    const hasQuery = url.includes("?") || (paths.get(path ?? "")?.hasQuery ?? false);
    paths.set(path ?? "", { method, path, isRoute: false, hasQuery });
  }
  return [...routes].flatMap(([key, paths]) => {
    const all = [...paths.values()];
    const [method, route] = JSON.parse(key) as [string, string | null];
    // What is folded for its length or was redacted is no identifier.
    if (route === null || all.length <= PATHS_OF_A_ROUTE || /\{(?:more|long|redacted)\}/.test(route))
      return all;
    return [{ method, path: route, isRoute: true, hasQuery: all.some(({ hasQuery }) => hasQuery) }];
  });
}

function pathOf(url: string): string | undefined {
  const path = url.replace(/^[a-z]+:\/\/[^/?#]*/i, "").replace(/[?#].*$/s, "");
  return path.startsWith("/") ? path : undefined;
}
