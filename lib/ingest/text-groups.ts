/**
 * Several lines of text that are one document: a record as `hubble observe -o dict` prints it, the parts of a line that a
 * container runtime cut, a row of CSV with line breaks in its cells.
 */

/** Where a document of several lines ends. */
export interface Group {
  /** Behind its last byte that counts. */
  readonly end: number;
  /** Of a container runtime: its lines, each of them perhaps a record, perhaps a part of one. */
  readonly parts?: number;
}

/** `more`: its end has not come yet. undefined: the line is a document by itself. */
export type GroupEnd = Group | "more" | undefined;

/** Bytes that are held, and whether they are all there are. */
export interface Held {
  readonly bytes: Buffer;
  readonly end: number;
  readonly isEnd: boolean;
}

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const QUOTE = 34;
const BACKSLASH = 92;
const LETTER_N = 110;

/** Lines as printed have some hundred characters. */
const LONGEST_DICT_LINE = 64 * 1024;
const DICT_LINES = 12;
const DICT_LINE =
  /^\s*(?:NODE|SOURCE|DESTINATION|TYPE|VERDICT|SUMMARY|STATE|NODES|MESSAGE|DETAILS|FROM|MARK|CPU):/;

/** Place of the line break that ends the line at `from`; `held.end` at the end of all; -1 when it is not there yet. */
function endOfLine({ bytes, end, isEnd }: Held, from: number): number {
  const lineFeed = bytes.subarray(from, end).indexOf(LINE_FEED);
  if (lineFeed >= 0) return from + lineFeed;
  return isEnd ? end : -1;
}

function trimmed(bytes: Buffer, start: number, end: number): number {
  return end > start && bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end;
}

/** The group that the line from `start` to `lineEnd` begins. */
export function groupOfLine(held: Held, start: number, lineEnd: number): GroupEnd {
  if (startsWith(held.bytes, start, "TIMESTAMP:")) return dictGroup(held, start, lineEnd);
  return runtimeFlag(held.bytes, start, lineEnd)?.goesOn ? runtimeGroup(held, start, lineEnd) : undefined;
}

function startsWith(bytes: Buffer, at: number, text: string): boolean {
  return bytes.toString("latin1", at, at + text.length) === text;
}

function dictGroup(held: Held, start: number, lineEnd: number): GroupEnd {
  let end = trimmed(held.bytes, start, lineEnd);
  let at = lineEnd + 1;
  for (let lines = 1; lines < DICT_LINES; lines++) {
    if (at >= held.end) return held.isEnd ? { end } : "more";
    const next = endOfLine(held, at);
    const known = next < 0 ? held.end : next;
    if (!DICT_LINE.test(held.bytes.toString("latin1", at, Math.min(known, at + 40)))) {
      // The beginning of a line may be all that is there of it.
      return next < 0 && known - at < 40 ? "more" : { end };
    }
    if (next < 0) return held.end - at > LONGEST_DICT_LINE ? { end } : "more";
    end = trimmed(held.bytes, at, next);
    at = next + 1;
  }
  return { end };
}

/** A record of 16 MiB in parts of 16 KiB. */
const RUNTIME_LINES = 1100;

const CRI_START = /^\d{4}-\d\d-\d\dT\S{8,30} (stdout|stderr) ([FP])(?: |$)/;
const DOCKER_START = '{"log":"';
const STREAM = /"stream":"(\w{1,20})"/;

interface RuntimeFlag {
  readonly stream: string;
  readonly goesOn: boolean;
}

/** What a line of a container runtime says of itself; undefined for other lines. Cheap: every line in JSON from Docker is asked. */
function runtimeFlag(bytes: Buffer, start: number, lineEnd: number): RuntimeFlag | undefined {
  const first = bytes[start] as number;
  if (first === 123) return dockerFlag(bytes, start, lineEnd);
  if (first < 48 || first > 57) return undefined;
  const match = CRI_START.exec(
    bytes.toString("latin1", start, Math.min(trimmed(bytes, start, lineEnd), start + 80)),
  );
  return match === null ? undefined : { stream: match[1] ?? "", goesOn: match[2] === "P" };
}

