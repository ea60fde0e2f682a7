/**
 * Every key of the filter, one row each: the grammar, completion, the guide (`docs/filter.md`) and the type
 * of a term all come from this table. The compiler points at every switch over terms that does not know a new row yet.
 *
 * Keys with `hubble: true` are flags of `hubble observe` (Cilium 1.19.4) without the dashes and mean the
 * same (hubble-keys.ts); the others are ours (own-keys.ts, outcome-keys.ts, dns-keys.ts).
 */

import { DNS_KEYS } from "./dns-keys";
import { HUBBLE_KEYS } from "./hubble-keys";
import type { Side } from "./key-row";
import { OUTCOME_KEYS } from "./outcome-keys";
import { OWN_KEYS } from "./own-keys";
import type { SpecialValue, ValueKind } from "./value-kind";

export type { Side } from "./key-row";

export const KEYS = [...HUBBLE_KEYS, ...OWN_KEYS, ...OUTCOME_KEYS, ...DNS_KEYS] as const;

export type KeyRow = (typeof KEYS)[number];
export type FilterKey = KeyRow["key"];

type PlainValueOf<Kind> = Kind extends ValueKind<infer Value> ? Value : never;
/** What `key` is compared with, the two special values included. */
export type ValueOf<Key extends FilterKey> =
  | PlainValueOf<Extract<KeyRow, { readonly key: Key }>["kind"]>
  | SpecialValue;
/** Keys with `from-` and `to-`. */
export type SidedKey = Extract<KeyRow, { readonly sided: true }>["key"];

/** A word before the colon, looked up: `from-ns` is key `namespace`, side `from`. */
export interface KeyWord {
  readonly row: KeyRow;
  readonly side?: Side;
}

/** What is not a key and never will be, with the way that there is instead. */
export const REFUSED_WORDS: ReadonlyMap<string, string> = new Map([
  ["cel", "CEL expressions are not supported; write the condition as terms."],
  ["cel-expression", "CEL expressions are not supported; write the condition as terms."],
  ["allowlist", "A list of raw filters is not a term: paste the whole list, it is taken over as terms."],
  ["denylist", "A list of raw filters is not a term: paste the whole list, it is taken over as terms."],
  ...["from", "to", "time", "since", "until"].map(
    (word) =>
      [word, "Time is not a term: set it on the histogram, or with the parameters from and to."] as const,
  ),
]);

const WORDS: ReadonlyMap<string, KeyWord> = new Map(KEYS.flatMap(wordsOf));

function wordsOf(row: KeyRow): [string, KeyWord][] {
  const names: readonly string[] = [row.key, ...("aliases" in row ? row.aliases : [])];
  return names.flatMap((name): [string, KeyWord][] => {
    if (!row.sided) return [[name, { row }]];
    return [
      [name, { row, side: "either" }],
      [`from-${name}`, { row, side: "from" }],
      [`to-${name}`, { row, side: "to" }],
    ];
  });
}

/** Looks a word up, any case. */
export function findKeyWord(word: string): KeyWord | undefined {
  return WORDS.get(word.toLowerCase());
}

export function rowOf(key: FilterKey): KeyRow {
  const found = WORDS.get(key)?.row;
  if (found === undefined) throw new Error(`no row for filter key ${key}`);
  return found;
}

/** How values of a key are read and written. A row's kind and its values belong to one key; the table cannot say so to the compiler. */
export function kindOf<Key extends FilterKey>(key: Key): ValueKind<ValueOf<Key>> {
  return rowOf(key).kind as ValueKind<ValueOf<Key>>;
}

/** The word before the colon of a term: `pod`, `from-pod`, `to-pod`. */
export function spellKey(key: string, side: Side | undefined): string {
  return side === "from" || side === "to" ? `${side}-${key}` : key;
}

/** Every canonical word, in the order of the table; aliases are left out. */
export function allKeyWords(): { readonly word: string; readonly keyWord: KeyWord }[] {
  return [...WORDS].flatMap(([word, keyWord]) =>
    word === spellKey(keyWord.row.key, keyWord.side) ? [{ word, keyWord }] : [],
  );
}
