/** Terms about drops: which records are records of one, and of one by this cause. */

import { isMulticast } from "@/lib/base/ip";
import { type PolicyName, policySet } from "@/lib/scope/policy-set-kind";
import { actorIds } from "./actor-conditions";
import { all, any, type Condition, idList, NEVER, negate, type ValueOfTerm } from "./conditions";
import { OF_ANY_DROP } from "./denied-kinds";
import type { Sqlite } from "./driver";
import { keptList } from "./kept-lists";
import { areRolledUp } from "./roll-ups-ready";
import { OF_FLOW, SUM_LEVEL } from "./sum-tables";
import { HAS_TRIES } from "./tries";

/**
 * Which records are asked what caused them: flows of kinds for which this SQL over Kind holds, or rows that have a `causeId` beside the columns
 * of their flow, that of the drop which the flow is a record of.
 */
export type Among = { readonly kinds: string } | "with causeId";

/** Records of drops, added up by what they look like and by their causes. */
const SUMMED_DROPS = `FROM DropRecordSum m LEFT JOIN Cause c ON c.id = m.causeId WHERE m.level = ${SUM_LEVEL.whole}`;
/** A record without policies has NULL. */
const look = (of: string): string => OF_FLOW.map((name) => `coalesce(${of}.${name}, 0)`).join(", ");

/**
 * Both records of the drops for whose `Cause c`, which may be missing, a condition holds. Where all records that look alike have causes that are
 * alike in this, their look says it, and roll-ups hold that. Else, as where a policy changed meanwhile, each is looked up.
 */
export function ofCauses(database: Sqlite, among: Among, { sql, parameters }: Condition): Condition {
  const holds = { sql: `coalesce(${sql}, 0)`, parameters };
  if (among === "with causeId") return all([OF_ANY_DROP, orFalse(byCauses(database, "f.causeId", holds))]);
  if (!areRolledUp(database) || areMixed(database, among.kinds, holds))
    return ofDrops(byCauses(database, "d.causeId", holds), "JoinedDrop d");
  return { sql: `(${look("f")}) IN (SELECT ${look("m")} ${SUMMED_DROPS} AND ${holds.sql})`, parameters };
}

/** Whether a condition holds for some records of drops and not for others that look alike. */
function areMixed(database: Sqlite, kinds: string, { sql, parameters }: Condition): boolean {
  const columns = OF_FLOW.map((name) => `m.${name}`).join(", ");
  const mixed = `SELECT 1 ${SUMMED_DROPS} AND m.kindId IN (SELECT id FROM Kind WHERE ${kinds})
    GROUP BY ${columns} HAVING min(${sql}) <> max(${sql}) LIMIT 1`;
  return database.prepare(mixed).get([...parameters, ...parameters]) !== undefined;
}

/** The same over a column with the id of the cause, NULL where there is none: in JoinedDrop it has an index, and causes are not joined for each drop. */
function byCauses(database: Sqlite, column: string, { sql, parameters }: Condition): Condition {
  const causes = database.prepare(`SELECT c.id FROM Cause c WHERE ${sql}`).rows([...parameters]);
  const isOfNone = database
    .prepare(`SELECT 1 FROM (SELECT 1) LEFT JOIN Cause c ON 0 WHERE ${sql}`)
    .get([...parameters]);
  const ofOne = idList(
    column,
    causes.map(([id]) => Number(id)),
  );
  if (isOfNone !== undefined) return any([ofOne, { sql: `${column} IS NULL`, parameters: [] }]);
  return ofOne;
}

const WITH_CAUSE = "JoinedDrop d LEFT JOIN Cause c ON c.id = d.causeId";

/** Both records of the drops for which a condition over `JoinedDrop d` and, where it is named, its `Cause c` holds. */
function ofDrops({ sql, parameters }: Condition, from = WITH_CAUSE): Condition {
  const drops = `FROM ${from} WHERE (${sql})`;
  return {
    sql: `f.id IN (SELECT d.id ${drops} UNION ALL SELECT d.verdictId ${drops} AND d.verdictId IS NOT NULL)`,
    parameters: [...parameters, ...parameters],
  };
}

/** The anchors that count as attempts: those of {@link TRIES_OF_DROPS}. */
const FIRST_DROP = `SELECT j.id FROM JoinedDrop j JOIN Flow f ON f.id = j.id JOIN Kind k ON k.id = j.kindId WHERE j.opens = 1 AND ${HAS_TRIES}`;

const OF_NO_DROP = negate(OF_ANY_DROP, true);

export function dropCondition(database: Sqlite, value: ValueOfTerm<"drop">): Condition {
  if (value.type !== "word") return NEVER;
  if (value.word === "first") return keptList(database, "first drops", FIRST_DROP);
  return value.word === "yes" ? OF_ANY_DROP : OF_NO_DROP;
}

