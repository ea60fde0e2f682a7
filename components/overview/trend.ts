/** Counts of a trend at equal steps over a span, empty steps included: what a spark draws. */

interface Span {
  readonly from: bigint;
  readonly to: bigint;
}

/** More steps than a spark can draw are not laid out. */
const MOST = 500;

export function sparkValues(
  trend: readonly (readonly [string, number])[],
  bucketNs: string,
  span: Span,
): number[] {
  const width = BigInt(bucketNs);
  if (width <= 0n || trend.length === 0) return [];
  const from = span.from - (span.from % width);
  const steps = Number((span.to - from) / width) + 1;
  if (steps < 1 || steps > MOST) return trend.map(([, count]) => count);
  const values = new Array<number>(steps).fill(0);
  for (const [start, count] of trend) {
    const at = Number((BigInt(start) - from) / width);
    if (at >= 0 && at < steps) values[at] = (values[at] ?? 0) + count;
  }
  return values;
}
