/**
 * Connection attempts: flows of one conversation, cut into pieces.
 *
 * The rule: same cluster and 5-tuple, replies turned round by address. A SYN begins a new piece only after a reply, FIN or
 * RST was seen; the longest gap is 65 s while only SYNs were seen (the last retry of Linux comes 64 s after the one
 * before), else 30 s. A TCP piece without SYN was open already; other protocols have no SYN, there a piece that begins
 * with an answer was. What is dropped is not seen by its receiver, so a dropped answer ends nothing.
 *
 * Both nodes log the same packet, by clocks that differ. So a SYN that another node logs at most 50 ms behind the first
 * answer, before any answer of its own, is the SYN that was answered; and SYNs less than 200 ms apart are one packet (a
 * retry comes after a second at the earliest, RFC 6298).
 *
 * Rows come in the order of time and are forgotten when their piece is over: what is held is what is open at one
 * moment. State lies in typed arrays, one slot per open piece; there is no object per row.
 */

import { BIT, DROPPED, TCP } from "./attempt-kind";
import { NOBODY, Slots, SlotTable } from "./attempt-slots";

/** What was seen in a piece. A conversation's sides are "low" and "high" by their numbers, until the client is known. */
const SEEN = {
  syn: 1 << 0,
  synAck: 1 << 1,
  /** A packet or message of the side, SYN and RST apart, that was not dropped. */
  low: 1 << 2,
  high: 1 << 3,
  lowRst: 1 << 4,
  highRst: 1 << 5,
  lowFin: 1 << 6,
  highFin: 1 << 7,
  /** By the end at which a packet was dropped: its source's (EGRESS) or its destination's (INGRESS), of answers, too. */
  droppedAtLow: 1 << 8,
  droppedAtHigh: 1 << 9,
  droppedSomewhere: 1 << 10,
  /** Anything but a SYN. */
  more: 1 << 11,
  /** A reset came before any other packet of its side. */
  lowRefused: 1 << 12,
  highRefused: 1 << 13,
} as const;

/** How surely the client is known. */
const CERTAIN = { no: 0, byRecord: 1, bySyn: 2 } as const;

/** A finished piece. */
export interface Piece {
  /** Row id of its first flow, at which it counts. */
  readonly id: number;
  readonly protocol: number;
  /** Numbers of addresses. */
  readonly client: number;
  readonly clientPort: number;
  readonly server: number;
  readonly serverPort: number;
  /** False when nothing says which side is the client: then it is taken to be the one that began. */
  readonly isClientKnown: boolean;
  readonly firstSecond: number;
  readonly firstNano: number;
  readonly lastSecond: number;
  readonly lastNano: number;
  readonly firstNode: number;
  readonly lastNode: number;
  readonly records: number;
  /** Distinct SYN packets: one more than there were retries. */
  readonly syns: number;
  /** No attempt: the connection was there before the piece. */
  readonly isOpenAlready: boolean;
  /** Something but a reset came back, or the client went on as if it had. */
  readonly isAnswered: boolean;
  readonly hasSynAck: boolean;
  /** A reset was the first thing that came back. */
  readonly isRefused: boolean;
  readonly clientRst: boolean;
  readonly serverRst: boolean;
  readonly fin: boolean;
  /** Something was dropped at the client's side, at the server's. */
  readonly droppedEgress: boolean;
  readonly droppedIngress: boolean;
  /** Dropped, the direction unknown. */
  readonly droppedSomewhere: boolean;
  /** Rank of the worst verdict. */
  readonly verdict: number;
}

const RETRY_GAP_NS = 65e9;
const GAP_NS = 30e9;
const SKEW_NS = 50e6;
const SAME_PACKET_NS = 200e6;
/** Rows between two looks for pieces that are over. */
const SWEEP_EVERY = 65_536;
/** Pieces open at one moment, at about a hundred bytes each; beyond it the half that was quiet longest is ended. */
const OPEN_PIECES = 1_000_000;
/** A service listens below, a client calls from above (Linux' and IANA's ephemeral ranges begin at or above it). */
const EPHEMERAL = 32_768;

