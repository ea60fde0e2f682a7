/** The refused records of a batch: all are counted, the first are listed with reason and excerpt. */

import type { BatchRefusal } from "@/lib/flow/batch";
import type { Refused } from "@/lib/formats/record";
import { LIMITS } from "./limits";

const REASON_CHARS = 500;

export class RefusalList {
  readonly listed: BatchRefusal[] = [];
  readonly counts: Record<string, number> = {};

  constructor(
    private readonly bytes: Buffer,
    /** Of the bytes in the unpacked file. */
    private readonly offset: number,
  ) {}

  add(start: number, end: number, line: number, { code, message }: Refused): void {
    this.counts[code] = (this.counts[code] ?? 0) + 1;
    if (this.listed.length >= LIMITS.refusalsPerBatch) return;
    const { excerptChars } = LIMITS;
    this.listed.push({
      line,
      offset: this.offset + start,
      code,
      // The reason may name members of the record.
      reason: shown(message, REASON_CHARS),
      excerpt: shown(
        this.bytes.toString("utf8", start, Math.min(end, start + excerptChars * 4)),
        excerptChars,
      ),
    });
  }
}

/** Text for a list: cut to a bound, without characters that act on what shows them. */
function shown(text: string, chars: number): string {
  return text.slice(0, chars).toWellFormed().replace(ACTING, visible);
}

/** C0 and C1 control characters, and those that turn the direction of the text behind them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const ACTING = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]/g;

/** The picture of a control character where Unicode has one. */
function visible(char: string): string {
  const code = char.charCodeAt(0);
  if (code === 127) return "\u2421";
  return code < 32 ? String.fromCharCode(0x2400 + code) : "\ufffd";
}
