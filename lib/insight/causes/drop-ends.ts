/** What a cause of drops is about: its sides, and which of them dropped. */

import { isMulticast } from "@/lib/base/ip";
import type { PolicySide } from "./allow-rule";
import type { DecidedBy, DropPolicy } from "./drop-key";
import { type Icmp, isSolicitation } from "./icmp-words";

/** One side as the reader knows it; null when it is unknown who is the client. */
export interface CauseSide {
  /** Actor.workloadKey. */
  readonly key: string;
  readonly kind: string;
  readonly namespace: string | null;
  readonly name: string;
  readonly cluster: string;
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
  readonly icmp: Icmp | null;
  /** Where it is not known who asked: whom all packets came from and went to; null where they differ or leave it out. */
  readonly packet: {
    readonly sender: CauseSide | null;
    readonly receiver: CauseSide | null;
    /** Both ports of all packets, where they are the same: then it does not matter who asked. */
    readonly port: number | null;
  } | null;
  /** The refused request that is shown as the example. */
  readonly request: {
    readonly protocol: string;
    readonly method: string | null;
    readonly text: string | null;
  } | null;
  /** What was dropped went from the server to the client. */
  readonly isReply: boolean;
}

/** As a reader says it: no cluster, no kind. */
export function shown({ kind, namespace, name }: CauseSide): string {
  return (kind === "pod" || kind === "workload") && namespace !== null ? `${namespace}/${name}` : name;
}

/** A group of receivers, such as all routers of a link: no pod, so nothing was dropped at it. */
export function isGroup({ key, name }: Pick<CauseSide, "key" | "name">): boolean {
  return key.startsWith("ip:") && isMulticast(name);
}

/**
 * A pod's kernel asks for IPv6 routers when its link comes up, and needs none: its routes come from the agent. A node may need them.
 */
export function isRouterSolicitation({ icmp, client, packet }: DropFacts): boolean {
  const sender = client ?? packet?.sender ?? null;
  return icmp !== null && isSolicitation(icmp) && sender?.kind !== "reserved";
}

export function policySide(direction: string): PolicySide | null {
  if (direction === "EGRESS") return "egress";
  return direction === "INGRESS" ? "ingress" : null;
}

/**
 * Whose policies or datapath dropped: an egress drop at the sender of the packet, an ingress drop at its receiver (flow-formats
 * 8.2). Undefined where the log does not say: Hubble calls ingress what it cannot find to be the sender's, and a group is no pod.
 */
export function dropOwner(facts: DropFacts): CauseSide | undefined {
  return ownerAndPeer(facts)?.owner ?? undefined;
}

interface Ends {
  readonly owner: CauseSide | null;
  readonly peer: CauseSide | null;
}

/** Who dropped, and the other end of the packet. */
function ownerAndPeer(facts: DropFacts): Ends | undefined {
  const { direction, client, server, isReply, packet } = facts;
  const [sender, receiver] =
    client === null || server === null
      ? [packet?.sender ?? null, packet?.receiver ?? null]
      : isReply
        ? [server, client]
        : [client, server];
  if (direction === "EGRESS") return { owner: sender, peer: receiver };
  if (direction !== "INGRESS" || isToGroup(facts)) return undefined;
  return { owner: receiver, peer: sender };
}

export function isToGroup({ server, isReply, packet }: DropFacts): boolean {
  const receiver = packet?.receiver ?? (isReply ? null : server);
  return receiver !== null && isGroup(receiver);
}

/** `egress of shop/web`, `ingress of payments/api`; without a name where it is not known. */
export function placeText(facts: DropFacts): string {
  const side = policySide(facts.direction);
  if (side === null) return "direction unknown";
  if (side === "ingress" && isToGroup(facts)) return "side not known";
  const owner = dropOwner(facts);
  return owner === undefined ? side : `${side} of ${shown(owner)}`;
}

/** Ends between which something is to be allowed. What could be an answer, for all that is known, is not. */
export function askedEnds(facts: DropFacts): Ends {
  const isKnown =
    (facts.client !== null && facts.server !== null) ||
    facts.icmp !== null ||
    (facts.packet?.port ?? null) !== null;
  return (isKnown ? ownerAndPeer(facts) : undefined) ?? { owner: null, peer: null };
}
