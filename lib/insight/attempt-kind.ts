/** What a kind of flow says about a connection, as bits, so that stitching compares small numbers only. */

import { NOT_A_LOSS } from "@/lib/flow/losses";

/** Number of the protocol. */
export const TCP = 1;

/** What a kind of flow says about a connection, as bits. Made once per kind by {@link kindBits}. */
export const BIT = {
  tcp: 1 << 0,
  syn: 1 << 1,
  synAck: 1 << 2,
  fin: 1 << 3,
  rst: 1 << 4,
  reply: 1 << 5,
  notReply: 1 << 6,
  droppedEgress: 1 << 7,
  droppedIngress: 1 << 8,
  droppedSomewhere: 1 << 9,
  /** The protocol, four bits: 1 TCP, 2 UDP, 3 SCTP. */
  protocolShift: 10,
  /** Rank of the verdict, four bits: {@link VERDICT_RANK}. */
  verdictShift: 14,
} as const;

/** Lost on the way, wherever. */
export const DROPPED = BIT.droppedEgress | BIT.droppedIngress | BIT.droppedSomewhere;

/** Worst last. A number is stored, so ranks are never given to another verdict. */
export const VERDICT_RANK: Readonly<Record<string, number>> = {
  VERDICT_UNKNOWN: 0,
  TRACED: 1,
  TRANSLATED: 2,
  FORWARDED: 3,
  REDIRECTED: 4,
  AUDIT: 5,
  ERROR: 6,
  DROPPED: 7,
};

export const PROTOCOL_NUMBER: Readonly<Record<string, number>> = { TCP, UDP: 2, SCTP: 3 };

export interface AttemptKind {
  /** Member of l4. */
  readonly protocol: string | null;
  readonly type: string;
  readonly verdict: string;
  readonly dropCode: number | null;
  readonly trafficDirection: string;
  /** Comma separated; null where the record does not have them. */
  readonly tcpFlags: string | null;
  readonly isReply: boolean | null;
  readonly isAggregated: boolean;
}

/** The bits of a kind; 0 for one that is no packet or message of a connection with ports. */
export function kindBits(kind: AttemptKind): number {
  const protocol = PROTOCOL_NUMBER[kind.protocol ?? ""];
  // A socket event has no client port; an aggregated record is many connections.
  if (protocol === undefined || kind.type === "SOCK" || kind.isAggregated) return 0;
  const isLoss = kind.verdict === "DROPPED" && !NOT_A_LOSS.has(kind.dropCode ?? 0);
  const verdict = kind.verdict === "DROPPED" && !isLoss ? "FORWARDED" : kind.verdict;
  let bits = (protocol << BIT.protocolShift) | ((VERDICT_RANK[verdict] ?? 0) << BIT.verdictShift);
  if (kind.isReply === true) bits |= BIT.reply;
  if (kind.isReply === false) bits |= BIT.notReply;
  if (isLoss) bits |= droppedBit(kind.trafficDirection);
  return protocol === TCP ? bits | BIT.tcp | flagBits(kind.tcpFlags) : bits;
}

function droppedBit(direction: string): number {
  if (direction === "EGRESS") return BIT.droppedEgress;
  return direction === "INGRESS" ? BIT.droppedIngress : BIT.droppedSomewhere;
}

function flagBits(flags: string | null): number {
  const set = new Set(flags?.split(","));
  let bits = 0;
  if (set.has("SYN")) bits |= set.has("ACK") ? BIT.synAck : BIT.syn;
  if (set.has("FIN")) bits |= BIT.fin;
  if (set.has("RST")) bits |= BIT.rst;
  return bits;
}

/**
 * Order of rows of the same time: a SYN before what answers it, requests before answers. Rows of the same rank go by
 * the hash of their record, so that the first flow of a piece does not depend on the order of files.
 */
export function tieRank(bits: number): number {
  if ((bits & BIT.syn) !== 0) return 0;
  if ((bits & BIT.notReply) !== 0) return 1;
  return (bits & (BIT.reply | BIT.synAck)) !== 0 ? 3 : 2;
}
