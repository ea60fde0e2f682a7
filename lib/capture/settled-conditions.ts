/** Terms about what only settling knows: client and server, attempts, exchanges. Those about drops are in drop-conditions.ts. */

import { groupBy } from "@/lib/base/group";
import type { ActorLevel } from "@/lib/scope/actor-kinds";
import type { Glob } from "@/lib/scope/glob";
import { matchesGlob } from "@/lib/scope/glob";
import {
  all,
  any,
  type Condition,
  idList,
  maskedCondition,
  NEVER,
  ofKind,
  type ValueOfTerm,
} from "./conditions";
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

export function attemptCondition(value: ValueOfTerm<"attempt">): Condition {
  if (value.type !== "word") return NEVER;
  const first = "f.id IN (SELECT id FROM Attempt WHERE outcome <> 0)";
  return { sql: value.word === "yes" ? first : `NOT (${first})`, parameters: [] };
}

/**
 * What became of requests and attempts, by the first record of each; an attempt that was dropped got no answer. A request
 * that a rule refused was answered by the proxy, in the server's place: it is neither. Where an attempt begins with a
 * request (a DNS question is often all of its exchange that the log holds), the request says what became of it.
 */
const ANSWERS = {
  yes: { attempt: "1, 2", request: "1", dns: "0" },
  no: { attempt: "3, 4, 5, 6", request: "6", dns: "1" },
  unknown: { attempt: "7, 8, 9", request: "7, 8, 9", dns: "2, 4" },
} as const;

export function answeredCondition(value: ValueOfTerm<"answered">): Condition {
  if (value.type === "none") {
    const some = any((["yes", "no", "unknown"] as const).map(answered));
    return { sql: `NOT (${some.sql})`, parameters: [] };
  }
  return answered(value.type === "unknown" ? "unknown" : value.word);
}

function answered(answer: keyof typeof ANSWERS): Condition {
  const { attempt, request, dns } = ANSWERS[answer];
  return {
    sql: `f.id IN (SELECT id FROM Attempt a WHERE outcome IN (${attempt})
        AND NOT EXISTS (SELECT 1 FROM DnsExchange WHERE id = a.id AND requestId IS NOT NULL)
        AND NOT EXISTS (SELECT 1 FROM L7Exchange WHERE id = a.id AND requests > 0)
      UNION ALL SELECT id FROM L7Exchange WHERE requests > 0 AND outcome IN (${request})
      UNION ALL SELECT requestId FROM DnsExchange WHERE requestId IS NOT NULL AND state IN (${dns}))`,
    parameters: [],
  };
}

/** Questions and answers that only the search list brought about. */
export function expansionCondition(value: ValueOfTerm<"expansion">): Condition {
  const ids = (where: string) =>
    `f.id IN (SELECT requestId FROM DnsExchange WHERE ${where} AND requestId IS NOT NULL
      UNION ALL SELECT responseId FROM DnsExchange WHERE ${where} AND responseId IS NOT NULL)`;
  if (value.type === "word")
    return { sql: ids(`suffixLabels IS ${value.word === "yes" ? "NOT " : ""}NULL`), parameters: [] };
  const dns = ofKind("l7Protocol = 'dns'");
  if (value.type === "none") return { sql: `NOT (${dns.sql})`, parameters: [] };
  return all([dns, { sql: `NOT (${ids("1")})`, parameters: [] }]);
}

export function routeCondition(database: Sqlite, value: ValueOfTerm<"route">): Condition {
  const ids = (where: string) =>
    `f.id IN (SELECT id FROM L7Exchange WHERE ${where} UNION ALL SELECT responseId FROM L7Exchange WHERE ${where} AND responseId IS NOT NULL)`;
  if (value.type !== "text")
    return all([{ sql: `NOT (${ids("routeId IS NOT NULL")})`, parameters: [] }, maskedCondition(value.type)]);
  const route = database.prepare("SELECT id FROM Route WHERE value = ?").get([value.text]);
  return route === undefined ? NEVER : { sql: ids(`routeId = ${Number(route.id)}`), parameters: [] };
}

/** Latency belongs to the answer: the record's own, else that of its pair. */
export function latencyCondition(value: ValueOfTerm<"latency-ms">): Condition {
  const ids = (where: string) =>
    `f.id IN (SELECT responseId FROM DnsExchange WHERE responseId IS NOT NULL AND ${where}
      UNION ALL SELECT coalesce(responseId, id) FROM L7Exchange WHERE ${where})`;
  if (value.type !== "latency") {
    const has = `(f.latencyNs IS NOT NULL OR ${ids("latencyNs IS NOT NULL")})`;
    return all([{ sql: `NOT ${has}`, parameters: [] }, maskedCondition(value.type)]);
  }
  const compared = `latencyNs IS NOT NULL AND latencyNs ${value.operator} ?`;
  const ns = BigInt(value.ns);
  return {
    sql: `((f.latencyNs IS NOT NULL AND f.latencyNs ${value.operator} ?) OR ${ids(compared)})`,
    parameters: [ns, ns, ns],
  };
}
