/** How many drops, attempts, requests or questions in a scope show each cause, and when. */

import { alignDown, bucketWidth } from "@/lib/base/bucket-width";
import { rolesOf } from "@/lib/capture/dns-conditions";
import type { SqlValue } from "@/lib/capture/driver";
import { type CompiledScope, compileAmong, compileDrops, WHOLE_CAPTURE } from "@/lib/capture/scope-sql";
import { MARK, SUM_LEVEL } from "@/lib/capture/sum-tables";
import { summedRows } from "@/lib/capture/summed";
import { summedPairs } from "@/lib/capture/summed-pairs";
import type { CauseKind } from "@/lib/insight/causes/cause";
import type { Scope } from "@/lib/scope/link";
import { bucketNumber } from "./buckets";
import { pairsInScope } from "./dns-scope";
import type { OpenCapture } from "./open-capture";
import { spanOf } from "./span";

export interface CauseCount {
  readonly count: number;
  /** [start of the bucket in ns, count]; buckets without any are left out, and so is what has no time. */
  readonly trend: readonly (readonly [string, number])[];
}

export interface CauseCounts {
  readonly bucketNs: bigint;
  /** By Cause.id; only those that the scope holds. */
  readonly counts: ReadonlyMap<number, CauseCount>;
}

/**
 * What causes count, each once, with the flows that decide whether it is in a scope: the anchor of a drop, the first flow of
 * an attempt, a request or its answer. Of a name that fails the answers are counted, else the questions.
 */
const COUNTED: Readonly<Record<CauseKind, string>> = {
  drop: "SELECT causeId, id, NULL AS responseId, timeNs, drops AS n FROM JoinedDrop WHERE causeId IS NOT NULL",
  tcp: `SELECT c.id AS causeId, a.id, NULL AS responseId, a.firstNs AS timeNs, 1 AS n
    FROM Cause c JOIN CauseFlow s ON s.causeId = c.id JOIN Attempt a ON a.id = s.flowId WHERE c.kind = 'tcp'`,
  http: `SELECT c.id AS causeId, e.id, e.responseId, e.timeNs, max(e.requests, e.responses) AS n
    FROM Cause c JOIN CauseFlow s ON s.causeId = c.id JOIN L7Exchange e ON e.id = s.flowId WHERE c.kind = 'http'`,
  dns: `SELECT c.id AS causeId, x.id, x.responseId, x.askedNs AS timeNs,
      CASE c.type WHEN 'failing-name' THEN x.responses ELSE x.requests END AS n
    FROM Cause c JOIN CauseFlow s ON s.causeId = c.id JOIN DnsExchange x ON x.id = s.flowId
    WHERE c.kind = 'dns' AND c.type <> 'node-local-dns'
    UNION ALL
    SELECT c.id, j.id, NULL, j.timeNs, j.drops FROM Cause c JOIN CauseFlow s ON s.causeId = c.id JOIN JoinedDrop j ON j.id = s.flowId
    WHERE c.type = 'node-local-dns'`,
};

const KINDS = Object.keys(COUNTED) as CauseKind[];

interface Source {
  /** Gives causeId, timeNs and n. */
  readonly from: string;
  readonly parameters: readonly SqlValue[];
}

function fromRows(capture: OpenCapture, scope: Scope, kinds: readonly CauseKind[]): Source {
  const inScope = pairsInScope(capture, scope, {
    id: "u.id",
    responseId: "u.responseId",
    timeNs: "u.timeNs",
  });
  const counted = kinds.map((kind) => COUNTED[kind]).join(" UNION ALL ");
  return { from: `SELECT u.* FROM (${counted}) u WHERE ${inScope.sql}`, parameters: inScope.parameters };
}

interface FromSums extends Source {
  readonly of: readonly CauseKind[];
}

