/**
 * Which policy-verdict record says why a packet was dropped (product.md, "Joining").
 *
 * One to one. Drop records choose in the order of time: each takes the nearest verdict record that none has taken, at
 * most 1 ms away (inclusive); of two equally near, the one with the smaller hash. All records given are of one cluster,
 * node, 5-tuple (ICMP: type and code) and traffic direction.
 */

/** A record of a denial. Time as seconds and nanoseconds, of the same sign; equal hashes are told apart by occurrence. */
export interface Denial {
  readonly seconds: number;
  readonly nanos: number;
  readonly hash: bigint;
  readonly occurrence: number;
}

/** So far apart, in nanoseconds, the two records of a drop are at most. */
export const REACH_NS = 1_000_000;

/** Nanoseconds from `a` to `b`; exact while they are less than 100 days apart. */
export function nsBetween(a: Denial, b: Denial): number {
  return (b.seconds - a.seconds) * 1e9 + (b.nanos - a.nanos);
}

/** By time, then hash, then occurrence: the same whatever the order of files and lines. */
export function compareDenials(a: Denial, b: Denial): number {
  const ns = nsBetween(b, a);
  if (ns !== 0) return ns;
  if (a.hash !== b.hash) return a.hash < b.hash ? -1 : 1;
  return a.occurrence - b.occurrence;
}

/**
 * For each drop record the index of its verdict record, or -1. Both lists are sorted by {@link compareDenials}.
 *
 * Free verdicts are found through links that skip the taken ones, so that a flood of records of one moment stays quick.
 */
export function joinDrops(drops: readonly Denial[], verdicts: readonly Denial[]): number[] {
  const free = new FreeList(verdicts.length);
  return drops.map((drop) => {
    const [right, left] = [free.next(firstNotBefore(verdicts, drop)), nearestBefore(verdicts, drop, free)];
    const [behind, before] = [distance(drop, verdicts[right]), distance(drop, verdicts[left])];
    const nearest = Math.min(behind, before);
    if (nearest > REACH_NS) return -1;
    const isTie = behind === before;
    const isLeft = isTie ? isSmaller(verdicts[left], verdicts[right]) : before < behind;
    const taken = isLeft ? left : right;
    free.take(taken);
    return taken;
  });
}

function distance(drop: Denial, verdict: Denial | undefined): number {
  return verdict === undefined ? Number.POSITIVE_INFINITY : Math.abs(nsBetween(drop, verdict));
}

function isSmaller(a: Denial | undefined, b: Denial | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return a.hash !== b.hash ? a.hash < b.hash : a.occurrence <= b.occurrence;
}

/** Index of the first verdict that is not before the drop. */
function firstNotBefore(verdicts: readonly Denial[], drop: Denial): number {
  let [low, high] = [0, verdicts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (nsBetween(drop, verdicts[middle] as Denial) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Of the free verdicts before the drop: the one with the smallest hash of the latest moment; -1 for none. */
function nearestBefore(verdicts: readonly Denial[], drop: Denial, free: FreeList): number {
  const latest = free.previous(firstNotBefore(verdicts, drop) - 1);
  return latest < 0 ? -1 : free.next(firstNotBefore(verdicts, verdicts[latest] as Denial));
}

/** Numbers from 0 of which some are taken; the next free one in either direction in nearly constant time. */
class FreeList {
  /** Where the search for the next free one goes on: itself while it is free. Shifted by one in `before`. */
  private readonly behind: Int32Array;
  private readonly before: Int32Array;

  constructor(size: number) {
    this.behind = Int32Array.from({ length: size + 1 }, (_, at) => at);
    this.before = Int32Array.from({ length: size + 1 }, (_, at) => at);
  }

  take(index: number): void {
    this.behind[index] = index + 1;
    this.before[index + 1] = index;
  }

  /** The first free one from `index` on; the size when there is none. */
  next(index: number): number {
    return follow(this.behind, index);
  }

  /** The last free one up to `index`; -1 when there is none. */
  previous(index: number): number {
    return follow(this.before, index + 1) - 1;
  }
}

function follow(links: Int32Array, start: number): number {
  let end = start;
  while (links[end] !== end) end = links[end] as number;
  for (let at = start; at !== end; ) {
    const next = links[at] as number;
    links[at] = end;
    at = next;
  }
  return end;
}
