/** When most of the trouble began: causes that begin together were most likely caused by one change. */

import { parseTime } from "@/lib/base/time";

const NS_PER_SECOND = 1_000_000_000n;
/** Causes begin together when all of them do within this. A retry loop may need so long to come round. */
const TOGETHER = 90n * NS_PER_SECOND;
/** What begins with the capture was there before. */
const MARGIN = 30n * NS_PER_SECOND;
const FEWEST = 3;

export interface Onset {
  readonly causes: number;
  readonly from: bigint;
  readonly to: bigint;
}

interface Begun {
  readonly first: string | null;
  readonly class: string;
}

/**
 * The stretch in which most causes begin; undefined when fewer than three begin together, or less than a third of all.
 * Noise begins at any time and is left out. Of stretches with equally many causes the shortest counts.
 */
export function findOnset(causes: readonly Begun[], captureFirst: string | null): Onset | undefined {
  const start = captureFirst === null ? undefined : parseTime(captureFirst);
  if (start === undefined) return undefined;
  const real = causes.filter(({ class: name }) => name !== "noise");
  const begins = real
    .flatMap(({ first }) => (first === null ? [] : [parseTime(first) ?? start]))
    .filter((time) => time >= start + MARGIN)
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  let best: Onset | undefined;
  for (const [at, from] of begins.entries()) {
    const within = begins.slice(at).filter((time) => time <= from + TOGETHER);
    const one: Onset = { causes: within.length, from, to: within.at(-1) ?? from };
    if (best === undefined || isBetter(one, best)) best = one;
  }
  return best !== undefined && best.causes >= FEWEST && best.causes * 3 >= real.length ? best : undefined;
}

/** Whether it began in the stretch. */
export function isOf(onset: Onset, { first }: Pick<Begun, "first">): boolean {
  const time = first === null ? undefined : parseTime(first);
  return time !== undefined && onset.from <= time && time <= onset.to;
}

function isBetter(a: Onset, b: Onset): boolean {
  return a.causes > b.causes || (a.causes === b.causes && a.to - a.from < b.to - b.from);
}