/** Stitches rows, given in the order of time (ties by `tieRank`, then by the record's hash), into pieces. */
export class AttemptStitcher {
  private readonly slots = new Slots(1024);
  private readonly table: SlotTable;
  private rows = 0;

  constructor(
    private readonly finished: (piece: Piece) => void,
    seed = 0,
    private readonly openPieces = OPEN_PIECES,
  ) {
    this.table = new SlotTable(seed);
  }

  /**
   * One flow. `bits` are those of its kind (`kindBits`, not 0); `node` is a number of its node that does not depend on the
   * order of files; source and destination are numbers of addresses within their cluster; ports are below 65,536.
   */
  add(
    id: number,
    second: number,
    nano: number,
    source: number,
    sourcePort: number,
    destination: number,
    destinationPort: number,
    node: number,
    bits: number,
  ): void {
    if (++this.rows % SWEEP_EVERY === 0) this.sweep(second, nano);
    const isLow = source < destination || (source === destination && sourcePort <= destinationPort);
    const [low, high] = isLow ? [source, destination] : [destination, source];
    const ports = isLow ? sourcePort * 65536 + destinationPort : destinationPort * 65536 + sourcePort;
    const protocol = (bits >> BIT.protocolShift) & 15;
    let slot = this.table.find(this.slots, low, high, ports, protocol);
    if (slot < 0) {
      if (this.slots.used >= this.openPieces) this.endQuietHalf();
      slot = this.slots.open(low, high, ports, protocol);
      this.slots.begin(slot, id, second, nano, node, isLow);
      this.table.put(this.slots, slot);
    } else if (this.isOver(slot, second, nano, isLow, node, bits)) {
      this.finish(slot);
      this.slots.begin(slot, id, second, nano, node, isLow);
    }
    this.see(slot, second, nano, isLow, node, bits);
  }

  /** No more rows. */
  end(): void {
    for (let slot = 0; slot < this.slots.used; slot++) this.finish(slot);
    this.slots.used = 0;
    this.table.rebuild(this.slots);
  }

  /** True when the row does not belong to the slot's piece any more. */
  private isOver(
    slot: number,
    second: number,
    nano: number,
    isLow: boolean,
    node: number,
    bits: number,
  ): boolean {
    const { columns } = this.slots;
    const seen = columns.seen[slot] as number;
    const onlySyns = (seen & (SEEN.syn | SEEN.more)) === SEEN.syn;
    if (this.quietFor(slot, second, nano) > (onlySyns ? RETRY_GAP_NS : GAP_NS)) return true;
    if ((bits & BIT.syn) === 0) return false;
    const answer = isLow ? SEEN.high : SEEN.low;
    const ends = answer | SEEN.lowRst | SEEN.highRst | SEEN.lowFin | SEEN.highFin;
    if ((seen & ends) === 0) return false;
    if (columns.endNode[slot] === NOBODY) return true;
    const since =
      (second - (columns.endSecond[slot] as number)) * 1e9 + nano - (columns.endNano[slot] as number);
    return since > SKEW_NS || node === columns.endNode[slot] || node === columns.endNode2[slot];
  }

  private quietFor(slot: number, second: number, nano: number): number {
    const { columns } = this.slots;
    return (second - (columns.lastSecond[slot] as number)) * 1e9 + nano - (columns.lastNano[slot] as number);
  }

