/** Many flows as columns of numbers: 88 bytes each, no object per row. */

import type { Sqlite } from "../driver";
import type { RowReader } from "../table-pages";

/** Times, hashes and the like are 64 bits wide and stand as two halves. `flags` says which of them there are. */
export const HAS = { time: 1, latency: 2, key: 4 } as const;
/** Who looks at the row: further bits of `flags`. Of an addition few rows are looked at by all (touched-flows.ts). */
export const FOR = { tuples: 8, dns: 16, layer7: 32, rollUp: 64 } as const;
export const FOR_ALL = FOR.tuples | FOR.dns | FOR.layer7 | FOR.rollUp;

const WIDE = ["id", "events"] as const;
const NARROW = [
  "timeHigh",
  "timeLow",
  "kind",
  "observer",
  "pair",
  "sourcePort",
  "destinationPort",
  "text",
  "answer",
  "policies",
  "latencyHigh",
  "latencyLow",
  "hashHigh",
  "hashLow",
  "occurrence",
  "keyHigh",
  "keyLow",
  "flags",
] as const;
export const ROW_BYTES = WIDE.length * 8 + NARROW.length * 4;

/** Where no port was given. */
export const NO_PORT = -1;
/** Where there is no text: ids begin at 1. */
export const NO_TEXT = 0;

const SECOND = 1e9;
const HIGH = 2 ** 32;

type Arrays = { readonly [Name in (typeof WIDE)[number]]: Float64Array } & {
  readonly [Name in (typeof NARROW)[number]]: Int32Array;
};

/** Places of the columns in the table. */
export class FlowPlaces {
  readonly time: number;
  readonly kind: number;
  readonly observer: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly text: number;
  readonly answer: number;
  readonly policies: number;
  readonly latency: number;
  readonly events: number;
  readonly hash: number;
  readonly occurrence: number;
  readonly key: number;
  readonly pair: number;

  constructor(placeOf: (column: string) => number) {
    this.time = placeOf("timeNs");
    this.kind = placeOf("kindId");
    this.observer = placeOf("observerId");
    this.sourcePort = placeOf("sourcePort");
    this.destinationPort = placeOf("destinationPort");
    this.text = placeOf("l7TextId");
    this.answer = placeOf("dnsAnswerId");
    this.policies = placeOf("policiesId");
    this.latency = placeOf("latencyNs");
    this.events = placeOf("events");
    this.hash = placeOf("hash");
    this.occurrence = placeOf("occurrence");
    this.key = placeOf("exchangeKey");
    this.pair = placeOf("pairId");
  }
}

/** Columns that migrations added stand last, so they are asked for by name. */
export function placesOfFlow(database: Sqlite): FlowPlaces {
  const columns = database.prepare("SELECT name, cid FROM pragma_table_info('Flow')").rows([]);
  const places = new Map(columns.map(([name, place]) => [String(name), Number(place)]));
  return new FlowPlaces((column) => places.get(column) as number);
}

function newMemory(bytes: number, isShared: boolean): ArrayBuffer | SharedArrayBuffer {
  return isShared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);
}

export class FlowColumns {
  rows = 0;
  readonly bytes: Uint8Array;
  readonly at: Arrays;

  /** `shared`: in memory that threads share, anew or as it is there. */
  constructor(
    readonly capacity: number,
    shared: boolean | SharedArrayBuffer = false,
  ) {
    const buffer = typeof shared === "boolean" ? newMemory(capacity * ROW_BYTES, shared) : shared;
    this.bytes = new Uint8Array(buffer);
    let start = 0;
    const arrays: Record<string, Float64Array | Int32Array> = {};
    for (const name of WIDE) {
      arrays[name] = new Float64Array(buffer, start, capacity);
      start += capacity * 8;
    }
    for (const name of NARROW) {
      arrays[name] = new Int32Array(buffer, start, capacity);
      start += capacity * 4;
    }
    this.at = arrays as unknown as Arrays;
  }

  /** `isPlain`: only what is rolled up; texts, latency and key stay what they were. */
  put(row: RowReader, places: FlowPlaces, kind: number, isPlain: boolean, lookers: number): void {
    const { at } = this;
    const to = this.rows++;
    at.id[to] = row.rowId;
    at.events[to] = row.number(places.events, 0);
    at.kind[to] = kind;
    at.observer[to] = row.number(places.observer, 0);
    at.pair[to] = row.number(places.pair, 0);
    at.sourcePort[to] = row.number(places.sourcePort, NO_PORT);
    at.destinationPort[to] = row.number(places.destinationPort, NO_PORT);
    at.policies[to] = row.number(places.policies, NO_TEXT);
    at.occurrence[to] = row.number(places.occurrence, 0);
    at.hashHigh[to] = row.high(places.hash);
    at.hashLow[to] = row.low(places.hash);
    at.flags[to] = lookers;
    if (!row.isNull(places.time)) {
      at.flags[to] = lookers | HAS.time;
      at.timeHigh[to] = row.high(places.time);
      at.timeLow[to] = row.low(places.time);
    }
    if (!isPlain) this.putRest(row, places, to);
  }

