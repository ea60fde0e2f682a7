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
import { EXCHANGE_OUTCOME } from "@/lib/insight/exchange-kind";
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
const fine = `outcome = ${EXCHANGE_OUTCOME.answered} AND error = 0`;

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

const SIDES =
  "JOIN Pair p ON p.id = f.pairId LEFT JOIN Actor c ON c.id = p.clientId LEFT JOIN Actor s ON s.id = p.serverId";

/** Rows that a cause may be made of: TCP attempts by client and server, requests by server and route. */
const SOURCES = {
  tcp: `SELECT a.id, NULL AS responseId, a.firstNs AS timeNs, a.outcome, a.syns, c.workloadKey AS client, c.workloadKey AS clientKey,
      s.workloadKey AS serverKey, p.serverPort AS port, 'TCP' AS protocol, NULL AS subject, 1 AS weight, f.hash, f.occurrence
    FROM Attempt a JOIN Flow f ON f.id = a.id ${SIDES}
    WHERE a.protocol = 1 AND a.outcome <> ${OUTCOME.openAlready} AND p.clientSide <> 0`,
  http: `SELECT e.id, e.responseId, e.timeNs, e.outcome, e.error, e.denied, e.latencyNs, e.requests, c.workloadKey AS client, NULL AS clientKey,
      s.workloadKey AS serverKey, p.serverPort AS port, CASE e.protocol WHEN 1 THEN 'http' WHEN 2 THEN 'grpc' ELSE 'kafka' END AS protocol,
      coalesce(k.httpMethod, k.kafkaApiKey, '?') || ' ' || r.value AS subject, max(e.requests, e.responses) AS weight, f.hash, f.occurrence
    FROM L7Exchange e JOIN Flow f ON f.id = e.id JOIN Kind k ON k.id = f.kindId LEFT JOIN Route r ON r.id = e.routeId ${SIDES}
    WHERE e.counted = 1`,
} as const;

/** Of each type the largest; a log with more failing routes is one cause's doing, or hostile. */
const MOST = 500;

export function findConnectionCauses(database: Sqlite): void {
  for (const kind of ["tcp", "http"] as const) {
    gather(database, SOURCES[kind]);
    const found = RULES.filter((rule) => rule.kind === kind).map((rule) => ({
      rule,
      causes: causesOf(database, rule),
    }));
    const ids = writeCauses(
      database,
      kind,
      found.flatMap(({ causes }) => causes),
    );
    database
      .prepare("DELETE FROM CauseFlow WHERE causeId IN (SELECT id FROM Cause WHERE kind = ?)")
      .run([kind]);
    for (const { rule, causes } of found)
      for (const cause of causes) showFlows(database, rule, cause, ids.get(cause.causeId));
  }
  database.exec("DROP TABLE IF EXISTS temp.CauseSource");
}

/** Once for all rules and keys: each key then looks at its own rows only. */
function gather(database: Sqlite, source: string): void {
  database.exec(`
    DROP TABLE IF EXISTS temp.CauseSource;
    CREATE TEMP TABLE CauseSource AS ${source};
    CREATE INDEX temp.CauseSourceKey ON CauseSource (serverKey, subject, clientKey, port);`);
}

const KEY = "clientKey, serverKey, port, protocol, subject";
const OF_KEY = "clientKey IS ?1 AND serverKey IS ?2 AND port IS ?3 AND protocol IS ?4 AND subject IS ?5";

function causesOf(database: Sqlite, rule: Rule): CauseValue[] {
  const groups = database
    .prepareExact(
      `SELECT ${KEY}, sum(weight) AS total, sum(weight) FILTER (WHERE ${rule.isBad}) AS bad,
         count(DISTINCT client) FILTER (WHERE ${rule.isBad}) AS clients,
         min(timeNs) FILTER (WHERE ${rule.isBad}) AS firstNs, max(timeNs) FILTER (WHERE ${rule.isBad}) AS lastNs
       FROM temp.CauseSource GROUP BY ${KEY} HAVING bad >= ${rule.fewest} AND bad >= total * ${rule.share}
       ORDER BY bad DESC, ${KEY} LIMIT ${MOST}`,
    )
    .all([]);
  return groups.map((group) => {
    const key = [group.clientKey, group.serverKey, group.port, group.protocol, group.subject].map(
      (value) => (typeof value === "bigint" ? Number(value) : value) as string | number | null,
    );
    const firstNs = (group.firstNs ?? null) as bigint | null;
    const times = readTimes(database, rule, key);
    const worked = readWorked(database, rule, key, firstNs);
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
      clients: Number(group.clients),
      attempts: rule.unit === "attempts" ? Number(group.bad) : null,
      count: Number(group.bad),
      unit: rule.unit,
      firstNs,
      lastNs: (group.lastNs ?? null) as bigint | null,
      workedNs: worked.beforeNs,
      worksNs: worked.sinceNs,
      rhythmNs: rhythmOf(times) ?? null,
      certain: rule.certain,
      exampleId: readExample(database, rule, key),
      evidence: JSON.stringify({ total: Number(group.total) }),
    };
  });
}

type Key = readonly (string | number | null)[];

const TIMES = 2000;

function readTimes(database: Sqlite, rule: Rule, key: Key): bigint[] {
  return database
    .prepareExact(
      `SELECT timeNs FROM temp.CauseSource WHERE ${OF_KEY} AND ${rule.isBad} AND timeNs IS NOT NULL ORDER BY timeNs LIMIT ${TIMES}`,
    )
    .rows(key)
    .map(([timeNs]) => timeNs as bigint);
}

/** The same key: the last time that it worked before the first failure, and the first time behind it. */
function readWorked(
  database: Sqlite,
  rule: Rule,
  key: Key,
  firstNs: bigint | null,
): { beforeNs: bigint | null; sinceNs: bigint | null } {
  const row = database
    .prepareExact(
      `SELECT max(timeNs) FILTER (WHERE timeNs < ?6) AS beforeNs, min(timeNs) FILTER (WHERE timeNs > ?6) AS sinceNs
       FROM temp.CauseSource WHERE ${OF_KEY} AND ${rule.works}`,
    )
    .get([...key, firstNs]);
  const nsOf = (value: SqlValue | undefined): bigint | null => (typeof value === "bigint" ? value : null);
  return { beforeNs: nsOf(row?.beforeNs), sinceNs: nsOf(row?.sinceNs) };
}

/** The first; of several at one moment that of the smallest hash, whatever the order of files. */
function readExample(database: Sqlite, rule: Rule, key: Key): number {
  const row = database
    .prepare(
      `SELECT id FROM temp.CauseSource WHERE ${OF_KEY} AND ${rule.isBad} ORDER BY timeNs IS NULL, timeNs, hash, occurrence LIMIT 1`,
    )
    .get(key);
  return Number(row?.id);
}

/** The flows that show it: first flows of attempts, requests and their answers. */
function showFlows(
  database: Sqlite,
  rule: Rule,
  { clientKey, serverKey, port, protocol, subject }: CauseValue,
  id: number | undefined,
): void {
  if (id === undefined) return;
  database
    .prepare(
      `WITH bad AS (SELECT id, responseId FROM temp.CauseSource WHERE ${OF_KEY} AND ${rule.isBad})
       INSERT OR IGNORE INTO CauseFlow (causeId, flowId)
       SELECT ?6, id FROM bad UNION SELECT ?6, responseId FROM bad WHERE responseId IS NOT NULL`,
    )
    .run([clientKey, serverKey, port, protocol, subject, id]);
}
