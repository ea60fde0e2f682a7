/**
 * A whole record behind one that breaks off, on one line: a writer was stopped within a record, and another one went on with
 * the same file.
 */

import { LIMITS } from "./limits";
import { scanDocument } from "./scan";

/** As every record of Hubble's exporter begins, and as nothing within one does. */
export const RECORD_BEGINS = '{"flow":';
/** Looks at a line, so that a hostile one costs no more than that. */
const MOST_TRIES = 4;

/** Where the first whole record behind `start` begins; undefined when there is none. */
export function recordBehind(bytes: Buffer, start: number, end: number): number | undefined {
  let at = start;
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const found = bytes.subarray(at + 1, end).indexOf(RECORD_BEGINS);
    if (found < 0) return undefined;
    at += 1 + found;
    if (scanDocument(bytes, at, end, LIMITS).outcome === "complete") return at;
  }
  return undefined;
}