  private see(slot: number, second: number, nano: number, isLow: boolean, node: number, bits: number): void {
    const { columns } = this.slots;
    columns.records[slot] = (columns.records[slot] as number) + 1;
    const verdict = (bits >> BIT.verdictShift) & 15;
    if (verdict > (columns.verdict[slot] as number)) columns.verdict[slot] = verdict;
    this.learnClient(slot, isLow, bits);
    if ((bits & BIT.syn) !== 0) this.seeSyn(slot, second, nano);
    else this.seeMore(slot, second, nano, isLow, node, bits);
    if ((bits & DROPPED) !== 0) columns.seen[slot] = (columns.seen[slot] as number) | droppedAt(isLow, bits);
    // Of equal times the larger number of a node counts, whatever came first.
    const isSameTime = second === columns.lastSecond[slot] && nano === columns.lastNano[slot];
    if (!isSameTime || node > (columns.lastNode[slot] as number)) columns.lastNode[slot] = node;
    columns.lastSecond[slot] = second;
    columns.lastNano[slot] = nano;
  }

  private seeSyn(slot: number, second: number, nano: number): void {
    const { columns } = this.slots;
    const since =
      (second - (columns.synSecond[slot] as number)) * 1e9 + nano - (columns.synNano[slot] as number);
    const isFirst = ((columns.seen[slot] as number) & SEEN.syn) === 0;
    columns.seen[slot] = (columns.seen[slot] as number) | SEEN.syn;
    if (!isFirst && since < SAME_PACKET_NS) return;
    columns.syns[slot] = (columns.syns[slot] as number) + 1;
    columns.synSecond[slot] = second;
    columns.synNano[slot] = nano;
  }

  private seeMore(
    slot: number,
    second: number,
    nano: number,
    isLow: boolean,
    node: number,
    bits: number,
  ): void {
    const { columns } = this.slots;
    let seen = (columns.seen[slot] as number) | SEEN.more;
    if ((bits & DROPPED) === 0) {
      const side = isLow ? SEEN.low : SEEN.high;
      if ((bits & BIT.rst) === 0) seen |= side;
      else {
        if ((seen & side) === 0) seen |= isLow ? SEEN.lowRefused : SEEN.highRefused;
        seen |= isLow ? SEEN.lowRst : SEEN.highRst;
      }
      if ((bits & BIT.fin) !== 0) seen |= isLow ? SEEN.lowFin : SEEN.highFin;
      if ((bits & BIT.synAck) !== 0) seen |= SEEN.synAck;
      if ((bits & (BIT.synAck | BIT.fin | BIT.rst | BIT.reply)) !== 0) this.noteEnd(slot, second, nano, node);
    }
    columns.seen[slot] = seen;
  }

  /** When an answer or an end was first logged, and by which nodes: for a SYN that comes late by another clock. */
  private noteEnd(slot: number, second: number, nano: number, node: number): void {
    const { columns } = this.slots;
    if (columns.endNode[slot] === NOBODY) {
      columns.endNode[slot] = node;
      columns.endSecond[slot] = second;
      columns.endNano[slot] = nano;
    } else if (columns.endNode[slot] !== node) columns.endNode2[slot] = node;
  }

  private learnClient(slot: number, isLow: boolean, bits: number): void {
    const known = this.slots.columns.certainty[slot] as number;
    if ((bits & (BIT.syn | BIT.synAck)) !== 0) {
      if (known < CERTAIN.bySyn) this.setClient(slot, ((bits & BIT.syn) !== 0) === isLow, CERTAIN.bySyn);
    } else if ((bits & (BIT.reply | BIT.notReply)) !== 0 && known < CERTAIN.byRecord)
      this.setClient(slot, ((bits & BIT.notReply) !== 0) === isLow, CERTAIN.byRecord);
  }

  private setClient(slot: number, isLow: boolean, certainty: number): void {
    const { columns } = this.slots;
    columns.clientIsLow[slot] = isLow ? 1 : 0;
    columns.certainty[slot] = certainty;
  }

  /** Ends what cannot go on: nothing of it came for longer than any gap. */
  private sweep(second: number, nano: number): void {
    this.endWhere((slot) => this.quietFor(slot, second, nano) > RETRY_GAP_NS);
  }

