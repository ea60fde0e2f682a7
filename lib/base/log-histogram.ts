/**
 * Percentiles from a histogram instead of all values: 64 buckets to each power of two.
 *
 * A bucket is at most 1/64 as wide as its lower end, so its middle is at most 1/128 (0.8 %) off any value in it.
 * Bounds are whole numbers and a bucket's number is found by comparing bits, so that every machine and every
 * order of the values gives the same answer. Numbers of buckets may be stored; do not change what they mean.
 */

/** Buckets to a power of two; below it each whole number has its own. */
const PER_OCTAVE = 64;
const PER_OCTAVE_BITS = 6;
/** Latencies of more than 104 days count as that: beyond it `number` is not exact. */
const LARGEST = Number.MAX_SAFE_INTEGER;

/** Larger than the number of any bucket. */
export const BUCKET_NUMBERS = 3072;

/** The bucket of a whole number from 0 on, such as nanoseconds. */
export function bucketOf(value: number): number {
  const whole = Math.min(value, LARGEST);
  if (whole < PER_OCTAVE) return whole;
  const octave = highestBit(whole) - PER_OCTAVE_BITS;
  return PER_OCTAVE * octave + Math.floor(whole / 2 ** octave);
}

/** First value of a bucket, and the first behind it. */
export function bucketRange(bucket: number): { readonly from: number; readonly to: number } {
  if (bucket < PER_OCTAVE) return { from: bucket, to: bucket + 1 };
  const octave = Math.floor(bucket / PER_OCTAVE) - 1;
  const from = (bucket - PER_OCTAVE * octave) * 2 ** octave;
  return { from, to: from + 2 ** octave };
}

/** How many values each bucket holds. */
export type BucketCounts = ReadonlyMap<number, number>;

/**
 * For each of the shares the smallest value that at least so many of all values do not exceed, as the middle of its bucket.
 * `undefined` when there are none.
 */
export function percentiles(counts: BucketCounts, shares: readonly number[]): (number | undefined)[] {
  const buckets = Uint32Array.from(counts.keys()).sort();
  const behind = new Float64Array(buckets.length);
  let total = 0;
  for (const [at, bucket] of buckets.entries()) {
    total += counts.get(bucket) ?? 0;
    behind[at] = total;
  }
  return shares.map((share) => {
    if (total === 0) return undefined;
    const rank = Math.max(1, Math.ceil(share * total));
    return middle(buckets[behind.findIndex((seen) => seen >= rank)] as number);
  });
}

/** The value that stands for all of a bucket. */
function middle(bucket: number): number {
  const { from, to } = bucketRange(bucket);
  return Math.floor((from + to - 1) / 2);
}

/** Of a whole number from 1 on; logarithms are rounded differently from machine to machine. */
function highestBit(value: number): number {
  const high = Math.floor(value / 2 ** 32);
  return high > 0 ? 63 - Math.clz32(high) : 31 - Math.clz32(value);
}
