/** Buckets of time in SQL. */

const LARGEST = 2n ** 63n - 1n;
const SMALLEST = -(2n ** 63n);

/** Into what the store and BigInt64Array can hold. */
export function within64(ns: bigint): bigint {
  return ns > LARGEST ? LARGEST : ns < SMALLEST ? SMALLEST : ns;
}

/**
 * The number of a row's bucket in SQL, counted from a bucket that begins at `start`, for times up to `last`.
 *
 * A difference that leaves 64 bits becomes a floating point number in SQLite, and its row may come into the
 * bucket beside its own: then buckets are counted from the epoch, where nothing is subtracted.
 */
export function bucketNumber(
  start: bigint,
  last: bigint,
  width: bigint,
  time = "f.timeNs",
): { readonly sql: string; readonly parameters: readonly bigint[]; startOf(bucket: bigint): bigint } {
  if (last - start <= LARGEST && start >= SMALLEST) {
    return {
      sql: `(${time} - ?) / ?`,
      parameters: [start, width],
      startOf: (bucket) => start + bucket * width,
    };
  }
  return {
    // Division rounds towards zero: times before 1970 belong one bucket lower.
    sql: `${time} / ? - (${time} % ? < 0)`,
    parameters: [width, width],
    startOf: (bucket) => bucket * width,
  };
}
