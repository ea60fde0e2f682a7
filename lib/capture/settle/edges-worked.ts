/** Whether the edge of a cause of drops worked, before it and since. */

import type { Worked } from "@/lib/insight/causes/cause";
import type { Sqlite, SqlValue } from "../driver";
import { ROLL_UP } from "../roll-up-levels";
import { nsOrNull } from "../values";
import type { RowRange } from "./records";

/** What is said of an edge besides: the last packet delivered to the server and the last answer before the first drop. */
export interface EdgeWorked extends Worked {
  readonly deliveredNs: bigint | null;
  readonly answeredNs: bigint | null;
}

export const NEVER_WORKED: EdgeWorked = {
  beforeNs: null,
  sinceNs: null,
  deliveredNs: null,
  answeredNs: null,
};

/** What was found about edges before flows were added, where it still holds for those that were there. */
export interface WorkedBefore {
  /** The added flows. */
  readonly rows: RowRange;
  /** By the cause's own id. */
  readonly edges: ReadonlyMap<string, EdgeWorked & { readonly firstNs: bigint | null }>;
  /** By actor: an added record can name the workload of a pod that was there, whose flows then belong to other edges. */
  readonly workloads: ReadonlyMap<number, string>;
}

/** To be asked before anything is settled. */
export function rememberWorked(database: Sqlite, rows: RowRange): WorkedBefore {
  const causes = database
    .prepareExact(
      `SELECT causeId, firstNs, workedNs, worksNs, CAST(evidence ->> 'deliveredNs' AS INTEGER), CAST(evidence ->> 'answeredNs' AS INTEGER)
       FROM Cause WHERE kind = 'drop'`,
    )
    .rows([]);
  const edges = causes.map(([causeId, firstNs, ...worked]) => {
    return [String(causeId), { firstNs: nsOrNull(firstNs), ...edgeOf(worked) }] as const;
  });
  return { rows, edges: new Map(edges), workloads: readWorkloads(database) };
}

function readWorkloads(database: Sqlite): Map<number, string> {
  return new Map(
    database
      .prepare("SELECT id, workloadKey FROM Actor")
      .rows([])
      .map(([id, key]) => [Number(id), String(key)]),
  );
}

/**
 * An edge worked when an answer came on it (but for a reset, or the proxy's own refusal), or when a packet of the client
 * was delivered to the server. By cause: the last time before its first drop, the first time behind it. A cause that was there before, with the
 * same first drop, is looked for among the added flows only. Call when flows are rolled up.
 */
export function readWorked(database: Sqlite, before?: WorkedBefore): Map<number, EdgeWorked> {
  database.exec(`
    CREATE TEMP TABLE IF NOT EXISTS EdgePair (pairId INTEGER, causeId INTEGER, firstNs INTEGER, PRIMARY KEY (pairId, causeId)) WITHOUT ROWID;
    DELETE FROM temp.EdgePair;
    INSERT INTO temp.EdgePair
      SELECT p.id, c.id, (SELECT min(timeNs) FROM JoinedDrop WHERE causeId = c.id)
      FROM Cause c JOIN Actor ca ON ca.workloadKey = c.clientKey JOIN Pair p ON p.clientId = ca.id
        JOIN Actor sa ON sa.id = p.serverId AND sa.workloadKey = c.serverKey
      WHERE c.kind = 'drop' AND p.serverPort IS c.port AND p.protocol IS c.protocol;`);
  const known = before === undefined ? new Map<number, EdgeWorked>() : knownEdges(database, before);
  const worked = new Map(known);
  if (before !== undefined)
    for (const [id, edge] of among(database, [...known.keys()], addedRows(before.rows)))
      worked.set(id, together(known.get(id) ?? NEVER_WORKED, edge));
  const others = database
    .prepare("SELECT DISTINCT causeId FROM temp.EdgePair")
    .rows([])
    .map(([id]) => Number(id))
    .filter((id) => !known.has(id));
  for (const [id, edge] of amongAll(database, others)) worked.set(id, edge);
  return worked;
}

const addedRows = ([from, to]: RowRange): string => flows(`Flow f WHERE f.id >= ${from} AND f.id < ${to}`);

/** Of causes whose first drop is the same. */
function knownEdges(database: Sqlite, { edges, workloads }: WorkedBefore): Map<number, EdgeWorked> {
  const known = new Map<number, EdgeWorked>();
  for (const [id, key] of readWorkloads(database)) if ((workloads.get(id) ?? key) !== key) return known;
  const causes = database
    .prepareExact(
      `SELECT e.causeId, c.causeId, e.firstNs FROM temp.EdgePair e JOIN Cause c ON c.id = e.causeId GROUP BY e.causeId`,
    )
    .rows([]);
  for (const [id, causeId, firstNs] of causes) {
    const edge = edges.get(String(causeId));
    if (edge !== undefined && edge.firstNs === nsOrNull(firstNs)) known.set(Number(id), edge);
  }
  return known;
}

function together(one: EdgeWorked, other: EdgeWorked): EdgeWorked {
  return {
    beforeNs: later(one.beforeNs, other.beforeNs),
    sinceNs: earlier(one.sinceNs, other.sinceNs),
    deliveredNs: later(one.deliveredNs, other.deliveredNs),
    answeredNs: later(one.answeredNs, other.answeredNs),
  };
}

