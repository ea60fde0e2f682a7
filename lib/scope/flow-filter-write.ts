/**
 * Writes a filter as FlowFilters: what `hubble-export-allowlist` and `-denylist` take, and `hubble observe --allowlist`. In the form
 * in which `hubble observe --print-raw-filters` prints them.
 *
 * A flow is kept when any filter of the allow list matches and none of the deny list: so a negated term is one filter there,
 * and a term for either side doubles those of the allow list.
 */

import { type Filter, formatTerm, sideOf } from "./filter";
import type { ExportNote } from "./hubble-export";
import { type HubbleTerm, hubbleTerms, PREFIXES } from "./hubble-export";
import { RAW_MEMBERS } from "./hubble-values";

export interface FlowFilters {
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  /** Both as YAML. */
  readonly text: string;
  readonly notes: readonly ExportNote[];
}

type Raw = Readonly<Record<string, unknown>>;

/** Terms for either side that are written out; each doubles the list. */
const SIDES_WRITTEN = 4;

export function toFlowFilters(filter: Filter): FlowFilters {
  const { terms, notes } = hubbleTerms(filter, "A FlowFilter has no member");
  let allow: Raw[] = [{}];
  let doubled = 0;
  for (const term of terms.filter(({ term: { negated } }) => !negated)) {
    const raws = rawMembers(term);
    const member = Object.keys(raws[0] ?? {})[0] ?? "";
    const isTaken = raws.some((raw) => Object.keys(raw).some((name) => allow.some((other) => name in other)));
    if (raws.length > 1) doubled++;
    if (isTaken || doubled > SIDES_WRITTEN) {
      const why = isTaken ? `\`${member}\` given twice would mean OR` : "Too many terms mean either side";
      notes.push({
        kind: "left-out",
        text: `${why}; ${formatTerm(term.term)} is left out, the filters show more.`,
      });
      continue;
    }
    allow = allow.flatMap((one) => raws.map((raw) => ({ ...one, ...raw })));
  }
  const deny = terms.filter(({ term: { negated } }) => negated).flatMap(rawMembers);
  const lists = {
    allow: allow.filter((one) => Object.keys(one).length > 0).map((one) => JSON.stringify(one)),
    deny: deny.map((one) => JSON.stringify(one)),
  };
  return { ...lists, text: yamlOf(lists), notes };
}

/** One object for each side that the term covers. */
function rawMembers({ term, values }: HubbleTerm): Raw[] {
  const member = RAW_MEMBERS[term.key] ?? "";
  const raw = values.map((value) => value.raw);
  const side = sideOf(term);
  const names = side === undefined ? [member] : PREFIXES[side].map((prefix) => `${prefix}_${member}`);
  return names.map((name) => ({ [name]: raw }));
}

function yamlOf({
  allow,
  deny,
}: {
  readonly allow: readonly string[];
  readonly deny: readonly string[];
}): string {
  const list = (name: string, filters: readonly string[]): string[] =>
    filters.length === 0 ? [] : [`${name}:`, ...filters.map((json) => `- '${json.replaceAll("'", "''")}'`)];
  return [...list("allowlist", allow), ...list("denylist", deny)].map((line) => `${line}\n`).join("");
}
