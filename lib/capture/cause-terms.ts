/** Terms about what caused a drop, over records; over drops by their anchors they are in anchor-conditions.ts. */

import { unreachable } from "@/lib/base/unreachable";
import type { Term, TermWith } from "@/lib/scope/filter";
import { any, type Condition } from "./conditions";
import type { Sqlite } from "./driver";
import {
  type Among,
  causeCondition,
  decidedByCondition,
  deniedByCondition,
  directionCondition,
} from "./drop-conditions";
import { isOnlyOfDrops, policyCondition } from "./policy-conditions";

const KEYS = ["cause", "decided-by", "direction", "denied-by", "policy"] as const;

export type CauseTerm = TermWith<(typeof KEYS)[number]>;

export function isCauseTerm(term: Term): term is CauseTerm {
  return KEYS.some((key) => key === term.key);
}

export function causeTerm(database: Sqlite, term: CauseTerm, among: Among = { kinds: "1" }): Condition {
  switch (term.key) {
    case "cause":
      return any(term.values.map((value) => causeCondition(database, value, among)));
    case "decided-by":
      return any(term.values.map((value) => decidedByCondition(database, value, among)));
    case "direction":
      return any(term.values.map((value) => directionCondition(database, value, among)));
    case "denied-by":
      return any(term.values.map((value) => deniedByCondition(database, value, among)));
    case "policy":
      return any(term.values.map((value) => policyCondition(database, value, among)));
    default:
      return unreachable(term);
  }
}

/** Whether nothing but records of drops can be in a scope with this term, which does not follow from their kinds. */
export function isOfDrops(database: Sqlite, term: Term): boolean {
  if (term.negated) return false;
  switch (term.key) {
    case "cause":
      return term.values.every(
        (value) =>
          value.type === "text" &&
          database.prepare("SELECT 1 FROM Cause WHERE causeId = ? AND kind = 'drop'").get([value.text]) !==
            undefined,
      );
    case "denied-by":
      return term.values.every(({ type }) => type !== "unknown");
    case "policy":
      return term.values.every((value) => isOnlyOfDrops(database, value));
    default:
      return false;
  }
}
