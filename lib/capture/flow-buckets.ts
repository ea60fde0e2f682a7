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
import {
  type AddedRow,
  type BucketPlace,
  BucketRows,
  type Groups,
  type Key,
  type RowPoint,
  type Starts,
  UNTIMED,
} from "./bucket-rows";
import { plainBytes } from "./byte-lists";
import type { Condition } from "./conditions";
import { rememberedText } from "./dictionary-search";
import type { Sqlite, SqlValue } from "./driver";
import { FlowLists } from "./flow-lists";

/** Values of a key that need not be told apart, such as endpoints of one workload: by each that has one, the value that stands for it. */
export interface Alike {
  /** SQL, one of the keys. */
  readonly key: string;
  /** Equal for equal values, while the capture is the same. */
  readonly name: string;
  readonly values: ReadonlyMap<number, number>;
}

export interface BucketWish {
  readonly filter: Condition;
  /** Half open. */
  readonly first: bigint | undefined;
  readonly end: bigint | undefined;
  /** SQL over `f`, a combination: what is told apart. */
  readonly keys: readonly string[];
  readonly alike: Alike | undefined;
  /** Buckets of this width are told apart, too. */
  readonly widthNs: bigint | undefined;
  /** Records and events are wanted, */
  readonly hasCounts: boolean;
  /** and what counts at single flows. */
  readonly hasAnchored: boolean;
  /** So are the first and the last time. */
  readonly hasTimes: boolean;
}

/**
 * JSON: a list for each row, with the keys, the start of the bucket (null: without a time, or not told apart), records, events, and where they
 * are wanted the first and the last time, and what is anchored.
 */
export function addedUp(database: Sqlite, wish: BucketWish): string {
  return rememberedText(database, `flow buckets ${keyOf(wish)}`, () => addUp(database, wish).json(wish));
}

/** The same as points, where one key is told apart, a number: they are thousands, and written down for SQL they take as long as reading all lists. */
export function addedPoints(database: Sqlite, wish: BucketWish, of: "events" | "drops"): RowPoint[] {
  return addUp(database, wish).points(of);
}

/** The same as rows, where buckets are not told apart: as text for SQL they take longer than all else. */
export function addedRows(database: Sqlite, wish: BucketWish): AddedRow[] {
  return addUp(database, wish).rows();
}

/** Questions about numbers of one scope ask for the same several times. */
function keyOf({ filter, alike, ...rest }: BucketWish): string {
  const written = (_: string, value: unknown): unknown => (typeof value === "bigint" ? String(value) : value);
  return JSON.stringify([filter.sql, filter.parameters, alike?.name, rest], written);
}

function addUp(database: Sqlite, wish: BucketWish): BucketRows {
  const { buckets, starts } = bucketsOf(database, wish);
  const rows = new BucketRows(groupsOf(database, wish), starts);
  const { hasAnchored, hasTimes } = wish;
  // Rows of many buckets of time begin and end in all of them.
  const isAtOnce = hasTimes && wish.widthNs !== undefined;
  const columns = [
    ...["firstCombination", wish.hasCounts || hasTimes ? "sums" : "NULL"],
    ...[isAtOnce ? "times" : "NULL", hasAnchored ? "anchors" : "NULL"],
  ];
  const read = database.prepare(`SELECT ${columns.join(", ")} FROM FlowBucket WHERE id = ?`);
  for (const bucket of buckets) {
    const [[first, sums, times, anchors] = []] = read.rows([bucket.id]);
    if (sums instanceof Uint8Array) {
      LISTS.readSums(plainBytes(sums), Number(first));
      rows.addSums(LISTS, bucket);
    }
    if (times instanceof Uint8Array) addTimes(rows, times, bucket);
    if (typeof anchors === "string") rows.addAnchors(anchors, bucket.place);
  }
  if (hasTimes && !isAtOnce) addOuterTimes(database, rows, buckets);
  return rows;
}

/** Of the list that was read last. */
function addTimes(rows: BucketRows, times: Uint8Array, bucket: Bucket): void {
  if (bucket.order === UNTIMED) return;
  LISTS.readTimes(plainBytes(times));
  rows.addTimes(LISTS, bucket);
}

