/** Points over time: the start of a bucket in decimal nanoseconds, and a count. */

export type Points = readonly (readonly [startNs: string, count: number])[];

/** What several series count together, in order of time. */
export function addPoints(series: readonly Points[]): [string, number][] {
  const sums = new Map<string, number>();
  for (const points of series)
    for (const [start, count] of points) sums.set(start, (sums.get(start) ?? 0) + count);
  return [...sums].sort(([a], [b]) => (BigInt(a) < BigInt(b) ? -1 : 1));
}
