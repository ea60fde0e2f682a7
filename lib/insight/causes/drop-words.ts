/**
 * What a cause of drops says to a reader: the sentence, what to do, and hints that only the whole picture gives.
 *
 * Sources: flow-formats 8.3 (which policy dropped it), 8.4 and 8.5 (L7), 8.6 (toFQDNs), 8.7 (node-local DNS).
 */

import { type DropGroup, dropReasonInfo } from "@/lib/flow/drop-reasons";
import type { PolicySide } from "./allow-rule";
import { askedEnds, type DropFacts, isRouterSolicitation, placeText, policySide, shown } from "./drop-ends";
import { policyText } from "./drop-key";
import { icmpText, isIcmpAnswer } from "./icmp-words";

/** `shop/web cannot reach shop/api on TCP 8080: ...` */
export function dropSentence(facts: DropFacts): string {
  if (isRouterSolicitation(facts)) return solicitationSentence(facts);
  return `${whoOf(facts)}: ${becauseOf(facts, facts.code)}`;
}

function solicitationSentence({ client, packet }: DropFacts): string {
  const sender = client ?? packet?.sender ?? null;
  const of = sender === null ? "" : ` of ${shown(sender)}`;
  return `Router solicitations${of} are dropped: a pod's kernel asks for IPv6 routers, and needs none.`;
}

function whoOf(facts: DropFacts): string {
  const { client, server, packet } = facts;
  const way = portText(facts);
  const on = way === "" ? "" : ` on ${way}`;
  if (client !== null && server !== null)
    return facts.isReply
      ? `Answers of ${shown(server)} to ${shown(client)}${on} are lost`
      : `${shown(client)} cannot reach ${shown(server)}${on}`;
  const [sender, receiver] = [packet?.sender ?? null, packet?.receiver ?? null];
  if (sender === null && receiver === null) return `Packets${way === "" ? "" : ` of ${way}`} are lost`;
  const from = sender === null ? "" : ` from ${shown(sender)}`;
  return `Packets${from}${receiver === null ? "" : ` to ${shown(receiver)}`}${on} are lost`;
}

function portText({ port, protocol, icmp, packet }: DropFacts): string {
  const message = icmp === null || icmp.types.length === 0 ? null : `(${icmpText(icmp)})`;
  return [protocol, port ?? packet?.port ?? null, message].filter((part) => part !== null).join(" ");
}

/** What was dropped answers something: only that its question is not known any more can be at fault. */
export function isAnswer({ isReply, icmp }: DropFacts): boolean {
  return (
    isReply ||
    (icmp !== null && icmp.types.length > 0 && icmp.types.every((type) => isIcmpAnswer(icmp.family, type)))
  );
}

