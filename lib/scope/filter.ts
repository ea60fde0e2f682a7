/**
 * A filter: terms that must all hold. Text in, typed tree out, and back.
 *
 * `parseFilter(formatFilter(filter))` gives `filter` again for every filter that satisfies its types,
 * whatever text a log put into its values. The tree is plain data (no functions, no bigint): it can cross
 * to a worker and be compared.
 *
 * Contract: docs/filter.md.
 */

import { type Failure, fail, ok, type Result } from "@/lib/base/result";
import {
  allKeyWords,
  type FilterKey,
  findKeyWord,
  type KeyRow,
  kindOf,
  REFUSED_WORDS,
  rowOf,
  type Side,
  type SidedKey,
  spellKey,
  type ValueOf,
} from "./keys";
import { type Position, type ScannedTerm, scanTerms, type WrittenValue, writeValue } from "./scan";
import { nearestWord } from "./suggest";
import { shown } from "./value-kind";

/**
 * One condition. It holds when any of its values matches the record (at least one value, no two alike);
 * `negated` turns it round, so that it also holds for records without the field.
 */
type TermOf<Key extends FilterKey> = Key extends SidedKey
  ? {
      readonly key: Key;
      readonly side: Side;
      readonly negated: boolean;
      readonly values: readonly ValueOf<Key>[];
    }
  : { readonly key: Key; readonly negated: boolean; readonly values: readonly ValueOf<Key>[] };

/** A union over all available keys: a switch over `key` gives each branch its own value type. */
export type Term = { readonly [Key in FilterKey]: TermOf<Key> }[FilterKey];
export type TermWith<Key extends FilterKey> = Extract<Term, { readonly key: Key }>;

export interface Filter {
  /** No two alike. No terms: everything. */
  readonly terms: readonly Term[];
}

export const EMPTY_FILTER: Filter = { terms: [] };

/** Bounds of one filter, so that a link cannot ask for an endless question. */
export const FILTER_LIMITS = { characters: 8192, terms: 100, values: 500 } as const;

export type FilterReason =
  | "bare_word"
  | "key_unknown"
  | "refused"
  | "side_invalid"
  | "syntax"
  | "too_long"
  | "value_invalid";

export interface FilterFailure extends Failure<"filter_invalid"> {
  readonly reason: FilterReason;
  /** The part of the text that is wrong. */
  readonly position: Position;
  /** Text that could stand in place of that part. */
  readonly suggestion?: string;
}

type Failed = { readonly ok: false; readonly failure: FilterFailure };

/** Reads filter text. The first problem refuses the whole: half a filter would show too much. */
export function parseFilter(text: string): Result<Filter, FilterFailure> {
  if (text.length > FILTER_LIMITS.characters) {
    const at = { start: FILTER_LIMITS.characters, end: text.length };
    return failed("too_long", `A filter has at most ${FILTER_LIMITS.characters} characters.`, at);
  }
  const lone = /\p{Cs}/u.exec(text);
  if (lone) return failed("syntax", "This is half of a character.", spanOf(lone.index, 1));

  let terms: readonly Term[] = [];
  let values = 0;
  for (const scanned of scanTerms(text)) {
    const term = parseTerm(scanned);
    if (!term.ok) return term;
    terms = withTerm(terms, term.value);
    values += scanned.values.length;
    if (terms.length > FILTER_LIMITS.terms || values > FILTER_LIMITS.values) {
      const most = `${FILTER_LIMITS.terms} terms and ${FILTER_LIMITS.values} values`;
      return failed("too_long", `A filter has at most ${most}.`, scanned.at);
    }
  }
  return ok({ terms });
}

/** The one spelling of a filter: keys in full, enum names, quotes only where needed, one space between terms. */
export function formatFilter(filter: Filter): string {
  return filter.terms.map(formatTerm).join(" ");
}

export function formatTerm(term: Term): string {
  const word = spellKey(term.key, sideOf(term));
  return `${term.negated ? "!" : ""}${word}:${term.values.map((value) => formatValue(term.key, value)).join(",")}`;
}

/** A value as it stands in the text, quotes included. */
export function formatValue<Key extends FilterKey>(key: Key, value: ValueOf<Key>): string {
  if (value.type === "unknown") return "?";
  if (value.type === "none") return "-";
  const { text, asIs } = kindOf(key).format(value);
  return writeValue(text, asIs);
}

export function sideOf(term: Term): Side | undefined {
  return "side" in term ? term.side : undefined;
}

/** Builds a term from parts; values that are alike are kept once. `side` is ignored for one-sided keys. */
export function makeTerm<Key extends FilterKey>(
  key: Key,
  values: readonly ValueOf<Key>[],
  options: { readonly side?: Side; readonly negated?: boolean } = {},
): TermWith<Key> {
  const distinct = new Map(values.map((value) => [formatValue(key, value), value]));
  const term = {
    key,
    ...(rowOf(key).sided ? { side: options.side ?? "either" } : {}),
    negated: options.negated ?? false,
    values: [...distinct.values()],
  };
  // The shape follows from the row; the compiler cannot follow a row looked up by a type parameter.
  return term as unknown as TermWith<Key>;
}

/** Adds a term unless an equal one is there. */
export function withTerm(terms: readonly Term[], term: Term): readonly Term[] {
  const text = formatTerm(term);
  return terms.some((other) => formatTerm(other) === text) ? terms : [...terms, term];
}

