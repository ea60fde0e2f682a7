/**
 * How far the clocks of nodes are apart, where packets show it.
 *
 * A packet takes time t from one node to the other; the log shows t plus the difference of the clocks. One way
 * alone cannot tell them apart, but a negative passage proves a difference at least as large. With both ways,
 * half the difference of the usual passages is the difference of the clocks, if both ways take equally long.
 */

import type { Passage } from "./facts";

/** Passages of a pair of nodes needed before anything is said. */
const SAMPLES = 5;

export interface Skew {
  readonly node: string;
  readonly reference: string;
  /** The node's clock minus the reference's. */
  readonly ns: bigint;
  /** True when only one way was seen: the difference is at least this. */
  readonly atLeast: boolean;
  readonly samples: number;
}

/** One entry per pair of nodes whose clocks differ by at least `threshold`, by names. */
export function findSkew(passages: readonly Passage[], thresholdNs: bigint): Skew[] {
  const ways = new Map<string, Map<string, bigint[]>>();
  for (const { from, to, ns } of passages) {
    const behind = ways.get(from) ?? new Map<string, bigint[]>();
    ways.set(from, behind);
    const times = behind.get(to) ?? [];
    behind.set(to, times);
    times.push(ns);
  }
  const nodes = [...new Set(passages.flatMap(({ from, to }) => [from, to]))].sort();
  return nodes
    .flatMap((reference, i) => nodes.slice(i + 1).flatMap((node) => skewOf(ways, reference, node) ?? []))
    .filter(({ ns }) => (ns < 0n ? -ns : ns) >= thresholdNs);
}

function skewOf(
  ways: ReadonlyMap<string, ReadonlyMap<string, readonly bigint[]>>,
  reference: string,
  node: string,
): Skew | undefined {
  const there = ways.get(reference)?.get(node) ?? [];
  const back = ways.get(node)?.get(reference) ?? [];
  const samples = there.length + back.length;
  if (there.length >= SAMPLES && back.length >= SAMPLES)
    return { node, reference, ns: (median(there) - median(back)) / 2n, atLeast: false, samples };
  if (samples < SAMPLES) return undefined;
  // A passage that ends before it begins: the receiving clock is behind by at least that.
  if (there.length >= SAMPLES && median(there) < 0n)
    return { node, reference, ns: median(there), atLeast: true, samples };
  if (back.length >= SAMPLES && median(back) < 0n)
    return { node, reference, ns: -median(back), atLeast: true, samples };
  return undefined;
}

function median(values: readonly bigint[]): bigint {
  const sorted = [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return sorted[(sorted.length - 1) >> 1] as bigint;
}
