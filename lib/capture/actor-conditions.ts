/** Terms about who asked whom: client and server, edges of the map, and records that make none. Only settling knows them. */

import { groupBy } from "@/lib/base/group";
import type { ActorLevel } from "@/lib/scope/actor-kinds";
import { type Glob, matchesGlob } from "@/lib/scope/glob";
import { all, any, type Condition, idList, NEVER, type ValueOfTerm } from "./conditions";
import type { Sqlite, SqlRow } from "./driver";
import { podSide } from "./side-conditions";

type End = "client" | "server";

/** Flows whose pair has such an actor at this end. */
function ofPair(condition: Condition): Condition {
  return {
    sql: `f.pairId IN (SELECT id FROM Pair WHERE ${condition.sql})`,
    parameters: condition.parameters,
  };
}

/** It is not known who asked whom. */
const UNPLACED: Condition = {
  sql: "f.pairId NOT IN (SELECT id FROM Pair WHERE clientId IS NOT NULL)",
  parameters: [],
};

function ofActor(end: End, { sql, parameters }: Condition): Condition {
  return ofPair({ sql: `${end}Id IN (SELECT id FROM Actor WHERE ${sql})`, parameters });
}

/** With any of the values: hundreds of names are one list of ids. */
export function actorCondition(database: Sqlite, end: End, values: readonly ValueOfTerm<End>[]): Condition {
  const isUnknown = values.some(({ type }) => type === "unknown");
  const named = ofPair(idList(`${end}Id`, idsOfActors(database, values)));
  return isUnknown ? any([UNPLACED, named]) : named;
}

/** The packet's side, whoever asked. */
export function packetActorSides(database: Sqlite, values: readonly ValueOfTerm<"actor">[]): Condition[] {
  const isUnknown = values.some(({ type }) => type === "unknown");
  const named = idList("actorId", idsOfActors(database, values));
  return isUnknown ? [{ sql: "actorId IS NULL", parameters: [] }, named] : [named];
}

/** Neither side was said at all, though it is known which of them asked. */
const NOBODY = "SELECT id FROM Actor WHERE kind = 'unknown' AND name = 'unknown'";
const SIDES_UNKNOWN = `clientId IN (${NOBODY}) AND serverId IN (${NOBODY})`;

/** Why there is no edge, in the words of the map; none: there is one. */
export function unplacedCondition(value: ValueOfTerm<"unplaced">): Condition {
  const ofPairs = (sql: string): Condition => ofPair({ sql, parameters: [] });
  if (value.type === "none") return ofPairs(`clientId IS NOT NULL AND NOT (${SIDES_UNKNOWN})`);
  if (value.type === "unknown") return NEVER;
  if (value.word === "sides-unknown") return ofPairs(SIDES_UNKNOWN);
  const isNamed =
    "NOT EXISTS (SELECT 1 FROM Endpoint e WHERE e.id IN (sourceId, destinationId) AND e.actorId IS NULL)";
  if (value.word === "not-settled")
    return {
      sql: `f.pairId NOT IN (SELECT id FROM Pair WHERE clientId IS NOT NULL OR ${isNamed})`,
      parameters: [],
    };
  return ofPair({ sql: `clientId IS NULL AND ${isNamed} AND clientBy = ?`, parameters: [value.word] });
}

export function edgeCondition(database: Sqlite, values: readonly ValueOfTerm<"edge">[]): Condition {
  const find = actorFinder(database);
  const named = values.flatMap((value) =>
    value.type === "edge"
      ? all([
          idList("clientId", find(value.client, value.clientLevel)),
          idList("serverId", find(value.server, value.serverLevel)),
        ])
      : [],
  );
  const isUnknown = values.some(({ type }) => type === "unknown");
  return any([...(isUnknown ? [UNPLACED] : []), ...(named.length > 0 ? [ofPair(any(named))] : [])]);
}

/** Which pairs it has depends on the whole scope that its map shows: whoever reads the scope of a question looks them up. */
export function mapPartCondition(value: ValueOfTerm<"map-part">): Condition {
  if (value.type !== "map-part" || value.pairIds === undefined)
    throw new Error("a part of a map that was not looked up");
  return idList("f.pairId", value.pairIds);
}

const LEVEL_COLUMNS = { pod: "key", workload: "workloadKey", namespace: "namespaceKey" } as const;

/**
 * Actors with this key, at this level or at any. A key names a cluster behind `@`, unless it is `default`; where no actor has
 * exactly this key, those of any cluster are meant.
 */
export function actorIds(database: Sqlite, glob: Glob, level?: ActorLevel): number[] {
  return actorFinder(database)(glob, level);
}

/** The same for many keys: actors are read once, and a key without a star is looked up. */
export function actorFinder(database: Sqlite): (glob: Glob, level?: ActorLevel) => number[] {
  const rows = database.prepare("SELECT id, key, workloadKey, namespaceKey, cluster FROM Actor").all([]);
  const byColumn = new Map<string, Map<string, SqlRow[]>>();
  const withKey = (column: string, key: string): readonly SqlRow[] => {
    const byKey = byColumn.get(column) ?? groupBy(rows, (row) => String(row[column]));
    byColumn.set(column, byKey);
    return byKey.get(key) ?? [];
  };
  return (glob, level) => {
    const columns = level === undefined ? Object.values(LEVEL_COLUMNS) : [LEVEL_COLUMNS[level]];
    const found = (keyOf: (key: string, row: SqlRow) => string): readonly SqlRow[] =>
      rows.filter((row) => columns.some((column) => matchesGlob(glob, keyOf(String(row[column]), row))));
    const [key = "", ...more] = glob;
    const exact = more.length > 0 ? found((own) => own) : columns.flatMap((column) => withKey(column, key));
    const ids = (exact.length > 0 ? exact : found(withoutCluster)).map(({ id }) => Number(id));
    return [...new Set(ids)];
  };
}

export function idsOfActors(database: Sqlite, values: readonly ValueOfTerm<"actor">[]): number[] {
  const find = actorFinder(database);
  return [
    ...new Set(values.flatMap((value) => (value.type === "actor" ? find(value.key, value.level) : []))),
  ];
}

function withoutCluster(key: string, { cluster }: SqlRow): string {
  const ending = `@${cluster}`;
  return key.endsWith(ending) ? key.slice(0, -ending.length) : key;
}

export function actorNamespaceCondition(
  end: End,
  value: ValueOfTerm<"client-namespace" | "server-namespace">,
): Condition {
  if (value.type === "text") return ofActor(end, { sql: "namespace IS ?", parameters: [value.text] });
  return missing(end, "namespace", "kind IN ('world', 'reserved')", value.type);
}

export function actorPodCondition(end: End, value: ValueOfTerm<"client-pod" | "server-pod">): Condition {
  if (value.type === "pod") return ofActor(end, podSide(value));
  return missing(end, "pod", "kind IN ('world', 'reserved', 'service')", value.type);
}

/** The actor has no such name: none where `never` holds of it, else it was left out. */
function missing(end: End, column: string, never: string, type: "unknown" | "none"): Condition {
  const which = type === "none" ? never : `NOT (${never})`;
  const without = ofActor(end, { sql: `${column} IS NULL AND ${which}`, parameters: [] });
  return type === "none" ? without : any([UNPLACED, without]);
}

export function serverPortCondition(value: ValueOfTerm<"server-port">): Condition {
  if (value.type === "port") return ofPair({ sql: "serverPort IS ?", parameters: [value.port] });
  if (value.type === "unknown") return UNPLACED;
  return ofPair({ sql: "clientId IS NOT NULL AND serverPort IS NULL", parameters: [] });
}
