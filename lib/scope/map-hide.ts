/** What the map leaves out: known noise, and whatever else a term of the filter finds. */

import { addTerm } from "./edit";
import { EMPTY_FILTER, type Filter, formatFilter, parseFilter, type Term } from "./filter";
import type { Scope } from "./link";
import { NOISE, type Noise, noiseTerms } from "./map-noise";

export interface Hide {
  readonly noise: ReadonlySet<Noise>;
  /** A record that any of its terms finds is left out. */
  readonly filter: Filter;
}

export const HIDE_NOTHING: Hide = { noise: new Set(), filter: EMPTY_FILTER };

const NO_NOISE = "-";
/** What a parameter of a link may be long, with some room. */
const LONGEST = 3900;

/** `dns,host server-port:9090`: kinds of noise, then a filter; `-` for no noise. */
export function readHide(text: string | undefined): Hide {
  if (text === undefined) return HIDE_NOTHING;
  const [words = "", ...rest] = text.split(" ");
  const known = new Set(words.split(","));
  const filter = parseFilter(rest.join(" "));
  return {
    noise: new Set(NOISE.filter((noise) => known.has(noise))),
    filter: filter.ok ? filter.value : EMPTY_FILTER,
  };
}

/** Null: nothing is hidden. Undefined: more than a link holds. */
export function writeHide({ noise, filter }: Hide): string | null | undefined {
  const words = NOISE.filter((kind) => noise.has(kind)).join(",");
  if (filter.terms.length === 0) return words === "" ? null : words;
  const text = `${words || NO_NOISE} ${formatFilter(filter)}`;
  return text.length <= LONGEST ? text : undefined;
}

export function hideTerms(hide: Hide, terms: readonly Term[]): Hide {
  return { ...hide, filter: terms.reduce(addTerm, hide.filter) };
}

/** A term that finds hidden records, and what it is called: its kind of noise, or itself. */
export interface HiddenTerm {
  readonly noise: Noise | undefined;
  readonly term: Term;
}

export function termsOf({ noise, filter }: Hide): readonly HiddenTerm[] {
  return [
    ...NOISE.filter((kind) => noise.has(kind)).flatMap((kind) =>
      noiseTerms(kind).map((term) => ({ noise: kind, term })),
    ),
    ...filter.terms.map((term) => ({ noise: undefined, term })),
  ];
}

export function turned(term: Term): Term {
  return { ...term, negated: !term.negated };
}

/** The scope without what is hidden. */
export function withoutHidden(scope: Scope, hide: Hide): Scope {
  const terms = termsOf(hide).map(({ term }) => turned(term));
  return { ...scope, filter: terms.reduce(addTerm, scope.filter) };
}

/**
 * For each term the scope of what it hides, without what one before it hides: together they are the scope's records that
 * are not shown, each once.
 */
export function hiddenScopes(scope: Scope, hide: Hide): readonly (HiddenTerm & { readonly scope: Scope })[] {
  const terms = termsOf(hide);
  return terms.map((hidden, at) => {
    const before = terms.slice(0, at).map(({ term }) => turned(term));
    return {
      ...hidden,
      scope: { ...scope, filter: [...before, hidden.term].reduce(addTerm, scope.filter) },
    };
  });
}
