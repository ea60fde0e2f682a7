/**
 * Finds the end of a JSON object or array in bytes.
 *
 * Checks structure (brackets, commas, colons, strings without line breaks), not literals: enough to tell
 * a record that spreads over several lines from one that was torn off, at the first byte that cannot
 * follow. JSON.parse has the last word on each document.
 */

/** `too_many`: the document holds more values than memory should be spent on. */
export type ScanOutcome = "complete" | "more" | "illegal" | "too_deep" | "too_many";

export interface Scan {
  readonly outcome: ScanOutcome;
  /**
   * complete: behind the closing bracket; more: where to go on (one byte behind the end, when that byte is
   * escaped); else where the scan stopped.
   */
  readonly end: number;
}

export interface ScanLimits {
  readonly depth: number;
  readonly values: number;
}

enum Expect {
  Value,
  ValueOrEnd,
  KeyOrEnd,
  Key,
  Colon,
  CommaOrEnd,
  InString,
  InLiteral,
}

const QUOTE = 34;
const BACKSLASH = 92;
const COMMA = 44;
const COLON = 58;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;

/** `bytes[start]` must be `{` or `[`. `more` means that the bytes ended inside. */
export function scanDocument(bytes: Uint8Array, start: number, end: number, limits: ScanLimits): Scan {
  return new DocumentScan(limits).go(bytes, start, end);
}

/** A scan that can go on when more bytes have come, so that each byte is looked at once. */
export class DocumentScan {
  private readonly stack: Uint8Array;
  private depth = 0;
  private values = 0;
  private expect = Expect.Value as Expect;
  /** What the string that is being read will be followed by. */
  private behindString = Expect.CommaOrEnd as Expect;

  constructor(private readonly limits: ScanLimits) {
    this.stack = new Uint8Array(limits.depth + 1);
  }

  /** Scans from `start`: the document's first byte, or where the last call's `more` said. */
  go(bytes: Uint8Array, start: number, end: number): Scan {
    let at = start;
    while (at < end) {
      if (this.expect === Expect.InString) {
        const close = endOfString(bytes, at, end);
        if (close === ILLEGAL) return { outcome: "illegal", end: at };
        if (close < 0) return { outcome: "more", end: -close };
        this.expect = this.behindString;
        at = close;
        continue;
      }
      if (this.expect === Expect.InLiteral) {
        at = endOfLiteral(bytes, at, end);
        if (at < end) this.expect = Expect.CommaOrEnd;
        continue;
      }
      const byte = bytes[at] as number;
      if (byte !== 32 && byte !== 10 && byte !== 13 && byte !== 9) {
        const outcome = this.take(byte);
        if (outcome === "complete") return { outcome, end: at + 1 };
        if (outcome !== "more") return { outcome, end: at };
      }
      at++;
    }
    return { outcome: "more", end: at };
  }

  private take(byte: number): ScanOutcome {
    switch (byte) {
      case OPEN_BRACE:
      case OPEN_BRACKET:
        return this.open(byte);
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        return this.close(byte);
      case COMMA:
        if (this.expect !== Expect.CommaOrEnd) return "illegal";
        this.expect = this.stack[this.depth] === OPEN_BRACE ? Expect.Key : Expect.Value;
        return ++this.values > this.limits.values ? "too_many" : "more";
      case COLON:
        if (this.expect !== Expect.Colon) return "illegal";
        this.expect = Expect.Value;
        return "more";
      case QUOTE:
        return this.openString();
      default:
        if (!this.expectsValue || !isLiteral(byte)) return "illegal";
        this.expect = Expect.InLiteral;
        return "more";
    }
  }

  private get expectsValue(): boolean {
    return this.expect === Expect.Value || this.expect === Expect.ValueOrEnd;
  }

  private open(byte: number): ScanOutcome {
    if (!this.expectsValue) return "illegal";
    if (this.depth === this.limits.depth) return "too_deep";
    this.stack[++this.depth] = byte;
    this.expect = byte === OPEN_BRACE ? Expect.KeyOrEnd : Expect.ValueOrEnd;
    return ++this.values > this.limits.values ? "too_many" : "more";
  }

  private close(byte: number): ScanOutcome {
    const empty = byte === CLOSE_BRACE ? Expect.KeyOrEnd : Expect.ValueOrEnd;
    if (this.expect !== Expect.CommaOrEnd && this.expect !== empty) return "illegal";
    if (this.stack[this.depth] !== byte - 2) return "illegal";
    this.expect = Expect.CommaOrEnd;
    return --this.depth === 0 ? "complete" : "more";
  }

  private openString(): ScanOutcome {
    if (this.expect === Expect.Colon || this.expect === Expect.CommaOrEnd) return "illegal";
    const isKey = this.expect === Expect.Key || this.expect === Expect.KeyOrEnd;
    this.behindString = isKey ? Expect.Colon : Expect.CommaOrEnd;
    this.expect = Expect.InString;
    return "more";
  }
}

const ILLEGAL = Number.NEGATIVE_INFINITY;

/** Behind the closing quote; where to go on as a negative number when the bytes end before it. */
function endOfString(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) return at + 1;
    if (byte < 32) return ILLEGAL;
    at += byte === BACKSLASH ? 2 : 1;
  }
  return -at;
}

/** Of a number, true, false or null: letters, digits, `+`, `-`, `.`. */
function isLiteral(byte: number): boolean {
  const isLetter = (byte >= 97 && byte <= 122) || byte === 69;
  return isLetter || (byte >= 48 && byte <= 57) || byte === 43 || byte === 45 || byte === 46;
}

function endOfLiteral(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && isLiteral(bytes[at] as number)) at++;
  return at;
}
