/**
 * The bucket of a latency (lib/base/log-histogram.ts) as SQL, so that the store groups by it: below 64 each number has its
 * own; then 64 to each power of two. Halved again and again, because a list of all powers is walked for each row.
 */
export function bucketSql(value: string): string {
  // What is larger counts as the largest number that is exact (2^53 - 1).
  return `CASE WHEN ${value} < 64 THEN max(${value}, 0) WHEN ${value} >= ${2n ** 53n} THEN 3071 ELSE ${octaves(value, 0, 46)} END`;
}

/** Among these octaves: the first holds numbers from 64 to 127. */
function octaves(value: string, first: number, last: number): string {
  if (first === last) return `${64 * first} + (${value} >> ${first})`;
  const middle = Math.floor((first + last) / 2);
  const behind = 2n ** BigInt(7 + middle);
  return `CASE WHEN ${value} < ${behind} THEN ${octaves(value, first, middle)} ELSE ${octaves(value, middle + 1, last)} END`;
}
