/** Terms about policies: those that a record's own lists name, and those that the cause of a drop names. */

import { absentText, any, type Condition, idList, NEVER, type ValueOfTerm } from "./conditions";
import { IS_DENIED } from "./denied-kinds";
import { textCondition } from "./dictionary-search";
import type { Sqlite } from "./driver";
import { type Among, causesWith, ofCauses, type PolicyReference } from "./drop-conditions";
import { ROLL_UP } from "./roll-up-levels";
import { areRolledUp } from "./roll-ups-ready";
import { SUM_LEVEL } from "./sum-tables";

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

export function policyCondition(database: Sqlite, value: ValueOfTerm<"policy">, among: Among): Condition {
  if (value.type !== "policy") {
    const named = ofNaming(database, () => true, among);
    return absentText(value, any([{ sql: "f.policiesId IS NOT NULL", parameters: [] }, named]));
  }
  const matches = matcher(value);
  const lists = listsNaming(database, matches);
  const naming = ofNaming(database, matches, among);
  if (lists === undefined)
    return any([textCondition(database, "f.policiesId", (text) => policiesIn(text).some(matches)), naming]);
  return areOfDrops(database, lists, causesNaming(database, matches))
    ? naming
    : any([ofLists(lists), naming]);
}

/** Whether a policy is named by nothing but records of drops that it caused: the causes of these say all. */
export function isOnlyOfDrops(database: Sqlite, value: ValueOfTerm<"policy">): boolean {
  if (value.type !== "policy") return false;
  const matches = matcher(value);
  const lists = listsNaming(database, matches);
  return lists !== undefined && areOfDrops(database, lists, causesNaming(database, matches));
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

/** Records of drops whose cause names them: the drop record itself names none. Where no cause does, nothing has to be looked up for each flow. */
function ofNaming(database: Sqlite, matches: Matches, among: Among): Condition {
  const causes = causesNaming(database, matches);
  return causes.length === 0 ? NEVER : ofCauses(database, among, idList("c.id", causes));
}

/** Whether all flows with these lists are records of drops by these causes. */
function areOfDrops(database: Sqlite, lists: readonly number[], causes: readonly number[]): boolean {
  const list = idList("policiesId", lists);
  const cause = idList("causeId", causes);
  const other = database
    .prepare(
      `SELECT 1 FROM RollUp WHERE level = ${ROLL_UP.whole} AND ${list.sql} AND kindId NOT IN (SELECT id FROM Kind WHERE ${IS_DENIED})
       UNION ALL SELECT 1 FROM DropRecordSum WHERE level = ${SUM_LEVEL.whole} AND ${list.sql} AND NOT coalesce(${cause.sql}, 0) LIMIT 1`,
    )
    .get([...list.parameters, ...list.parameters, ...cause.parameters]);
  return other === undefined;
}
