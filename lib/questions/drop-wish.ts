/** What a cause of drops asks to be allowed: whose policy, which peer, by which labels, and which requests. */

import type { AllowWish, HttpRequest, Peer, PolicySide, SelectedPods } from "@/lib/insight/causes/allow-rule";
import { type CauseSide, isRouterSolicitation, isToGroup, policySide } from "@/lib/insight/causes/drop-ends";
import { isAnswer, isFqdnCandidate, isNodeLocalDns } from "@/lib/insight/causes/drop-words";
import { isIcmpAnswer } from "@/lib/insight/causes/icmp-words";
import { policyFiles, yamlOf } from "@/lib/insight/causes/policy-file";
import { type LabelledPods, selectLabels } from "@/lib/insight/causes/select-labels";
import { routeOf } from "@/lib/insight/route";
import { DEFAULT_CLUSTER } from "@/lib/insight/side";
import type { DropCause } from "./causes";
import { type Lookups, NO_LOOKUPS, readLookups } from "./drop-lookups";
import { type DropPackets, packetFacts, packetsOf } from "./drop-packets";
import type { OpenCapture } from "./open-capture";

export type Wishes =
  | {
      readonly ok: true;
      readonly wishes: readonly AllowWish[];
      /** Drops of the cause that none of them allows, and why; each a sentence. */
      readonly besides: readonly string[];
    }
  | { readonly ok: false; readonly why: string };

/** A rule that would list more requests, names or peers says nothing any more. */
const REQUESTS = 50;

/** One rule for each peer: more than one only where packets of several pods have no client that tells them apart. */
export function readWishes(capture: OpenCapture, cause: DropCause, lookups: Lookups): Wishes {
  const { facts } = cause;
  const why = whyNoRule(cause);
  if (why !== undefined) return { ok: false, why };
  const side = policySide(facts.direction);
  if (side === null || (side === "ingress" && isToGroup(facts)))
    return { ok: false, why: "The log does not say at which side it was dropped." };
  if (facts.client === null || facts.server === null) return messageWishes(capture, cause, side);
  const owner = side === "egress" ? facts.client : facts.server;
  const peer = side === "egress" ? facts.server : facts.client;
  const wish = readWish(capture, cause, side, owner, peer, lookups);
  return typeof wish === "string" ? { ok: false, why: wish } : { ok: true, wishes: [wish], besides: [] };
}

/**
 * Hubble leaves out of a drop whether it is a reply, and ICMP has no ports that would tell. Its type does: whoever sends an echo
 * request asks. The answers among the messages need no rule. Where both ports are the same, as with NTP, either end may have asked: the
 * rule is the same but for its direction, which the record says.
 */
function messageWishes(capture: OpenCapture, cause: DropCause, side: PolicySide): Wishes {
  const packets = packetsOf(capture, cause.id);
  const asked = packets.filter(({ icmp, port }) =>
    icmp === null ? port !== null : !isIcmpAnswer(icmp.family, icmp.type),
  );
  if (asked.length === 0) return { ok: false, why: "The log does not say who asked whom." };
  const besides = new Set<string>();
  if (asked.length < packets.length)
    besides.add(
      cause.facts.icmp === null
        ? "Packets whose ports do not tell who asked."
        : "The answers among them: their question was not known any more.",
    );
  const edges = new Map<string, DropPackets[]>();
  for (const one of asked) {
    const key = JSON.stringify([one.sender?.key, one.senderIp, one.receiver?.key, one.receiverIp, one.port]);
    edges.set(key, [...(edges.get(key) ?? []), one]);
  }
  if (edges.size > REQUESTS)
    return {
      ok: false,
      why: `More than ${REQUESTS} pairs of pods are concerned: choose selectors for them by hand.`,
    };
  const wishes: AllowWish[] = [];
  for (const edge of edges.values()) {
    const wish = messageWish(capture, cause, side, edge);
    if (typeof wish === "string") besides.add(wish);
    else wishes.push(wish);
  }
  const [why] = besides;
  return wishes.length > 0
    ? { ok: true, wishes, besides: [...besides] }
    : { ok: false, why: why ?? "The log does not say who asked whom." };
}

