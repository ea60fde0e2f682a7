/**
 * Which flows are looked at again when flows were added. What settling finds in the order of time it finds among flows that have
 * something in common: the 5-tuple (attempts, drops), the client and port of a DNS question, the client and key of an HTTP or Kafka
 * request; where a request of the client has no key, its client alone. So flows that have it in common with an added one are looked at again, as far as no silence parts them from it
 * (neighbourhood.ts), and all others keep what was found.
 */

import type { RowReader } from "../table-pages";
import { type FlowColumns, type FlowPlaces, FOR, FOR_ALL, HAS, NO_PORT } from "./flow-columns";
import type { Chosen } from "./flows-in-time";
import { KeyTable } from "./key-table";
import { REACH_NS } from "./neighbourhood";
import type { PairView } from "./pair-view";

export interface Added {
  /** Row ids, half open. */
  readonly rows: readonly [from: number, to: number];
  /** By kind: 1 where the source is the client of a DNS message, 2 where the destination is, 0 else. */
  readonly dnsClients: Uint8Array;
  /** The same for requests and answers over HTTP and Kafka. */
  readonly layer7Clients: Uint8Array;
  /** Rows that were there and have another client now, because of an added one of their 5-tuple. */
  readonly turned: ReadonlySet<number>;
  /** Sides that were there go by another name: any DNS message may belong to another now. */
  readonly isAllDns: boolean;
}

/** What a row is told by. */
interface Row {
  id: number;
  kind: number;
  pair: number;
  sourcePort: number;
  destinationPort: number;
  /** X-Request-Id or the like, in two halves. */
  hasKey: boolean;
  keyHigh: number;
  keyLow: number;
  /** Undefined: untimed. */
  second: number | undefined;
}

const newRow = (): Row => ({
  id: 0,
  kind: 0,
  pair: 0,
  sourcePort: 0,
  destinationPort: 0,
  hasKey: false,
  keyHigh: 0,
  keyLow: 0,
  second: undefined,
});
/** Marks keys of DNS clients and of layer 7: ports of 5-tuples are not below -1. */
const [DNS_KEY, CLIENT_KEY, REQUEST_KEY] = [-2, -3, -4];
const NO_KEY = -1;

export class TouchedFlows implements Chosen {
  private readonly keys = new KeyTable();
  private readonly spans = new Spans();
  /** Keys of clients that have a request or answer without a key of its own: it can belong to any. */
  private readonly keyless = new Set<number>();
  private readonly row = newRow();

  /** `keep` is called for each row that is looked at by others than the roll-up, when that is certain. */
  constructor(
    private readonly pairs: PairView,
    private readonly places: FlowPlaces,
    private readonly added: Added,
    private readonly keep: (flows: FlowColumns, row: number) => void,
  ) {}

  /** For each added flow, before all flows are chosen from. */
  learn(reader: RowReader, kind: number): void {
    const row = this.read(reader, kind);
    if (!this.isAdded(row)) return;
    this.tupleOf(row, true);
    this.dnsOf(row, true);
    this.clientOf(row, true);
    this.requestOf(row, true);
  }

  choose(reader: RowReader, kind: number): number {
    const row = this.read(reader, kind);
    const isAdded = this.isAdded(row);
    const isChanged = isAdded || this.added.turned.has(row.id);
    const lookers =
      this.noted(FOR.tuples, this.tupleOf(row, false), row, isChanged) |
      this.noted(FOR.dns, this.dnsOf(row, false), row, isAdded) |
      this.noted(FOR.layer7, this.clientOf(row, false), row, isAdded) |
      this.noted(FOR.layer7, this.requestOf(row, false), row, isAdded);
    return isAdded ? FOR_ALL : lookers | this.anyDns(row);
  }

  chosen(): void {
    this.spans.close();
  }

