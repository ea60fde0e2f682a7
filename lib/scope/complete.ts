/**
 * What is being typed at the cursor, and what could stand there. Values that the capture holds are added by
 * the caller; this knows the grammar and the fixed words only.
 */

import { parseFilter } from "./filter";
import { allKeyWords, type FilterKey, findKeyWord, rowOf, type Side } from "./keys";
import {
  type Position,
  type ScannedTerm,
  scanTerms,
  unescapeQuoted,
  type WrittenValue,
  writeValue,
} from "./scan";
import type { ValueForm } from "./value-kind";

export interface KeyCompletion {
  readonly kind: "key";
  /** What stands before the cursor, without `!`. */
  readonly prefix: string;
  /** What to replace: the whole key, without `!` and colon. */
  readonly range: Position;
  /** A colon follows already. */
  readonly hasColon: boolean;
  readonly negated: boolean;
  /** A whole word without a colon, as text: what `text:` could search for. */
  readonly bare?: string;
}

export interface ValueCompletion {
  readonly kind: "value";
  /** The word before the colon, as typed. */
  readonly word: string;
  /** Absent when the word is no key. */
  readonly key?: FilterKey;
  readonly side?: Side;
  /** What stands of the value before the cursor, quotes and escapes undone. */
  readonly prefix: string;
  readonly negated: boolean;
  readonly quoted: boolean;
  /** The value as it is written, where the term can be read up to the cursor behind it: something can follow. */
  readonly whole?: string;
  /** What to replace: the whole value, quotes included. */
  readonly range: Position;
  /** The other values of the term, as text. */
  readonly others: readonly string[];
}

export type Completion = KeyCompletion | ValueCompletion;

/** `cursor` is an offset in UTF-16 units; works on unfinished and wrong text. */
export function completionAt(text: string, cursor: number): Completion {
  const at = Math.max(0, Math.min(cursor, text.length));
  const term = scanTerms(text).find(({ at: span }) => span.start <= at && at <= span.end);
  if (term === undefined)
    return { kind: "key", prefix: "", range: { start: at, end: at }, hasColon: false, negated: false };
  const value = term.hasColon && at > term.keyAt.end ? valueAt(term, at) : undefined;
  if (value === undefined) {
    const { key, keyAt, hasColon, negated } = term;
    const bare = hasColon || key === "" ? {} : { bare: key };
    return { kind: "key", prefix: text.slice(keyAt.start, at), range: keyAt, hasColon, negated, ...bare };
  }
  const found = findKeyWord(term.key);
  const isWhole = at === value.at.end && parseFilter(text.slice(term.at.start, at)).ok;
  return {
    kind: "value",
    word: term.key,
    ...(found === undefined ? {} : { key: found.row.key }),
    ...(found?.side === undefined ? {} : { side: found.side }),
    prefix: valuePrefix(text, value, at),
    negated: term.negated,
    quoted: value.quoted,
    ...(isWhole && { whole: text.slice(value.at.start, at) }),
    range: value.at,
    others: term.values.flatMap((other) => (other === value || other.text === "" ? [] : [other.text])),
  };
}

function valueAt(term: ScannedTerm, cursor: number): WrittenValue | undefined {
  return term.values.find(({ at }) => at.start <= cursor && cursor <= at.end) ?? term.values.at(-1);
}

function valuePrefix(text: string, value: WrittenValue, cursor: number): string {
  const before = text.slice(value.at.start, cursor);
  if (!value.quoted) return before;
  if (cursor >= value.at.end) return value.text;
  return unescapeQuoted(before.slice(1));
}

export interface KeyProposal {
  readonly word: string;
  readonly label: string;
  readonly help: string;
  readonly example: string;
}

/**
 * Keys that begin with `prefix`, in the order of the table; aliases and other spellings lead to
 * their key. The `from-` and `to-` forms are offered once their beginning is typed.
 */
export function proposeKeys(prefix: string): KeyProposal[] {
  const typed = prefix.toLowerCase();
  return allKeyWords().flatMap(({ word, keyWord: { row, side } }) => {
    const isPlain = side === undefined || side === "either";
    const byAlias =
      isPlain && typed !== "" && "aliases" in row && row.aliases.some((alias) => alias.startsWith(typed));
    const begins = word.startsWith(typed) && (isPlain || typed !== "");
    return begins || byAlias ? [{ word, label: row.label, help: row.help, example: row.example }] : [];
  });
}

/** Fixed words of a key that begin with `prefix` (any case), spelled as they stand in the text. */
export function proposeValues(key: FilterKey, prefix: string): string[] {
  const typed = prefix.toLowerCase();
  return rowOf(key).kind.words.filter((word) => word.toLowerCase().startsWith(typed));
}

/** Other ways to write a value of the key than as a word: comparisons, beginnings, ranges. Quotes take all of these literally. */
export function proposeForms({ key, prefix, quoted }: ValueCompletion): readonly ValueForm[] {
  if (key === undefined || quoted) return [];
  const row = rowOf(key);
  const forms = "forms" in row.kind ? (row.kind.forms?.(prefix) ?? []) : [];
  if (prefix !== "") return forms;
  return [
    ...forms,
    ...("unknown" in row ? [] : [{ text: "?", about: "the export left it out, so it is not known" }]),
    ...("none" in row ? [] : [{ text: "-", about: "the record has none" }]),
  ];
}

/** The term that searches for a word without a key. */
export function searchTerm(bare: string): string {
  return `text:${writeValue(bare)}`;
}

/**
 * True when a value, as it stands behind its key, or a part of it behind a slash begins with what was typed, in lower case. Of a
 * pattern for one text the marks do not count: `api.shop` begins `^api\.shop$`.
 */
export function beginsWith(value: string, typed: string): boolean {
  const text = value.toLowerCase().replace(/^"/, "");
  const plain = text.startsWith("^") ? text.slice(1).replaceAll("\\", "") : text;
  return [text, plain].some((one) => one.startsWith(typed) || one.includes(`/${typed}`));
}

/**
 * Puts a proposal into the text. A key gets its colon, unless it is to be put in `asIs`; a value of the capture must
 * come through `formatValue`.
 */
export function applyCompletion(
  text: string,
  completion: Completion,
  inserted: string,
  asIs = false,
): { readonly text: string; readonly cursor: number } {
  const { start, end } = completion.range;
  const needsColon = completion.kind === "key" && !completion.hasColon && !asIs;
  const piece = needsColon ? `${inserted}:` : inserted;
  // Behind a key that has its colon, the cursor goes to the value.
  const behind = completion.kind === "key" && completion.hasColon ? 1 : 0;
  return { text: text.slice(0, start) + piece + text.slice(end), cursor: start + piece.length + behind };
}