function messageWish(
  capture: OpenCapture,
  cause: DropCause,
  side: PolicySide,
  edge: readonly DropPackets[],
): AllowWish | string {
  const [first] = edge;
  const [owner, peer, ip] =
    side === "egress"
      ? [first?.sender, first?.receiver, first?.receiverIp]
      : [first?.receiver, first?.sender, first?.senderIp];
  if (!owner || !peer) return "The log does not say which pods it was about.";
  const wish = readWish(capture, cause, side, owner, peer, { ...NO_LOOKUPS, ip: ip ?? null });
  const icmp = packetFacts(edge, true).icmp;
  return typeof wish === "string" ? wish : { ...wish, icmp, port: first?.port ?? null };
}

/** A sentence where there is none. */
function readWish(
  capture: OpenCapture,
  cause: DropCause,
  side: PolicySide,
  owner: CauseSide,
  other: CauseSide,
  lookups: Lookups,
): AllowWish | string {
  const { facts } = cause;
  const own = selectPods(capture, owner);
  if (own === undefined) return whyNotPods(owner);
  const peer = peerOf(capture, owner, other, lookups, cause);
  if (typeof peer === "string") return peer;
  const { http, dns, tooMany } = readRequests(capture, cause);
  if (tooMany)
    return `More than ${REQUESTS} different requests were refused: choose a pattern for them by hand.`;
  const { port, protocol, icmp } = facts;
  return { side, owner: own, peer, port, protocol, icmp, http, dns: isNodeLocalDns(facts) ? ["*"] : dns };
}

/** The missing rule as a CiliumNetworkPolicy; null where there is none, or it cannot be said. */
export function missingRule(capture: OpenCapture, cause: DropCause): string | null {
  const asked = readWishes(capture, cause, readLookups(capture, cause));
  return asked.ok ? yamlOf(policyFiles("cilium", asked.wishes).files) : null;
}

function whyNoRule({ facts }: DropCause): string | undefined {
  if (isRouterSolicitation(facts))
    return "Router solicitations need no rule: a pod's routes come from the agent, not from routers on its link.";
  if (isAnswer(facts))
    return "These are answers, which need no rule: their connection was not known any more.";
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
  owner: CauseSide,
  peer: CauseSide,
  lookups: Lookups,
  { facts }: DropCause,
): Peer | string {
  if (peer.kind === "pod" || peer.kind === "workload") {
    const pods = selectPods(capture, peer);
    if (pods === undefined) return "The log does not say which pods it was about.";
    return { kind: "pods", ...pods, cluster: otherCluster(owner, peer) };
  }
  if (peer.kind === "reserved") return { kind: "entity", name: peer.name };
  if (peer.kind !== "world") return whyNotPods(peer);
  const names = namesOf(peer, lookups);
  if (names.length > 0 && isFqdnCandidate(facts)) return { kind: "names", names, resolver: lookups.resolver };
  if (peer.key.startsWith("cidr:")) return { kind: "prefix", prefix: peer.name };
  const ip = peer.key.startsWith("ip:") ? peer.name : lookups.ip;
  if (ip !== null) return { kind: "prefix", prefix: `${ip}/${ip.includes(":") ? 128 : 32}` };
  return { kind: "entity", name: "world" };
}

/** Null where they are in one cluster, and where a log that names no cluster leaves it to be `default`. */
function otherCluster(owner: CauseSide, { cluster, labels }: CauseSide): string | null {
  if (cluster === owner.cluster) return null;
  const isNamed =
    cluster !== DEFAULT_CLUSTER || labels.includes(`k8s:io.cilium.k8s.policy.cluster=${cluster}`);
  return isNamed ? cluster : null;
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
      `SELECT DISTINCT k.l7Protocol, k.httpMethod, t.value
       FROM (SELECT DISTINCT kindId, l7TextId FROM JoinedDrop WHERE causeId = ?) d
         JOIN Kind k ON k.id = d.kindId LEFT JOIN Text t ON t.id = d.l7TextId ORDER BY 1, 2, 3`,
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
