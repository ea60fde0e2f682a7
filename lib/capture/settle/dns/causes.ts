/**
 * Causes of DNS trouble: a search-list storm of a workload, a name that fails, a resolver that stays silent, a name that a DNS
 * rule refuses, and the node-local cache that a policy forgot (flow-formats 8.5, 8.7).
 *
 * Attempts of a search list are no failures of a name; second hops are no second failure. Worked out over the whole
 * capture, like all causes: exchanges that show a cause are collected once, everything else is counted over these.
 */

import { CAUSE_CLASSES, type CauseValue, causeIdOf, classOf, type Worked } from "@/lib/insight/causes/cause";
import { type DnsCauseType, isStorm } from "@/lib/insight/causes/dns-words";
import { rhythmOf } from "@/lib/insight/causes/rhythm";
import type { Sqlite, SqlValue } from "../../driver";
import { writeCauses } from "../cause-table";
import { trapCauses, writeTrapFlows } from "./node-local";
import { DNS_STATE } from "./pair";

/** Causes of a type at most: a log of random names must not become as many causes. The gravest stay. */
const CAUSES = 200;

/** Causes that DNS exchanges show, not written yet. */
export interface FoundDnsCauses {
  readonly causes: readonly { readonly key: string; readonly cause: CauseValue }[];
  /** SQL for the flows that show them: `key`, `flowId`. */
  readonly flows: string;
}

/** Reads DNS exchanges and names only. */
export function findDnsCauses(database: Sqlite): FoundDnsCauses {
  collectHits(database);
  const worked = readWorked(database);
  const causes = readGroups(database).map((group) => ({
    key: group.key,
    cause: toCause(database, group, worked),
  }));
  const flows = `(SELECT h.key, f.value AS flowId FROM temp.DnsHit h, json_each(json_array(h.id, h.responseId)) f
    WHERE f.value IS NOT NULL)`;
  return { causes, flows };
}

/** With those that drops show. Call when these are written. */
export function writeDnsCauses(database: Sqlite, { causes, flows }: FoundDnsCauses): void {
  const ids = writeCauses(database, "dns", [...causes.map(({ cause }) => cause), ...trapCauses(database)]);
  database.exec("DELETE FROM CauseFlow WHERE causeId IN (SELECT id FROM Cause WHERE kind = 'dns')");
  database
    .prepare(
      `INSERT OR IGNORE INTO CauseFlow (causeId, flowId)
       SELECT c.value ->> 1, h.flowId FROM json_each(?) c JOIN ${flows} h ON h.key = c.value ->> 0`,
    )
    .run([JSON.stringify(causes.map(({ key, cause }) => [key, ids.get(cause.causeId) ?? 0]))]);
  writeTrapFlows(database, ids);
}

/** One row for each exchange that shows a cause. `key` is equal for those of one cause. */
function collectHits(database: Sqlite): void {
  database.exec(`
    CREATE TEMP TABLE IF NOT EXISTS DnsHit (key TEXT, type TEXT, id INTEGER, responseId INTEGER, askedNs INTEGER, n INTEGER,
      clientKey TEXT, serverKey TEXT, queryId INTEGER, code INTEGER);
    CREATE INDEX IF NOT EXISTS temp.DnsHit_key ON DnsHit(key, askedNs);
    DELETE FROM temp.DnsHit;`);
  const hit = (type: DnsCauseType, key: string, n: string, where: string): string => `
    INSERT INTO temp.DnsHit SELECT ${key}, '${type}', x.id, x.responseId, x.askedNs, ${n}, ca.workloadKey, sa.workloadKey, x.queryId, x.rcode
    FROM DnsExchange x JOIN Endpoint c ON c.id = x.clientId JOIN Actor ca ON ca.id = c.actorId
      JOIN Endpoint s ON s.id = x.serverId JOIN Actor sa ON sa.id = s.actorId
    WHERE NOT x.secondHop AND ${where}`;
  const storms = readStorms(database);
  if (storms.length > 0) {
    database
      .prepare(
        hit(
          "search-list",
          "'list ' || ca.workloadKey",
          "x.requests",
          "x.suffixLabels IS NOT NULL AND ca.workloadKey IN (SELECT value FROM json_each(?))",
        ),
      )
      .run([JSON.stringify(storms)]);
  }
  const name = "coalesce(x.queryId, ca.workloadKey)";
  database.exec(
    hit(
      "failing-name",
      `'name ' || x.rcode || ' ' || ${name}`,
      "x.responses",
      "x.rcode > 0 AND x.suffixLabels IS NULL",
    ),
  );
  const { unanswered, refused } = DNS_STATE;
  database.exec(
    hit("silent-resolver", "'silent ' || sa.workloadKey", "x.requests", `x.state = ${unanswered}`),
  );
  database.exec(
    hit(
      "refused-name",
      `'refused ' || coalesce(x.queryId, 0) || ' ' || ca.workloadKey`,
      "x.requests",
      `x.state = ${refused}`,
    ),
  );
}

