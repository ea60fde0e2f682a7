/**
 * Finds the end of a JSON object or array in bytes.
 *
 * Checks structure (brackets, commas, colons, strings without line breaks), not literals: enough to tell
 * a record that spreads over several lines from one that was torn off, at the first byte that cannot
 * follow. JSON.parse has the last word on each document.
 */

export type ScanOutcome = "complete" | "more" | "illegal" | "too_deep";

export interface Scan {
  readonly outcome: ScanOutcome;
  /** complete: behind the closing bracket; else where the scan stopped. */
  readonly end: number;
}

enum Expect {
  Value,
  ValueOrEnd,
  KeyOrEnd,
  Key,
  Colon,
  CommaOrEnd,
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
export function scanDocument(bytes: Uint8Array, start: number, end: number, maxDepth: number): Scan {
  const stack = new Uint8Array(maxDepth + 1);
  let depth = 0;
  let expect = Expect.Value as Expect;
  let at = start;
  while (at < end) {
    const byte = bytes[at] as number;
    if (byte === 32 || byte === 10 || byte === 13 || byte === 9) {
      at++;
      continue;
    }
    switch (byte) {
      case OPEN_BRACE:
      case OPEN_BRACKET:
        if (expect !== Expect.Value && expect !== Expect.ValueOrEnd) return { outcome: "illegal", end: at };
        if (depth === maxDepth) return { outcome: "too_deep", end: at };
        stack[++depth] = byte;
        expect = byte === OPEN_BRACE ? Expect.KeyOrEnd : Expect.ValueOrEnd;
        at++;
        break;
      case CLOSE_BRACE:
      case CLOSE_BRACKET: {
        const empty = byte === CLOSE_BRACE ? Expect.KeyOrEnd : Expect.ValueOrEnd;
        if (expect !== Expect.CommaOrEnd && expect !== empty) return { outcome: "illegal", end: at };
        if (stack[depth] !== byte - 2) return { outcome: "illegal", end: at };
        at++;
        if (--depth === 0) return { outcome: "complete", end: at };
        expect = Expect.CommaOrEnd;
        break;
      }
      case COMMA:
        if (expect !== Expect.CommaOrEnd) return { outcome: "illegal", end: at };
        expect = stack[depth] === OPEN_BRACE ? Expect.Key : Expect.Value;
        at++;
        break;
      case COLON:
        if (expect !== Expect.Colon) return { outcome: "illegal", end: at };
        expect = Expect.Value;
        at++;
        break;
      case QUOTE: {
        if (expect === Expect.Colon || expect === Expect.CommaOrEnd) return { outcome: "illegal", end: at };
        const close = endOfString(bytes, at + 1, end);
        if (close === ILLEGAL) return { outcome: "illegal", end: at };
        if (close === MORE) return { outcome: "more", end };
        expect = expect === Expect.Key || expect === Expect.KeyOrEnd ? Expect.Colon : Expect.CommaOrEnd;
        at = close;
        break;
      }
      default: {
        if (expect !== Expect.Value && expect !== Expect.ValueOrEnd) return { outcome: "illegal", end: at };
        const behind = endOfLiteral(bytes, at, end);
        if (behind === at) return { outcome: "illegal", end: at };
        expect = Expect.CommaOrEnd;
        at = behind;
      }
    }
  }
  return { outcome: "more", end };
}

const MORE = -1;
const ILLEGAL = -2;

function endOfString(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) return at + 1;
    if (byte < 32) return ILLEGAL;
    at += byte === BACKSLASH ? 2 : 1;
  }
  return MORE;
}

/** A number, true, false or null: letters, digits, `+`, `-`, `.`. */
function endOfLiteral(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const byte = bytes[at] as number;
    const isLetter = (byte >= 97 && byte <= 122) || byte === 69;
    const isNumeric = (byte >= 48 && byte <= 57) || byte === 43 || byte === 45 || byte === 46;
    if (!isLetter && !isNumeric) break;
    at++;
  }
  return at;
}
