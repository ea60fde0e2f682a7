/**
 * Sums over time as the rows of the whole capture have them: each says in a list how much of it lies in which bucket of level 1.
 *
 * These rows are some hundreds to thousands, where rows by bucket are tens of thousands. A list says buckets by their place: 0 is what has
 * no time, 1 the first bucket. Lists are those of number-lists.ts: `3:17,4:20` of numbers, `3=I?I@;4=IK` of codes.
 */

import { alignDown } from "@/lib/base/bucket-width";
import type { Sqlite, SqlValue } from "./driver";
import { bucketCounts } from "./number-lists";
import { SUM_LEVEL } from "./sum-tables";

/** Buckets of a level. */
export interface SumBuckets {
  /** Number of the first one, counted from the epoch: where it begins can be out of 64 bits. */
  readonly first: bigint;
  readonly widthNs: bigint;
}

/** How a list is made of rows by bucket. */
export function seriesSql(column: string, isList: boolean, { first, widthNs }: SumBuckets): string {
  // Divided first, because a difference of times can leave 64 bits; and whole, because a bucket that begins out of them is no integer.
  const place = `coalesce(CAST(round(bucketNs / ${widthNs}) AS INTEGER) - (${first}) + 1, 0)`;
  return isList
    ? `group_concat(${place} || '=' || ${column}, ';')`
    : `group_concat(${place} || ':' || ${column})`;
}

/** Undefined: there are no such sums. */
export function sumBuckets(database: Sqlite, level: "buckets" | "wide" = "buckets"): SumBuckets | undefined {
  const row = database
    .prepareExact("SELECT first, widthNs FROM SumLevel WHERE level = ?")
    .get([SUM_LEVEL[level]]);
  if (typeof row?.first !== "bigint" || typeof row.widthNs !== "bigint") return undefined;
  return { first: row.first, widthNs: row.widthNs };
}

/** The bucket of a time line at a place: where it begins; null has no time, undefined is out of the range. */
export type BucketAt = (place: number) => bigint | null | undefined;

interface TimeLine {
  readonly from?: bigint | undefined;
  readonly to?: bigint | undefined;
  /** A multiple of the width of the sums' buckets. */
  readonly widthNs: bigint;
}

/** A list of numbers by place as numbers by bucket of the time line. */
export function countsInTime(list: SqlValue | undefined, at: BucketAt): Map<bigint | null, number> {
  const counts = new Map<bigint | null, number>();
  for (const [place, n] of bucketCounts(list)) {
    const startNs = at(place);
    if (startNs !== undefined) counts.set(startNs, (counts.get(startNs) ?? 0) + n);
  }
  return counts;
}

export function bucketAt({ first, widthNs }: SumBuckets, line: TimeLine): BucketAt {
  const { from, to } = line;
  const known = new Map<number, bigint | null | undefined>();
  const find = (place: number): bigint | null | undefined => {
    if (place === 0) return from === undefined && to === undefined ? null : undefined;
    // A capture from elsewhere can say any number.
    if (!Number.isSafeInteger(place)) return undefined;
    const ns = (first + BigInt(place - 1)) * widthNs;
    if ((from !== undefined && ns < from) || (to !== undefined && ns >= to)) return undefined;
    return alignDown(ns, line.widthNs);
  };
  return (place) => {
    if (!known.has(place)) known.set(place, find(place));
    return known.get(place);
  };
}
