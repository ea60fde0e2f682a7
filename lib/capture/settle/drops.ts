/**
 * Joins drop records with the verdict records that say why, so that a denial counts once (lib/insight/join-drops.ts).
 *
 * Denied flows are read in the order of time. Those that could be twins wait together until the next of their likeness
 * is more than a millisecond away; then they are joined and written. So memory is that of a moment.
 */

import { compareDenials, type Denial, joinDrops, nsBetween, REACH_NS } from "@/lib/insight/join-drops";
import type { Sqlite } from "../driver";
import { type DenialKind, readDenialKinds } from "./denials";
import { type FlowColumns, FOR, NO_PORT, NO_TEXT } from "./flow-columns";
import type { InTime } from "./flows-in-time";
import { marks, nodeNumbers } from "./nodes";
import type { PairView } from "./pair-view";
import { SettledRows, type TakeFound } from "./settled-rows";

/** Denials of one likeness without a pause of 1 ms: a flood. It is cut here, at the cost of the twins at the cut. */
const MOST_TOGETHER = 100_000;
/** A try begins when nothing of its like was denied for so long: while only SYNs were, and else (product.md, "Attempt"). */
const TRY_NS = { onlySyns: 65e9, else: 30e9 } as const;

/** A try that may go on. */
interface Try {
  readonly latest: Denial;
  readonly onlySyns: boolean;
}

interface Denied extends Denial {
  readonly id: number;
  readonly kindId: number;
  readonly pairId: number;
  readonly events: number;
  readonly isTimed: boolean;
  readonly kind: DenialKind;
  readonly policies: number | null;
  /** What was asked for, of a request. */
  readonly text: number | null;
  readonly isAtMost: boolean;
  readonly opens: boolean;
}

/** Denials without a time wait for each other, as nothing tells when they are over; so many at most. */
const MOST_UNTIMED = 200_000;

const NO_NODE = 0;

/** Rows between two looks for denials that wait for nothing more. */
const SWEEP_EVERY = 16_384;

export class DropsInTime implements InTime {
  readonly kinds: Uint8Array;
  readonly isPlain = false;
  readonly lookers = FOR.tuples;
  private readonly kindOf: ReadonlyMap<number, DenialKind>;
  /** Numbers of nodes by the observer's id; 0 where the node was left out. */
  private readonly nodes: ReadonlyMap<number, number>;
  /** Twins to be, by node, 5-tuple, direction. */
  private readonly waiting = new Map<string, Denied[]>();
  /** The latest try of a 5-tuple, while another denial could belong to it. */
  private readonly tries = new Map<string, Try>();
  private readonly rows: SettledRows;
  private seen = 0;
  private untimed = 0;

  constructor(
    private readonly database: Sqlite,
    private readonly pairs: PairView,
    take?: TakeFound,
  ) {
    this.kindOf = readDenialKinds(database);
    this.kinds = marks(this.kindOf.keys());
    this.nodes = nodeNumbers(database);
    this.rows = new SettledRows(database, "JoinedDrop", take);
  }

  rankOf(): number {
    return 0;
  }

  take(flows: FlowColumns, row: number): void {
    const { at } = flows;
    const kind = this.kindOf.get(at.kind[row] as number) as DenialKind;
    const isTimed = flows.isTimed(row);
    const seconds = isTimed ? flows.second(row) : 0;
    const when: Denial = {
      seconds,
      nanos: isTimed ? flows.nano(row, seconds) : 0,
      hash: flows.hash(row),
      occurrence: at.occurrence[row] as number,
    };
    const tuple = this.tupleOf(flows, row, kind);
    const node = this.nodes.get(at.observer[row] as number) ?? NO_NODE;
    const isComparable = tuple !== undefined && (kind.isText || (isTimed && node !== NO_NODE));
    const denied: Denied = {
      ...when,
      id: at.id[row] as number,
      kindId: at.kind[row] as number,
      pairId: at.pair[row] as number,
      events: at.events[row] as number,
      isTimed,
      kind,
      policies: at.policies[row] === NO_TEXT ? null : (at.policies[row] as number),
      text: at.text[row] === NO_TEXT ? null : (at.text[row] as number),
      isAtMost:
        kind.isAtMost || (kind.sort !== "alone" && !isComparable && (node === NO_NODE || kind.isPolicy)),
      // Without ports nothing tells one try from the next: each packet is one.
      opens: !kind.hasPorts || this.opens(tuple, isTimed, when, kind.maySyn),
    };
    if (kind.sort === "alone" || !isComparable) this.write(denied, undefined);
    else this.wait(`${node} ${isTimed ? 1 : 0} ${tuple} ${kind.likeness}`, denied);
    if (isTimed && ++this.seen % SWEEP_EVERY === 0) this.sweep(when);
    if (!isTimed && ++this.untimed % MOST_UNTIMED === 0) this.joinWaiting();
  }

