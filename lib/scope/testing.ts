/** Filters for property tests: terms of every key, with every side, negation and kind of value. */

import fc from "fast-check";
import { type Filter, makeTerm, type Term, withTerm } from "./filter";
import { type FilterKey, KEYS, rowOf, type Side, type ValueOf } from "./keys";
import { VALUES } from "./testing-values";
import type { SpecialValue } from "./value-kind";

/** Fixed, so that a failure can be repeated; shown in the name of each property test. */
export const SEED = 20260304;
export const RUNS = { seed: SEED, numRuns: 400, verbose: 1 } as const;

const side = fc.constantFrom<Side>("either", "from", "to");

/** `?` and `-`, where the key takes them. */
function specialsOf(key: FilterKey): SpecialValue[] {
  const row = rowOf(key);
  const both: SpecialValue[] = [{ type: "unknown" }, { type: "none" }];
  return both.filter(({ type }) => !(type in row));
}

function termsOf<Key extends FilterKey>(key: Key): fc.Arbitrary<Term> {
  const own: fc.Arbitrary<ValueOf<Key>> = VALUES[key];
  const specials = specialsOf(key);
  const special = specials.length > 0 ? [{ weight: 1, arbitrary: fc.constantFrom(...specials) }] : [];
  const value = fc.oneof({ weight: 6, arbitrary: own }, ...special);
  return fc
    .record({ side, negated: fc.boolean(), values: fc.array(value, { minLength: 1, maxLength: 4 }) })
    .map(({ values, ...options }) => makeTerm(key, values, options));
}

export const anyTerm: fc.Arbitrary<Term> = fc.oneof(...KEYS.map(({ key }) => termsOf(key)));

export const anyFilter: fc.Arbitrary<Filter> = fc
  .array(anyTerm, { maxLength: 6 })
  .map((terms) => ({ terms: terms.reduce<readonly Term[]>(withTerm, []) }));
