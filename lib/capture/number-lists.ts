/**
 * Lists of numbers as the store adds them up: text, because `group_concat` makes longer ones of them.
 *
 * `640,641,640` is how often each number is there, `2:7,3:1,2:1` says how often. Of short numbers there can be codes instead, of two
 * characters from `?` on and without commas: half as long, and read in a quarter of the time. `3=I?I@;5=I?` has a list of codes for each place.
 */

import { Counter } from "@/lib/base/counter";
import { plainBytes } from "./byte-lists";
import type { SqlValue } from "./driver";

const COMMA = 44;
const COLON = 58;
const EQUALS = 61;
const ZERO = 48;

/** Of a code: as many characters as are printed behind it. */
const FIRST = 63;
const DIGITS = 64;

/** The code of a whole number below 4096, as SQL; NULL has none. */
export function codeSql(number: string): string {
  return `CASE WHEN ${number} IS NOT NULL THEN char(${FIRST} + ${number} / ${DIGITS}, ${FIRST} + ${number} % ${DIGITS}) END`;
}

/** A list can hold some hundred thousand numbers: they are read byte by byte, which is quicker than from a text. */
function bytesOf(list: SqlValue | undefined): Uint8Array {
  return plainBytes(Buffer.from(typeof list === "string" ? list : "", "latin1"));
}

const counter = new Counter();

/** How often each number is in a list. */
export function bucketCounts(list: SqlValue | undefined): Map<number, number> {
  const bytes = bytesOf(list);
  let [key, number, isNumber] = [-1, 0, false];
  for (let at = 0; at <= bytes.length; at++) {
    const code = at === bytes.length ? COMMA : (bytes[at] as number);
    if (code >= FIRST) counter.add(codeAt(bytes, at++), 1);
    else if (code >= ZERO && code < COLON) {
      number = number * 10 + code - ZERO;
      isNumber = true;
    } else if (code === COLON) [key, number] = [number, 0];
    else {
      if (key < 0 && isNumber) counter.add(number, 1);
      else if (number > 0) counter.add(key, number);
      [key, number, isNumber] = [-1, 0, false];
    }
  }
  return counter.take();
}

function codeAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) - FIRST) * DIGITS + (bytes[at + 1] as number) - FIRST;
}

/** As short as it can be said. */
export function countedList(counts: ReadonlyMap<number, number>): string {
  return [...counts].map(([number, n]) => (n === 1 ? String(number) : `${number}:${n}`)).join(",");
}

/** Counts what is in the lists of codes of places, each in the array that `countsOf` gives for it: as long as the largest number asks. */
export function countByPlace(lists: SqlValue | undefined, countsOf: (place: number) => Uint32Array): void {
  const bytes = bytesOf(lists);
  const known: Uint32Array[] = [];
  let place = 0;
  for (let at = 0; at < bytes.length; at++) {
    const code = bytes[at] as number;
    if (code >= ZERO && code < COLON) place = place * 10 + code - ZERO;
    else if (code === EQUALS) {
      const counts = known[place] ?? countsOf(place);
      known[place] = counts;
      place = 0;
      for (; (bytes[at + 1] as number) >= FIRST; at += 2) {
        const number = codeAt(bytes, at + 1);
        counts[number] = (counts[number] as number) + 1;
      }
    }
  }
}
