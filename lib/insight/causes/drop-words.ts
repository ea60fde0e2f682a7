/**
 * What a cause of drops says to a reader: the sentence, what to do, and hints that only the whole picture gives.
 *
 * Sources: flow-formats 8.3 (which policy dropped it), 8.4 and 8.5 (L7), 8.6 (toFQDNs), 8.7 (node-local DNS).
 */

import { dropReasonInfo } from "@/lib/flow/drop-reasons";
import type { DecidedBy, DropPolicy } from "./drop-key";
import { policyText } from "./drop-key";
import { type PolicySide, policyYaml, type Target } from "./policy-yaml";

/** One side as the reader knows it; null when it is unknown who is the client. */
export interface CauseSide {
  /** Actor.workloadKey. */
  readonly key: string;
  readonly kind: string;
  readonly namespace: string | null;
  readonly name: string;
  /** Labels of a pod of it. */
  readonly labels: readonly string[];
}

export interface DropFacts {
  readonly decidedBy: DecidedBy;
  readonly direction: string;
  readonly code: number | null;
  readonly reason: string | null;
  readonly policies: readonly DropPolicy[];
  readonly client: CauseSide | null;
  readonly server: CauseSide | null;
  readonly port: number | null;
  readonly protocol: string | null;
  readonly icmp: { readonly type: number; readonly family: "IPv4" | "IPv6" } | null;
  /** The refused request that is shown as the example. */
  readonly request: {
    readonly protocol: string;
    readonly method: string | null;
    readonly text: string | null;
  } | null;
  /** DNS names under which the client's pods were given the server's address. */
  readonly resolvedAs: readonly string[];
  /** The log holds DNS answers that the client's pods got through the proxy. */
  readonly hasClientDns: boolean;
}

/** As a reader says it: no cluster, no kind. */
function shown({ kind, namespace, name }: CauseSide): string {
  return (kind === "pod" || kind === "workload") && namespace !== null ? `${namespace}/${name}` : name;
}

/** `shop/web cannot reach shop/api on TCP 8080: ...` */
export function dropSentence(facts: DropFacts): string {
  const { client, server, code } = facts;
  const way = portText(facts);
  const who =
    client === null || server === null
      ? `Packets${way === "" ? "" : ` of ${way}`} are lost`
      : `${shown(client)} cannot reach ${shown(server)}${way === "" ? "" : ` on ${way}`}`;
  return `${who}: ${becauseOf(facts, code)}`;
}

function portText({ port, protocol }: DropFacts): string {
  return [protocol, port].filter((part) => part !== null).join(" ");
}

function becauseOf(facts: DropFacts, code: number | null): string {
  const side = sideText(facts.direction);
  switch (facts.decidedBy) {
    case "default-deny":
      return `no rule allows it, and a policy selects the pod (default deny, ${side}).`;
    case "policy":
      return facts.policies.length === 0
        ? `a deny rule forbids it (${side}); the log does not say of which policy.`
        : `forbidden by ${facts.policies.map(policyText).join(" and ")} (${side}).`;
    case "l7-rule":
      return `${requestText(facts)} is refused by the L7 rules (${side}).`;
    case "authentication":
      return `the two sides have not authenticated each other (${side}).`;
    case "datapath": {
      const info = code === null ? undefined : dropReasonInfo(code);
      return info === undefined ? `${facts.reason ?? `code ${code}`}.` : lowerFirst(info.says);
    }
    case "unknown":
      return "the log does not say why.";
  }
}

function sideText(direction: string): string {
  if (direction === "EGRESS") return "egress of the client's side";
  return direction === "INGRESS" ? "ingress of the server's side" : "direction unknown";
}

function requestText({ request }: DropFacts): string {
  if (request === null) return "the request";
  if (request.protocol === "dns") return `the name ${request.text ?? "asked for"}`;
  return [request.method, request.text].filter((part) => part !== null).join(" ") || "the request";
}

function lowerFirst(text: string): string {
  // "IPv6 ..." and "NAT ..." keep their capitals.
  return /^[A-Z][a-z]/.test(text) ? text[0]?.toLowerCase() + text.slice(1) : text;
}

export interface Remedy {
  /** What to do, in words. */
  readonly text: string;
  /** Whose policies: the client's egress or the server's ingress; null where no policy is at fault. */
  readonly side: "client egress" | "server ingress" | null;
  /** A rule to start from, where it can be derived; it allows exactly what was dropped. */
  readonly yaml: string | null;
}

export function dropRemedy(facts: DropFacts): Remedy {
  const side = policySide(facts.direction);
  const named =
    side === null ? null : (`${side === "egress" ? "client" : "server"} ${side}` as Remedy["side"]);
  switch (facts.decidedBy) {
    case "default-deny":
      return { text: allowText(facts, side), side: named, yaml: allowYaml(facts, side) };
    case "policy":
      return {
        text: `${policyList(facts)} denies it. A deny rule wins over every allow rule: change that policy, or leave it if the traffic is not wanted.`,
        side: named,
        yaml: null,
      };
    case "l7-rule":
      return { text: l7Text(facts), side: named, yaml: allowYaml(facts, side) };
    default:
      return {
        text: datapathText(facts),
        side: facts.decidedBy === "authentication" ? named : null,
        yaml: null,
      };
  }
}

function policySide(direction: string): PolicySide | null {
  if (direction === "EGRESS") return "egress";
  return direction === "INGRESS" ? "ingress" : null;
}

function policyList({ policies }: DropFacts): string {
  return policies.length === 0
    ? "A policy that the log does not name"
    : policies.map(policyText).join(" and ");
}

