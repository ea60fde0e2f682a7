/** What completion shows: words of the grammar with a sentence about each. */

import { formatCount } from "@/components/ui/format";
import { DROP_REASON, dropReasonText } from "@/lib/flow/enums";
import type { Completion } from "@/lib/scope/complete";
import { beginsWith, proposeKeys, proposeValues } from "@/lib/scope/complete";
import { isFacetKey } from "@/lib/scope/facet-keys";
import { rowOf, spellKey } from "@/lib/scope/keys";
import { writeValue } from "@/lib/scope/scan";

export interface Proposal {
  readonly word: string;
  /** A few words beside it. */
  readonly about: string;
  /** What goes into the text. */
  readonly insert: string;
}

export interface Proposals {
  readonly proposals: readonly Proposal[];
  /** A sentence below the list. */
  readonly help?: string;
}

/** More are not read; typing on narrows the list. */
const MOST = 60;

export interface PresentValue {
  /** As it stands behind the key. */
  readonly value: string;
  readonly events: number;
}

/** The key whose values of the capture could stand at the cursor, as it is asked for: `from-pod`. */
export function facetWordOf(completion: Completion): string | undefined {
  if (completion.kind !== "value" || completion.key === undefined || !isFacetKey(completion.key))
    return undefined;
  return spellKey(completion.key, completion.side);
}

/** `present`: values that the capture holds, largest first. */
export function proposalsFor(completion: Completion, present: readonly PresentValue[] = []): Proposals {
  if (completion.kind === "key") {
    const keys = proposeKeys(completion.prefix.toLowerCase());
    return {
      proposals: keys.map(({ word, help }) => ({ word: `${word}:`, about: help, insert: word })),
      help:
        completion.prefix === ""
          ? "Terms are joined by AND. A comma between values is OR, ! before a term is NOT. A hubble observe command or its FlowFilters can be pasted."
          : undefined,
    };
  }
  const { key, prefix } = completion;
  if (key === undefined) return { proposals: [] };
  const row = rowOf(key);
  const taken = new Set(completion.others.map((other) => other.toLowerCase()));
  const typed = prefix.toLowerCase();
  // What the page asked before may be older than what is typed.
  const found = present
    .filter(({ value }) => !taken.has(value.toLowerCase()) && beginsWith(value, typed))
    .map(
      ({ value, events }): Proposal => ({
        word: value,
        about: aboutPresent(key, value, events),
        insert: value,
      }),
    );
  const there = new Set(found.map(({ insert }) => insert.toLowerCase()));
  const words = proposeValues(key, prefix)
    .filter((word) => !taken.has(word.toLowerCase()) && !there.has(word.toLowerCase()))
    .map((word): Proposal => ({ word, about: aboutValue(key, word), insert: writeValue(word) }));
  const proposals = [...found, ...words].slice(0, MOST);
  const isComplete = proposals.length === 1 && proposals[0]?.insert.toLowerCase() === typed;
  return {
    proposals: isComplete ? [] : proposals,
    help: `${row.help} For example ${row.example}`,
  };
}

function aboutPresent(key: string, value: string, events: number): string {
  const mark = value === "?" ? "left out by the export, " : value === "-" ? "none, " : "";
  const about = aboutValue(key, value);
  return `${mark}${about === "" ? "" : `${about}, `}${formatCount(events)} ${events === 1 ? "event" : "events"}`;
}

function aboutValue(key: string, word: string): string {
  if (key !== "drop-reason-desc") return "";
  const code = DROP_REASON.numberOf.get(word);
  return code === undefined ? "" : `${dropReasonText(code) ?? ""} (${code})`;
}