/** What sums hold of these kinds. */
function fromSums(
  capture: OpenCapture,
  scope: Scope,
  kinds: readonly CauseKind[],
  widthNs: bigint,
): FromSums[] {
  if (rolesOf(scope.filter) !== undefined) return [];
  const marked = kinds.filter((kind) => kind !== "drop");
  const found = [
    kinds.includes("drop") ? fromDrops(capture, scope, widthNs) : undefined,
    marked.length > 0 ? fromMarked(capture, scope, marked, widthNs) : undefined,
  ];
  return found.filter((one) => one !== undefined);
}

function fromDrops({ database }: OpenCapture, scope: Scope, widthNs: bigint): FromSums | undefined {
  const compiled = compileDrops(database, scope);
  const wanted = { reads: "", widthNs };
  const { from, parameters, where, isSummed } = summedRows(database, compiled, "DropSum", wanted);
  if (!isSummed) return undefined;
  return {
    from: `SELECT f.causeId, f.timeNs, f.drops AS n FROM ${from} WHERE f.causeId IS NOT NULL AND ${where.sql}`,
    ...{ parameters: [...parameters, ...where.parameters], of: ["drop"] },
  };
}

/** Kinds of records that show causes. */
const OF_CAUSES = ["kindId", "answerKindId"]
  .map(
    (kind) =>
      `id IN (SELECT ${kind} FROM MarkedSum WHERE level = ${SUM_LEVEL.whole} AND mark = ${MARK.cause})`,
  )
  .join(" OR ");

/** Of all kinds at once: their rows lie among each other. */
function fromMarked(
  { database }: OpenCapture,
  { filter, from, to }: Scope,
  kinds: readonly CauseKind[],
  widthNs: bigint,
): FromSums | undefined {
  const inFilter = summedPairs(filter, (term) =>
    compileAmong(database, { filter: { terms: [term] } }, { kinds: OF_CAUSES }),
  );
  if (inFilter === undefined) return undefined;
  const all: CompiledScope = { ...WHOLE_CAPTURE, from, to };
  const rows = summedRows(database, all, "MarkedSum", { reads: "", widthNs });
  if (!rows.isSummed) return undefined;
  const wanted = kinds.map((kind) => `'${kind}'`).join(", ");
  return {
    from: `SELECT x.causeId, x.timeNs, x.events AS n FROM (SELECT f.* FROM ${rows.from}) x
      WHERE x.mark = ${MARK.cause} AND x.causeId IN (SELECT id FROM Cause WHERE kind IN (${wanted})) AND ${inFilter.sql}`,
    ...{ parameters: [...rows.parameters, ...inFilter.parameters], of: kinds },
  };
}

/** Those of one kind, or of all. */
export function countCauses(
  capture: OpenCapture,
  scope: Scope,
  buckets: number,
  kind?: CauseKind,
): CauseCounts {
  const span = spanOf(capture, scope.from, scope.to) ?? { first: 0n, last: 0n };
  const width = bucketWidth(span.last - span.first + 1n, buckets);
  const number = bucketNumber(alignDown(span.first, width), span.last, width);
  const kinds = kind === undefined ? KINDS : [kind];
  const summed = fromSums(capture, scope, kinds, width);
  const others = kinds.filter((one) => !summed.some(({ of }) => of.includes(one)));
  const rows = [...summed, ...(others.length > 0 ? [fromRows(capture, scope, others)] : [])].flatMap(
    ({ from, parameters }) =>
      capture.database
        .prepareExact(
          `SELECT f.causeId, ${number.sql} AS bucket, sum(f.n) FROM (${from}) f GROUP BY 1, 2 ORDER BY 1, 2`,
        )
        .rows([...number.parameters, ...parameters]),
  );
  const counts = new Map<number, { count: number; trend: [string, number][] }>();
  for (const [cause, bucket, n] of rows) {
    const id = Number(cause);
    const one = counts.get(id) ?? { count: 0, trend: [] };
    counts.set(id, one);
    one.count += Number(n);
    if (typeof bucket === "bigint") one.trend.push([String(number.startOf(bucket)), Number(n)]);
  }
  return { bucketNs: width, counts };
}
