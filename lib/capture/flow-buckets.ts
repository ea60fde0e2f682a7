/**
 * Flows of a range added up, from buckets of time that settling makes (docs/adr/0021-roll-ups.md). A bucket has two lists of bytes, with an
 * entry for each combination of kind, observer, pair and policies that has flows in it. In `sums`: the combination's number less that of the one before,
 * records, and events less records, all as varints. In `times`, in the same order: how many nanoseconds behind the bucket's start the first flow
 * comes, and how many behind this the last one.
 *
 * What a filter holds and what a question tells apart is asked of combinations, which are few. So a list is read in one go, and what
 * comes out has a row for each thing that is told apart and no more.
 */

import { alignDown } from "@/lib/base/bucket-width";
import { ListReader } from "./byte-lists";
import type { Condition } from "./conditions";
import { rememberedText } from "./dictionary-search";
import type { Sqlite, SqlValue } from "./driver";
import { ANCHORED } from "./roll-up-levels";

export interface BucketWish {
  readonly filter: Condition;
  /** Half open. */
  readonly first: bigint | undefined;
  readonly end: bigint | undefined;
  /** SQL over `f`, a combination: what is told apart. */
  readonly keys: readonly string[];
  /** Buckets of this width are told apart, too. */
  readonly widthNs: bigint | undefined;
  /** What counts at single flows is wanted, too. */
  readonly hasAnchored: boolean;
  /** So are the first and the last time. */
  readonly hasTimes: boolean;
}

/**
 * JSON: a list for each row, with the keys, the start of the bucket (null: without a time, or not told apart), records, events, and where they
 * are wanted the first and the last time, and what is anchored.
 */
export function addedUp(database: Sqlite, wish: BucketWish): string {
  return rememberedText(database, `flow buckets ${keyOf(wish)}`, () => addUp(database, wish));
}

/** Questions about numbers of one scope ask for the same several times. */
function keyOf({ filter, ...rest }: BucketWish): string {
  const written = (_: string, value: unknown): unknown => (typeof value === "bigint" ? String(value) : value);
  return JSON.stringify([filter.sql, filter.parameters, rest], written);
}

function addUp(database: Sqlite, wish: BucketWish): string {
  const { buckets, starts } = bucketsOf(database, wish);
  const rows = new Rows(groupsOf(database, wish), starts, wish);
  const { hasAnchored, hasTimes } = wish;
  const read = database.prepare(
    `SELECT firstCombination, sums, ${hasTimes ? "times" : "NULL"}, ${hasAnchored ? "anchors" : "NULL"} FROM FlowBucket WHERE id = ?`,
  );
  for (const bucket of buckets) {
    const [[first, sums, times, anchors] = []] = read.rows([bucket.id]);
    rows.addSums(sums as Uint8Array, times as Uint8Array | null, Number(first), bucket);
    if (typeof anchors === "string") rows.addAnchors(anchors, bucket.place);
  }
  return rows.json();
}

interface Bucket {
  readonly id: SqlValue;
  readonly startNs: bigint | null;
  /** Its own place among the starts of buckets: equal for equal times. */
  readonly order: number;
  /** Of the bucket that it counts in, -1 without a time. */
  readonly place: number;
}

interface Starts {
  /** By place, where what buckets count in begins. */
  readonly of: readonly (bigint | null)[];
  /** By their own order. */
  readonly own: readonly bigint[];
}

/** In the order of time. */
function bucketsOf(
  database: Sqlite,
  { first, end, widthNs }: BucketWish,
): { readonly buckets: readonly Bucket[]; readonly starts: Starts } {
  const conditions = [
    "1",
    ...(first === undefined ? [] : ["bucketNs >= ?"]),
    ...(end === undefined ? [] : ["bucketNs < ?"]),
  ];
  const starts: (bigint | null)[] = [];
  const own: bigint[] = [];
  const places = new Map<bigint, number>();
  const buckets = database
    .prepareExact(`SELECT id, bucketNs FROM FlowBucket WHERE ${conditions.join(" AND ")} ORDER BY bucketNs`)
    .rows([first, end].filter((ns) => ns !== undefined))
    .map(([id, bucketNs]) => {
      if (typeof bucketNs !== "bigint")
        return { id: id as SqlValue, startNs: null, order: UNTIMED, place: UNTIMED };
      if (own.at(-1) !== bucketNs) own.push(bucketNs);
      const start = widthNs === undefined ? 0n : alignDown(bucketNs, widthNs);
      const place = places.get(start) ?? places.size;
      places.set(start, place);
      starts[place] = widthNs === undefined ? null : start;
      return { id: id as SqlValue, startNs: bucketNs, order: own.length - 1, place };
    });
  return { buckets, starts: { of: starts, own } };
}

const UNTIMED = -1;

interface Groups {
  /** By combination; -1: the filter does not hold it. */
  readonly groupOf: Int32Array;
  /** The keys of each, as JSON without brackets. */
  readonly keys: readonly string[];
}

