/**
 * The terms of a filter as chips. A filter with a term that cannot be read still shows its other terms, so
 * that the bad one can be corrected or removed without typing the rest again.
 */

import { unreachable } from "@/lib/base/unreachable";
import { removeTerm, replaceTerm, switchOff, switchOn } from "@/lib/scope/edit";
import {
  type Filter,
  type FilterFailure,
  formatFilter,
  formatTerm,
  parseFilter,
  type Term,
} from "@/lib/scope/filter";
import type { MapPlace } from "@/lib/scope/map-part-kind";
import { scanTerms } from "@/lib/scope/scan";

export interface Chip {
  /** The one spelling of the term, or what was typed when it cannot be read. */
  readonly text: string;
  readonly term?: Term;
  readonly failure?: FilterFailure;
}

/** Filter text of the link and of the terms that are switched off. */
export interface ChipTexts {
  readonly q: string;
  readonly off: string;
}

/** What a chip shows: a part of a map in words, because its value is written for programs. */
export function shownText({ text, term }: Chip): string {
  const value = term?.key === "map-part" ? term.values[0] : undefined;
  if (value?.type !== "map-part") return text;
  return `${term?.negated ? "!" : ""}map-part:${placeText(value.place)}`;
}

function placeText(place: MapPlace): string {
  switch (place.kind) {
    case "line":
      return `${place.client} → ${place.server}`;
    case "client":
      return `from ${place.key}`;
    case "server":
      return `to ${place.key}`;
    case "either":
      return place.key;
    case "rest":
      return "out of focus";
    case "beyond":
      return "not drawn";
    default:
      return unreachable(place);
  }
}

export function chipsOf(text: string): readonly Chip[] {
  const whole = parseFilter(text);
  if (whole.ok) return whole.value.terms.map((term) => ({ text: formatTerm(term), term }));
  return scanTerms(text).map(({ at }) => {
    const piece = text.slice(at.start, at.end);
    const parsed = parseFilter(piece);
    if (!parsed.ok) return { text: piece, failure: parsed.failure };
    const [term] = parsed.value.terms;
    return term === undefined ? { text: piece } : { text: formatTerm(term), term };
  });
}

/** Joins pieces of filter text; when all of it can be read, in its one spelling and without repeats. */
export function joinTexts(...texts: readonly string[]): string {
  const joined = texts
    .map((text) => text.trim())
    .filter((text) => text !== "")
    .join(" ");
  const parsed = parseFilter(joined);
  return parsed.ok ? formatFilter(parsed.value) : joined;
}

/** Other text in the place of a chip; empty text removes it. */
export function replaceChip(q: string, index: number, text: string): string {
  return joinTexts(...chipsOf(q).map((chip, at) => (at === index ? text : chip.text)));
}

export function removeChip(q: string, index: number): string {
  return edited(q, (filter) => removeTerm(filter, index)) ?? replaceChip(q, index, "");
}

export function negateChip(q: string, index: number): string {
  const term = chipsOf(q)[index]?.term;
  if (term === undefined) return q;
  const turned = { ...term, negated: !term.negated };
  return (
    edited(q, (filter) => replaceTerm(filter, index, turned)) ?? replaceChip(q, index, formatTerm(turned))
  );
}

/** Switches a chip off, or on when `isOff`. A chip that cannot be read cannot be kept aside. */
export function toggleChip(texts: ChipTexts, index: number, isOff: boolean): ChipTexts {
  const on = parseFilter(texts.q);
  const off = parseFilter(texts.off);
  if (!on.ok || !off.ok) return texts;
  const chips = (isOff ? switchOn : switchOff)({ on: on.value, off: off.value }, index);
  return { q: formatFilter(chips.on), off: formatFilter(chips.off) };
}

function edited(q: string, change: (filter: Filter) => Filter): string | undefined {
  const parsed = parseFilter(q);
  return parsed.ok ? formatFilter(change(parsed.value)) : undefined;
}
