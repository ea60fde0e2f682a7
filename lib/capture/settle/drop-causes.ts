/** Groups drops into causes, and finds out for each whether its edge worked before and since. */

import { CAUSE_CLASSES, type CauseValue, classOf, type Worked } from "@/lib/insight/causes/cause";
import {
  type DropKey,
  type DropPolicy,
  decidedBy,
  denyingPolicies,
  dropCauseId,
  keyWithoutPolicies,
} from "@/lib/insight/causes/drop-key";
import { rhythmOf } from "@/lib/insight/causes/rhythm";
import type { Sqlite, SqlValue } from "../driver";
import { TRIES_OF_DROPS } from "../tries";
import { writeCauses } from "./cause-table";

/** Drops that have everything in common that a cause depends on. */
interface Combination {
  readonly kindId: number;
  readonly pairId: number;
  readonly policiesId: number | null;
  readonly hasVerdict: number;
  /** As the records say it; the key can know more. */
  readonly direction: string;
  readonly key: DropKey;
  readonly code: number | null;
  readonly isNoise: boolean;
}

export function groupDrops(database: Sqlite): void {
  const combinations = adoptPolicies(adoptDirections(readCombinations(database)));
  const groups = new Map<string, Combination[]>();
  for (const combination of combinations) {
    const causeId = dropCauseId(combination.key);
    groups.set(causeId, [...(groups.get(causeId) ?? []), combination]);
  }
  // First the ids, so that drops can point at their causes; what is counted over the drops follows.
  const ids = writeCauses(
    database,
    "drop",
    [...groups].map(([causeId, group]) => bareCause(causeId, group)),
  );
  pointDrops(database, groups, ids);
  completeCauses(database);
}

const UNKNOWN_DIRECTION = "TRAFFIC_DIRECTION_UNKNOWN";

/** The anchor's own direction, else that of the verdict record: a printed drop has none. Of `j` and its kind `k`. */
function directionOf(j: string): string {
  return `CASE WHEN k.trafficDirection <> '${UNKNOWN_DIRECTION}' OR ${j}.verdictId IS NULL THEN k.trafficDirection
    ELSE (SELECT vk.trafficDirection FROM Flow v JOIN Kind vk ON vk.id = v.kindId WHERE v.id = ${j}.verdictId) END`;
}

function readCombinations(database: Sqlite): Combination[] {
  return database
    .prepare(
      `SELECT j.kindId, j.pairId, j.policiesId, j.verdictId IS NOT NULL OR k.eventType = 5 AS hasVerdict,
         ${directionOf("j")} AS direction, k.dropReason, k.dropCode, k.type, k.eventType, max(j.noise) AS noise,
         c.workloadKey AS clientKey, s.workloadKey AS serverKey, p.serverPort, p.protocol, p.clientSide,
         t.value AS policies
       FROM JoinedDrop j JOIN Kind k ON k.id = j.kindId JOIN Pair p ON p.id = j.pairId
         LEFT JOIN Actor c ON c.id = p.clientId LEFT JOIN Actor s ON s.id = p.serverId LEFT JOIN Text t ON t.id = j.policiesId
       GROUP BY j.kindId, j.pairId, j.policiesId, hasVerdict, direction`,
    )
    .all([])
    .map((row) => {
      const direction = String(row.direction);
      const code = row.dropCode === null ? null : Number(row.dropCode);
      return {
        kindId: Number(row.kindId),
        pairId: Number(row.pairId),
        policiesId: numberOrNull(row.policiesId),
        hasVerdict: Number(row.hasVerdict),
        direction,
        code,
        isNoise: row.noise === 1,
        key: {
          direction,
          reason: textOrNull(row.dropReason),
          decidedBy: decidedBy(row.type === "L7" || row.eventType === 129, code),
          policies: denyingPolicies(textOrNull(row.policies), direction),
          clientKey: textOrNull(row.clientKey),
          serverKey: textOrNull(row.serverKey),
          port: numberOrNull(row.serverPort),
          protocol: textOrNull(row.protocol),
          isReply: row.clientSide === 2,
        },
      };
    });
}

/** A drop that does not say its direction takes that of all others of its key, if they agree: they are the same trouble. */
function adoptDirections(combinations: readonly Combination[]): Combination[] {
  const like = ({ key }: Combination): string =>
    JSON.stringify(keyWithoutPolicies({ ...key, direction: UNKNOWN_DIRECTION }));
  const known = new Map<string, Set<string>>();
  for (const one of combinations) {
    if (one.direction === UNKNOWN_DIRECTION) continue;
    known.set(like(one), (known.get(like(one)) ?? new Set()).add(one.direction));
  }
  return combinations.map((one) => {
    const [direction, another] = known.get(like(one)) ?? [];
    return one.direction !== UNKNOWN_DIRECTION || direction === undefined || another !== undefined
      ? one
      : { ...one, key: { ...one.key, direction } };
  });
}

