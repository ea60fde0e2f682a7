/**
 * Causes of kind tcp and http: connections that are refused or not answered, routes with errors, slow or silent ones.
 *
 * Nothing is told twice: attempts that were dropped, and requests that a rule refused, are drops and have causes of that
 * kind. An attempt counts as unanswered here only when its SYN was repeated: a client that does not try again got an
 * answer that the log does not hold.
 */

import {
  CAUSE_CLASSES,
  type CauseKind,
  type CauseValue,
  causeIdOf,
  classOf,
} from "@/lib/insight/causes/cause";
import type { ConnectionType } from "@/lib/insight/causes/connection-words";
import { rhythmOf } from "@/lib/insight/causes/rhythm";
import { OUTCOME } from "@/lib/insight/outcome";
import type { Sqlite, SqlValue } from "../driver";
import { writeCauses } from "./cause-table";

interface Rule {
  readonly kind: CauseKind;
  readonly type: ConnectionType;
  readonly unit: "attempts" | "requests";
  /** SQL over the rows of the kind's source. */
  readonly isBad: string;
  readonly works: string;
  /** So many, and this share of all, make a cause: one error in a thousand requests is none. */
  readonly fewest: number;
  readonly share: number;
  readonly certain: 0 | 1;
}

const SLOW_NS = 1_000_000_000;
/** An answer whose request is not known is one, too: aggregated records have no pairs. */
const fine = "responses > 0 AND error = 0 AND denied = 0";

const RULES: readonly Rule[] = [
  {
    ...{ kind: "tcp", type: "refused", unit: "attempts", fewest: 1, share: 0, certain: 1 },
    ...{ isBad: `outcome = ${OUTCOME.refused}`, works: `outcome = ${OUTCOME.answered}` },
  },
  {
    ...{ kind: "tcp", type: "unanswered", unit: "attempts", fewest: 1, share: 0, certain: 0 },
    ...{ isBad: `outcome = ${OUTCOME.noReply} AND syns > 1`, works: `outcome = ${OUTCOME.answered}` },
  },
  {
    ...{ kind: "http", type: "errors", unit: "requests", fewest: 3, share: 0.01, certain: 1 },
    ...{ isBad: "error = 1 AND denied = 0", works: fine },
  },
  {
    ...{ kind: "http", type: "slow", unit: "requests", fewest: 5, share: 0.05, certain: 1 },
    ...{ isBad: `latencyNs >= ${SLOW_NS} AND denied = 0`, works: `${fine} AND latencyNs < ${SLOW_NS}` },
  },
  {
    ...{ kind: "http", type: "silent", unit: "requests", fewest: 3, share: 0.01, certain: 0 },
    ...{ isBad: `outcome = ${OUTCOME.noReply} AND requests > 0`, works: fine },
  },
];

/**
 * Rows that a cause may be made of: TCP attempts, requests. `part` tells apart what one pair's rows differ in: nothing, or protocol,
 * route and method (that of the kind).
 */
const SOURCES = {
  tcp: `SELECT a.id, NULL AS responseId, a.firstNs AS timeNs, a.outcome, a.syns, f.pairId, NULL AS protocol, NULL AS routeId, NULL AS kindId,
      1 AS requests, 1 AS responses, 1 AS weight
    FROM Attempt a JOIN Flow f ON f.id = a.id WHERE a.protocol = 1 AND a.outcome <> ${OUTCOME.openAlready}`,
  http: `SELECT e.id, e.responseId, e.timeNs, e.outcome, e.error, e.denied, e.latencyNs, e.requests, e.responses, f.pairId, e.protocol, e.routeId, f.kindId,
      max(e.requests, e.responses) AS weight
    FROM L7Exchange e JOIN Flow f ON f.id = e.id WHERE e.counted = 1`,
} as const;

/** What a cause is about: TCP attempts by client and server, requests by server and route. Over a pair and its parts. */
const KEYS = {
  tcp: `c.workloadKey AS clientKey, s.workloadKey AS serverKey, p.serverPort AS port, 'TCP' AS protocol, NULL AS subject`,
  http: `NULL AS clientKey, s.workloadKey AS serverKey, p.serverPort AS port,
    CASE r.protocol WHEN 1 THEN 'http' WHEN 2 THEN 'grpc' ELSE 'kafka' END AS protocol,
    coalesce(k.httpMethod, k.kafkaApiKey, '?') || ' ' || t.value AS subject`,
} as const;

/** Of each type the largest; a log with more failing routes is one cause's doing, or hostile. */
const MOST = 500;

