/**
 * From a time line's answer to shapes: which bucket stands where, how high each tone is, where the labels
 * of the axis go. Pure; instants in nanoseconds, places in pixels.
 */

import type { TimelineAnswer } from "@/lib/questions/answers";
import type { Window } from "./range";
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

/** Places an instant on a line of `width` pixels. */
export function xOf(ns: bigint, window: Window, width: number): number {
  const span = Number(window.to - window.from);
  return span <= 0 ? 0 : (Number(ns - window.from) / span) * width;
}

/** The instant at a place, cut to the window. */
export function instantAt(x: number, window: Window, width: number): bigint {
  const span = window.to - window.from;
  const part = Math.min(1, Math.max(0, width > 0 ? x / width : 0));
  return window.from + BigInt(Math.round(part * Number(span)));
}

/** The bucket boundaries round a brushed stretch, so that a brush covers whole bars. */
export function snap(from: bigint, to: bigint, bucketNs: bigint): Window {
  const floor = (ns: bigint) => ns - (((ns % bucketNs) + bucketNs) % bucketNs);
  return { from: floor(from), to: floor(to - 1n) + bucketNs };
}

/** Least width and height of what has events: one drop among a million forwarded must be seen. */
const LEAST_SIZE = 2;

/** One outline for each tone, drops at the bottom where their heights can be compared. */
export function outlines(
  bars: Bars,
  window: Window,
  { width, height }: { readonly width: number; readonly height: number },
): ReadonlyMap<Tone, string> {
  const paths = new Map<Tone, string>();
  for (const bucket of bars.buckets) {
    const left = Math.max(0, xOf(bucket.from, window, width));
    const right = Math.min(width, xOf(bucket.to, window, width));
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

/** Steps that read well on a clock, nanoseconds. */
const SECOND = 1_000_000_000n;
const STEPS: readonly bigint[] = [
  ...[1n, 2n, 5n, 10n, 20n, 50n, 100n, 200n, 500n].map((us) => us * 1_000n),
  ...[1n, 2n, 5n, 10n, 20n, 50n, 100n, 200n, 500n].map((ms) => ms * 1_000_000n),
  ...[1n, 2n, 5n, 10n, 15n, 30n].map((seconds) => seconds * SECOND),
  ...[1n, 2n, 5n, 10n, 15n, 30n].map((minutes) => minutes * 60n * SECOND),
  ...[1n, 2n, 3n, 6n, 12n].map((hours) => hours * 3600n * SECOND),
  ...[1n, 2n, 7n, 14n, 30n, 90n, 365n].map((days) => days * 86_400n * SECOND),
];

/** Round instants inside the window, at most `most` of them. */
export function ticks(
  window: Window,
  most: number,
): { readonly at: readonly bigint[]; readonly step: bigint } {
  const span = window.to - window.from;
  const step =
    STEPS.find((candidate) => span / candidate < BigInt(Math.max(1, most))) ?? STEPS.at(-1) ?? SECOND;
  const at: bigint[] = [];
  const rest = ((window.from % step) + step) % step;
  for (let tick = rest === 0n ? window.from : window.from - rest + step; tick < window.to; tick += step)
    at.push(tick);
  return { at, step };
}

/** A round number at or above the fullest bucket, for the top of the axis. */
export function axisTop(most: number): number {
  if (most <= 0) return 1;
  const size = 10 ** Math.floor(Math.log10(most));
  const step = [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((factor) => factor * size >= most) ?? 10;
  return Math.max(1, Math.ceil(step * size));
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