  narrow(window: FlowColumns): void {
    const { at } = window;
    const { row } = this;
    for (let place = 0; place < window.rows; place++) {
      row.id = at.id[place] as number;
      row.kind = at.kind[place] as number;
      row.pair = at.pair[place] as number;
      row.sourcePort = at.sourcePort[place] as number;
      row.destinationPort = at.destinationPort[place] as number;
      row.hasKey = window.has(place, HAS.key);
      row.keyHigh = at.keyHigh[place] as number;
      row.keyLow = at.keyLow[place] as number;
      row.second = window.isTimed(place)
        ? secondOf(at.timeHigh[place] as number, (at.timeLow[place] as number) >>> 0)
        : undefined;
      const lookers = this.isAdded(row) ? FOR_ALL : this.within(row) | this.anyDns(row);
      at.flags[place] = ((at.flags[place] as number) & ~FOR_ALL) | lookers;
      if (lookers !== 0) this.keep(window, place);
    }
  }

  private within(row: Row): number {
    return (
      this.ifHeld(FOR.tuples, this.tupleOf(row, false), row) |
      this.ifHeld(FOR.dns, this.dnsOf(row, false), row) |
      this.ifHeld(FOR.layer7, this.exchangeOf(row), row)
    );
  }

  private ifHeld(looker: number, key: number, { second }: Row): number {
    return key !== NO_KEY && (second === undefined || this.spans.holds(key, second)) ? looker : 0;
  }

  private noted(looker: number, key: number, { second }: Row, isChanged: boolean): number {
    if (key === NO_KEY) return 0;
    if (second !== undefined) this.spans.note(key, second, isChanged);
    return looker;
  }

  private anyDns({ kind }: Row): number {
    return this.added.isAllDns && this.added.dnsClients[kind] ? FOR.dns : 0;
  }

  private isAdded({ id }: Row): boolean {
    const [from, to] = this.added.rows;
    return id >= from && id < to;
  }

  private read(reader: RowReader, kind: number): Row {
    const { places, row } = this;
    row.id = reader.rowId;
    row.kind = kind;
    row.pair = reader.number(places.pair, 0);
    row.sourcePort = reader.number(places.sourcePort, NO_PORT);
    row.destinationPort = reader.number(places.destinationPort, NO_PORT);
    row.hasKey = !reader.isNull(places.key);
    if (row.hasKey) {
      row.keyHigh = reader.high(places.key);
      row.keyLow = reader.low(places.key);
    }
    row.second = reader.isNull(places.time)
      ? undefined
      : secondOf(reader.high(places.time), reader.low(places.time) >>> 0);
    return row;
  }

  private number(isNew: boolean, a: number, b: number, c: number, d: number): number {
    return isNew ? this.keys.add(a, b, c, d) : this.keys.find(a, b, c, d);
  }

  private tupleOf({ pair, sourcePort, destinationPort }: Row, isNew: boolean): number {
    const source = this.pairs.sourceAddressOf(pair);
    const destination = this.pairs.destinationAddressOf(pair);
    if (source === 0 || destination === 0) return NO_KEY;
    const isSourceLow = source < destination || (source === destination && sourcePort <= destinationPort);
    return isSourceLow
      ? this.number(isNew, source, destination, sourcePort, destinationPort)
      : this.number(isNew, destination, source, destinationPort, sourcePort);
  }

  private dnsOf({ kind, pair, sourcePort, destinationPort }: Row, isNew: boolean): number {
    const side = this.added.dnsClients[kind] ?? 0;
    const port = side === 1 ? sourcePort : destinationPort;
    if (side === 0 || port === NO_PORT) return NO_KEY;
    // Actors are told apart from addresses by their sign.
    const client =
      side === 1
        ? this.pairs.sourceAddressOf(pair) || -this.pairs.sourceActorOf(pair)
        : this.pairs.destinationAddressOf(pair) || -this.pairs.destinationActorOf(pair);
    return this.number(isNew, client, port, DNS_KEY, DNS_KEY);
  }

  private clientOf(row: Row, isNew: boolean): number {
    const client = this.layer7Client(row);
    if (client === 0) return NO_KEY;
    const key = this.number(isNew, client, 0, 0, CLIENT_KEY);
    if (key !== NO_KEY && !row.hasKey) this.keyless.add(key);
    return key;
  }

  private requestOf(row: Row, isNew: boolean): number {
    const client = this.layer7Client(row);
    if (client === 0 || !row.hasKey) return NO_KEY;
    return this.number(isNew, client, row.keyHigh, row.keyLow, REQUEST_KEY);
  }

