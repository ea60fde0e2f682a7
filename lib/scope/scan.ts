/**
 * Cuts filter text into terms, without knowing keys.
 *
 * The same cut serves the parser, which reports the first problem, and completion, which works on
 * unfinished text; so scanning never fails: a term that is not well formed carries its problem.
 *
 * Grammar: terms are separated by white space; a term is `[!]key:value[,value...]`; a value is either a
 * run without white space, comma and `"`, or text between `"`, where `\"` and `\\` stand for `"` and `\`
 * (before any other character a backslash is a backslash, so that patterns need no doubling).
 */

/** Offsets in UTF-16 units; `end` is the first unit behind. */
export interface Position {
  readonly start: number;
  readonly end: number;
}

/** One value as it was written: quotes removed, escapes undone. */
export interface WrittenValue {
  readonly text: string;
  readonly quoted: boolean;
  readonly at: Position;
}

export interface ScanProblem {
  readonly reason: "bare_word" | "syntax";
  readonly message: string;
  readonly hint?: string;
  readonly at: Position;
  /** Text that could stand in place of `at`. */
  readonly suggestion?: string;
}

export interface ScannedTerm {
  readonly at: Position;
  readonly negated: boolean;
  readonly key: string;
  readonly keyAt: Position;
  /** False for a bare word, whose text is then in `key`. */
  readonly hasColon: boolean;
  /** A bare word that stands in quotes. */
  readonly isQuoted?: true;
  /** At least one entry when there is a colon; an unfinished value has an empty text. */
  readonly values: readonly WrittenValue[];
  readonly problem?: ScanProblem;
}

const SPACE = /\s/;
/** White space, comma and quote end or open a value; control characters are only legible inside quotes. */
const NEEDS_QUOTES = /[\s,"\p{Cc}\p{Cf}]/u;

export function scanTerms(text: string): ScannedTerm[] {
  const terms: ScannedTerm[] = [];
  let at = skipSpace(text, 0);
  while (at < text.length) {
    const term = scanTerm(text, at);
    terms.push(term);
    at = skipSpace(text, term.at.end);
  }
  return terms;
}

/** A value as the grammar wants it; `asIs` forces quotes, which some kinds read as "taken literally". */
export function writeValue(text: string, asIs = false): string {
  const plain = !asIs && text !== "" && text !== "?" && text !== "-" && !NEEDS_QUOTES.test(text);
  return plain ? text : `"${text.replaceAll(/["\\]/g, "\\$&")}"`;
}

/** Undoes the escapes of a quoted value; `text` is what stands between the quotes. */
export function unescapeQuoted(text: string): string {
  return text.replaceAll(/\\(["\\])/g, "$1");
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && SPACE.test(text.charAt(at))) at++;
  return at;
}

function endOfWord(text: string, from: number): number {
  let at = from;
  while (at < text.length && !SPACE.test(text.charAt(at))) at++;
  return at;
}

function scanTerm(text: string, start: number): ScannedTerm {
  const negated = text.charAt(start) === "!";
  const keyStart = negated ? start + 1 : start;
  let keyEnd = keyStart;
  while (keyEnd < text.length && !/[\s:,"]/.test(text.charAt(keyEnd))) keyEnd++;
  if (text.charAt(keyEnd) !== ":") return bareWord(text, start, keyStart, negated);

  const { values, end, problem } = scanValues(text, keyEnd + 1);
  return {
    at: { start, end },
    negated,
    key: text.slice(keyStart, keyEnd),
    keyAt: { start: keyStart, end: keyEnd },
    hasColon: true,
    values,
    problem,
  };
}

function bareWord(text: string, start: number, keyStart: number, negated: boolean): ScannedTerm {
  const quoted = text.charAt(keyStart) === '"' ? scanQuoted(text, keyStart) : undefined;
  const end = Math.max(start + 1, quoted ? quoted.at.end : endOfWord(text, keyStart));
  return {
    at: { start, end },
    negated,
    key: quoted ? quoted.text : text.slice(keyStart, end),
    keyAt: { start: keyStart, end },
    hasColon: false,
    ...(quoted ? { isQuoted: true } : {}),
    values: [],
    problem: {
      reason: "bare_word",
      message:
        keyStart === end ? "`!` must stand directly before a term." : "A term is written as key:value.",
      at: { start, end },
    },
  };
}

interface ScannedValues {
  readonly values: readonly WrittenValue[];
  readonly end: number;
  readonly problem?: ScanProblem;
}

function scanValues(text: string, from: number): ScannedValues {
  const values: WrittenValue[] = [];
  let problem: ScanProblem | undefined;
  let at = from;
  for (;;) {
    const scanned = text.charAt(at) === '"' ? scanQuoted(text, at) : scanPlain(text, at);
    values.push({ text: scanned.text, quoted: scanned.quoted, at: scanned.at });
    problem ??= scanned.problem;
    at = scanned.at.end;
    if (text.charAt(at) !== ",") break;
    at++;
  }
  if (at < text.length && !SPACE.test(text.charAt(at))) {
    const end = endOfWord(text, at);
    problem ??= {
      reason: "syntax",
      message: "After a closing quote comes a comma, white space or the end.",
      at: { start: at, end },
    };
    at = end;
  }
  return { values, end: at, problem };
}

interface ScannedValue extends WrittenValue {
  readonly problem?: ScanProblem;
}

function scanQuoted(text: string, start: number): ScannedValue {
  let at = start + 1;
  while (at < text.length && text.charAt(at) !== '"') at += text.charAt(at) === "\\" ? 2 : 1;
  const closed = at < text.length;
  const bodyEnd = Math.min(at, text.length);
  const value = unescapeQuoted(text.slice(start + 1, bodyEnd));
  const position = { start, end: closed ? at + 1 : bodyEnd };
  const problem: ScanProblem | undefined = closed
    ? value === ""
      ? emptyValue(position)
      : undefined
    : {
        reason: "syntax",
        message: "This quote is not closed.",
        hint: 'Close it with ", or write \\" for a quote inside the value.',
        at: position,
        suggestion: writeValue(value, true),
      };
  return { text: value, quoted: true, at: position, problem };
}

function scanPlain(text: string, start: number): ScannedValue {
  let at = start;
  while (at < text.length && !/[\s,"]/.test(text.charAt(at))) at++;
  const position = { start, end: at };
  if (text.charAt(at) === '"') {
    const end = endOfWord(text, at);
    const word = text.slice(start, end);
    return {
      text: word,
      quoted: false,
      at: { start, end },
      problem: {
        reason: "syntax",
        message: "A quote stands inside a value; quotes go round the whole value.",
        at: { start, end },
        suggestion: writeValue(word.replaceAll('"', ""), true),
      },
    };
  }
  const value = text.slice(start, at);
  return {
    text: value,
    quoted: false,
    at: position,
    problem: value === "" ? emptyValue(position) : undefined,
  };
}

function emptyValue(at: Position): ScanProblem {
  return {
    reason: "syntax",
    message: "A value is missing here.",
    hint: 'No space after the colon or a comma. `-` means "none", `?` means "left out by the export".',
    at,
  };
}