/** Times take three times the bytes of sums, and only those of buckets in which a row begins or ends matter: mostly the first ones and the last. */
function addOuterTimes(database: Sqlite, rows: BucketRows, buckets: readonly Bucket[]): void {
  const isOuter = rows.outerBuckets();
  const read = database.prepare("SELECT firstCombination, sums, times FROM FlowBucket WHERE id = ?");
  for (const bucket of buckets) {
    if (isOuter[bucket.order] !== 1) continue;
    const [[first, sums, times] = []] = read.rows([bucket.id]);
    LISTS.readSums(plainBytes(sums as Uint8Array), Number(first));
    addTimes(rows, times as Uint8Array, bucket);
  }
}

/** What was read last: one for all, because code that was compiled for it would be thrown away with the last of them. */
const LISTS = new FlowLists();

interface Bucket extends BucketPlace {
  readonly id: SqlValue;
}

/** In the order of time. */
function bucketsOf(
  database: Sqlite,
  { first, end, widthNs, hasCounts, hasTimes, hasAnchored }: BucketWish,
): { readonly buckets: readonly Bucket[]; readonly starts: Starts } {
  // What counts at flows has rows of its own.
  const isOfSums = hasCounts || hasTimes;
  const conditions = [
    isOfSums && hasAnchored ? "1" : isOfSums ? "length(sums) > 0" : "anchors IS NOT NULL",
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
      if (typeof bucketNs !== "bigint") return { id: id as SqlValue, order: UNTIMED, place: UNTIMED };
      if (own.at(-1) !== bucketNs) own.push(bucketNs);
      const start = widthNs === undefined ? 0n : alignDown(bucketNs, widthNs);
      const place = places.get(start) ?? places.size;
      places.set(start, place);
      starts[place] = widthNs === undefined ? null : start;
      return { id: id as SqlValue, order: own.length - 1, place };
    });
  return { buckets, starts: { of: starts, own } };
}

function listIn(json: SqlValue): readonly Key[] {
  const list: unknown = JSON.parse(String(json));
  return Array.isArray(list) ? list : [];
}

function groupsOf(database: Sqlite, { filter, keys, alike }: BucketWish): Groups {
  // A list of each column in one row: thousands of rows take the driver longer than all lists of a range.
  const columns = ["f.id", ...keys].map((column) => `json_group_array(${column})`);
  const [lists = []] = database
    .prepare(`SELECT ${columns.join(", ")} FROM Combination f WHERE ${filter.sql}`)
    .rows(filter.parameters);
  const [ids = [], ...values] = lists.map(listIn);
  const most = ids.reduce<number>((largest, id) => Math.max(largest, Number(id)), 0);
  const groupOf = new Int32Array(most + 1).fill(-1);
  const standIn = (value: Key): Key => alike?.values.get(Number(value)) ?? value;
  const told = values.map((column, at) => (keys[at] === alike?.key ? column.map(standIn) : column));
  const numbers = new Map<number | string, number>();
  const known: Key[][] = [];
  const nameOf = namesOf(told);
  for (const [at, id] of ids.entries()) {
    const name = nameOf(at);
    let number = numbers.get(name);
    if (number === undefined) {
      number = known.length;
      numbers.set(name, number);
      known.push(told.map((column) => column[at] ?? null));
    }
    groupOf[Number(id)] = number;
  }
  return { groupOf, keys: known };
}

/** What is equal where all columns are: a number where they are ids that fit into one, which takes a fifth of the time of a text. */
function namesOf(columns: readonly (readonly Key[])[]): (at: number) => number | string {
  const sizes = columns.map(sizeOf);
  if (sizes.reduce((product, size) => product * size, 1) > Number.MAX_SAFE_INTEGER)
    return (at) => JSON.stringify(columns.map((column) => column[at]));
  return (at) => columns.reduce((name, column, nth) => name * (sizes[nth] as number) + Number(column[at]), 0);
}

/** Of the numbers that its ids are of; infinite where something else is among them. */
function sizeOf(column: readonly Key[]): number {
  let most = 0;
  for (const key of column) {
    if (typeof key !== "number" || !Number.isInteger(key) || key < 0) return Number.POSITIVE_INFINITY;
    if (key > most) most = key;
  }
  return most + 1;
}