export function findConnectionCauses(database: Sqlite): void {
  for (const kind of ["tcp", "http"] as const) {
    const rules = RULES.filter((rule) => rule.kind === kind);
    gather(database, kind, rules);
    const groups = rules.flatMap((rule, number) => groupsOf(database, rule, number));
    keepRows(
      database,
      groups.map(({ keyId }) => keyId),
    );
    const found = groups.map((group) => ({ ...group, cause: toCause(database, group) }));
    const ids = writeCauses(
      database,
      kind,
      found.map(({ cause }) => cause),
    );
    database
      .prepare("DELETE FROM CauseFlow WHERE causeId IN (SELECT id FROM Cause WHERE kind = ?)")
      .run([kind]);
    for (const { rule, keyId, cause } of found) showFlows(database, rule, keyId, ids.get(cause.causeId));
  }
  database.exec("DROP TABLE temp.CauseSource; DROP TABLE temp.CausePart; DROP TABLE temp.CauseRow");
}

const PARTS = ["pairId", "protocol", "routeId", "kindId"] as const;

/**
 * Once for all rules and keys. Keys are texts of several tables: they are put together for each distinct combination of ids,
 * which are few, and counted over these.
 */
function gather(database: Sqlite, kind: "tcp" | "http", rules: readonly Rule[]): void {
  const counts = rules.map(
    (
      { isBad },
      number,
    ) => `count(*) FILTER (WHERE ${isBad}) AS rows${number}, sum(weight) FILTER (WHERE ${isBad}) AS bad${number},
      min(timeNs) FILTER (WHERE ${isBad}) AS first${number}, max(timeNs) FILTER (WHERE ${isBad}) AS last${number}`,
  );
  const isPlaced = kind === "tcp" ? "WHERE p.clientSide <> 0" : "";
  database.exec(`
    DROP TABLE IF EXISTS temp.CauseRow;
    CREATE TEMP TABLE CauseRow AS ${SOURCES[kind]};
    DROP TABLE IF EXISTS temp.CausePart;
    CREATE TEMP TABLE CausePart AS
      SELECT q.*, dense_rank() OVER (ORDER BY ${KEY}) AS keyId, dense_rank() OVER (ORDER BY client) AS clientNo
      FROM (SELECT r.*, c.workloadKey AS client, ${KEYS[kind].replace("r.protocol", "r.l7")}
        FROM (SELECT pairId, protocol AS l7, routeId, kindId, sum(requests) AS requests, sum(responses) AS responses, ${counts.join(", ")}
            FROM temp.CauseRow GROUP BY ${PARTS.join(", ")}) r
          JOIN Pair p ON p.id = r.pairId LEFT JOIN Actor c ON c.id = p.clientId LEFT JOIN Actor s ON s.id = p.serverId
          LEFT JOIN Kind k ON k.id = r.kindId LEFT JOIN Route t ON t.id = r.routeId ${isPlaced}) q`);
}

/** The rows of these keys, each with the number of its key. */
function keepRows(database: Sqlite, keyIds: readonly number[]): void {
  const isSame = PARTS.map((part) => `q.${part === "protocol" ? "l7" : part} IS r.${part}`);
  database.exec("DROP TABLE IF EXISTS temp.FoundPart; DROP TABLE IF EXISTS temp.CauseSource");
  database
    .prepare(
      `CREATE TEMP TABLE FoundPart AS SELECT keyId, pairId, l7, routeId, kindId FROM temp.CausePart
       WHERE keyId IN (SELECT value FROM json_each('${JSON.stringify(keyIds)}'))`,
    )
    .run([]);
  database.exec(`
    CREATE INDEX temp.FoundPartPair ON FoundPart (pairId, kindId, routeId, l7);
    CREATE TEMP TABLE CauseSource AS
      SELECT r.*, q.keyId FROM temp.CauseRow r CROSS JOIN temp.FoundPart q ON ${isSame.join(" AND ")};
    DROP TABLE temp.FoundPart;
    CREATE INDEX temp.CauseSourceKey ON CauseSource (keyId);`);
}

const KEY = "clientKey, serverKey, port, protocol, subject";

/** A key of which a rule finds enough bad. */
interface Group {
  readonly rule: Rule;
  readonly keyId: number;
  readonly total: number;
  readonly bad: number;
  readonly clients: number;
  readonly firstNs: bigint | null;
  readonly lastNs: bigint | null;
  readonly key: readonly (string | number | null)[];
}