/** Workloads that ask mostly in vain because of their search list. */
function readStorms(database: Sqlite): string[] {
  return database
    .prepare(
      `SELECT a.workloadKey, sum(x.requests), sum((x.suffixLabels IS NOT NULL) * x.requests) AS expansion
       FROM DnsExchange x JOIN Endpoint c ON c.id = x.clientId JOIN Actor a ON a.id = c.actorId
       WHERE NOT x.secondHop GROUP BY 1 HAVING expansion > 0`,
    )
    .rows([])
    .filter(([, queries, expansion]) => isStorm(Number(queries), Number(expansion)))
    .map(([key]) => String(key));
}

interface Group {
  readonly key: string;
  readonly type: DnsCauseType;
  readonly count: number;
  readonly clients: number;
  readonly clientKey: string | null;
  readonly serverKey: string | null;
  readonly subject: string | null;
  readonly code: number | null;
  readonly firstNs: bigint | null;
  readonly lastNs: bigint | null;
}

function readGroups(database: Sqlite): Group[] {
  return database
    .prepareExact(
      `SELECT * FROM (
         SELECT g.*, t.value AS subject, row_number() OVER (PARTITION BY g.type ORDER BY g.count DESC, t.value, g.clientKey) AS place
         FROM (SELECT key, type, sum(n) AS count, count(DISTINCT clientKey) AS clients, min(clientKey) AS clientKey,
             count(DISTINCT serverKey) AS servers, min(serverKey) AS serverKey, min(queryId) AS queryId, min(code) AS code,
             min(askedNs) AS firstNs, max(askedNs) AS lastNs FROM temp.DnsHit GROUP BY key, type HAVING count > 0) g
         LEFT JOIN Text t ON t.id = g.queryId) WHERE place <= ${CAUSES} ORDER BY key`,
    )
    .all([])
    .map((row) => {
      const type = String(row.type) as DnsCauseType;
      const hasName = type === "failing-name" || type === "refused-name";
      const ns = (value: SqlValue | undefined): bigint | null => (typeof value === "bigint" ? value : null);
      return {
        key: String(row.key),
        type,
        count: Number(row.count),
        clients: Number(row.clients),
        // Of a cause that many share, the words say how many.
        clientKey: Number(row.clients) === 1 ? String(row.clientKey) : null,
        serverKey: Number(row.servers) === 1 ? String(row.serverKey) : null,
        subject: hasName && row.subject !== null ? String(row.subject) : null,
        code: type === "failing-name" ? Number(row.code) : null,
        firstNs: ns(row.firstNs),
        lastNs: ns(row.lastNs),
      };
    });
}

/** What a cause is, whoever else it comes to affect. */
function identityOf({ type, subject, code, clientKey, serverKey }: Group): (string | number | null)[] {
  switch (type) {
    case "failing-name":
      return [type, subject, code, subject === null ? clientKey : null];
    case "silent-resolver":
      return [type, serverKey];
    case "refused-name":
      return [type, subject, clientKey];
    default:
      return [type, clientKey];
  }
}

function toCause(database: Sqlite, group: Group, worked: ReadonlyMap<string, Worked>): CauseValue {
  const edge = worked.get(group.key) ?? { beforeNs: null, sinceNs: null };
  // Of names that the log left out is not known whether they ever worked.
  const isVague = group.type === "search-list" || (group.type === "failing-name" && group.subject === null);
  return {
    causeId: causeIdOf("dns", identityOf(group)),
    kind: "dns",
    type: group.type,
    direction: null,
    reason: null,
    code: group.code,
    policies: "[]",
    clientKey: group.clientKey,
    serverKey: group.serverKey,
    port: null,
    protocol: null,
    subject: group.subject,
    class: isVague ? CAUSE_CLASSES.degraded : classOf(edge, false),
    clients: group.clients,
    attempts: null,
    count: group.count,
    unit: "queries",
    firstNs: group.firstNs,
    lastNs: group.lastNs,
    workedNs: edge.beforeNs,
    worksNs: edge.sinceNs,
    rhythmNs: rhythmOf(readTries(database, group.key)) ?? null,
    certain: 1,
    exampleId: readExample(database, group.key, group.firstNs),
    evidence: JSON.stringify(readEvidence(database, group)),
  };
}

/** So many tries show a rhythm or none; what comes within a second is one. */
const TRIES = 2000;

