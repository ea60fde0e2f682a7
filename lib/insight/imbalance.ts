/**
 * How evenly load is spread over the pods of a workload, and what may be the reason.
 *
 * The score is the Gini coefficient, scaled so that one pod that takes all is 1 whatever the number of pods, and an even
 * spread is 0. The coefficient of variation stands beside it for those who know it better. Below the smallest
 * sample both are null: a handful of events is uneven by chance.
 */

/** Events per pod, on average, from which a spread says something: chance alone then stays below about 0.1. */
const EVENTS_PER_POD = 30;

export interface Imbalance {
  readonly gini: number;
  readonly variation: number;
}

export function imbalanceOf(loads: readonly number[]): Imbalance | undefined {
  const pods = loads.length;
  const sum = loads.reduce((total, load) => total + load, 0);
  if (pods < 2 || sum < pods * EVENTS_PER_POD) return undefined;
  const sorted = [...loads].sort((a, b) => a - b);
  const weighted = sorted.reduce((total, load, i) => total + (2 * (i + 1) - pods - 1) * load, 0);
  const mean = sum / pods;
  const variance = loads.reduce((total, load) => total + (load - mean) ** 2, 0) / pods;
  return {
    gini: rounded(weighted / (pods * sum) / ((pods - 1) / pods)),
    variation: rounded(Math.sqrt(variance) / mean),
  };
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

/** What is known of one pod of a workload as a server. */
export interface PodLoad {
  readonly pod: string;
  /** Flow events with the pod on either end. */
  readonly events: number;
  readonly drops: number;
  /** Connection attempts that it received, and requests that it served. */
  readonly attempts: number;
  readonly requests: number;
  /** Nanoseconds from its first to its last flow. */
  readonly seenForNs: number;
}

export const IMBALANCE_REASONS = [
  "even",
  "long connections",
  "drops",
  "shorter life",
  "connections",
  "not knowable here",
] as const;
export type ImbalanceReason = (typeof IMBALANCE_REASONS)[number];

/** From this score on a spread is called uneven: with three pods, one has more than half of all. */
export const UNEVEN = 0.25;
/** Requests per connection from which the connections, not the balancer, decide where requests go. */
const REQUESTS_PER_CONNECTION = 5;

/**
 * The likely reason of an uneven spread, from what a log can show.
 *
 * Drops: most of the drops are at pods that have little load. Shorter life: the pods with little load were seen for less
 * than half the time. Long connections: many requests on few connections (gRPC and other HTTP/2 clients keep one
 * connection, and a Service balances connections, not requests). Connections: the connections themselves are spread
 * unevenly, as with session affinity or few clients. Anything else cannot be told from flows.
 */
export function likelyReason(pods: readonly PodLoad[]): ImbalanceReason {
  const spread = imbalanceOf(pods.map(({ events }) => events));
  if (spread === undefined) return "not knowable here";
  if (spread.gini < UNEVEN) return "even";
  const mean = sum(pods, "events") / pods.length;
  const quiet = pods.filter(({ events }) => events < mean);
  const longest = Math.max(...pods.map(({ seenForNs }) => seenForNs));
  if (sum(pods, "drops") > 0 && sum(quiet, "drops") * 2 > sum(pods, "drops")) return "drops";
  if (quiet.every(({ seenForNs }) => seenForNs * 2 < longest)) return "shorter life";
  const attempts = sum(pods, "attempts");
  if (attempts > 0 && sum(pods, "requests") > REQUESTS_PER_CONNECTION * attempts) return "long connections";
  const connections = imbalanceOf(pods.map((pod) => pod.attempts));
  return connections !== undefined && connections.gini >= UNEVEN ? "connections" : "not knowable here";
}

function sum(pods: readonly PodLoad[], member: "events" | "drops" | "attempts" | "requests"): number {
  return pods.reduce((total, pod) => total + pod[member], 0);
}
