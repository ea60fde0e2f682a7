/**
 * A record as Python prints it: `{'flow': {'verdict': 'DROPPED', 'is_reply': True, 'l7': None}}`, for want of `json.dumps`; over
 * several lines, and long texts in pieces, as its `pprint` does.
 */

const WORDS: ReadonlyMap<string, string> = new Map([
  ["True", "true"],
  ["False", "false"],
  ["None", "null"],
  ["nan", "null"],
  ["inf", "null"],
  ["NaN", "null"],
  ["Infinity", "null"],
]);

/** The value; undefined when the text is none that Python prints of lists, dictionaries, texts and numbers. */
export function parsePython(text: string): unknown {
  let json = "";
  /** Of the text that is read now: pieces of one follow each other. */
  let pieces: string[] = [];
  for (let at = 0; at < text.length; ) {
    const char = text[at] as string;
    const end = isQuote(char) ? endOfText(text, at, char) : endOfWord(text, at);
    if (end < 0) return undefined;
    if (isQuote(char)) pieces.push(unescaped(text.slice(at + 1, end - 1)));
    else if (!isBlank(char)) {
      if (pieces.length > 0) json += JSON.stringify(pieces.join(""));
      pieces = [];
      if (end > at) json += WORDS.get(text.slice(at, end)) ?? text.slice(at, end);
      else if (char !== "-" || !MINUS_INFINITY.test(text.slice(at, at + 4))) json += char;
    } else json += pieces.length > 0 ? "" : char;
    at = Math.max(end, at + 1);
  }
  try {
    return JSON.parse(pieces.length > 0 ? json + JSON.stringify(pieces.join("")) : json);
  } catch {
    return undefined;
  }
}

const MINUS_INFINITY = /^-[Ii]nf/;

function isBlank(char: string): boolean {
  return char === " " || char === "\n" || char === "\r" || char === "\t";
}

function isQuote(char: string): boolean {
  return char === "'" || char === '"';
}

/** Behind the closing quote; -1 when there is none. */
function endOfText(text: string, start: number, quote: string): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === quote) return at + 1;
  }
  return -1;
}

function endOfWord(text: string, start: number): number {
  let at = start;
  while (at < text.length && /[A-Za-z]/.test(text[at] as string)) at++;
  return at;
}

const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([\s\S]))/g;
const LETTERS: ReadonlyMap<string, string> = new Map([
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);
const LAST_CODE_POINT = 0x10ffff;

function unescaped(body: string): string {
  return body.replace(ESCAPE, (whole, x?: string, u?: string, long?: string, other?: string) => {
    if (other !== undefined) return LETTERS.get(other) ?? other;
    const code = Number.parseInt(x ?? u ?? long ?? "", 16);
    return code <= LAST_CODE_POINT ? String.fromCodePoint(code) : whole;
  });
}
