/** From a time line's answer to shapes: which bucket stands where and how high each tone is. Pure; instants in nanoseconds, places in pixels. */

import { LEAST_SIZE, stretchOf, type TimeWindow } from "@/components/ui/time-scale";
import type { TimelineAnswer } from "@/lib/questions/answers";
import { TONES, type Tone, toneOf } from "./verdicts";

export interface Bucket {
  readonly from: bigint;
  readonly to: bigint;
  readonly total: number;
  readonly byVerdict: ReadonlyMap<string, number>;
}

export interface Bars {
  readonly buckets: readonly Bucket[];
  /** Events in the fullest bucket. */
  readonly most: number;
  readonly totals: ReadonlyMap<string, number>;
}

/** Buckets that hold events, in order of time. */
export function toBars(answer: Pick<TimelineAnswer, "series" | "bucketNs">): Bars {
  const width = BigInt(answer.bucketNs);
  const byStart = new Map<string, Map<string, number>>();
  const totals = new Map<string, number>();
  for (const { key, points } of answer.series) {
    for (const [start, count] of points) {
      const bucket = byStart.get(start) ?? new Map<string, number>();
      byStart.set(start, bucket.set(key, (bucket.get(key) ?? 0) + count));
      totals.set(key, (totals.get(key) ?? 0) + count);
    }
  }
  const buckets = [...byStart].map(([start, byVerdict]) => {
    const from = BigInt(start);
    return { from, to: from + width, total: sum(byVerdict.values()), byVerdict };
  });
  buckets.sort((a, b) => (a.from < b.from ? -1 : 1));
  return { buckets, most: Math.max(0, ...buckets.map(({ total }) => total)), totals };
}

/** One outline for each tone, drops at the bottom where their heights can be compared. */
export function outlines(
  bars: Bars,
  window: TimeWindow,
  { width, height }: { readonly width: number; readonly height: number },
): ReadonlyMap<Tone, string> {
  const paths = new Map<Tone, string>();
  for (const bucket of bars.buckets) {
    const stretch = stretchOf(bucket, window, width);
    if (stretch === undefined) continue;
    const { left, right } = stretch;
    // A thin gap between bars, as long as there is room for it.
    const gap = right - left > 4 ? 1 : 0;
    let base = height;
    for (const tone of TONES) {
      const count = countOf(bucket, tone);
      if (count === 0) continue;
      const tall = Math.max(LEAST_SIZE, (count / bars.most) * height);
      const top = Math.max(0, base - tall);
      const box = `M${round(left)} ${round(top)}h${round(Math.max(LEAST_SIZE, right - left - gap))}V${round(base)}H${round(left)}z`;
      paths.set(tone, (paths.get(tone) ?? "") + box);
      base = top;
    }
  }
  return paths;
}

function countOf(bucket: Bucket, tone: Tone): number {
  let count = 0;
  for (const [verdict, events] of bucket.byVerdict) if (toneOf(verdict) === tone) count += events;
  return count;
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
