/**
 * The bucket of a latency (lib/base/log-histogram.ts) as SQL, so that the store groups by it: below 64 each number has its
 * own; then 64 to each power of two.
 */
export function bucketSql(value: string): string {
  const octaves = Array.from({ length: 47 }, (_, octave) => {
    const behind = 2n ** BigInt(7 + octave);
    return `WHEN ${value} < ${behind} THEN ${64 * octave} + (${value} >> ${octave})`;
  });
  // What is larger counts as the largest number that is exact (2^53 - 1).
  return `CASE WHEN ${value} < 64 THEN max(${value}, 0) ${octaves.join(" ")} ELSE 3071 END`;
}