export function causeCondition(database: Sqlite, value: ValueOfTerm<"cause">, among: Among): Condition {
  if (value.type !== "text") return NEVER;
  const cause = database.prepare("SELECT id, kind FROM Cause WHERE causeId = ?").get([value.text]);
  if (cause === undefined) return NEVER;
  if (cause.kind === "drop")
    return ofCauses(database, among, { sql: "c.id = ?", parameters: [Number(cause.id)] });
  return { sql: "f.id IN (SELECT flowId FROM CauseFlow WHERE causeId = ?)", parameters: [Number(cause.id)] };
}

export function decidedByCondition(
  database: Sqlite,
  value: ValueOfTerm<"decided-by">,
  among: Among,
): Condition {
  if (value.type === "none") return OF_NO_DROP;
  if (value.type === "unknown") return NEVER;
  return ofCauses(database, among, { sql: "coalesce(c.type, 'unknown') = ?", parameters: [value.word] });
}

export function directionCondition(
  database: Sqlite,
  value: ValueOfTerm<"direction">,
  among: Among,
): Condition {
  if (value.type === "none") return OF_NO_DROP;
  const known = "c.direction IN ('INGRESS', 'EGRESS')";
  if (value.type === "unknown")
    return ofCauses(database, among, { sql: `NOT coalesce(${known}, 0)`, parameters: [] });
  return ofCauses(database, among, {
    sql: "coalesce(c.direction, '') = ?",
    parameters: [value.word.toUpperCase()],
  });
}

/** The drop's cause names exactly this set of policies, or none. */
export function deniedByCondition(
  database: Sqlite,
  value: ValueOfTerm<"denied-by">,
  among: Among,
): Condition {
  return value.type === "unknown"
    ? NEVER
    : ofCauses(database, among, idList("c.id", causesWith(database, isSet(value))));
}

/** The same over the anchor of a drop, `f`, that has a `causeId`. */
export function deniedOfAnchor(database: Sqlite, value: ValueOfTerm<"denied-by">): Condition {
  if (value.type === "unknown") return NEVER;
  return orFalse(idList("f.causeId", causesWith(database, isSet(value))));
}

function isSet(
  value: Exclude<ValueOfTerm<"denied-by">, { type: "unknown" }>,
): (policies: readonly PolicyReference[]) => boolean {
  const wanted = JSON.stringify(value.type === "none" ? [] : value.policies);
  return (policies) => JSON.stringify(policySet(policies.map(policyName)).policies) === wanted;
}

function policyName({ kind = null, namespace = null, name = null }: PolicyReference): PolicyName {
  return { kind, namespace, name };
}

/** The pod (or what stands for it) at the source of an egress drop, at the destination of an ingress one, which no group is. */
export function droppedAtCondition(database: Sqlite, value: ValueOfTerm<"dropped-at">): Condition {
  if (value.type === "none") return NEVER;
  const at = (direction: string, end: string, actor: Condition): Condition => ({
    sql: `(c.direction = '${direction}' AND d.pairId IN (SELECT p.id FROM Pair p JOIN Endpoint e ON e.id = p.${end} WHERE ${actor.sql}))`,
    parameters: actor.parameters,
  });
  const groups = idList("e.actorId", groupIds(database));
  const atActor = (actor: Condition): Condition =>
    any([
      at("EGRESS", "sourceId", actor),
      at("INGRESS", "destinationId", all([actor, { ...groups, sql: `NOT ${groups.sql}` }])),
    ]);
  if (value.type === "actor")
    return ofDrops(
      orFalse(atActor(idList("e.actorId", actorIds(database, value.key, value.level ?? "pod")))),
    );
  const known = orFalse(atActor({ sql: "e.actorId IS NOT NULL", parameters: [] }));
  return ofDrops({ sql: `NOT ${known.sql}`, parameters: known.parameters });
}

/** Actors that are multicast addresses. */
function groupIds(database: Sqlite): number[] {
  return database
    .prepare("SELECT id, name FROM Actor WHERE key GLOB 'ip:[fF][fF]*' OR key GLOB 'ip:2[23]*'")
    .all([])
    .flatMap(({ id, name }) => (isMulticast(String(name)) ? [Number(id)] : []));
}

function orFalse({ sql, parameters }: Condition): Condition {
  return { sql: `coalesce(${sql}, 0)`, parameters };
}

export interface PolicyReference {
  readonly kind?: string | null;
  readonly namespace?: string | null;
  readonly name?: string | null;
}

/** Ids of causes of drops. */
export function causesWith(
  database: Sqlite,
  matches: (policies: readonly PolicyReference[]) => boolean,
): number[] {
  const causes = database.prepare("SELECT id, policies FROM Cause WHERE kind = 'drop'").all([]);
  return causes
    .filter(({ policies }) => matches(JSON.parse(String(policies)) as readonly PolicyReference[]))
    .map(({ id }) => Number(id));
}
