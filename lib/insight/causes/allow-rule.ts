/**
 * What is to be allowed, and the rules that say so in the two languages of policies.
 *
 * CiliumNetworkPolicy: cilium.io/v2 as of Cilium 1.19 (`pkg/policy/api`). NetworkPolicy: networking.k8s.io/v1, which knows no names,
 * no entities, no ICMP and nothing above ports: where it cannot say it, the reason stands in place of rules.
 */

import { type Icmp, icmpText } from "./icmp-words";
import type { Yaml } from "./yaml";

export type PolicySide = "egress" | "ingress";

/** Pods that a selector finds. */
export interface SelectedPods {
  readonly namespace: string;
  readonly name: string;
  /** Empty: no lasting label selects them. */
  readonly labels: Readonly<Record<string, string>>;
  /** Other workloads with the same labels. */
  readonly alsoSelects: readonly string[];
}

export type Peer =
  /** `cluster`: another one than the owner's, in a mesh. */
  | ({ readonly kind: "pods"; readonly cluster: string | null } & SelectedPods)
  | { readonly kind: "entity"; readonly name: string }
  /** Names by which the owner asks for it, and the pods that it asks. */
  | { readonly kind: "names"; readonly names: readonly string[]; readonly resolver: SelectedPods }
  | { readonly kind: "prefix"; readonly prefix: string };

export interface HttpRequest {
  readonly method: string;
  /** Undefined: any. Of many that differ in an identifier the route: `/orders/{id}`. */
  readonly path: string | undefined;
  readonly isRoute: boolean;
  readonly hasQuery: boolean;
}

export interface AllowWish {
  readonly side: PolicySide;
  /** Whose policy it is. */
  readonly owner: SelectedPods;
  readonly peer: Peer;
  readonly port: number | null;
  readonly protocol: string | null;
  readonly icmp: Icmp | null;
  /** Requests that are to pass; empty: no rule above ports. */
  readonly http: readonly HttpRequest[];
  /** Names that may be asked for; empty: no rule about names. */
  readonly dns: readonly string[];
}

export type Rules =
  | { readonly ok: true; readonly rules: readonly Yaml[] }
  | { readonly ok: false; readonly why: string };

const NO_LABELS = "No lasting label selects the pods: those that the log shows change with each rollout.";
const NO_NAMESPACE = "The namespace in the log is not a name that Kubernetes takes.";
const NAMESPACE = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
const CLUSTER = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const NO_PORT = "The log holds no port of a protocol that a rule can name.";

/**
 * Entities that a rule can name. The agent knows world-ipv4 and world-ipv6, too (`pkg/policy/api/entity.go`), but the published
 * structure does not take them.
 */
const ENTITIES = new Set([
  "world",
  "host",
  "remote-node",
  "kube-apiserver",
  "health",
  "ingress",
  "init",
  "unmanaged",
]);
const WITH_PORTS = ["TCP", "UDP", "SCTP"];
/** What `matchName` takes, 255 characters at most. */
const NAME = /^[-a-zA-Z0-9_]+(?:\.[-a-zA-Z0-9_]+)*\.?$/;
const PREFIX = /^[0-9a-fA-F:.]{2,45}\/\d{1,3}$/;

type Part<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly why: string };
const cannot = (why: string) => ({ ok: false as const, why });
const can = <Value>(value: Value): Part<Value> => ({ ok: true, value });

export function ciliumRules(wish: AllowWish): Rules {
  const missing = whyNotSelected(wish.owner);
  if (missing !== undefined) return cannot(missing);
  const peer = ciliumPeer(wish);
  if (!peer.ok) return peer;
  const way = ciliumWay(wish);
  if (!way.ok) return way;
  const rule: Yaml = { ...peer.value, ...way.value };
  if (wish.peer.kind !== "names") return { ok: true, rules: [rule] };
  return { ok: true, rules: [rule, lookupRule(wish.peer.resolver, wish.peer.names)] };
}

function isName(name: string): boolean {
  return name.length <= 255 && NAME.test(name);
}

