/** From series to shapes: bars stacked in each bucket, the first series at the bottom. Pure; instants in nanoseconds, places in pixels. */

import { LEAST_SIZE, stretchOf, type TimeWindow } from "./time-scale";

export interface SeriesPoints {
  readonly key: string;
  /** Start of the bucket in decimal nanoseconds, and the count. Buckets without any are left out. */
  readonly points: readonly (readonly [startNs: string, count: number])[];
}

export interface Stack {
  readonly from: bigint;
  readonly to: bigint;
  readonly total: number;
  readonly byKey: ReadonlyMap<string, number>;
}

/** Buckets that hold anything, in order of time. */
export function toStacks(series: readonly SeriesPoints[], bucketNs: bigint): readonly Stack[] {
  const byStart = new Map<string, Map<string, number>>();
  for (const { key, points } of series) {
    for (const [start, count] of points) {
      if (count === 0) continue;
      const bucket = byStart.get(start) ?? new Map<string, number>();
      byStart.set(start, bucket.set(key, (bucket.get(key) ?? 0) + count));
    }
  }
  const stacks = [...byStart].map(([start, byKey]) => {
    const from = BigInt(start);
    let total = 0;
    for (const count of byKey.values()) total += count;
    return { from, to: from + bucketNs, total, byKey };
  });
  return stacks.sort((a, b) => (a.from < b.from ? -1 : 1));
}

/** One outline for each series that holds anything. `most` is the count at the top of the picture. */
export function stackOutlines(
  stacks: readonly Stack[],
  keys: readonly string[],
  window: TimeWindow,
  size: { readonly width: number; readonly height: number; readonly most: number },
): ReadonlyMap<string, string> {
  const paths = new Map<string, string>();
  for (const stack of stacks) {
    const stretch = stretchOf(stack, window, size.width);
    if (stretch === undefined) continue;
    const { left, right } = stretch;
    // A thin gap between bars, as long as there is room for it.
    const wide = Math.max(LEAST_SIZE, right - left - (right - left > 4 ? 1 : 0));
    let base = size.height;
    for (const key of keys) {
      const count = stack.byKey.get(key) ?? 0;
      if (count === 0) continue;
      const top = Math.max(0, base - Math.max(LEAST_SIZE, (count / size.most) * size.height));
      paths.set(
        key,
        `${paths.get(key) ?? ""}M${place(left)} ${place(top)}h${place(wide)}V${place(base)}h${place(-wide)}z`,
      );
      base = top;
    }
  }
  return paths;
}

function place(value: number): number {
  return Math.round(value * 10) / 10;
}
