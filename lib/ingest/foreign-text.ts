/** A web page, YAML and the like, taken for a log: its lines are refused together, but for those that may hold a record. */

import { foreignFile, mayHoldRecord } from "@/lib/formats/known";
import type { Held } from "./text-groups";

/** Of a file so much is looked at to say what it is. */
const JUDGED = 200;
/** Their first bytes: a log that begins with others is not waited for. */
const BEGINNINGS: ReadonlySet<number> = new Set(Buffer.from("<-akimsfjltn\u001b"));
const BRACKETS: ReadonlySet<number> = new Set(Buffer.from("{[ \t\r\n"));
/** Lines that are refused together. */
const LONGEST = 64 * 1024;

/** Why the file that begins at `start` is no log; undefined when it may be one, `more` when too little of it is there. */
export function foreignFrom({ bytes, end, isEnd }: Held, start: number): string | undefined | "more" {
  const first = behindBrackets(bytes, start, Math.min(end, start + JUDGED));
  if (first === undefined) return isEnd || end - start >= JUDGED ? undefined : "more";
  if (!BEGINNINGS.has(first)) return undefined;
  if (!isEnd && end - start < JUDGED) return "more";
  return foreignFile(bytes.toString("latin1", start, Math.min(end, start + JUDGED)));
}

/** The first byte, of JSON the first one behind its opening brackets: a log is not waited for. */
function behindBrackets(bytes: Buffer, start: number, end: number): number | undefined {
  for (let at = start; at < end; at++) if (!BRACKETS.has(bytes[at] as number)) return bytes[at];
  return undefined;
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
