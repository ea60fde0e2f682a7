/**
 * The slow and obvious way to filter: over the JSON of one record, by the words of docs/filter.md. It shares nothing with
 * the way to SQL but the tree of the filter.
 */

import type { Term } from "@/lib/scope/filter";
import type { FilterKey, ValueOf } from "@/lib/scope/keys";
import { CONTENT_RULES } from "./content-rules";
import { PACKET_RULES } from "./packet-rules";
import type { FlowJson } from "./records";
import { ENDS, type End, type Rule, type Rules } from "./rule";
import { SIDE_RULES } from "./side-rules";

/** Keys of what only settling knows are missing. */
const RULES: Partial<Rules<FilterKey>> = { ...SIDE_RULES, ...PACKET_RULES, ...CONTENT_RULES };

export function holds(json: FlowJson, term: Term): boolean {
  return endsOf(term).some((end) => holdsAt(json, term.key, term.values, end));
}

function holdsAt<Key extends FilterKey>(
  json: FlowJson,
  key: Key,
  values: readonly ValueOf<Key>[],
  end: End,
): boolean {
  const rule: Rule<Key> | undefined = RULES[key];
  if (rule === undefined) throw new Error(`one record alone does not say its ${key}`);
  const isFound = (value: ValueOf<Key>): boolean => rule(json, value, end);
  return key === "tcp-flags" ? values.every(isFound) : values.some(isFound);
}

/** Both ends of the packet, or one. What is asked of the packet is asked once. */
function endsOf(term: Term): readonly End[] {
  if (!("side" in term)) return ["source"];
  if (term.side === "either") return ENDS;
  return [term.side === "from" ? "source" : "destination"];
}