  /** What parts exchanges, when all rows were seen. */
  private exchangeOf(row: Row): number {
    const client = this.clientOf(row, false);
    return client !== NO_KEY && this.keyless.has(client) ? client : this.requestOf(row, false);
  }

  /** 0: not known, or the row is none of layer 7. */
  private layer7Client({ kind, pair }: Row): number {
    const side = this.added.layer7Clients[kind] ?? 0;
    if (side === 0) return 0;
    return side === 1 ? this.pairs.sourceAddressOf(pair) : this.pairs.destinationAddressOf(pair);
  }
}

/** Near enough to tell silences: a double holds some hundred nanoseconds of today's times. */
function secondOf(high: number, low: number): number {
  return (high * 2 ** 32 + low) / 1e9;
}

/** A silence that parts flows, with room for what a double rounds away. */
const SILENCE = Number(REACH_NS) / 1e9 + 1;

/** Times that are kept, at 24 bytes each. */
const MOST_TIMES = 2_000_000;

/** For each key, the times of its flows, and then from which to which of them no silence parts them from a changed one. */
export class Spans {
  private keys: number[] = [];
  private seconds: number[] = [];
  private firstChanged: number[] = [];
  private lastChanged: number[] = [];
  private from = new Float64Array(0);
  private to = new Float64Array(0);
  /** There were too many times: silences are not known, so nothing is parted by them. */
  private areTooMany = false;

  constructor(private readonly most = MOST_TIMES) {}

  note(key: number, second: number, isChanged: boolean): void {
    if (this.areTooMany) return;
    if (this.keys.length === this.most) {
      this.areTooMany = true;
      this.keys = [];
      this.seconds = [];
      return;
    }
    this.keys.push(key);
    this.seconds.push(second);
    if (!isChanged) return;
    this.firstChanged[key] = Math.min(this.firstChanged[key] ?? second, second);
    this.lastChanged[key] = Math.max(this.lastChanged[key] ?? second, second);
  }

  holds(key: number, second: number): boolean {
    if (this.areTooMany) return true;
    return second >= (this.from[key] as number) && second <= (this.to[key] as number);
  }

  close(): void {
    const ends = this.endsByKey();
    const sorted = this.sortedByKey(ends);
    // A key of untimed flows alone holds nothing.
    this.from = new Float64Array(ends.length).fill(1);
    this.to = new Float64Array(ends.length).fill(0);
    for (let key = 0, start = 0; key < ends.length; start = ends[key] as number, key++) {
      if (this.firstChanged[key] === undefined) continue;
      const times = sorted.subarray(start, ends[key]);
      this.from[key] = reachBack(times, this.firstChanged[key] as number);
      this.to[key] = reachOn(times, this.lastChanged[key] as number);
    }
    this.keys = [];
    this.seconds = [];
  }

  /** By key, the place behind its last time. */
  private endsByKey(): Uint32Array {
    const ends = new Uint32Array(this.keys.reduce((most, key) => Math.max(most, key), -1) + 1);
    for (const key of this.keys) ends[key] = (ends[key] as number) + 1;
    for (let key = 1; key < ends.length; key++) ends[key] = (ends[key] as number) + (ends[key - 1] as number);
    return ends;
  }

  private sortedByKey(ends: Uint32Array): Float64Array {
    const sorted = new Float64Array(this.seconds.length);
    const next = Uint32Array.from(ends, (_, key) => (key === 0 ? 0 : (ends[key - 1] as number)));
    this.keys.forEach((key, place) => {
      const to = next[key] as number;
      sorted[to] = this.seconds[place] as number;
      next[key] = to + 1;
    });
    for (let key = 0, start = 0; key < ends.length; start = ends[key] as number, key++)
      sorted.subarray(start, ends[key]).sort();
    return sorted;
  }
}

/** The earliest of the sorted times that no silence parts from this one, which is among them. */
function reachBack(times: Float64Array, second: number): number {
  let at = times.indexOf(second);
  while (at > 0 && (times[at] as number) - (times[at - 1] as number) <= SILENCE) at--;
  return times[at] as number;
}

/** The latest. */
function reachOn(times: Float64Array, second: number): number {
  let at = times.lastIndexOf(second);
  while (at + 1 < times.length && (times[at + 1] as number) - (times[at] as number) <= SILENCE) at++;
  return times[at] as number;
}