/** Docker's json-file leaves out the line break of a line that it cut. */
function dockerFlag(bytes: Buffer, start: number, lineEnd: number): RuntimeFlag | undefined {
  if (!startsWith(bytes, start, DOCKER_START)) return undefined;
  // Within the text quotes are escaped: the first that is followed by a comma and a quote ends it.
  const close = bytes.subarray(start + DOCKER_START.length - 1, lineEnd).indexOf('","');
  if (close < 0) return undefined;
  const quote = start + DOCKER_START.length - 1 + close;
  const stream = STREAM.exec(bytes.toString("latin1", quote, Math.min(lineEnd, quote + 400)))?.[1];
  if (stream === undefined) return undefined;
  return { stream, goesOn: !endsWithLineBreak(bytes, start + DOCKER_START.length, quote) };
}

/** True when the JSON text ends with `\n`, and its backslash is not itself escaped. */
function endsWithLineBreak(bytes: Buffer, start: number, end: number): boolean {
  if (end - start < 2 || bytes[end - 1] !== LETTER_N) return false;
  let backslashes = 0;
  for (let at = end - 2; at >= start && bytes[at] === BACKSLASH; at--) backslashes++;
  return backslashes % 2 === 1;
}

/** Parts up to the last of each stream that was begun; or until a line is of no runtime, or there are too many. */
function runtimeGroup(held: Held, start: number, lineEnd: number): GroupEnd {
  const open = new Set<string>();
  let lines = 0;
  let end = lineEnd;
  for (let at = start; lines < RUNTIME_LINES; ) {
    if (at >= held.end) return held.isEnd ? { end, parts: lines } : "more";
    const next = endOfLine(held, at);
    if (next < 0) return "more";
    const flag = runtimeFlag(held.bytes, at, next);
    if (flag === undefined) break;
    lines++;
    end = trimmed(held.bytes, at, next);
    if (flag.goesOn) open.add(flag.stream);
    else open.delete(flag.stream);
    if (open.size === 0) break;
    at = next + 1;
  }
  return { end, parts: lines };
}

/** True when a line of JSON is a part that goes on. */
export function isDockerPart(bytes: Buffer, start: number, lineEnd: number): boolean {
  return dockerFlag(bytes, start, lineEnd)?.goesOn === true;
}

/** Cells with more line breaks, or longer ones, are a quote that was never closed. */
const LONGEST_ROW = 1024 * 1024;

/**
 * The end of a row of CSV whose cells hold line breaks. undefined when it is one line, or when its quotes do not fit: then the
 * line stands for itself, and the next ones do not suffer.
 */
export function csvRow(held: Held, start: number, lineEnd: number, separator: string): GroupEnd {
  const { bytes, isEnd } = held;
  if (bytes.subarray(start, lineEnd).indexOf(QUOTE) < 0) return undefined;
  const limit = Math.min(held.end, start + LONGEST_ROW);
  const parting = separator.charCodeAt(0);
  for (let at = start; ; at++) {
    if (bytes[at] === QUOTE) {
      const close = closingQuote(bytes, at + 1, limit);
      // A quote at the very end may be the first of two.
      if (close < 0 || (close + 1 === limit && !isEnd))
        return limit === held.end && !isEnd ? "more" : undefined;
      at = close + 1;
    } else at = endOfPlainCell(bytes, at, limit, parting);
    if (at >= limit) return atLimit(held, limit, lineEnd);
    const byte = bytes[at];
    if (byte === LINE_FEED || byte === CARRIAGE_RETURN) return rowTo(at, lineEnd);
    if (byte !== parting) return undefined;
  }
}

function atLimit({ end, isEnd }: Held, limit: number, lineEnd: number): GroupEnd {
  if (limit < end) return undefined;
  return isEnd ? rowTo(limit, lineEnd) : "more";
}

function rowTo(end: number, lineEnd: number): GroupEnd {
  return end <= lineEnd ? undefined : { end };
}

/** The quote that is not doubled; -1 when it is not there. */
function closingQuote(bytes: Buffer, start: number, limit: number): number {
  for (let at = start; at < limit; at++) {
    if (bytes[at] !== QUOTE) continue;
    if (at + 1 >= limit || bytes[at + 1] !== QUOTE) return at;
    at++;
  }
  return -1;
}

function endOfPlainCell(bytes: Buffer, start: number, limit: number, parting: number): number {
  let at = start;
  while (at < limit && bytes[at] !== parting && bytes[at] !== LINE_FEED && bytes[at] !== CARRIAGE_RETURN)
    at++;
  return at;
}