/** A drop whose verdict record is missing takes the policies that all others of its key name, if they agree. */
function adoptPolicies(combinations: readonly Combination[]): Combination[] {
  const named = new Map<string, Map<string, readonly DropPolicy[]>>();
  for (const { key } of combinations) {
    if (key.policies.length === 0) continue;
    const like = JSON.stringify(keyWithoutPolicies(key));
    const sets = named.get(like) ?? new Map<string, readonly DropPolicy[]>();
    named.set(like, sets.set(JSON.stringify(key.policies), key.policies));
  }
  return combinations.map((combination) => {
    const { key, hasVerdict } = combination;
    if (hasVerdict === 1 || key.policies.length > 0) return combination;
    const sets = [...(named.get(JSON.stringify(keyWithoutPolicies(key)))?.values() ?? [])];
    const [only] = sets;
    return only === undefined || sets.length > 1
      ? combination
      : { ...combination, key: { ...key, policies: only } };
  });
}

/** What the key says; the rest is filled in when the drops are known. */
function bareCause(causeId: string, [first]: readonly Combination[]): CauseValue {
  if (first === undefined) throw new Error("a cause without drops");
  const { key, code, isNoise } = first;
  return {
    causeId,
    kind: "drop",
    type: key.decidedBy,
    direction: key.direction,
    reason: key.reason,
    code,
    policies: JSON.stringify(key.policies),
    clientKey: key.clientKey,
    serverKey: key.serverKey,
    port: key.port,
    protocol: key.protocol,
    subject: key.isReply ? "reply" : null,
    class: isNoise ? CAUSE_CLASSES.noise : CAUSE_CLASSES.neverWorked,
    clients: key.clientKey === null ? 0 : 1,
    attempts: null,
    count: 0,
    unit: "drops",
    firstNs: null,
    lastNs: null,
    workedNs: null,
    worksNs: null,
    rhythmNs: null,
    certain: 0,
    exampleId: 0,
    evidence: "{}",
  };
}

function pointDrops(
  database: Sqlite,
  groups: ReadonlyMap<string, readonly Combination[]>,
  ids: ReadonlyMap<string, number>,
): void {
  const rows = [...groups].flatMap(([causeId, group]) =>
    group.map(({ kindId, pairId, policiesId, hasVerdict, direction }) => [
      kindId,
      pairId,
      policiesId,
      hasVerdict,
      direction,
      ids.get(causeId) ?? null,
    ]),
  );
  database.exec(`
    CREATE TEMP TABLE IF NOT EXISTS DropGroup (kindId INTEGER, pairId INTEGER, policiesId INTEGER, hasVerdict INTEGER,
      direction TEXT, causeId INTEGER, PRIMARY KEY (pairId, kindId, policiesId, hasVerdict, direction));
    DELETE FROM temp.DropGroup;`);
  database
    .prepare(
      `INSERT INTO temp.DropGroup
       SELECT value ->> 0, value ->> 1, coalesce(value ->> 2, 0), value ->> 3, value ->> 4, value ->> 5 FROM json_each(?)`,
    )
    .run([JSON.stringify(rows)]);
  database.exec(`
    UPDATE JoinedDrop SET causeId = g.causeId FROM Kind k, temp.DropGroup g
    WHERE k.id = JoinedDrop.kindId AND g.pairId = JoinedDrop.pairId AND g.kindId = JoinedDrop.kindId
      AND g.policiesId = coalesce(JoinedDrop.policiesId, 0)
      AND g.hasVerdict = (JoinedDrop.verdictId IS NOT NULL OR k.eventType IS 5) AND g.direction = ${directionOf("JoinedDrop")} AND JoinedDrop.causeId IS NOT g.causeId`);
}

/** Counts, times, example, rhythm, and whether the edge worked. */
function completeCauses(database: Sqlite): void {
  const worked = readWorked(database);
  const set = database.prepare(
    `UPDATE Cause SET class = ?, count = ?, attempts = ?, firstNs = ?, lastNs = ?, workedNs = ?, worksNs = ?, rhythmNs = ?, certain = ?, exampleId = ?,
       evidence = ? WHERE id = ?`,
  );
  const totals = database
    .prepareExact(
      `SELECT j.causeId, sum(j.drops), ${TRIES_OF_DROPS}, min(j.timeNs), max(j.timeNs), max(j.certain), max(j.noise)
       FROM JoinedDrop j JOIN Flow f ON f.id = j.id JOIN Kind k ON k.id = j.kindId GROUP BY j.causeId`,
    )
    .rows([]);
  for (const [causeId, drops, attempts, firstNs, lastNs, certain, noise] of totals) {
    const id = Number(causeId);
    const edge = worked.get(id) ?? NEVER_WORKED;
    set.run([
      classOf(edge, Number(noise) === 1),
      Number(drops),
      attempts ?? null,
      firstNs ?? null,
      lastNs ?? null,
      edge.beforeNs,
      edge.sinceNs,
      rhythmOf(readTries(database, id)) ?? null,
      Number(certain),
      readExample(database, id),
      JSON.stringify({ deliveredNs: textOrNull(edge.deliveredNs), answeredNs: textOrNull(edge.answeredNs) }),
      id,
    ]);
  }
}

