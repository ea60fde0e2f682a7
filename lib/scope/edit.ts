/** Changes to a filter that the page needs: chips, and include / exclude / only on a clicked value. */

import { EMPTY_FILTER, type Filter, formatValue, makeTerm, sideOf, type Term, withTerm } from "./filter";
import type { FilterKey, ValueOf } from "./keys";

/** Terms that apply, and terms that were switched off but not removed. Each may hold what the other holds. */
export interface Chips {
  readonly on: Filter;
  readonly off: Filter;
}

export const NO_CHIPS: Chips = { on: EMPTY_FILTER, off: EMPTY_FILTER };

export function addTerm(filter: Filter, term: Term): Filter {
  return { terms: withTerm(filter.terms, term) };
}

export function removeTerm(filter: Filter, index: number): Filter {
  return { terms: filter.terms.filter((_, at) => at !== index) };
}

/** Puts `term` in the place of another; if an equal one stands elsewhere, only one stays. */
export function replaceTerm(filter: Filter, index: number, term: Term): Filter {
  return rebuilt(filter.terms.map((old, at) => (at === index ? term : old)));
}

export function negateTerm(filter: Filter, index: number): Filter {
  return rebuilt(filter.terms.map((old, at) => (at === index ? { ...old, negated: !old.negated } : old)));
}

/**
 * "Include" on a value: its records are in. Widens the term of that key and side if there is one (a list is
 * OR), and takes the values out of exclusions. The sign of `term` does not matter.
 */
export function includeTerm(filter: Filter, term: Term): Filter {
  return merge(without(filter, term, true), term, false);
}

/** "Exclude" on a value: its records are out. */
export function excludeTerm(filter: Filter, term: Term): Filter {
  return merge(without(filter, term, false), term, true);
}

/** "Only": the term replaces every other of the same key and side. */
export function onlyTerm(filter: Filter, term: Term): Filter {
  return rebuilt([...filter.terms.filter((other) => !isSameField(other, term)), { ...term, negated: false }]);
}

export function switchOff(chips: Chips, index: number): Chips {
  const term = chips.on.terms[index];
  return term === undefined ? chips : { on: removeTerm(chips.on, index), off: addTerm(chips.off, term) };
}

export function switchOn(chips: Chips, index: number): Chips {
  const term = chips.off.terms[index];
  return term === undefined ? chips : { on: addTerm(chips.on, term), off: removeTerm(chips.off, index) };
}

function rebuilt(terms: readonly Term[]): Filter {
  return { terms: terms.reduce<readonly Term[]>(withTerm, []) };
}

function isSameField(a: Term, b: Term): boolean {
  return a.key === b.key && sideOf(a) === sideOf(b);
}

/** Takes the values of `term` out of terms of the same field and of the given sign; empty ones go. */
function without(filter: Filter, term: Term, negated: boolean): Filter {
  const taken = new Set(valueTexts(term));
  const terms = filter.terms.flatMap((other) => {
    if (!isSameField(other, term) || other.negated !== negated) return [other];
    const left = withValues(other, (text) => !taken.has(text));
    return left.values.length === 0 ? [] : [left];
  });
  return rebuilt(terms);
}

/** Joins the values of `term` to the first term of the same field and sign, or adds one. */
function merge(filter: Filter, term: Term, negated: boolean): Filter {
  const index = filter.terms.findIndex((other) => isSameField(other, term) && other.negated === negated);
  const found = filter.terms[index];
  if (found === undefined) return addTerm(filter, { ...term, negated });
  const values: readonly ValueOf<FilterKey>[] = [...found.values, ...term.values];
  // Same key on both, so the values are of one kind.
  const joined = makeTerm(found.key, values, {
    side: sideOf(found),
    negated,
  });
  return replaceTerm(filter, index, joined);
}

function valueTexts(term: Term): string[] {
  return term.values.map((value: ValueOf<FilterKey>) => formatValue(term.key, value));
}

function withValues(term: Term, keep: (text: string) => boolean): Term {
  const texts = valueTexts(term);
  const values: readonly ValueOf<FilterKey>[] = term.values;
  return { ...term, values: values.filter((_, at) => keep(texts[at] ?? "")) } as Term;
}