function groupsOf(database: Sqlite, { filter, keys }: BucketWish): Groups {
  const rows = database
    .prepare(`SELECT f.id${keys.map((key) => `, ${key}`).join("")} FROM Combination f WHERE ${filter.sql}`)
    .rows(filter.parameters);
  const most = rows.reduce((largest, [id]) => Math.max(largest, Number(id)), 0);
  const groupOf = new Int32Array(most + 1).fill(-1);
  const numbers = new Map<string, number>();
  for (const [id, ...values] of rows) {
    const key = values.map((value) => `${JSON.stringify(value)},`).join("");
    const number = numbers.get(key) ?? numbers.size;
    numbers.set(key, number);
    groupOf[Number(id)] = number;
  }
  return { groupOf, keys: [...numbers.keys()] };
}

/** Beyond it places of rows are looked up by hash. */
const MOST_SLOTS = 2 ** 22;

/** Sums by group and place. */
class Rows {
  /** By group and place: number of the row + 1. */
  private readonly slots: Int32Array | undefined;
  private readonly numbers = new Map<number, number>();
  private readonly groups: number[] = [];
  private readonly places: number[] = [];
  private readonly records: number[] = [];
  private readonly events: number[] = [];
  /** Order of the bucket with the first and the last flow, and how far behind its start they come. */
  private readonly firstIn: number[] = [];
  private readonly firstBehind: number[] = [];
  private readonly lastIn: number[] = [];
  private readonly lastBehind: number[] = [];
  /** All of ANCHORED, row by row. */
  private readonly anchors: number[] = [];

  constructor(
    private readonly of: Groups,
    private readonly starts: Starts,
    private readonly wish: BucketWish,
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
    const row = this.groups.length;
    if (this.slots === undefined) this.numbers.set(slot, row + 1);
    else this.slots[slot] = row + 1;
    this.groups.push(group);
    this.places.push(place);
    this.records.push(0);
    this.events.push(0);
    this.firstIn.push(UNTIMED);
    this.firstBehind.push(0);
    this.lastIn.push(UNTIMED);
    this.lastBehind.push(0);
    for (const _ of ANCHORED) this.anchors.push(0);
    return row;
  }

  addSums(bytes: Uint8Array, times: Uint8Array | null, first: number, { order, place }: Bucket): void {
    const { groupOf } = this.of;
    const reader = new ListReader(bytes);
    const timesReader = times === null || order === UNTIMED ? undefined : new ListReader(times);
    let combination = first;
    while (reader.at < bytes.length) {
      combination += reader.signed();
      const records = reader.varint();
      const events = records + reader.signed();
      const behind = timesReader === undefined ? 0 : timesReader.wide();
      const length = timesReader === undefined ? 0 : timesReader.wide();
      const group = combination < groupOf.length ? (groupOf[combination] as number) : -1;
      if (group < 0) continue;
      const row = this.rowOf(group, place);
      this.records[row] = (this.records[row] as number) + records;
      this.events[row] = (this.events[row] as number) + events;
      if (timesReader !== undefined) this.widen(row, order, behind, behind + length);
    }
  }

  /** Buckets come in the order of time, several of the same time among them. */
  private widen(row: number, order: number, first: number, last: number): void {
    const firstIn = this.firstIn[row] as number;
    if (firstIn === UNTIMED || (firstIn === order && first < (this.firstBehind[row] as number))) {
      this.firstIn[row] = order;
      this.firstBehind[row] = first;
    }
    if (this.lastIn[row] !== order || last > (this.lastBehind[row] as number)) {
      this.lastIn[row] = order;
      this.lastBehind[row] = last;
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

  json(): string {
    const { hasTimes, hasAnchored } = this.wish;
    const lists = this.groups.map((group, row) => {
      const place = this.places[row] as number;
      const start = place === UNTIMED ? null : (this.starts.of[place] ?? null);
      const parts = [start === null ? "null" : atLeast(start), this.records[row], this.events[row]];
      if (hasTimes) parts.push(...this.times(row));
      if (hasAnchored) parts.push(...this.anchors.slice(row * ANCHORED.length, (row + 1) * ANCHORED.length));
      return `[${this.of.keys[group]}${parts.join(",")}]`;
    });
    return `[${lists.join(",")}]`;
  }

  private times(row: number): readonly (bigint | string)[] {
    const first = this.starts.own[this.firstIn[row] as number];
    const last = this.starts.own[this.lastIn[row] as number];
    if (first === undefined || last === undefined) return ["null", "null"];
    return [first + BigInt(this.firstBehind[row] as number), last + BigInt(this.lastBehind[row] as number)];
  }
}

const [COMMA, MINUS, ZERO, SEMICOLON] = [44, 45, 48, 59] as const;
const LEAST = -(2n ** 63n);

/** A bucket may begin before the smallest time that can be stored. */
function atLeast(ns: bigint): bigint {
  return ns < LEAST ? LEAST : ns;
}
