/** A web page, YAML and the like, taken for a log: its lines are refused together, but for those that may hold a record. */

import { foreignFile, mayHoldRecord } from "@/lib/formats/known";
import type { Held } from "./text-groups";

/** Of a file so much is looked at to say what it is. */
const JUDGED = 200;
/** Their first bytes: a log that begins with others is not waited for. */
const BEGINNINGS: ReadonlySet<number> = new Set(Buffer.from("<-akimsfjlt\u001b"));
/** Lines that are refused together. */
const LONGEST = 64 * 1024;

/** Why the file that begins at `start` is no log; undefined when it may be one, `more` when too little of it is there. */
export function foreignFrom({ bytes, end, isEnd }: Held, start: number): string | undefined | "more" {
  if (!BEGINNINGS.has(bytes[start] as number)) return undefined;
  if (!isEnd && end - start < JUDGED) return "more";
  return foreignFile(bytes.toString("latin1", start, Math.min(end, start + JUDGED)));
}

/** The end of the last of the lines from `start` that hold no record; undefined when the first one may. */
export function endOfForeign({ bytes, end, isEnd }: Held, start: number): number | undefined | "more" {
  let last: number | undefined;
  for (let at = start; ; ) {
    if (at >= end) return isEnd ? (last ?? end) : "more";
    const found = bytes.subarray(at, end).indexOf(10);
    if (found < 0 && !isEnd) return last !== undefined && end > start + LONGEST ? last : "more";
    const next = found < 0 ? end : at + found;
    if (last !== undefined && next > start + LONGEST) return last;
    if (mayHoldRecord(bytes.toString("latin1", at, next))) return last;
    last = next;
    at = next + 1;
  }
}
