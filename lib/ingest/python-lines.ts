/** A dictionary that Python's `pprint` printed over several lines: where it ends. */

import type { Held } from "./text-groups";

const QUOTES: ReadonlySet<number> = new Set(Buffer.from("'\""));
const OPENING: ReadonlySet<number> = new Set(Buffer.from("{[("));
const CLOSING: ReadonlySet<number> = new Set(Buffer.from("}])"));
const LINE_FEED = 10;
const BACKSLASH = 92;
const BLANK = 32;

/** A record so printed has some kilobytes. */
const LONGEST = 256 * 1024;
const DEEPEST = 32;

/**
 * Behind the dictionary that begins at `start`; -1 when it is none, `more` when its end has not come yet. Lines behind its first are
 * indented, and no text goes over the end of a line.
 */
export function endOfPython({ bytes, end, isEnd }: Held, start: number): number | "more" {
  const limit = Math.min(end, start + LONGEST);
  let depth = 0;
  let quote: number | undefined;
  for (let at = start; at < limit; at++) {
    const byte = bytes[at] as number;
    if (byte === LINE_FEED && (quote !== undefined || (at + 1 < limit && bytes[at + 1] !== BLANK))) return -1;
    if (quote !== undefined) {
      if (byte === BACKSLASH) at++;
      else if (byte === quote) quote = undefined;
    } else if (QUOTES.has(byte)) quote = byte;
    else if (OPENING.has(byte) && ++depth > DEEPEST) return -1;
    else if (CLOSING.has(byte) && --depth === 0) return at + 1;
  }
  return isEnd || end - start >= LONGEST ? -1 : "more";
}
