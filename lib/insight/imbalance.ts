/**
 * How evenly load is spread over the pods of a workload.
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

export function imbalanceOf(loads: readonly number[], smallest = EVENTS_PER_POD): Imbalance | undefined {
  const pods = loads.length;
  const sum = loads.reduce((total, load) => total + load, 0);
  if (pods < 2 || sum < pods * smallest) return undefined;
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

/** From this score on a spread is called uneven: with three pods, one has more than half of all. */
export const UNEVEN = 0.25;