  private putRest(row: RowReader, places: FlowPlaces, to: number): void {
    const { at } = this;
    at.text[to] = row.number(places.text, NO_TEXT);
    at.answer[to] = row.number(places.answer, NO_TEXT);
    let flags = at.flags[to] as number;
    if (!row.isNull(places.latency)) {
      flags |= HAS.latency;
      at.latencyHigh[to] = row.high(places.latency);
      at.latencyLow[to] = row.low(places.latency);
    }
    if (!row.isNull(places.key)) {
      flags |= HAS.key;
      at.keyHigh[to] = row.high(places.key);
      at.keyLow[to] = row.low(places.key);
    }
    at.flags[to] = flags;
  }

  isFor(row: number, lookers: number): boolean {
    return this.has(row, lookers);
  }

  /** `flag`: of HAS. */
  has(row: number, flag: number): boolean {
    return ((this.at.flags[row] as number) & flag) !== 0;
  }

  /** Adds the rows of others, for which there must be room. */
  append(other: FlowColumns): void {
    for (const name of WIDE) this.at[name].set(other.at[name].subarray(0, other.rows), this.rows);
    for (const name of NARROW) this.at[name].set(other.at[name].subarray(0, other.rows), this.rows);
    this.rows += other.rows;
  }

  isTimed(row: number): boolean {
    return ((this.at.flags[row] as number) & HAS.time) !== 0;
  }

  isSameTime(a: number, b: number): boolean {
    const { timeHigh, timeLow } = this.at;
    return timeLow[a] === timeLow[b] && timeHigh[a] === timeHigh[b];
  }

  /** Whole seconds since the epoch, rounded down; with {@link nano} the exact time. */
  second(row: number): number {
    const high = this.at.timeHigh[row] as number;
    const low = (this.at.timeLow[row] as number) >>> 0;
    const second = Math.floor((high * HIGH + low) / SECOND);
    const nano = nanosBehind(high, low, second);
    return nano < 0 ? second - 1 : nano >= SECOND ? second + 1 : second;
  }

  /** Nanoseconds behind the second. */
  nano(row: number, second: number): number {
    return nanosBehind(this.at.timeHigh[row] as number, (this.at.timeLow[row] as number) >>> 0, second);
  }

  timeNs(row: number): bigint | undefined {
    return this.isTimed(row) ? wide(this.at.timeHigh, this.at.timeLow, row) : undefined;
  }

  latencyNs(row: number): bigint | undefined {
    const has = ((this.at.flags[row] as number) & HAS.latency) !== 0;
    return has ? wide(this.at.latencyHigh, this.at.latencyLow, row) : undefined;
  }

  key(row: number): bigint | undefined {
    const has = ((this.at.flags[row] as number) & HAS.key) !== 0;
    return has ? wide(this.at.keyHigh, this.at.keyLow, row) : undefined;
  }

  hash(row: number): bigint {
    return wide(this.at.hashHigh, this.at.hashLow, row);
  }

  /** By the record's hash, then its occurrence: what does not depend on the order of files and lines. */
  compareRecords(a: number, b: number): number {
    const { hashHigh, hashLow, occurrence } = this.at;
    return (
      (hashHigh[a] as number) - (hashHigh[b] as number) ||
      ((hashLow[a] as number) >>> 0) - ((hashLow[b] as number) >>> 0) ||
      (occurrence[a] as number) - (occurrence[b] as number)
    );
  }
}

const WORDS = new Int32Array(2);
const WORD = new BigInt64Array(WORDS.buffer);
/** Which of two neighbouring 32-bit words is the high half of a 64-bit one on this machine. */
const HIGH_WORD = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0;

/** By memory: each step of shifting and joining would make a number of its own. */
function wide(high: Int32Array, low: Int32Array, row: number): bigint {
  WORDS[HIGH_WORD] = high[row] as number;
  WORDS[1 - HIGH_WORD] = low[row] as number;
  return WORD[0] as bigint;
}

/** Exact while it is less than 2^53: the product is split, because it is wider than a double holds. */
function nanosBehind(high: number, low: number, second: number): number {
  const upper = Math.floor(second / 65_536);
  // second * 1e9 = upper * 1e9 * 2^16 + rest * 1e9, of which the first part is split once more at 2^32.
  const product = upper * SECOND;
  const productHigh = Math.floor(product / 65_536);
  const productLow = (product - productHigh * 65_536) * 65_536 + (second - upper * 65_536) * SECOND;
  return (high - productHigh) * HIGH + (low - productLow);
}
