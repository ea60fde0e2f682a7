/** What completion shows: words of the grammar with a sentence about each. */

import { formatCount } from "@/components/ui/format";
import { DROP_REASON, dropReasonText } from "@/lib/flow/enums";
import {
  beginsWith,
  type Completion,
  type KeyCompletion,
  proposeForms,
  proposeKeys,
  proposeValues,
  searchTerm,
  type ValueCompletion,
} from "@/lib/scope/complete";
import { isFacetKey } from "@/lib/scope/facet-keys";
import { rowOf, spellKey } from "@/lib/scope/keys";
import { writeValue } from "@/lib/scope/scan";

export interface Proposal {
  readonly word: string;
  /** A few words beside it. */
  readonly about: string;
  /** What goes into the text. */
  readonly insert: string;
  /** A mark of the grammar, or a term: it goes into the text as it is, and is never meant without being chosen. */
  readonly isOperator?: true;
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
    const keys = proposeKeys(completion.prefix.toLowerCase()).map(({ word, help }) => ({
      word: `${word}:`,
      about: help,
      insert: word,
    }));
    return {
      proposals: [...keys, ...operatorsOfKeys(completion, keys)],
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
  const values = [...found, ...words].slice(0, MOST);
  const isComplete = values.length === 1 && values[0]?.insert.toLowerCase() === typed;
  const operators = operatorsOfValues(completion).filter(
    ({ insert }) => !taken.has(insert.toLowerCase()) && !there.has(insert.toLowerCase()),
  );
  return {
    proposals: [...(isComplete ? [] : values), ...operators],
    help: `${row.help} For example ${row.example}`,
  };
}

function operator(word: string, about: string, insert = word): Proposal {
  return { word, about, insert, isOperator: true };
}

function operatorsOfKeys(
  { prefix, bare, negated, hasColon }: KeyCompletion,
  keys: readonly Proposal[],
): readonly Proposal[] {
  const found: Proposal[] = [];
  const [first] = keys;
  if (prefix === "" && bare === undefined && !hasColon) {
    found.push(operator("from-", "Before a key: only the source of the packet."));
    found.push(operator("to-", "Before a key: only its destination."));
    if (!negated) found.push(operator("!", "Not: what the term after it does not match."));
  } else if (!negated && first !== undefined) {
    const insert = `!${first.insert}${hasColon ? "" : ":"}`;
    found.push(operator(`!${first.word}`, "Not: what the term does not match.", insert));
  }
  if (bare !== undefined) {
    const term = searchTerm(bare);
    found.push(operator(term, "Search names, URLs and DNS names for it."));
  }
  return found;
}

function operatorsOfValues(completion: ValueCompletion): readonly Proposal[] {
  const { key, word, whole, negated } = completion;
  const forms = proposeForms(completion).flatMap(({ text, about, isSecondTerm }) => {
    if (isSecondTerm === undefined) return [operator(text, about)];
    // What two negated terms leave over is no range.
    return whole === undefined || negated
      ? []
      : [operator(`${word}:${text}`, about, `${whole} ${word}:${text}`)];
  });
  if (whole === undefined) return forms;
  const list =
    key === "tcp-flags"
      ? "Comma: another flag, which must be set too."
      : "Comma: another value, of which any may match.";
  return [
    ...forms,
    operator(",", list, `${whole},`),
    operator("Space", "The next term, which must match too.", `${whole} `),
  ];
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