function later(a: bigint | null, b: bigint | null): bigint | null {
  return a === null || (b !== null && b > a) ? b : a;
}

function earlier(a: bigint | null, b: bigint | null): bigint | null {
  return a === null || (b !== null && b < a) ? b : a;
}

/** Flows as {@link among} takes them; `which`: SQL over `f`. */
const flows = (which: string): string =>
  `(SELECT f.pairId, f.kindId, f.timeNs AS firstNs, f.timeNs AS lastNs FROM ${which})`;

/** Rows that can tell whether an edge worked, beside the edge's cause. */
const TELLING = (rows: string): string =>
  `${rows} f CROSS JOIN temp.EdgePair e ON e.pairId = f.pairId CROSS JOIN Pair p ON p.id = f.pairId CROSS JOIN Kind k ON k.id = f.kindId
   WHERE e.causeId IN (SELECT value FROM json_each(?)) AND k.verdict IN ('FORWARDED', 'REDIRECTED')
     AND (p.clientSide = 2 OR (k.observationPoint = 'TO_ENDPOINT' AND p.clientSide = 1))
     AND instr(coalesce(k.tcpFlags, ''), 'RST') = 0 AND k.httpCode IS NOT 403 AND k.dnsRcode IS NOT 5`;

/** By cause. `rows`: SQL for flows, or for many rolled up, each with the times of the first and the last. */
function among(database: Sqlite, causes: readonly number[], rows: string): [number, EdgeWorked][] {
  if (causes.length === 0) return [];
  return database
    .prepareExact(
      `SELECT e.causeId, max(f.lastNs) FILTER (WHERE f.lastNs < e.firstNs), min(f.firstNs) FILTER (WHERE f.firstNs >= e.firstNs),
         max(f.lastNs) FILTER (WHERE f.lastNs < e.firstNs AND p.clientSide = 1),
         max(f.lastNs) FILTER (WHERE f.lastNs < e.firstNs AND p.clientSide = 2)
       FROM ${TELLING(rows)} GROUP BY e.causeId`,
    )
    .rows([JSON.stringify(causes)])
    .map(([causeId, ...worked]) => [Number(causeId), edgeOf(worked)]);
}

/**
 * Over all flows: from the narrowest buckets by pair that flows are rolled up in, and from the flows of the buckets in which a first drop
 * lies between others. From the flows alone where there are no such buckets, or where too many are cut.
 */
function amongAll(database: Sqlite, causes: readonly number[]): [number, EdgeWorked][] {
  const rolled = rolledRows(database);
  if (rolled === undefined || causes.length === 0 || cutShare(database, causes, rolled) > CUT_SHARE)
    return among(database, causes, flows("Flow f"));
  const worked = new Map(among(database, causes, rolled));
  const cut = flows("temp.CutBucket b CROSS JOIN Flow f ON f.timeNs >= b.fromNs AND f.timeNs <= b.toNs");
  for (const [id, edge] of among(database, causes, cut))
    worked.set(id, together(worked.get(id) ?? NEVER_WORKED, edge));
  return [...worked];
}

/** A flow that is looked up by its time costs as much as some that are read in the order of the table. */
const CUT_SHARE = 0.2;

/** SQL for the rows of the narrowest level that tells pairs apart. */
function rolledRows(database: Sqlite): string | undefined {
  const levels = [ROLL_UP.pairs, ROLL_UP.coarsePairs].join(", ");
  const level = database
    .prepare(`SELECT level FROM RollUpLevel WHERE level IN (${levels}) ORDER BY widthNs LIMIT 1`)
    .get([])?.level;
  if (level === undefined) return undefined;
  return `(SELECT pairId, kindId, firstNs, lastNs, bucketNs FROM RollUp WHERE level = ${Number(level)} AND firstNs IS NOT NULL)`;
}

/** Lists the buckets that are cut, by the times that matter. Returns the share of all flows that is in them. */
function cutShare(database: Sqlite, causes: readonly number[], rolled: string): number {
  database.exec(
    "CREATE TEMP TABLE IF NOT EXISTS CutBucket (fromNs INTEGER, toNs INTEGER); DELETE FROM temp.CutBucket;",
  );
  database
    .prepare(
      `INSERT INTO temp.CutBucket SELECT min(f.firstNs), max(f.lastNs) FROM ${TELLING(rolled)}
         AND f.firstNs < e.firstNs AND f.lastNs >= e.firstNs GROUP BY f.bucketNs`,
    )
    .run([JSON.stringify(causes)]);
  const cut = database
    .prepare(
      "SELECT count(*) AS n FROM temp.CutBucket b CROSS JOIN Flow f ON f.timeNs >= b.fromNs AND f.timeNs <= b.toNs",
    )
    .get([]);
  const all = database.prepare("SELECT sum(records) AS n FROM RollUp WHERE level = ?").get([ROLL_UP.whole]);
  return Number(cut?.n) / Math.max(1, Number(all?.n ?? 0));
}

function edgeOf([before, since, delivered, answered]: readonly SqlValue[]): EdgeWorked {
  return {
    beforeNs: nsOrNull(before),
    sinceNs: nsOrNull(since),
    deliveredNs: nsOrNull(delivered),
    answeredNs: nsOrNull(answered),
  };
}