/** The first drop; of several at one moment that of the smallest hash, whatever the order of files. */
function readExample(database: Sqlite, causeId: number): number {
  const row = database
    .prepare(
      `SELECT f.id FROM JoinedDrop j JOIN Flow f ON f.id = j.id
       WHERE j.causeId = ?1 AND j.timeNs IS (SELECT min(timeNs) FROM JoinedDrop WHERE causeId = ?1) ORDER BY f.hash, f.occurrence LIMIT 1`,
    )
    .get([causeId]);
  return Number(row?.id);
}

/** So many tries show a rhythm or none. */
const TRIES = 2000;

function readTries(database: Sqlite, causeId: number): bigint[] {
  return database
    .prepareExact(
      `SELECT timeNs FROM JoinedDrop WHERE causeId = ? AND opens = 1 AND timeNs IS NOT NULL ORDER BY timeNs LIMIT ${TRIES}`,
    )
    .rows([causeId])
    .map(([timeNs]) => timeNs as bigint);
}

/** What is said of an edge besides: the last packet delivered to the server and the last answer before the first drop. */
interface EdgeWorked extends Worked {
  readonly deliveredNs: bigint | null;
  readonly answeredNs: bigint | null;
}

const NEVER_WORKED: EdgeWorked = { beforeNs: null, sinceNs: null, deliveredNs: null, answeredNs: null };

/**
 * An edge worked when an answer came on it (but for a reset, or the proxy's own refusal), or when a packet of the client
 * was delivered to the server. By cause: the last time before its first drop, the first time behind it.
 */
function readWorked(database: Sqlite): Map<number, EdgeWorked> {
  database.exec(`
    CREATE TEMP TABLE IF NOT EXISTS EdgePair (pairId INTEGER, causeId INTEGER, firstNs INTEGER, PRIMARY KEY (pairId, causeId)) WITHOUT ROWID;
    DELETE FROM temp.EdgePair;
    INSERT INTO temp.EdgePair
      SELECT p.id, c.id, (SELECT min(timeNs) FROM JoinedDrop WHERE causeId = c.id)
      FROM Cause c JOIN Actor ca ON ca.workloadKey = c.clientKey JOIN Pair p ON p.clientId = ca.id
        JOIN Actor sa ON sa.id = p.serverId AND sa.workloadKey = c.serverKey
      WHERE c.kind = 'drop' AND p.serverPort IS c.port AND p.protocol IS c.protocol;`);
  return new Map(
    database
      .prepareExact(
        `SELECT e.causeId, max(f.timeNs) FILTER (WHERE f.timeNs < e.firstNs), min(f.timeNs) FILTER (WHERE f.timeNs >= e.firstNs),
           max(f.timeNs) FILTER (WHERE f.timeNs < e.firstNs AND p.clientSide = 1),
           max(f.timeNs) FILTER (WHERE f.timeNs < e.firstNs AND p.clientSide = 2)
         FROM Flow f CROSS JOIN temp.EdgePair e ON e.pairId = f.pairId CROSS JOIN Pair p ON p.id = f.pairId CROSS JOIN Kind k ON k.id = f.kindId
         WHERE k.verdict IN ('FORWARDED', 'REDIRECTED')
           AND (p.clientSide = 2 OR (k.observationPoint = 'TO_ENDPOINT' AND p.clientSide = 1))
           AND instr(coalesce(k.tcpFlags, ''), 'RST') = 0 AND k.httpCode IS NOT 403 AND k.dnsRcode IS NOT 5
         GROUP BY e.causeId`,
      )
      .rows([])
      .map(([causeId, before, since, delivered, answered]) => [
        Number(causeId),
        {
          beforeNs: nsOrNull(before),
          sinceNs: nsOrNull(since),
          deliveredNs: nsOrNull(delivered),
          answeredNs: nsOrNull(answered),
        },
      ]),
  );
}

function nsOrNull(value: SqlValue | undefined): bigint | null {
  return typeof value === "bigint" ? value : null;
}

function numberOrNull(value: SqlValue | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}

function textOrNull(value: SqlValue | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}
