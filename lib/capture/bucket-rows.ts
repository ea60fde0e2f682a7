/** What flows of a range add up to while their buckets are read (flow-buckets.ts): a row for each group and place in time. */

import type { FlowLists } from "./flow-lists";
import { ANCHORED, type Anchored } from "./roll-up-levels";

/** In place of an order or a place. */
export const UNTIMED = -1;

export interface Groups {
  /** By combination; -1: the filter does not hold it. */
  readonly groupOf: Int32Array;
  /** The keys of each. */
  readonly keys: readonly (readonly Key[])[];
}

export type Key = number | string | null;

export interface Starts {
  /** By place, where what buckets count in begins. */
  readonly of: readonly (bigint | null)[];
  /** By their own order. */
  readonly own: readonly bigint[];
}

/** Where a bucket stands in time. */
export interface BucketPlace {
  /** Its own place among the starts of buckets: equal for equal times. */
  readonly order: number;
  /** Of the bucket that it counts in, -1 without a time. */
  readonly place: number;
}

/** What a row draws. */
export interface RowPoint {
  readonly id: number;
  /** Of the bucket that it counts in; null without a time. */
  readonly startNs: bigint | null;
  readonly n: number;
}

/** What a row adds up to where times are not told apart. */
export interface AddedRow extends Readonly<Record<Anchored, number>> {
  readonly keys: readonly Key[];
  readonly records: number;
  readonly events: number;
  /** Null: without a time. */
  readonly firstNs: bigint | null;
  readonly lastNs: bigint | null;
}

/** Their places in ANCHORED. */
const AT = Object.fromEntries(ANCHORED.map((name, at) => [name, at])) as Readonly<Record<Anchored, number>>;

/** Beyond it places of rows are looked up by hash. */
const MOST_SLOTS = 2 ** 22;
const FIRST_ROWS = 64;

/** Sums by group and place. */
export class BucketRows {
  /** Always there: with the last of them, code that was compiled for them would be thrown away. */
  static readonly none = new BucketRows({ groupOf: new Int32Array(0), keys: [] }, { of: [], own: [] });

  /** By group and place: number of the row + 1. */
  private readonly slots: Int32Array | undefined;
  private readonly numbers = new Map<number, number>();
  private size = 0;
  private groups = new Int32Array(FIRST_ROWS);
  private places = new Int32Array(FIRST_ROWS);
  private records = new Float64Array(FIRST_ROWS);
  private events = new Float64Array(FIRST_ROWS);
  /** Order of the bucket with the first and the last flow, and how far behind its start they come. */
  private firstIn = new Int32Array(FIRST_ROWS);
  private firstBehind = new Float64Array(FIRST_ROWS);
  private lastIn = new Int32Array(FIRST_ROWS);
  private lastBehind = new Float64Array(FIRST_ROWS);
  /** All of ANCHORED, row by row. */
  private anchors = new Float64Array(FIRST_ROWS * ANCHORED.length);

  constructor(
    private readonly of: Groups,
    private readonly starts: Starts,
  ) {
    const slots = (starts.of.length + 1) * of.keys.length;
    this.slots = slots <= MOST_SLOTS ? new Int32Array(slots) : undefined;
  }

  private rowOf(group: number, place: number): number {
    const slot = (place + 1) * this.of.keys.length + group;
    const known = this.slots === undefined ? (this.numbers.get(slot) ?? 0) : (this.slots[slot] as number);
    return known > 0 ? known - 1 : this.addRow(slot, group, place);
  }

  private addRow(slot: number, group: number, place: number): number {
    this.makeRoom(1);
    const row = this.size++;
    if (this.slots === undefined) this.numbers.set(slot, row + 1);
    else this.slots[slot] = row + 1;
    this.groups[row] = group;
    this.places[row] = place;
    this.firstIn[row] = UNTIMED;
    this.firstBehind[row] = Number.POSITIVE_INFINITY;
    this.lastIn[row] = UNTIMED;
    return row;
  }

  /** For so many rows more. */
  private makeRoom(more: number): void {
    while (this.groups.length < this.size + more) this.grow();
  }

  private grow(): void {
    this.groups = twiceInts(this.groups);
    this.places = twiceInts(this.places);
    this.records = twiceNumbers(this.records);
    this.events = twiceNumbers(this.events);
    this.firstIn = twiceInts(this.firstIn);
    this.firstBehind = twiceNumbers(this.firstBehind);
    this.lastIn = twiceInts(this.lastIn);
    this.lastBehind = twiceNumbers(this.lastBehind);
    this.anchors = twiceNumbers(this.anchors);
  }

  /** Buckets come in the order of time, several of the same time among them. */
  addSums(lists: FlowLists, { order, place }: BucketPlace): void {
    this.makeRoom(lists.size);
    const { groupOf, keys } = this.of;
    const { combinations } = lists;
    const { slots, records, events, firstIn, lastIn, lastBehind } = this;
    const firstSlot = (place + 1) * keys.length;
    for (let entry = 0; entry < lists.size; entry++) {
      const combination = combinations[entry] as number;
      const group = combination < groupOf.length ? (groupOf[combination] as number) : -1;
      if (group < 0) continue;
      const known = slots === undefined ? 0 : (slots[firstSlot + group] as number);
      const row = known > 0 ? known - 1 : this.rowOf(group, place);
      records[row] = (records[row] as number) + (lists.records[entry] as number);
      events[row] = (events[row] as number) + (lists.events[entry] as number);
      if (firstIn[row] === UNTIMED) firstIn[row] = order;
      if (lastIn[row] === order) continue;
      lastIn[row] = order;
      lastBehind[row] = 0;
    }
  }

