/** Fewer gaps than this show no rhythm. */
const FEWEST_GAPS = 4;
/** How far from the middle a gap may lie, and how many of a hundred must lie so near. */
const TOLERANCE = 0.15;
const SHARE = 0.7;

/**
 * The time from try to try, when tries come regularly: a job, a probe, a retry loop. Undefined when they do not.
 *
 * `triesNs` are the times at which tries began, in order. The middle gap must not be shorter than a second: what is
 * quicker is one burst, not a rhythm.
 */
export function rhythmOf(triesNs: readonly bigint[]): bigint | undefined {
  const gaps = triesNs.slice(1).map((time, at) => Number(time - (triesNs[at] as bigint)));
  if (gaps.length < FEWEST_GAPS) return undefined;
  const middle = [...gaps].sort((a, b) => a - b)[Math.floor(gaps.length / 2)] as number;
  if (middle < 1e9) return undefined;
  const near = gaps.filter((gap) => Math.abs(gap - middle) <= middle * TOLERANCE).length;
  return near >= gaps.length * SHARE ? BigInt(middle) : undefined;
}
