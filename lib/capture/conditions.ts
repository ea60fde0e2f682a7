/** Pieces of SQL with their bound values, and how they are joined. No text of a filter becomes SQL. */

import { PRESENT } from "@/lib/flow/presence";
import type { Term, TermWith } from "@/lib/scope/filter";
import type { SqlValue } from "./driver";

/** Never NULL for any row, so that a negated one holds for records without the field. */
export interface Condition {
  readonly sql: string;
  readonly parameters: readonly SqlValue[];
}

export type ValueOfTerm<Key extends Term["key"]> = TermWith<Key>["values"][number];

export const NEVER: Condition = { sql: "0", parameters: [] };

/** Over Kind: `Type` is always written unless a field mask left it out. */
export const MASKED = `present & ${PRESENT.Type} = 0`;

/** Over Kind: the record lacks a member because it was left out (`unknown`), or because there is none. */
export function absent(type: "unknown" | "none", missing: string): Condition {
  return { sql: `(${missing} AND ${type === "unknown" ? MASKED : `NOT (${MASKED})`})`, parameters: [] };
}

/** Over a flow: by a condition over its Kind that has no parameters. */
export function maskedCondition(type: "unknown" | "none"): Condition {
  return ofKind(type === "unknown" ? MASKED : `NOT (${MASKED})`);
}

/** The record has no such text: left out by a field mask, or because there is none. */
export function absentText(value: { readonly type: "unknown" | "none" }, has: Condition): Condition {
  return all([{ sql: `NOT (${has.sql})`, parameters: has.parameters }, maskedCondition(value.type)]);
}

export function ofKind(sql: string): Condition {
  return { sql: `f.kindId IN (SELECT id FROM Kind WHERE ${sql})`, parameters: [] };
}

/** Beyond this the ids are one parameter, because the text of a statement is bounded. */
const LISTED_IDS = 500;

export function idList(column: string, ids: readonly number[]): Condition {
  if (ids.length <= LISTED_IDS) return { sql: `${column} IN (${ids.join(", ")})`, parameters: [] };
  return { sql: `${column} IN (SELECT value FROM json_each(?))`, parameters: [JSON.stringify(ids)] };
}

/** `column` has one of these texts. */
export function textList(column: string, texts: readonly string[]): Condition {
  if (texts.length === 0) return NEVER;
  return {
    sql: `coalesce(${column} IN (SELECT value FROM json_each(?)), 0)`,
    parameters: [JSON.stringify(texts)],
  };
}

export function negate(condition: Condition, negated: boolean): Condition {
  return negated ? { sql: `NOT (${condition.sql})`, parameters: condition.parameters } : condition;
}

export function all(conditions: readonly Condition[]): Condition {
  return join(conditions, " AND ", "1");
}

export function any(conditions: readonly Condition[]): Condition {
  return join(conditions, " OR ", "0");
}

function join(conditions: readonly Condition[], word: string, empty: string): Condition {
  if (conditions.length === 0) return { sql: empty, parameters: [] };
  const [only] = conditions;
  if (conditions.length === 1 && only !== undefined) return { sql: only.sql, parameters: only.parameters };
  return {
    sql: `(${conditions.map(({ sql }) => sql).join(word)})`,
    parameters: conditions.flatMap(({ parameters }) => parameters),
  };
}
