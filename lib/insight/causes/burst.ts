/** Counts of buckets that follow each other, and the stretch in which most of them lie. */

/** Fewer than this is no burst. */
const FEWEST = 10;
/** So much of the count must lie in so little of the buckets. */
const SHARE = 0.8;
const STRETCH = 0.2;

export interface Burst {
  /** First bucket, and the first behind. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** The shortest stretch with four fifths of the count, if it is at most a fifth of the buckets; undefined: spread out. */
export function burstOf(counts: readonly number[]): Burst | undefined {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total < FEWEST) return undefined;
  let best: Burst | undefined;
  let from = 0;
  let count = 0;
  for (let to = 0; to < counts.length; to++) {
    count += counts[to] ?? 0;
    while (count - (counts[from] ?? 0) >= total * SHARE) count -= counts[from++] ?? 0;
    const isEnough = count >= total * SHARE;
    if (isEnough && (best === undefined || to + 1 - from < best.to - best.from))
      best = { from, to: to + 1, count };
  }
  return best !== undefined && best.to - best.from <= counts.length * STRETCH ? best : undefined;
}
