/**
 * Lists of numbers as the store adds them up: text, because `group_concat` makes longer ones of them.
 *
 * `640,641,640` is how often each number is there, `2:7,3:1,2:1` says how often. `3=640,641;5=640:2` has a list for each place.
 */

import { Counter } from "@/lib/base/counter";
import type { SqlValue } from "./driver";

const COMMA = 44;
const COLON = 58;
const SEMICOLON = 59;
const EQUALS = 61;
const ZERO = 48;

/** A list can hold some hundred thousand numbers: they are read byte by byte, which is quicker than from a text. */
function bytesOf(list: SqlValue | undefined): Uint8Array {
  return Buffer.from(typeof list === "string" ? list : "", "latin1");
}

const counter = new Counter();

/** How often each number is in a list. */
export function bucketCounts(list: SqlValue | undefined): Map<number, number> {
  const bytes = bytesOf(list);
  if (bytes.length === 0) return new Map();
  let [key, number, isSaid] = [0, 0, false];
  for (let at = 0; at <= bytes.length; at++) {
    const code = at === bytes.length ? COMMA : (bytes[at] as number);
    if (code >= ZERO && code < COLON) number = number * 10 + code - ZERO;
    else if (code === COLON) [key, number, isSaid] = [number, 0, true];
    else {
      if (isSaid && number > 0) counter.add(key, number);
      else if (!isSaid) counter.add(number, 1);
      [number, isSaid] = [0, false];
    }
  }
  return counter.take();
}

/** As short as it can be said. */
export function countedList(counts: ReadonlyMap<number, number>): string {
  return [...counts].map(([number, n]) => (n === 1 ? String(number) : `${number}:${n}`)).join(",");
}

/** Counts what is in the list of each place, in the array that `countsOf` gives for it: as long as the largest number asks. */
export function countByPlace(lists: SqlValue | undefined, countsOf: (place: number) => Uint32Array): void {
  const bytes = bytesOf(lists);
  if (bytes.length === 0) return;
  const known: Uint32Array[] = [];
  // A list begins with its place.
  let counts: Uint32Array = new Uint32Array(0);
  let [key, number, isSaid] = [0, 0, false];
  for (let at = 0; at <= bytes.length; at++) {
    const code = at === bytes.length ? SEMICOLON : (bytes[at] as number);
    if (code >= ZERO && code < COLON) number = number * 10 + code - ZERO;
    else if (code === EQUALS) {
      counts = known[number] ?? countsOf(number);
      known[number] = counts;
      number = 0;
    } else if (code === COLON) [key, number, isSaid] = [number, 0, true];
    else {
      const bucket = isSaid ? key : number;
      counts[bucket] = (counts[bucket] as number) + (isSaid ? number : 1);
      [number, isSaid] = [0, false];
    }
  }
}
