/** What completion shows: words of the grammar with a sentence about each. */

import { DROP_REASON, dropReasonText } from "@/lib/flow/enums";
import type { Completion } from "@/lib/scope/complete";
import { proposeKeys, proposeValues } from "@/lib/scope/complete";
import { rowOf } from "@/lib/scope/keys";
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

export function proposalsFor(completion: Completion): Proposals {
  if (completion.kind === "key") {
    const keys = proposeKeys(completion.prefix.toLowerCase());
    return {
      proposals: keys.map(({ word, help }) => ({ word: `${word}:`, about: help, insert: word })),
      help:
        completion.prefix === ""
          ? "Terms are joined by AND. A comma between values is OR, ! before a term is NOT. A hubble observe command can be pasted."
          : undefined,
    };
  }
  const { key, prefix } = completion;
  if (key === undefined) return { proposals: [] };
  const row = rowOf(key);
  const taken = new Set(completion.others.map((other) => other.toLowerCase()));
  const words = proposeValues(key, prefix).filter((word) => !taken.has(word.toLowerCase()));
  const isComplete = words.length === 1 && words[0]?.toLowerCase() === prefix.toLowerCase();
  return {
    proposals: isComplete
      ? []
      : words
          .slice(0, MOST)
          .map((word) => ({ word, about: aboutValue(key, word), insert: writeValue(word) })),
    help: `${row.help} For example ${row.example}`,
  };
}

function aboutValue(key: string, word: string): string {
  if (key !== "drop-reason-desc") return "";
  const code = DROP_REASON.numberOf.get(word);
  return code === undefined ? "" : `${dropReasonText(code) ?? ""} (${code})`;
}
