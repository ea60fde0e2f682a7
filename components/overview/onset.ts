/** When most of the trouble began: causes that begin together were most likely caused by one change. */

import { parseTime } from "@/lib/base/time";

const NS_PER_SECOND = 1_000_000_000n;
/** Causes begin together when all of them do within this. A retry loop may need so long to come round. */
const TOGETHER = 90n * NS_PER_SECOND;
/** What begins with the capture was there before. */
const MARGIN = 30n * NS_PER_SECOND;
const FEWEST = 3;
/** So many times more than chance would bring together. */
const BEYOND_CHANCE = 3;

export interface Onset {
  readonly causes: number;
  readonly from: bigint;
  readonly to: bigint;
}

interface Begun {
  readonly first: string | null;
  readonly class: string;
}

interface Span {
  readonly first: string | null;
  readonly last: string | null;
}

/**
 * The stretch in which most causes begin; undefined when fewer than three begin together, less than a third of those that began while
 * the capture ran, or not many more than chance brings together. Noise begins at any time and is left out. Of stretches with equally
 * many causes the shortest counts.
 */
export function findOnset(causes: readonly Begun[], capture: Span): Onset | undefined {
  const start = capture.first === null ? undefined : parseTime(capture.first);
  const end = capture.last === null ? undefined : parseTime(capture.last);
  if (start === undefined || end === undefined) return undefined;
  const begins = causes
    .filter(({ class: name }) => name !== "noise")
    .flatMap(({ first }) => (first === null ? [] : [parseTime(first) ?? start]))
    .filter((time) => time >= start + MARGIN)
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  let best: Onset | undefined;
  for (const [at, from] of begins.entries()) {
    const within = begins.slice(at).filter((time) => time <= from + TOGETHER);
    const one: Onset = { causes: within.length, from, to: within.at(-1) ?? from };
    if (best === undefined || isBetter(one, best)) best = one;
  }
  if (best === undefined || best.causes < FEWEST || best.causes * 3 < begins.length) return undefined;
  const byChance = (begins.length * Number(best.to - best.from)) / Number(end - start - MARGIN);
  return best.causes >= byChance * BEYOND_CHANCE ? best : undefined;
}

/** Whether it began in the stretch. */
export function isOf(onset: Onset, { first }: Pick<Begun, "first">): boolean {
  const time = first === null ? undefined : parseTime(first);
  return time !== undefined && onset.from <= time && time <= onset.to;
}

function isBetter(a: Onset, b: Onset): boolean {
  return a.causes > b.causes || (a.causes === b.causes && a.to - a.from < b.to - b.from);
}