function becauseOf(facts: DropFacts, code: number | null): string {
  const side = placeText(facts);
  switch (facts.decidedBy) {
    case "default-deny":
      return isAnswer(facts)
        ? `they were taken for a new connection, which no rule allows (default deny, ${side}).`
        : `no rule allows it, and a policy selects the pod (default deny, ${side}).`;
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
  /** The same in a few words, for a table. */
  readonly fix: string;
  /** Whose policies: the client's egress or the server's ingress; null where no policy is at fault. */
  readonly side: "client egress" | "server ingress" | null;
}

export function dropRemedy(facts: DropFacts): Remedy {
  const side = policySide(facts.direction);
  const named =
    side === null ? null : (`${side === "egress" ? "client" : "server"} ${side}` as Remedy["side"]);
  if (isRouterSolicitation(facts)) return { text: SOLICITATION_TEXT, fix: FIXES.noise, side: null };
  if (isAnswer(facts) && facts.decidedBy !== "datapath" && facts.decidedBy !== "unknown")
    return { text: REPLY_TEXT, fix: "no rule: replies need none", side: null };
  switch (facts.decidedBy) {
    case "default-deny":
      return { text: allowText(facts, side), fix: allowFix(facts, side), side: named };
    case "policy":
      return {
        text: `${policyList(facts)} denies it. A deny rule wins over every allow rule: change that policy, or leave it if the traffic is not wanted.`,
        fix: "change the deny rule",
        side: named,
      };
    case "l7-rule":
      return { text: l7Text(facts), fix: l7Fix(facts), side: named };
    case "authentication":
      return { text: datapathText(facts), fix: "let both sides authenticate", side: named };
    default:
      return { text: datapathText(facts), fix: datapathFix(facts), side: null };
  }
}

const SOLICITATION_TEXT =
  "Nothing to do: no rule is missing. The kernel asks for IPv6 routers when the pod's network comes up, and the agent has given it its routes already.";
const REPLY_TEXT =
  "No rule is missing: an answer is let through because its connection is known. Here the connection was not known any more: it had been idle for too long, the agent had restarted, or packets of one direction take another way. Look whether the connection was opened before the log began.";

function policyList({ policies }: DropFacts): string {
  return policies.length === 0
    ? "A policy that the log does not name"
    : policies.map(policyText).join(" and ");
}

function allowText(facts: DropFacts, side: PolicySide | null): string {
  if (isNodeLocalDns(facts))
    return "Allow egress to the pods of node-local-dns (k8s-app: node-local-dns) on port 53, with the DNS rules on that same rule.";
  const way = portText(facts) || "this traffic";
  const { owner, peer } = askedEnds(facts);
  if (isSeveral(facts) && side !== null && (!owner || !peer))
    return `Several pods are concerned: add a rule that allows ${way} to each that dropped it.`;
  if (!owner || !peer)
    return `Find the policy that selects the pod which dropped it, and allow ${way} there.`;
  const verb =
    side === "egress"
      ? `egress of ${shown(owner)} to ${shown(peer)}`
      : `ingress of ${shown(owner)} from ${shown(peer)}`;
  // What is dropped on its way in was let out at the other side, and outside the cluster no policy is known.
  const both =
    side === "egress" && peer.kind !== "world"
      ? " Both sides must allow it: once this one does, the other can turn out to deny it too."
      : "";
  return `Add a rule that allows ${verb} on ${way}.${both}`;
}

/** What was dropped tells what asks, whoever it was between. */
function isSeveral({ icmp, packet }: DropFacts): boolean {
  return icmp !== null || (packet?.port ?? null) !== null;
}

function allowFix(facts: DropFacts, side: PolicySide | null): string {
  if (isNodeLocalDns(facts)) return "allow egress to node-local-dns";
  const { owner, peer } = askedEnds(facts);
  if (isSeveral(facts) && side !== null && (!owner || !peer)) return "allow it to each pod that dropped it";
  if (!owner || !peer) return "allow it where the pod is selected";
  return side === "egress" ? `allow egress to ${shown(peer)}` : `allow ingress from ${shown(peer)}`;
}

function l7Fix({ request }: DropFacts): string {
  return request?.protocol === "dns" ? "add the name to the DNS rules" : "add the request to the HTTP rules";
}

const FIXES: Readonly<Record<DropGroup, string>> = {
  policy: "change the policy",
  "no-backend": "make a backend ready",
  routing: "look at routes and addresses",
  "conntrack-parse": "look at the packets",
  "not-ready": "wait, or look at the agent",
  noise: "nothing to do",
  "not-a-loss": "nothing to do",
  datapath: "look at the node's agent",
};

function datapathFix({ code }: DropFacts): string {
  const info = code === null ? undefined : dropReasonInfo(code);
  return info === undefined ? "export the reason" : FIXES[info.group];
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

/** flow-formats 8.7: the redirect to node-local-dns comes before policy, so a rule for kube-dns does not fit. */
export function isNodeLocalDns({ decidedBy, direction, port, server }: DropFacts): boolean {
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
  if (facts.code === 133 && facts.policies.length > 0)
    hints.push(
      `The log names policies that select the pod in this direction: ${facts.policies.map(policyText).join(", ")}.`,
    );
  return hints;
}

/** flow-formats 8.6: an egress drop to the world can be a name that no toFQDNs rule knows. */
export function isFqdnCandidate({ decidedBy, direction, server, port, isReply }: DropFacts): boolean {
  return (
    decidedBy === "default-deny" &&
    direction === "EGRESS" &&
    server?.kind === "world" &&
    port !== 53 &&
    !isReply
  );
}