function whyNotSelected({ namespace, labels }: SelectedPods): string | undefined {
  if (!NAMESPACE.test(namespace)) return NO_NAMESPACE;
  return Object.keys(labels).length === 0 ? NO_LABELS : undefined;
}

type Members = { readonly [key: string]: Yaml };

function ciliumPeer({ side, peer }: AllowWish): Part<Members> {
  const to = side === "egress" ? "to" : "from";
  switch (peer.kind) {
    case "entity":
      return ENTITIES.has(peer.name)
        ? can({ [`${to}Entities`]: [peer.name] })
        : cannot(`No rule can name ${peer.name}.`);
    case "names":
      if (side === "ingress") return cannot("Names are for egress only.");
      return peer.names.every(isName)
        ? can({ toFQDNs: peer.names.map((matchName) => ({ matchName })) })
        : cannot("The name holds characters that matchName does not take.");
    case "prefix":
      return PREFIX.test(peer.prefix)
        ? can({ [`${to}CIDR`]: [peer.prefix] })
        : cannot("The log holds no address that a rule can name.");
    case "pods": {
      const missing = whyNotSelected(peer);
      if (missing !== undefined) return cannot(missing);
      const cluster = clusterLabel(peer.cluster);
      if (!cluster.ok) return cluster;
      return can({ [`${to}Endpoints`]: [{ matchLabels: { ...ciliumLabels(peer), ...cluster.value } }] });
    }
  }
}

function ciliumLabels({ namespace, labels }: SelectedPods): Members {
  return {
    "k8s:io.kubernetes.pod.namespace": namespace,
    ...Object.fromEntries(Object.entries(labels).map(([key, value]) => [`k8s:${key}`, value])),
  };
}

/** Without it a selector finds pods of the owner's cluster only (`policy-default-local-cluster`, since Cilium 1.19). */
function clusterLabel(cluster: string | null): Part<Members> {
  if (cluster === null) return can({});
  return CLUSTER.test(cluster)
    ? can({ "k8s:io.cilium.k8s.policy.cluster": cluster })
    : cannot("The log holds no name of the other cluster that a rule can use.");
}

function ciliumWay({ side, port, protocol, icmp, http, dns }: AllowWish): Part<Members> {
  if (icmp !== null) return ciliumMessages(icmp);
  if (port === null || protocol === null || !WITH_PORTS.includes(protocol)) return cannot(NO_PORT);
  if (dns.length > 0 && side === "ingress") return cannot("Rules about DNS names are for egress only.");
  if (!dns.every((name) => name === "*" || isName(name)))
    return cannot("The name holds characters that matchName does not take.");
  const rules: Members = {
    ...(http.length > 0 && { http: http.map(httpRule) }),
    ...(dns.length > 0 && { dns: dns.map(dnsRule) }),
  };
  const ports: Yaml = [{ port: String(port), protocol }];
  const toPorts: Yaml = Object.keys(rules).length === 0 ? { ports } : { ports, rules };
  return can({ toPorts: [toPorts] });
}

/** The CRD takes so many in one list. */
const MOST_TYPES = 40;

function ciliumMessages({ family, types }: Icmp): Part<Members> {
  if (types.length === 0) return cannot("The log holds no type of ICMP that a rule can name.");
  if (types.length > MOST_TYPES)
    return cannot(`A rule can name ${MOST_TYPES} types of ICMP, not ${types.length}.`);
  return can({ icmps: [{ fields: types.map((type) => ({ type, family })) }] });
}

/** What lib/insight/route.ts folds identifiers into. */
const IDENTIFIER = /\{[a-z]+\}/;

/** A path in a rule is a regular expression over path and query together. */
function httpRule({ method, path, isRoute, hasQuery }: HttpRequest): Yaml {
  const pieces = isRoute ? path?.split(IDENTIFIER) : path === undefined ? undefined : [path];
  const escaped = pieces?.map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("[^/?]+");
  const pattern = hasQuery ? `${escaped}(\\?.*)?` : escaped;
  return pattern === undefined ? { method } : { method, path: pattern };
}

function dnsRule(name: string): Yaml {
  return name === "*" ? { matchPattern: "*" } : { matchName: name };
}