function readTries(database: Sqlite, key: string): bigint[] {
  const tries: bigint[] = [];
  const times = database
    .prepareExact(
      `SELECT askedNs FROM temp.DnsHit WHERE key = ? AND askedNs IS NOT NULL ORDER BY askedNs LIMIT ${TRIES}`,
    )
    .rows([key]);
  for (const [time] of times) {
    const last = tries.at(-1);
    if (last === undefined || (time as bigint) - last >= 1_000_000_000n) tries.push(time as bigint);
  }
  return tries;
}

/** The first; of several at one moment that of the smallest hash, whatever the order of files. */
function readExample(database: Sqlite, key: string, firstNs: bigint | null): number {
  const row = database
    .prepare(
      `SELECT h.id FROM temp.DnsHit h JOIN Flow f ON f.id = h.id WHERE h.key = ? AND h.askedNs IS ?
       ORDER BY f.hash, f.occurrence LIMIT 1`,
    )
    .get([key, firstNs]);
  return Number(row?.id);
}

/** What the words need beside the columns: all that was asked by the client, or got through to the server. */
function readEvidence(database: Sqlite, { type, clientKey, serverKey }: Group): Record<string, number> {
  if (type === "search-list" && clientKey !== null)
    return { queries: countQueries(database, "clientId", clientKey) };
  if (type === "silent-resolver" && serverKey !== null)
    return { queries: countQueries(database, "serverId", serverKey) };
  return {};
}

function countQueries(database: Sqlite, side: "clientId" | "serverId", workloadKey: string): number {
  const reached = side === "serverId" ? `AND x.state <> ${DNS_STATE.refused}` : "";
  const row = database
    .prepare(
      `SELECT sum(x.requests) AS n FROM DnsExchange x WHERE NOT x.secondHop ${reached}
       AND x.${side} IN (SELECT e.id FROM Endpoint e JOIN Actor a ON a.id = e.actorId WHERE a.workloadKey = ?)`,
    )
    .get([workloadKey]);
  return Number(row?.n ?? 0);
}

/**
 * A name worked when it was answered without an error, for whomever; a refused one when its client got an answer; a resolver when
 * it answered at all. By cause: the last time before its first failure, the first time behind it.
 */
function readWorked(database: Sqlite): Map<string, Worked> {
  database.exec(`
    CREATE TEMP TABLE IF NOT EXISTS DnsFirst (key TEXT, type TEXT, queryId INTEGER, clientKey TEXT, serverKey TEXT, firstNs INTEGER);
    CREATE INDEX IF NOT EXISTS temp.DnsFirst_query ON DnsFirst(type, queryId);
    CREATE INDEX IF NOT EXISTS temp.DnsFirst_server ON DnsFirst(type, serverKey);
    DELETE FROM temp.DnsFirst;
    INSERT INTO temp.DnsFirst SELECT key, type, min(queryId), min(clientKey), min(serverKey), min(askedNs) FROM temp.DnsHit
      WHERE type <> 'search-list' AND askedNs IS NOT NULL GROUP BY key, type;`);
  const answered = `x.state = ${DNS_STATE.answered} AND NOT x.secondHop`;
  const select = (from: string, where: string): [SqlValue, SqlValue, SqlValue][] =>
    database
      .prepareExact(
        `SELECT g.key, max(x.askedNs) FILTER (WHERE x.askedNs < g.firstNs), min(x.askedNs) FILTER (WHERE x.askedNs > g.firstNs)
         FROM DnsExchange x ${from} WHERE ${answered} AND ${where} GROUP BY g.key`,
      )
      .rows([]) as [SqlValue, SqlValue, SqlValue][];
  const client = "JOIN Endpoint e ON e.id = x.clientId JOIN Actor a ON a.id = e.actorId";
  const server = "JOIN Endpoint e ON e.id = x.serverId JOIN Actor a ON a.id = e.actorId";
  const rows = [
    ...select("JOIN temp.DnsFirst g ON g.type = 'failing-name' AND g.queryId = x.queryId", "x.rcode = 0"),
    ...select(
      `${client} JOIN temp.DnsFirst g ON g.type = 'refused-name' AND g.queryId = x.queryId AND g.clientKey = a.workloadKey`,
      "1",
    ),
    ...select(
      `${server} JOIN temp.DnsFirst g ON g.type = 'silent-resolver' AND g.serverKey = a.workloadKey`,
      "1",
    ),
  ];
  const ns = (value: SqlValue): bigint | null => (typeof value === "bigint" ? value : null);
  return new Map(
    rows.map(([key, before, since]) => [String(key), { beforeNs: ns(before), sinceNs: ns(since) }]),
  );
}
