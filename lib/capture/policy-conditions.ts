/** Terms about policies: those that a record's own lists name, and those that the cause of a drop names. */

import { absentText, any, type Condition, idList, NEVER, type ValueOfTerm } from "./conditions";
import { IS_DENIED, POLICY_VERDICT } from "./denied-kinds";
import { textCondition } from "./dictionary-search";
import type { Sqlite } from "./driver";
import { ROLL_UP } from "./roll-up-levels";
import { areRolledUp } from "./rolled-flows";
import { causesWith, dropPolicyCondition, type PolicyReference } from "./settled-conditions";

export interface StoredPolicy {
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** The policies of a text that is a policy-verdict record's lists; none for other texts. */
export function policiesIn(text: string): readonly StoredPolicy[] {
  if (!/^\{"(?:egress|ingress)(?:Allowed|Denied)By":/.test(text)) return [];
  return Object.values(JSON.parse(text) as Record<string, readonly StoredPolicy[]>).flat();
}

type Matches = (policy: StoredPolicy | PolicyReference) => boolean;

export function policyCondition(database: Sqlite, value: ValueOfTerm<"policy">): Condition {
  if (value.type !== "policy") {
    const named = ofCauses(database, () => true);
    return absentText(value, any([{ sql: "f.policiesId IS NOT NULL", parameters: [] }, named]));
  }
  const matches = matcher(value);
  const lists = listsNaming(database, matches);
  if (lists === undefined)
    return any([
      textCondition(database, "f.policiesId", (text) => policiesIn(text).some(matches)),
      ofCauses(database, matches),
    ]);
  const causes = causesNaming(database, matches);
  if (causes.length > 0 && areOfDrops(database, lists)) return recordsOfDrops(lists, causes);
  return any([ofLists(lists), ofCauses(database, matches)]);
}

/** Over the anchor of a drop, `f`, that has a `causeId`. Undefined where the anchor's flow has to be asked. */
export function policyOfAnchor(database: Sqlite, value: ValueOfTerm<"policy">): Condition | undefined {
  if (value.type !== "policy") return undefined;
  const lists = listsNaming(database, matcher(value));
  if (lists === undefined) return undefined;
  const { sql, parameters } = idList("f.causeId", causesNaming(database, matcher(value)));
  return any([ofLists(lists), { sql: `coalesce(${sql}, 0)`, parameters }]);
}

function matcher(value: Extract<ValueOfTerm<"policy">, { type: "policy" }>): Matches {
  return (policy) =>
    (value.name === undefined || policy.name === value.name) &&
    (value.namespace === undefined || policy.namespace === value.namespace) &&
    (value.kind === undefined || policy.kind === value.kind);
}

/** Ids of lists that some flow has and that name such a policy. There are few: they stand in roll-ups; undefined while these lag behind. */
function listsNaming(database: Sqlite, matches: Matches): number[] | undefined {
  if (!areRolledUp(database)) return undefined;
  return database
    .prepare(
      `SELECT id, value FROM Text WHERE id IN (SELECT policiesId FROM RollUp WHERE level = ${ROLL_UP.whole} AND policiesId IS NOT NULL)`,
    )
    .rows([])
    .filter(([, text]) => policiesIn(String(text)).some(matches))
    .map(([id]) => Number(id));
}

function ofLists(lists: readonly number[]): Condition {
  const { sql, parameters } = idList("f.policiesId", lists);
  return lists.length === 0 ? NEVER : { sql: `(f.policiesId IS NOT NULL AND ${sql})`, parameters };
}

function causesNaming(database: Sqlite, matches: Matches): number[] {
  return causesWith(database, (policies) => policies.some(matches));
}

/** Records of drops whose cause names them; where no cause does, nothing has to be looked up for each flow. */
function ofCauses(database: Sqlite, matches: Matches): Condition {
  if (causesNaming(database, matches).length === 0) return NEVER;
  return dropPolicyCondition(database, (policies) => policies.some(matches));
}

/** Whether all flows with these lists are verdict records of drops. */
function areOfDrops(database: Sqlite, lists: readonly number[]): boolean {
  const { sql, parameters } = idList("policiesId", lists);
  const other = database
    .prepare(
      `SELECT 1 FROM RollUp WHERE level = ${ROLL_UP.whole} AND ${sql}
         AND kindId NOT IN (SELECT id FROM Kind WHERE ${IS_DENIED} AND eventType IS ${POLICY_VERDICT}) LIMIT 1`,
    )
    .get(parameters);
  return other === undefined;
}

/**
 * Both records of drops by these causes, and verdict records of drops with these lists: the flows are looked up by their ids, as all of
 * them are records of drops.
 */
function recordsOfDrops(lists: readonly number[], causes: readonly number[]): Condition {
  const cause = idList("causeId", causes);
  const list = idList("policiesId", lists);
  const parameters = [...cause.parameters, ...list.parameters];
  return {
    sql: `f.id IN (SELECT id FROM JoinedDrop WHERE coalesce(${cause.sql}, 0) OR (verdictId IS NULL AND coalesce(${list.sql}, 0))
      UNION ALL SELECT verdictId FROM JoinedDrop WHERE verdictId IS NOT NULL AND (coalesce(${cause.sql}, 0) OR coalesce(${list.sql}, 0)))`,
    parameters: [...parameters, ...parameters],
  };
}