/** `number`: of the rule among those that were gathered for. */
function groupsOf(database: Sqlite, rule: Rule, number: number): Group[] {
  const groups = database
    .prepareExact(
      `SELECT keyId, max(sum(requests), sum(responses)) AS total, sum(bad${number}) AS bad,
         count(DISTINCT clientNo) FILTER (WHERE rows${number} > 0) AS clients, min(first${number}) AS firstNs, max(last${number}) AS lastNs, ${KEY}
       FROM temp.CausePart GROUP BY keyId HAVING bad >= ${rule.fewest} AND bad >= total * ${rule.share}
       ORDER BY bad DESC, ${KEY} LIMIT ${MOST}`,
    )
    .all([]);
  return groups.map((group) => ({
    rule,
    keyId: Number(group.keyId),
    total: Number(group.total),
    bad: Number(group.bad),
    clients: Number(group.clients),
    firstNs: (group.firstNs ?? null) as bigint | null,
    lastNs: (group.lastNs ?? null) as bigint | null,
    key: [group.clientKey, group.serverKey, group.port, group.protocol, group.subject].map(
      (value) => (typeof value === "bigint" ? Number(value) : value) as string | number | null,
    ),
  }));
}

function toCause(database: Sqlite, { rule, keyId, key, ...found }: Group): CauseValue {
  const worked = readWorked(database, rule, keyId, found.firstNs);
  return {
    ...{ causeId: causeIdOf(rule.kind, [rule.type, ...key]), kind: rule.kind, type: rule.type },
    ...{ direction: null, reason: null, code: null, policies: "[]" },
    ...{
      clientKey: key[0] as string | null,
      serverKey: key[1] as string | null,
      port: key[2] as number | null,
    },
    ...{ protocol: key[3] as string | null, subject: key[4] as string | null },
    class: rule.type === "slow" ? CAUSE_CLASSES.degraded : classOf(worked, false),
    clients: found.clients,
    attempts: rule.unit === "attempts" ? found.bad : null,
    count: found.bad,
    unit: rule.unit,
    firstNs: found.firstNs,
    lastNs: found.lastNs,
    workedNs: worked.beforeNs,
    worksNs: worked.sinceNs,
    rhythmNs: rhythmOf(readTimes(database, rule, keyId)) ?? null,
    certain: rule.certain,
    exampleId: readExample(database, rule, keyId),
    evidence: JSON.stringify({ total: found.total }),
  };
}

const TIMES = 2000;

function readTimes(database: Sqlite, rule: Rule, keyId: number): bigint[] {
  return database
    .prepareExact(
      `SELECT timeNs FROM temp.CauseSource WHERE keyId = ? AND ${rule.isBad} AND timeNs IS NOT NULL ORDER BY timeNs LIMIT ${TIMES}`,
    )
    .rows([keyId])
    .map(([timeNs]) => timeNs as bigint);
}

/** The same key: the last time that it worked before the first failure, and the first time since; aggregated records share theirs. */
function readWorked(
  database: Sqlite,
  rule: Rule,
  keyId: number,
  firstNs: bigint | null,
): { beforeNs: bigint | null; sinceNs: bigint | null } {
  const row = database
    .prepareExact(
      `SELECT max(timeNs) FILTER (WHERE timeNs < ?2) AS beforeNs, min(timeNs) FILTER (WHERE timeNs >= ?2) AS sinceNs
       FROM temp.CauseSource WHERE keyId = ?1 AND ${rule.works}`,
    )
    .get([keyId, firstNs]);
  const nsOf = (value: SqlValue | undefined): bigint | null => (typeof value === "bigint" ? value : null);
  return { beforeNs: nsOf(row?.beforeNs), sinceNs: nsOf(row?.sinceNs) };
}

/** The first; of several at one moment that of the smallest hash, whatever the order of files. */
function readExample(database: Sqlite, rule: Rule, keyId: number): number {
  const row = database
    .prepare(
      `WITH bad AS (SELECT id, timeNs FROM temp.CauseSource WHERE keyId = ? AND ${rule.isBad})
       SELECT f.id FROM bad b JOIN Flow f ON f.id = b.id
       WHERE b.timeNs IS (SELECT min(timeNs) FROM bad) ORDER BY f.hash, f.occurrence LIMIT 1`,
    )
    .get([keyId]);
  return Number(row?.id);
}

/** The flows that show it: first flows of attempts, requests and their answers. */
function showFlows(database: Sqlite, rule: Rule, keyId: number, id: number | undefined): void {
  if (id === undefined) return;
  database
    .prepare(
      `WITH bad AS (SELECT id, responseId FROM temp.CauseSource WHERE keyId = ?1 AND ${rule.isBad})
       INSERT OR IGNORE INTO CauseFlow (causeId, flowId)
       SELECT ?2, id FROM bad UNION SELECT ?2, responseId FROM bad WHERE responseId IS NOT NULL`,
    )
    .run([keyId, id]);
}