  end(): void {
    this.joinWaiting();
    this.rows.finish();
    // Outside the neighbourhood a pair can have been turned.
    this.database.exec(
      "UPDATE JoinedDrop SET pairId = f.pairId FROM Flow f WHERE f.id = JoinedDrop.id AND f.pairId <> JoinedDrop.pairId",
    );
  }

  /** Undefined when addresses and names, protocol or ports were left out: then no twin can be told by them. */
  private tupleOf({ at }: FlowColumns, row: number, kind: DenialKind): string | undefined {
    const pair = at.pair[row] as number;
    const [source, destination] = [this.pairs.sourceAddressOf(pair), this.pairs.destinationAddressOf(pair)];
    if (source === 0 || destination === 0 || this.pairs.protocolNameOf(pair) === undefined) return undefined;
    const [sourcePort, destinationPort] = [at.sourcePort[row], at.destinationPort[row]];
    if (kind.hasPorts && (sourcePort === NO_PORT || destinationPort === NO_PORT)) return undefined;
    return `${source} ${sourcePort} ${destination} ${destinationPort} ${this.pairs.protocolOf(pair)}`;
  }

  private opens(tuple: string | undefined, isTimed: boolean, at: Denial, maySyn: boolean): boolean {
    if (tuple === undefined || !isTimed) return true;
    const before = this.tries.get(tuple);
    const opens = before === undefined || isOver(before, at);
    this.tries.set(tuple, { latest: at, onlySyns: maySyn && (opens || before.onlySyns) });
    return opens;
  }

  private wait(key: string, denied: Denied): void {
    const together = this.waiting.get(key);
    const last = together?.at(-1);
    if (together === undefined || last === undefined) {
      this.waiting.set(key, [denied]);
      return;
    }
    if (nsBetween(last, denied) > REACH_NS || together.length >= MOST_TOGETHER) {
      this.join(together);
      this.waiting.set(key, [denied]);
    } else together.push(denied);
  }

  /** Joins what waits for nothing more, and forgets tries that are over. */
  private sweep(now: Denial): void {
    for (const [key, together] of this.waiting) {
      if (nsBetween(together[together.length - 1] as Denied, now) <= REACH_NS) continue;
      this.join(together);
      this.waiting.delete(key);
    }
    for (const [tuple, one] of this.tries) if (isOver(one, now)) this.tries.delete(tuple);
  }

  private joinWaiting(): void {
    for (const together of this.waiting.values()) this.join(together);
    this.waiting.clear();
  }

  private join(together: readonly Denied[]): void {
    const drops = together.filter(({ kind }) => kind.sort === "packet").sort(compareDenials);
    const verdicts = together.filter(({ kind }) => kind.sort === "verdict").sort(compareDenials);
    const joined = joinDrops(drops, verdicts);
    drops.forEach((drop, index) => {
      this.write(drop, verdicts[joined[index] as number]);
    });
    const taken = new Set(joined);
    verdicts.forEach((verdict, index) => {
      if (!taken.has(index)) this.write(verdict, undefined);
    });
  }

  /** In the order of the columns of JoinedDrop. */
  private write(anchor: Denied, verdict: Denied | undefined): void {
    const { rows } = this;
    const isVerdict = anchor.kind.sort === "verdict";
    const agrees =
      verdict !== undefined && (verdict.kind.code === undefined || verdict.kind.code === anchor.kind.code);
    rows.begin();
    rows.put(anchor.id);
    if (anchor.isTimed) rows.time(anchor.seconds, anchor.nanos);
    else rows.put(null);
    rows.put(verdict?.id ?? null);
    rows.put(anchor.events);
    rows.put(anchor.kindId);
    rows.put(anchor.pairId);
    rows.put(verdict?.policies ?? anchor.policies);
    rows.put(Number(agrees || isVerdict));
    rows.put(Number(anchor.kind.isNoise));
    rows.put(Number(anchor.isAtMost));
    // The try was opened by whichever of the two came first.
    rows.put(Number(anchor.opens || (verdict?.opens ?? false)));
    rows.put(anchor.text);
    rows.end();
  }
}

function isOver({ latest, onlySyns }: Try, now: Denial): boolean {
  return nsBetween(latest, now) > (onlySyns ? TRY_NS.onlySyns : TRY_NS.else);
}
