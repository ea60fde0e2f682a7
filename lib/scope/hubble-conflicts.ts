/** What `hubble observe` makes of flags that stand together (flows_filter.go). */

import { sideOf, type TermWith } from "./filter";
import type { ExportNote } from "./hubble-export";
import { type FilterKey, spellKey } from "./keys";

/** Flags that Hubble refuses to combine (flows_filter.go), of those that we write. */
const CONFLICTS: readonly (readonly string[])[] = [
  ["ip", "from-ip", "namespace", "from-namespace"],
  ["ip", "from-ip", "pod", "from-pod"],
  ["ip", "to-ip", "namespace", "to-namespace"],
  ["ip", "to-ip", "pod", "to-pod"],
  ["from-pod", "namespace"],
  ["to-pod", "namespace"],
  ["port", "from-port"],
  ["port", "to-port"],
  ["workload", "from-workload"],
  ["workload", "to-workload"],
  ["ip", "from-ip", "fqdn", "from-fqdn"],
  ["ip", "to-ip", "fqdn", "to-fqdn"],
  ["fqdn", "from-fqdn", "namespace", "from-namespace"],
  ["fqdn", "from-fqdn", "pod", "from-pod"],
  ["fqdn", "to-fqdn", "namespace", "to-namespace"],
  ["fqdn", "to-fqdn", "pod", "to-pod"],
  ["label", "from-label"],
  ["label", "to-label"],
  ["service", "from-service"],
  ["service", "to-service"],
  ["identity", "from-identity"],
  ["identity", "to-identity"],
  ["encrypted", "unencrypted"],
];

export function combinationNotes(terms: readonly TermWith<FilterKey>[]): ExportNote[] {
  const words = terms.map((term) => spellKey(term.key, sideOf(term)));
  const notes: ExportNote[] = [];
  const refused = new Set(
    CONFLICTS.flatMap((group) => conflictOf(words.filter((word) => group.includes(word)))),
  );
  for (const pair of refused)
    notes.push({ kind: "refused", text: `hubble observe refuses ${pair} in one command.` });
  const unsided = terms.filter((term) => sideOf(term) === "either").map((term) => `--${term.key}`);
  if (unsided.length > 1) {
    notes.push({
      kind: "differs",
      text: `hubble observe wants ${unsided.join(" and ")} to match on the same side of a flow; the command can show less.`,
    });
  }
  for (const side of ["", "from-", "to-"]) {
    if (words.includes(`${side}namespace`) && words.includes(`${side}pod`)) {
      notes.push({
        kind: "differs",
        text: `hubble observe reads --${side}namespace as a part of --${side}pod, which names its own; the command can show more.`,
      });
    }
  }
  return notes;
}

function conflictOf(words: readonly string[]): string[] {
  return words.length > 1 ? [words.map((word) => `--${word}`).join(" and ")] : [];
}