function allowText(facts: DropFacts, side: PolicySide | null): string {
  if (isNodeLocalDns(facts))
    return "Allow egress to the pods of node-local-dns (k8s-app: node-local-dns) on port 53, with the DNS rules on that same rule.";
  const way = portText(facts) || "this traffic";
  const { client, server } = facts;
  if (side === null || client === null || server === null)
    return `Find the policy that selects the pod which dropped it, and allow ${way} there.`;
  const [owner, peer] = side === "egress" ? [client, server] : [server, client];
  const verb =
    side === "egress"
      ? `egress of ${shown(owner)} to ${shown(peer)}`
      : `ingress of ${shown(owner)} from ${shown(peer)}`;
  const both = "Both sides must allow it: once this one does, the other can turn out to deny it too.";
  return `Add a rule that allows ${verb} on ${way}. ${both}`;
}

function l7Text(facts: DropFacts): string {
  if (facts.request?.protocol === "dns")
    return `Add ${facts.request.text ?? "the name"} to the DNS rules (matchName or matchPattern) of ${facts.client === null ? "the client" : shown(facts.client)}, if it may be asked for.`;
  return `Add ${requestText(facts)} to the HTTP rules of ${facts.server === null ? "the server" : shown(facts.server)}, if it is meant to be allowed. The client got 403 from the proxy, not from the server.`;
}

function datapathText({ code, decidedBy }: DropFacts): string {
  const info = code === null ? undefined : dropReasonInfo(code);
  if (info === undefined) return "Look at the reason and at the agent's log of the node that dropped it.";
  return decidedBy === "datapath"
    ? `${info.usually} ${info.next} It is not a policy.`
    : `${info.usually} ${info.next}`;
}

function allowYaml(facts: DropFacts, side: PolicySide | null): string | null {
  const { client, server, request } = facts;
  if (side === null || client === null || server === null) return null;
  const [owner, peer] = side === "egress" ? [client, server] : [server, client];
  const target = targetOf(facts, peer, side);
  if (target === null || owner.namespace === null) return null;
  return policyYaml({
    side,
    owner: { namespace: owner.namespace, name: owner.name, labels: owner.labels },
    target,
    port: facts.port,
    protocol: facts.protocol,
    icmp: facts.icmp,
    request:
      facts.decidedBy === "l7-rule"
        ? request
        : isNodeLocalDns(facts)
          ? { protocol: "dns", method: null, text: null }
          : null,
  });
}

function targetOf(facts: DropFacts, peer: CauseSide, side: PolicySide): Target | null {
  if (peer.kind === "pod" || peer.kind === "workload")
    return peer.namespace === null
      ? null
      : { kind: "pods", namespace: peer.namespace, name: peer.name, labels: peer.labels };
  if (peer.kind === "reserved") return { kind: "entity", name: peer.name };
  if (peer.kind !== "world") return null;
  if (peer.key.startsWith("dns:")) return side === "egress" ? { kind: "name", name: peer.name } : null;
  if (peer.key.startsWith("cidr:")) return { kind: "prefix", prefix: peer.name };
  const [resolved] = facts.resolvedAs;
  if (side === "egress" && resolved !== undefined) return { kind: "name", name: resolved };
  if (peer.key.startsWith("ip:"))
    return { kind: "prefix", prefix: `${peer.name}/${peer.name.includes(":") ? 128 : 32}` };
  return { kind: "entity", name: "world" };
}

/** flow-formats 8.7: the redirect to node-local-dns comes before policy, so a rule for kube-dns does not fit. */
function isNodeLocalDns({ decidedBy, direction, port, server }: DropFacts): boolean {
  return (
    decidedBy === "default-deny" &&
    direction === "EGRESS" &&
    port === 53 &&
    (/node-?local-?dns/.test(server?.name ?? "") ||
      (server?.labels ?? []).includes("k8s:k8s-app=node-local-dns"))
  );
}

/** What only the whole picture gives; each a sentence or two. */
export function dropHints(facts: DropFacts): string[] {
  const hints: string[] = [];
  if (isNodeLocalDns(facts))
    hints.push(
      "Node-local DNS: traffic to the kube-dns service is redirected to the node-local-dns pod before policy is checked. A rule that selects only k8s-app: kube-dns does not fit it.",
    );
  if (facts.port === 53 && facts.server?.key.startsWith("reserved:host"))
    hints.push(
      "Port 53 of the host is mostly a node-local DNS cache on a link-local address: pod selectors never match it, toEntities: host does.",
    );
  if (isFqdnCandidate(facts)) hints.push(fqdnHint(facts));
  if (facts.code === 133 && facts.policies.length > 0)
    hints.push(
      `The log names policies that select the pod in this direction: ${facts.policies.map(policyText).join(", ")}.`,
    );
  return hints;
}

/** flow-formats 8.6: an egress drop to the world can be a name that no toFQDNs rule knows. */
function isFqdnCandidate({ decidedBy, direction, server, port }: DropFacts): boolean {
  return decidedBy === "default-deny" && direction === "EGRESS" && server?.kind === "world" && port !== 53;
}

function fqdnHint({ resolvedAs, hasClientDns, client }: DropFacts): string {
  if (resolvedAs.length > 0)
    return `toFQDNs: the client looked up ${resolvedAs.slice(0, 3).join(", ")} through the DNS proxy and was given this address. If a rule is meant to allow the name, its pattern does not fit; or the record had expired.`;
  if (hasClientDns)
    return "toFQDNs: the client's lookups went through the DNS proxy, but none of them gave this address. It came from elsewhere: a cache, an older answer, a fixed address.";
  return `toFQDNs: no DNS answer for this address was seen by ${client === null ? "the client" : shown(client)}: its lookups did not go through the DNS proxy, so a toFQDNs rule cannot know the address. A DNS rule on the egress to the resolver is needed.`;
}
