/**
 * Writes a filter as a `hubble observe` command (Cilium 1.19.4), as near as its flags allow.
 *
 * A term that Hubble cannot say is left out, which shows more, never less, and a note says so. Negated terms
 * become `--not`; but Hubble hides only what matches all `--not` flags together, so from two negated fields
 * on each becomes a raw filter of its own (`--denylist`), which Hubble joins by OR as we do.
 */

import { formatTime } from "@/lib/base/time";
import { type Filter, formatTerm, sideOf, type Term } from "./filter";
import { combinationNotes } from "./hubble-conflicts";
import { type HubbleValue, hubbleValues, RAW_MEMBERS } from "./hubble-values";
import { type Side, spellKey } from "./keys";
import { quoteShellWord } from "./shell-words";

/** `differs`: the command's rows differ. `left-out`: a term has no flag. `refused`: Hubble will not run it. */
export interface ExportNote {
  readonly kind: "differs" | "left-out" | "refused";
  readonly text: string;
}

export interface HubbleCommand {
  readonly command: string;
  readonly notes: readonly ExportNote[];
}

export interface HubbleTerm {
  readonly term: Term;
  readonly values: readonly HubbleValue[];
}

export function toHubbleObserve(
  filter: Filter,
  range: { readonly from?: bigint; readonly to?: bigint } = {},
): HubbleCommand {
  const { terms, notes } = hubbleTerms(filter, "hubble observe has no flag");
  const allowed = firstOfEachFlag(
    terms.filter(({ term }) => !term.negated),
    notes,
  );
  const words = [...allowFlags(allowed), ...denyFlags(terms.filter(({ term }) => term.negated))];
  notes.push(...combinationNotes(allowed.map(({ term }) => term)));
  if (range.from !== undefined) words.push("--since", formatTime(range.from));
  if (range.to !== undefined) words.push("--until", formatTime(range.to));
  if (range.from === undefined && range.to === undefined) {
    notes.push({
      kind: "differs",
      text: "Without a time range hubble observe prints its newest 20 flows; add --last N or --all for more.",
    });
  }
  return { command: ["hubble", "observe", ...words].map(quoteShellWord).join(" "), notes };
}

/** What of a filter Hubble can say, and notes about the rest. `lacks` begins the sentence about a term that it cannot. */
export function hubbleTerms(
  filter: Filter,
  lacks: string,
): { readonly terms: readonly HubbleTerm[]; readonly notes: ExportNote[] } {
  const notes: ExportNote[] = [];
  const terms = filter.terms.flatMap((term): HubbleTerm[] => {
    const values = hubbleValues(term);
    if (values !== undefined) return [{ term, values }];
    notes.push({ kind: "left-out", text: `${lacks} for ${formatTerm(term)}; more shows without it.` });
    return [];
  });
  for (const { values } of terms) {
    for (const text of new Set(values.flatMap(({ differs }) => differs ?? [])))
      notes.push({ kind: "differs", text });
  }
  return { terms, notes };
}

function allowFlags(terms: readonly HubbleTerm[]): string[] {
  return terms.flatMap(({ term, values }) => values.flatMap((value) => flagWords(term, value)));
}

function denyFlags(terms: readonly HubbleTerm[]): string[] {
  const fields = new Set(terms.map(({ term }) => flagOf(term)));
  if (fields.size > 1) return terms.flatMap((term) => rawFilters(term).flatMap((raw) => ["--denylist", raw]));
  return terms.flatMap(({ term, values }) => values.flatMap((value) => ["--not", ...flagWords(term, value)]));
}

function flagOf(term: Term): string {
  // Only trace events have a trace point, and their sub-type is it.
  if (term.key === "trace-point") return "--type";
  return `--${spellKey(term.key, sideOf(term))}`;
}

/** Flag and argument of one value; some flags stand alone. */
function flagWords(term: Term, { argument, flag }: HubbleValue): string[] {
  return flag === undefined ? [flagOf(term), argument] : [flag];
}

/** Repeating a flag means OR, so of two terms with the same flag only one can be said. */
function firstOfEachFlag(terms: readonly HubbleTerm[], notes: ExportNote[]): HubbleTerm[] {
  const seen = new Set<string>();
  return terms.filter(({ term }) => {
    const isFirst = !seen.has(flagOf(term));
    seen.add(flagOf(term));
    if (!isFirst) {
      notes.push({
        kind: "left-out",
        text: `${flagOf(term)} given twice would mean OR; ${formatTerm(term)} is left out, the command shows more.`,
      });
    }
    return isFirst;
  });
}

/** One raw filter for each side that the term covers; Hubble joins raw filters by OR. */
function rawFilters({ term, values }: HubbleTerm): string[] {
  const member = RAW_MEMBERS[term.key];
  if (member === undefined) return [];
  const raw = values.map((value) => value.raw);
  const side = sideOf(term);
  const members = side === undefined ? [member] : PREFIXES[side].map((prefix) => `${prefix}_${member}`);
  return members.map((name) => JSON.stringify({ [name]: raw }));
}

export const PREFIXES: Readonly<Record<Side, readonly string[]>> = {
  either: ["source", "destination"],
  from: ["source"],
  to: ["destination"],
};