  /** By the order of buckets: 1 where a row has its first or its last flow. */
  outerBuckets(): Uint8Array {
    const isOuter = new Uint8Array(this.starts.own.length);
    for (const order of [...this.firstIn.subarray(0, this.size), ...this.lastIn.subarray(0, this.size)])
      if (order !== UNTIMED) isOuter[order] = 1;
    return isOuter;
  }

  /** Of a bucket with a time, when its sums are added, or all are. */
  addTimes(lists: FlowLists, { order, place }: BucketPlace): void {
    const { groupOf } = this.of;
    const { firstIn, firstBehind, lastIn, lastBehind } = this;
    for (let entry = 0; entry < lists.size; entry++) {
      const combination = lists.combinations[entry] as number;
      const group = combination < groupOf.length ? (groupOf[combination] as number) : -1;
      if (group < 0) continue;
      const row = this.rowOf(group, place);
      const first = lists.behind[entry] as number;
      const last = first + (lists.lengths[entry] as number);
      if (firstIn[row] === order) firstBehind[row] = Math.min(first, firstBehind[row] as number);
      if (lastIn[row] === order) lastBehind[row] = Math.max(last, lastBehind[row] as number);
    }
  }

  /** Numbers with commas, lists of them with semicolons: a combination and what is anchored. */
  addAnchors(text: string, place: number): void {
    const { groupOf } = this.of;
    let [value, sign, column, row] = [0, 1, 0, -1];
    for (let at = 0; at <= text.length; at++) {
      const code = at === text.length ? SEMICOLON : text.charCodeAt(at);
      if (code === MINUS) sign = -1;
      else if (code !== COMMA && code !== SEMICOLON) value = value * 10 + code - ZERO;
      else {
        if (column === 0) {
          const group = groupOf[value] ?? -1;
          row = group < 0 ? -1 : this.rowOf(group, place);
        } else if (row >= 0 && value > 0) {
          const to = row * ANCHORED.length + column - 1;
          this.anchors[to] = (this.anchors[to] as number) + sign * value;
        }
        [value, sign] = [0, 1];
        column = code === SEMICOLON ? 0 : column + 1;
      }
    }
  }

  /** Where one key tells rows apart, a number. */
  points(of: "events" | "drops"): RowPoint[] {
    const ids = this.of.keys.map(([key]) => Number(key));
    return Array.from({ length: this.size }, (_, row) => ({
      id: ids[this.groups[row] as number] as number,
      startNs: this.starts.of[this.places[row] as number] ?? null,
      n: (of === "events" ? this.events[row] : this.anchors[row * ANCHORED.length + AT.drops]) as number,
    }));
  }

  /** All of them, where places are not told apart. */
  rows(): AddedRow[] {
    return Array.from({ length: this.size }, (_, row): AddedRow => {
      const times = this.times(row);
      const at = row * ANCHORED.length;
      return {
        keys: this.of.keys[this.groups[row] as number] as readonly Key[],
        records: this.records[row] as number,
        events: this.events[row] as number,
        firstNs: times === undefined ? null : times[0],
        lastNs: times === undefined ? null : times[1],
        attempts: this.anchors[at + AT.attempts] as number,
        requests: this.anchors[at + AT.requests] as number,
        l7Errors: this.anchors[at + AT.l7Errors] as number,
        drops: this.anchors[at + AT.drops] as number,
      };
    });
  }

  json({ hasTimes, hasAnchored }: { readonly hasTimes: boolean; readonly hasAnchored: boolean }): string {
    const starts = this.starts.of.map((start) => (start === null ? "null" : String(atLeast(start))));
    const written = this.of.keys.map((keys) => keys.map((key) => `${JSON.stringify(key)},`).join(""));
    const lists: string[] = [];
    for (let row = 0; row < this.size; row++) {
      const place = this.places[row] as number;
      const start = place === UNTIMED ? "null" : (starts[place] ?? "null");
      const keys = written[this.groups[row] as number];
      let list = `[${keys}${start},${this.records[row]},${this.events[row]}`;
      if (hasTimes) for (const time of this.times(row) ?? ["null", "null"]) list += `,${time}`;
      if (hasAnchored)
        for (let at = 0; at < ANCHORED.length; at++) list += `,${this.anchors[row * ANCHORED.length + at]}`;
      lists.push(`${list}]`);
    }
    return `[${lists.join(",")}]`;
  }

  /** Of the first and the last flow. */
  private times(row: number): readonly [bigint, bigint] | undefined {
    const first = this.starts.own[this.firstIn[row] as number];
    const last = this.starts.own[this.lastIn[row] as number];
    if (first === undefined || last === undefined) return undefined;
    return [first + BigInt(this.firstBehind[row] as number), last + BigInt(this.lastBehind[row] as number)];
  }
}

function twiceInts(list: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(list.length * 2);
  larger.set(list);
  return larger;
}

function twiceNumbers(list: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(list.length * 2);
  larger.set(list);
  return larger;
}

const [COMMA, MINUS, ZERO, SEMICOLON] = [44, 45, 48, 59] as const;
const LEAST = -(2n ** 63n);

/** A bucket may begin before the smallest time that can be stored. */
function atLeast(ns: bigint): bigint {
  return ns < LEAST ? LEAST : ns;
}