/** toFQDNs learns addresses only from look-ups that pass the DNS proxy: a rule about names sends them there. */
function lookupRule(resolver: SelectedPods, names: readonly string[]): Yaml {
  return {
    toEndpoints: [{ matchLabels: ciliumLabels(resolver) }],
    toPorts: [{ ports: [{ port: "53", protocol: "ANY" }], rules: { dns: names.map(dnsRule) } }],
  };
}

export function kubernetesRules(wish: AllowWish): Rules {
  const missing = whyNotSelected(wish.owner);
  if (missing !== undefined) return cannot(missing);
  if (wish.http.length > 0)
    return cannot("NetworkPolicy knows ports, not requests: it cannot undo the refusal of an HTTP rule.");
  if (wish.dns.length > 0) return cannot("NetworkPolicy has no rules about DNS names.");
  if (wish.icmp !== null)
    return cannot("NetworkPolicy has no ICMP: a rule without ports would allow everything from this peer.");
  const peer = kubernetesPeer(wish);
  if (!peer.ok) return peer;
  const { side, port, protocol } = wish;
  if (port === null || protocol === null || !WITH_PORTS.includes(protocol)) return cannot(NO_PORT);
  return {
    ok: true,
    rules: [{ [side === "egress" ? "to" : "from"]: [peer.value], ports: [{ port, protocol }] }],
  };
}

function kubernetesPeer({ peer, owner }: AllowWish): Part<Members> {
  switch (peer.kind) {
    case "entity":
      return cannot(`NetworkPolicy has no entities, so it cannot name ${peer.name}.`);
    case "names":
      return cannot("NetworkPolicy has no DNS names: it could only list addresses, which change.");
    case "prefix":
      return PREFIX.test(peer.prefix)
        ? can({ ipBlock: { cidr: peer.prefix } })
        : cannot("The log holds no address that a rule can name.");
    case "pods": {
      const missing = whyNotSelected(peer);
      if (missing !== undefined) return cannot(missing);
      if (peer.cluster !== null) return cannot("NetworkPolicy cannot name pods of another cluster.");
      const podSelector = { matchLabels: peer.labels };
      if (peer.namespace === owner.namespace) return can({ podSelector });
      return can({
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": peer.namespace } },
        podSelector,
      });
    }
  }
}

/** What the rules let through beside what was dropped; each a sentence. */
export function alsoAllowed(wish: AllowWish, isResolverSeen: boolean): string[] {
  const { owner, peer } = wish;
  const says: string[] = [];
  const shared = (pods: SelectedPods, what: string): void => {
    if (pods.alsoSelects.length > 0)
      says.push(
        `The labels of ${pods.namespace}/${pods.name} also select ${pods.alsoSelects.join(", ")}: ${what}.`,
      );
  };
  shared(owner, "the policy would hold for these, too, and deny what else reaches them in this direction");
  switch (peer.kind) {
    case "pods":
      shared(peer, "these would be allowed as well");
      says.push(`It holds for every pod with these labels, whether the capture saw it or not.`);
      break;
    case "entity":
      says.push(`It allows all of ${peer.name}, not one address of it.`);
      break;
    case "names":
      says.push(
        "It allows every address that the name leads to, and sends the workload's DNS through the proxy.",
      );
      if (!isResolverSeen)
        says.push(
          "No look-up of this workload is in the log: that it asks kube-dns is assumed. With node-local DNS select k8s-app: node-local-dns instead.",
        );
      break;
    case "prefix":
      says.push(`It allows whoever has an address in ${peer.prefix}, now or later.`);
      break;
  }
  if (wish.icmp !== null) says.push(`It allows ${icmpText(wish.icmp)} of ${wish.protocol} with any code.`);
  if (wish.dns.includes("*"))
    says.push("It lets any name be asked for, and sends these look-ups through the DNS proxy.");
  for (const { path, isRoute } of wish.http)
    if (isRoute) says.push(`It allows any identifier in ${path}, not only those that were refused.`);
  if (wish.http.some(({ hasQuery }) => hasQuery)) says.push("It allows these paths with any query.");
  return says;
}
