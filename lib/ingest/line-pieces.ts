/**
 * The records on a line that holds several, or one that breaks off and others behind it: a writer was stopped within a record and
 * another one went on with the same file; records follow each other without a line break; a list whose beginning is missing.
 */

import type { Refused } from "@/lib/formats/record";
import { LIMITS } from "./limits";
import { scanDocument } from "./scan";

/** As every record of Hubble's exporter begins, and as nothing within one does. */
export const RECORD_BEGINS = '{"flow":';
/** Looks at a line that are in vain, so that a hostile one costs no more than that. */
const MOST_TRIES = 4;

export const TORN: Refused = {
  code: "torn",
  message:
    "The record breaks off: the line ends inside it, or another record begins there. Copy the file again.",
};
export const NO_BEGINNING: Refused = {
  code: "not_a_record",
  message:
    "From within a record whose beginning is missing: it may be the end of the file before, or was cut off.",
};

/** A record with what stands before it, or what is refused. */
export interface Piece {
  readonly start: number;
  readonly end: number;
  readonly refused?: Refused;
}

const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const OPEN_BRACKET = 91;
const COLON = 58;

/** What ends a list, a text or a command around records: no record, and no text that anyone misses. */
const CLOSERS: ReadonlySet<number> = new Set(Buffer.from("])};,'\" \t\r\n\0"));

/** True when nothing but brackets and quotes that were opened before stand up to `end`. */
export function isClosed(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (!CLOSERS.has(bytes[at] as number)) return false;
  return true;
}

/** The pieces of the line, `most` of them; undefined when there is no record in it that could be told from the whole. */
export function piecesOf(bytes: Buffer, start: number, end: number, most: number): Piece[] | undefined {
  const pieces: Piece[] = [];
  const finder = new RecordFinder(bytes, end);
  let whole = 0;
  for (let at = start; !isClosed(bytes, at, end); ) {
    const found = finder.from(at);
    const isLast = found === undefined || isClosed(bytes, found.end, end);
    if (pieces.length === most - 1 && !isLast) {
      const message = "More records on one line than are read.";
      pieces.push({ start: at, end, refused: { code: "json_invalid", message } });
      break;
    }
    if (found === undefined) {
      if (whole === 0) return undefined;
      const message = "Text behind a record on the same line.";
      pieces.push({ start: at, end, refused: { code: "json_invalid", message } });
      break;
    }
    const refused = refusalBetween(bytes, at, found.start);
    if (refused !== undefined) {
      pieces.push({ start: at, end: found.start, refused });
      at = found.start;
      if (pieces.length === most - 1 && !isLast) continue;
    }
    pieces.push({ start: at, end: found.end });
    whole++;
    at = behindSeparators(bytes, found.end, end);
  }
  const [first] = pieces;
  const isWholeLine = pieces.length === 1 && first?.start === start && first.end === end;
  return whole === 0 || isWholeLine ? undefined : pieces;
}

/** Text before a record belongs to it as a prefix, unless it is what is left of another one. */
function refusalBetween(bytes: Buffer, start: number, end: number): Refused | undefined {
  const between = bytes.subarray(start, end);
  if (between.includes(RECORD_BEGINS) || between[0] === OPEN_BRACE) return TORN;
  return between.includes(CLOSE_BRACE) ? NO_BEGINNING : undefined;
}

function recordFrom(bytes: Buffer, start: number, end: number): number {
  const found = bytes.subarray(start, end).indexOf(RECORD_BEGINS);
  return found < 0 ? -1 : start + found;
}

/** Where the next record begins behind the beginning of an object that breaks off; -1 when none does. One that it wraps is its own. */
export function recordBehind(bytes: Buffer, start: number, end: number): number {
  let at = start;
  for (;;) {
    at = recordFrom(bytes, at + 1, end);
    if (at < 0) return -1;
    let before = at - 1;
    while (before > start && isBlank(bytes[before] as number)) before--;
    if (bytes[before] !== COLON && bytes[before] !== OPEN_BRACKET) return at;
  }
}

function isBlank(byte: number): boolean {
  return byte === 32 || byte === 9;
}

class RecordFinder {
  private tries = 0;

  constructor(
    private readonly bytes: Buffer,
    private readonly end: number,
  ) {}

  /** The object at `start`, or else the first whole record behind it. */
  from(start: number): { readonly start: number; readonly end: number } | undefined {
    const { bytes, end } = this;
    if (bytes[start] === OPEN_BRACE) {
      const scan = scanDocument(bytes, start, end, LIMITS);
      if (scan.outcome === "complete") return { start, end: scan.end };
    }
    for (let at = start; this.tries < MOST_TRIES; this.tries++) {
      const found = bytes[start] === OPEN_BRACE ? recordBehind(bytes, at, end) : recordFrom(bytes, at, end);
      if (found < 0) return undefined;
      const scan = scanDocument(bytes, found, end, LIMITS);
      if (scan.outcome === "complete") return { start: found, end: scan.end };
      at = found + 1;
    }
    return undefined;
  }
}

function behindSeparators(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && SEPARATORS.has(bytes[at] as number)) at++;
  return at;
}

const SEPARATORS: ReadonlySet<number> = new Set(Buffer.from(", \t\r\n\0"));