  private endQuietHalf(): void {
    const times = this.slots.columns.lastSecond.slice(0, this.slots.used).sort();
    const middle = times[times.length >> 1] as number;
    this.endWhere((slot) => (this.slots.columns.lastSecond[slot] as number) <= middle);
  }

  private endWhere(isOver: (slot: number) => boolean): void {
    const before = this.slots.used;
    // From behind, so that the slot that takes a place was looked at.
    for (let slot = before - 1; slot >= 0; slot--) {
      if (!isOver(slot)) continue;
      this.finish(slot);
      this.slots.remove(slot);
    }
    if (this.slots.used < before) this.table.rebuild(this.slots);
  }

  private finish(slot: number): void {
    this.finished(pieceOf(this.slots.columns, slot));
  }
}

function droppedAt(isLow: boolean, bits: number): number {
  if ((bits & BIT.droppedSomewhere) !== 0) return SEEN.droppedSomewhere;
  return ((bits & BIT.droppedEgress) !== 0) === isLow ? SEEN.droppedAtLow : SEEN.droppedAtHigh;
}

function pieceOf(columns: Slots["columns"], slot: number): Piece {
  const seen = columns.seen[slot] as number;
  const has = (bit: number): boolean => (seen & bit) !== 0;
  const isTcp = columns.protocol[slot] === TCP;
  const [low, high] = [columns.low[slot] as number, columns.high[slot] as number];
  const ports = columns.ports[slot] as number;
  const [lowPort, highPort] = [Math.floor(ports / 65536), ports % 65536];
  const said = columns.certainty[slot] === CERTAIN.no ? undefined : columns.clientIsLow[slot] === 1;
  const known = said ?? clientByPorts(lowPort, highPort);
  const isLow = known ?? columns.firstIsLow[slot] === 1;
  return {
    id: columns.id[slot] as number,
    protocol: columns.protocol[slot] as number,
    client: isLow ? low : high,
    clientPort: isLow ? lowPort : highPort,
    server: isLow ? high : low,
    serverPort: isLow ? highPort : lowPort,
    isClientKnown: known !== undefined,
    firstSecond: columns.firstSecond[slot] as number,
    firstNano: columns.firstNano[slot] as number,
    lastSecond: columns.lastSecond[slot] as number,
    lastNano: columns.lastNano[slot] as number,
    firstNode: columns.firstNode[slot] as number,
    lastNode: columns.lastNode[slot] as number,
    records: columns.records[slot] as number,
    syns: columns.syns[slot] as number,
    isOpenAlready: isTcp ? !has(SEEN.syn) : (columns.firstIsLow[slot] === 1) !== isLow,
    // A client that sends more than SYNs was answered, whether or not the log has the answer.
    isAnswered: has(isLow ? SEEN.high : SEEN.low) || (isTcp && has(isLow ? SEEN.low : SEEN.high)),
    hasSynAck: has(SEEN.synAck),
    isRefused: has(isLow ? SEEN.highRefused : SEEN.lowRefused) && has(SEEN.syn),
    clientRst: has(isLow ? SEEN.lowRst : SEEN.highRst),
    serverRst: has(isLow ? SEEN.highRst : SEEN.lowRst),
    fin: has(SEEN.lowFin | SEEN.highFin),
    droppedEgress: has(isLow ? SEEN.droppedAtLow : SEEN.droppedAtHigh),
    droppedIngress: has(isLow ? SEEN.droppedAtHigh : SEEN.droppedAtLow),
    droppedSomewhere: has(SEEN.droppedSomewhere),
    verdict: columns.verdict[slot] as number,
  };
}

/** Exactly one port below the ephemeral ones is the server's. True when the low side is the client. */
function clientByPorts(lowPort: number, highPort: number): boolean | undefined {
  if (lowPort < EPHEMERAL === highPort < EPHEMERAL) return undefined;
  return highPort < EPHEMERAL;
}
