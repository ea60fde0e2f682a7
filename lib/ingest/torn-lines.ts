/**
 * A record in JSON that spreads over several lines and breaks off, or whose beginning is missing: which lines are still of it. They
 * are refused together, not one by one. A line that could begin a record, or is one, is never among them.
 */

import type { Held } from "./text-groups";

const QUOTE = 34;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

/** A record as `jq` prints it has some kilobytes. */
const LONGEST = 256 * 1024;
/** Of a line and of what follows a brace, so much is looked at. */
const LOOKED_AT = 200;

/** What stands in a line by itself, beside members and texts: brackets, numbers, words. */
const PIECE = /^(?:[}\]][}\],\s]*|[[{][}\]]?,?|(?:-?\d[\d.eE+-]*|[a-z]{1,5}),?)\s*$/;
const MEMBER_OR_TEXT = /^"[^"\\]{0,80}"(?:\s*:|,?\s*$)/;
const RECORD = /^\{\s*"flow"\s*:/;
/** As objects in the lists of a flow begin (policies, workloads, headers), and no record. */
const OF_LIST = /^\{\s*\n\s*"(?:name|namespace|labels|revision|kind|key|value)"\s*:/;

/** True when an indented line may be an object within a list of a record whose beginning is missing. */
export function isOfList({ bytes, end, isEnd }: Held, start: number): boolean | "more" {
  if (!isEnd && end - start < LOOKED_AT) return "more";
  return OF_LIST.test(bytes.toString("latin1", start, Math.min(end, start + LOOKED_AT)));
}

/** True when a line may stand within a record of several lines, and begins none. */
export function isWithinRecord(bytes: Buffer, start: number, lineEnd: number): boolean {
  const first = bytes[start];
  if (first !== QUOTE && first !== CLOSE_BRACE && first !== CLOSE_BRACKET) return false;
  const text = bytes.toString("latin1", start, Math.min(lineEnd, start + LOOKED_AT));
  return first === QUOTE ? MEMBER_OR_TEXT.test(text) : PIECE.test(text);
}

/** As a line within a record ends. */
const ENDS_WITHIN = /[",{}[\]]\s*$/;

/** True when the first line of a file may be the rest of one within a record: the next one is indented, and is of a record. */
export function isCutInto({ bytes, end, isEnd }: Held, start: number, lineEnd: number): boolean | "more" {
  if (!ENDS_WITHIN.test(bytes.toString("latin1", Math.max(start, lineEnd - LOOKED_AT), lineEnd)))
    return false;
  if (!isEnd && end - lineEnd < LOOKED_AT) return "more";
  const next = behindBlanks(bytes, lineEnd + 1, end);
  if (next === lineEnd + 1 || next >= end) return false;
  const lineFeed = bytes.subarray(next, end).indexOf(10);
  return isWithinRecord(bytes, next, lineFeed < 0 ? end : next + lineFeed);
}

/**
 * The end of the last line of the record from `start` whose first line ends at `lineEnd`; `more` when that cannot be told yet.
 * The end of the first line when no other is of it.
 */
export function endOfTorn(
  held: Held,
  start: number,
  lineEnd: number,
  hasBeginning: boolean,
): number | "more" {
  const { bytes, end, isEnd } = held;
  const lines = new TornLines(
    hasBeginning,
    !hasBeginning && /\[\s*$/.test(bytes.toString("latin1", start, Math.min(lineEnd, start + LOOKED_AT))),
  );
  const limit = start + LONGEST;
  let last = lineEnd;
  for (let at = lineEnd + 1; ; ) {
    if (at >= end) return isEnd ? last : "more";
    const found = bytes.subarray(at, end).indexOf(10);
    if (found < 0 && !isEnd) return end > limit ? last : "more";
    const next = found < 0 ? end : at + found;
    if (next > limit) return last;
    const begin = behindBlanks(bytes, at, next);
    if (begin < next) {
      if (!isEnd && end - begin < LOOKED_AT) return "more";
      const step = lines.take(bytes, begin - at, begin, next, end);
      if (step === "out") return last;
      last = next;
      if (step === "last") return last;
    }
    at = next + 1;
  }
}

class TornLines {
  /** How far the members of the record are indented. */
  private inner: number | undefined;
  /** The line before opened a list, or is the closing bracket of an object that far indented. */
  private before: "list" | number | undefined;
  /** Indentations of objects in lists. */
  private readonly nested = new Set<number>();

  constructor(
    private readonly hasBeginning: boolean,
    opensList: boolean,
  ) {
    if (hasBeginning) return;
    this.inner = 0;
    if (opensList) this.before = "list";
  }

  take(bytes: Buffer, indent: number, begin: number, lineEnd: number, end: number): "in" | "out" | "last" {
    const first = bytes[begin] as number;
    const text = bytes.toString("latin1", begin, Math.min(lineEnd, begin + LOOKED_AT));
    // A text that holds JSON may be a record.
    if (first === QUOTE ? /^"\s*\{/.test(text) : !PIECE.test(text)) return "out";
    this.inner ??= indent;
    const { inner, before } = this;
    this.before = /\[\s*$/.test(text) ? "list" : first === CLOSE_BRACE ? indent : undefined;
    if (first === OPEN_BRACE || first === OPEN_BRACKET) {
      const head = bytes.toString("latin1", begin, Math.min(end, begin + LOOKED_AT));
      if (RECORD.test(head) || indent === 0 || indent < inner) return "out";
      const isInList = this.isNested(indent, before) || (!this.hasBeginning && OF_LIST.test(head));
      return isInList ? "in" : "out";
    }
    if ((first !== CLOSE_BRACE && first !== CLOSE_BRACKET) || indent >= inner) return "in";
    // The bracket of the record itself, or of the list that it stands in.
    return first === CLOSE_BRACE ? "last" : "out";
  }

  /** An object in a list of the record follows its bracket or the object before. */
  private isNested(indent: number, before: "list" | number | undefined): boolean {
    if (before === "list") this.nested.add(indent);
    return before === "list" || (before === indent && this.nested.has(indent));
  }
}

function behindBlanks(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && (bytes[at] === 32 || bytes[at] === 9 || bytes[at] === 13)) at++;
  return at;
}