function parseTerm(scanned: ScannedTerm): Result<Term, FilterFailure> {
  if (!scanned.hasColon) return bareWord(scanned);
  const found = findKeyWord(scanned.key);
  if (found === undefined) return unknownKey(scanned);
  if (scanned.problem) {
    const { reason, message, hint, at, suggestion } = scanned.problem;
    return failed(reason, message, at, { hint, suggestion });
  }
  const { row, side } = found;
  const values: ValueOf<FilterKey>[] = [];
  for (const written of scanned.values) {
    const value = parseValue(row, written);
    if (!value.ok) return value;
    values.push(value.value);
  }
  return ok(makeTerm(row.key, values, { side, negated: scanned.negated }));
}

function parseValue(row: KeyRow, written: WrittenValue): Result<ValueOf<FilterKey>, FilterFailure> {
  if (!written.quoted && written.text === "?") {
    if (!("unknown" in row)) return ok({ type: "unknown" });
    return failed("value_invalid", `\`${row.key}:?\` has no meaning: it is always known.`, written.at);
  }
  if (!written.quoted && written.text === "-") {
    if (!("none" in row)) return ok({ type: "none" });
    const canAsk = !("unknown" in row);
    return failed("value_invalid", `\`${row.key}:-\` has no meaning.`, written.at, {
      hint: canAsk ? `\`${row.key}:?\` finds records that do not say.` : undefined,
      suggestion: canAsk ? "?" : undefined,
    });
  }
  const value = kindOf(row.key).parse(written);
  if (value.ok) return ok(value.value);
  const suggestion = value.suggestion === undefined ? undefined : writeValue(value.suggestion);
  return failed("value_invalid", value.message, written.at, { hint: value.hint, suggestion });
}

function unknownKey({ key, keyAt, at, negated }: ScannedTerm): Failed {
  if (key === "") return failed("key_unknown", "A key is missing before the colon.", spanOf(at.start, 1));
  const word = key.toLowerCase();
  const refusal = REFUSED_WORDS.get(word);
  if (refusal !== undefined) return failed("refused", refusal, keyAt);
  const oneSided = findKeyWord(word.replace(/^(?:from|to)-/, ""))?.row;
  if (oneSided !== undefined) {
    const message = `\`${oneSided.key}\` belongs to the whole flow and has no from- and to- forms.`;
    return failed("side_invalid", message, keyAt, { suggestion: oneSided.key });
  }
  const nearest = nearestKey(word);
  const isNegation = nearest !== undefined && /^-[^-]/.test(word) && !negated;
  return failed("key_unknown", `\`${shown(key)}\` is not a key.`, keyAt, {
    hint: word.startsWith("-")
      ? "A term is negated by `!`; keys are written without dashes in front."
      : undefined,
    suggestion: isNegation ? `!${nearest}` : nearest,
  });
}

function nearestKey(word: string): string | undefined {
  const words = allKeyWords().map(({ word }) => word);
  return nearestWord(word.replace(/^-+/, "").replaceAll("_", "-"), words);
}

function bareWord(scanned: ScannedTerm): Failed {
  const { key, negated, at, problem } = scanned;
  if (key === "") return failed("syntax", problem?.message ?? "A term is missing here.", at);
  const found = findKeyWord(key);
  if (found !== undefined) {
    return failed("bare_word", `\`${shown(key)}\` has no value.`, at, {
      hint: `For example ${found.row.example}`,
    });
  }
  if (/^(?:and|or|not|&&|\|\|)$/i.test(key)) {
    const hint = "Terms are joined by AND; OR is a comma between values; NOT is `!` before a term.";
    return failed("bare_word", `\`${key}\` is not part of the filter language.`, at, { hint });
  }
  if (scanned.isQuoted) {
    const hint = "A term is written as key:value; text: searches all names.";
    const suggestion = `${negated ? "!" : ""}text:${writeValue(key)}`;
    return failed("bare_word", `\`${shown(key)}\` has no key.`, at, { hint, suggestion });
  }
  const suggestion = assignment(key, negated) ?? guessTerm(key, negated ? "!" : "");
  return failed("bare_word", `\`${shown(key)}\` has no key.`, at, {
    hint: "A term is written as key:value.",
    suggestion,
  });
}

/** `key=value` and `key!=value`, as other tools have it. */
function assignment(word: string, negated: boolean): string | undefined {
  const [, key = "", bang = "", value = ""] = /^([a-z-]+)(!?)==?([^=].*)$/i.exec(word) ?? [];
  if (findKeyWord(key) === undefined) return undefined;
  return `${(bang === "!") !== negated ? "!" : ""}${key}:${value}`;
}

/** Keys whose values tell by their look what they are; anything else may be the beginning of a pod's name. */
const GUESSED_KEYS = [
  "verdict",
  "protocol",
  "drop-reason-desc",
  "traffic-direction",
  "type",
  "ip",
  "port",
  "pod",
] as const satisfies readonly FilterKey[];

function guessTerm(word: string, bang: string): string | undefined {
  const isNumber = /^\d+$/.test(word);
  for (const key of GUESSED_KEYS) {
    // A bare number is a port before it is the number of an enum.
    if (isNumber && key !== "port" && key !== "pod") continue;
    const value = kindOf(key).parse({ text: word, quoted: false });
    if (value.ok) return `${bang}${key}:${formatValue(key, value.value)}`;
  }
  return undefined;
}

function spanOf(start: number, length: number): Position {
  return { start, end: start + length };
}

function failed(
  reason: FilterReason,
  message: string,
  position: Position,
  more: { readonly hint?: string; readonly suggestion?: string } = {},
): Failed {
  const { failure } = fail("filter_invalid", message, more.hint);
  return { ok: false, failure: { ...failure, reason, position, suggestion: more.suggestion } };
}
