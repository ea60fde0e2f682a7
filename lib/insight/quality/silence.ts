/**
 * Stretches in which a node wrote nothing although its own rate makes that improbable.
 *
 * Traffic comes in bursts, and an idle connection is reported every few seconds, so a Poisson law at the mean rate
 * would call every pause a gap. A stretch is called silent when three things hold: at the node's mean rate it
 * would have held at least 50 flows, it lasts at least five seconds, and it is at least five times as long as
 * nine in ten of the node's other pauses. A node that pauses regularly is then not called silent.
 */

import type { Buckets, NodeFacts, Span } from "./facts";

const EXPECTED_FLOWS = 50;
/** With fewer, a silence would have to last for more than a quarter of the node's span before it could be told. */
const FEWEST_FLOWS = 4 * EXPECTED_FLOWS;
const SHORTEST_NS = 5_000_000_000n;
const TIMES_USUAL = 5;
/** Told at most per node; the longest ones. */
const TOLD = 20;

export interface Silence extends Span {
  readonly node: string | null;
  /** Flows that the node's mean rate would have given. */
  readonly expected: number;
}

/** Whether the node wrote too little to tell silence from quiet. */
export function isTooQuietToTell({ flows }: { readonly flows: number }): boolean {
  return flows < FEWEST_FLOWS;
}

/** Longest first per node, nodes in the order given. Only pauses between a node's first and last flow count. */
export function findSilences(nodes: readonly NodeFacts[], buckets: Buckets): Silence[] {
  return nodes.flatMap((node) => silencesOf(node, buckets));
}

function silencesOf(node: NodeFacts, { fromNs, widthNs }: Buckets): Silence[] {
  const filled = [...node.buckets].sort(([a], [b]) => a - b);
  const pauses = filled.slice(1).flatMap(([number], i) => {
    const before = (filled[i] as readonly [number, number])[0];
    return number - before > 1 ? [{ from: before + 1, buckets: number - before - 1 }] : [];
  });
  const [first, last] = [filled[0]?.[0], filled[filled.length - 1]?.[0]];
  if (first === undefined || last === undefined || pauses.length === 0) return [];
  const perBucket = filled.reduce((sum, [, flows]) => sum + flows, 0) / (last - first + 1);
  return pauses
    .sort((a, b) => b.buckets - a.buckets || a.from - b.from)
    .slice(0, TOLD)
    .filter(
      (pause) =>
        pause.buckets * perBucket >= EXPECTED_FLOWS &&
        BigInt(pause.buckets) * widthNs >= SHORTEST_NS &&
        pause.buckets >= TIMES_USUAL * usualPause(pauses, pause),
    )
    .map((pause) => ({
      node: node.name,
      firstNs: fromNs + BigInt(pause.from) * widthNs,
      lastNs: fromNs + BigInt(pause.from + pause.buckets) * widthNs,
      expected: Math.round(pause.buckets * perBucket),
    }));
}

/** Nine in ten of the other pauses are no longer; a node without others pauses for one bucket at most. */
function usualPause(pauses: readonly { readonly buckets: number }[], but: object): number {
  const others = pauses
    .filter((pause) => pause !== but)
    .map(({ buckets }) => buckets)
    .sort((a, b) => a - b);
  return others[Math.min(others.length - 1, Math.ceil(others.length * 0.9) - 1)] ?? 1;
}
