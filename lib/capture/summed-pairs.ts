/** Conditions over sums of what has two flows, a request or question and its answer: a term is met by either. */

import type { Filter, Term } from "@/lib/scope/filter";
import { all, any, type Condition, negate } from "./conditions";
import { flowOfSum, OF_FLOW } from "./sum-tables";

/**
 * Over a row `x` of sums: either record meets each term of the filter, and neither does one that is negated. Undefined where sums do not
 * hold what a term asks. `compile` gives the condition over `Flow f` for one term.
 */
export function summedPairs(filter: Filter, compile: (term: Term) => Condition): Condition | undefined {
  const conditions: Condition[] = [];
  for (const term of filter.terms) {
    const found = ofSummedRecord(false, compile({ ...term, negated: false }));
    if (found === undefined) return undefined;
    conditions.push(negate(found, term.negated));
  }
  return all(conditions);
}

/** `isOfCounted`: only the record that counts is asked. */
export function ofSummedRecord(isOfCounted: boolean, condition: Condition): Condition | undefined {
  if (!holdsAll(condition, "f", new Set<string>(OF_FLOW))) return undefined;
  const { sql, parameters } = condition;
  const holds = (which: "counted" | "answer"): Condition => ({
    sql: `EXISTS (SELECT 1 FROM ${flowOfSum(which)} WHERE ${sql})`,
    parameters,
  });
  if (isOfCounted) return holds("counted");
  return any([
    holds("counted"),
    all([{ sql: "x.answerKindId IS NOT NULL", parameters: [] }, holds("answer")]),
  ]);
}

/** Whether a condition names no other columns of what this alias stands for. */
export function holdsAll({ sql }: Condition, alias: string, columns: ReadonlySet<string>): boolean {
  return [...sql.matchAll(new RegExp(`\\b${alias}\\.(\\w+)`, "g"))].every(([, name]) =>
    columns.has(name ?? ""),
  );
}
