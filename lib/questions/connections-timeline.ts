/** TCP connections over time, by what became of them or by who tried or was asked. */

import { alignDown, bucketWidth } from "@/lib/base/bucket-width";
import { ok, type Result } from "@/lib/base/result";
import type { Sqlite, SqlValue } from "@/lib/capture/driver";
import { CONNECTIONS } from "@/lib/capture/outcome-conditions";
import { type CompiledScope, compileScope } from "@/lib/capture/scope-sql";
import { countsInTime } from "@/lib/capture/sum-series";
import { type SummedRows, type SummedSeries, summedRows, summedSeries } from "@/lib/capture/summed";
import type { Scope } from "@/lib/scope/link";
import { OUTCOME_WORDS, type OutcomeWord, UNANSWERED_WORDS } from "@/lib/scope/outcome-kinds";
import type {
  ConnectionKey,
  ConnectionsOf,
  ConnectionsTimelineAnswer,
  ConnectionsTimelineBy,
} from "./answers-workloads";
import { bucketNumber } from "./buckets";
import { hasPorts } from "./counts";
import type { QuestionFailure } from "./failure";
import type { OpenCapture } from "./open-capture";
import { addPoints } from "./points";
import { readScope, type ScopeParameters, scopeKey } from "./scope-parameters";
import { spanOf } from "./span";

export interface ConnectionsTimelineParameters extends ScopeParameters {
  readonly by: ConnectionsTimelineBy;
  /** Counts these connections only. */
  readonly of: ConnectionsOf;
  readonly buckets: number;
  readonly limit: number;
}

export function readConnectionsTimeline(
  capture: OpenCapture,
  parameters: ConnectionsTimelineParameters,
): Result<ConnectionsTimelineAnswer, QuestionFailure> {
  const scope = readScope(capture, parameters);
  if (!scope.ok) return scope;
  const { by, of, buckets, limit } = parameters;
  const answer = capture.keep(
    `connections timeline ${by} ${of} ${buckets} ${limit} ${scopeKey(parameters)}`,
    () => count(capture, scope.value, parameters),
  );
  return ok({ meta: capture.meta("attempts"), ...answer });
}

const NAME = `CASE ${OUTCOME_WORDS.map((word) => `WHEN ${CONNECTIONS[word]} THEN '${word}'`).join(" ")} END`;
const KEYS: Readonly<Record<ConnectionsTimelineBy, string>> = {
  outcome: NAME,
  client: "(SELECT workloadKey FROM Actor WHERE id = p.clientId)",
  "client-pod": "(SELECT key FROM Actor WHERE id = p.clientId)",
  server: "(SELECT workloadKey FROM Actor WHERE id = p.serverId)",
  pod: "(SELECT key FROM Actor WHERE id = p.serverId)",
};

function conditionOf(of: ConnectionsOf): string {
  if (of === "attempts") return "outcome <> 0";
  if (of === "unanswered") return UNANSWERED_WORDS.map((word) => `(${CONNECTIONS[word]})`).join(" OR ");
  return CONNECTIONS[of];
}

function count(
  capture: OpenCapture,
  scope: Scope,
  { by, of, buckets, limit }: ConnectionsTimelineParameters,
): Omit<ConnectionsTimelineAnswer, "meta"> {
  const span = spanOf(capture, scope.from, scope.to);
  const { first, last } = span ?? { first: 0n, last: 0n };
  const width = bucketWidth(last - first + 1n, buckets);
  const start = alignDown(first, width);
  const compiled = compileScope(capture.database, scope);
  const series = readSeries(capture, compiled, { by, of }, { start, last, width });
  const all = [...series]
    .map(([name, points]) => ({
      name: name ?? "",
      key: keyOf(by, name),
      total: [...points.values()].reduce((sum, n) => sum + n, 0),
      points: [...points]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([start, n]): [string, number] => [String(start), n]),
    }))
    .sort((a, b) =>
      by === "outcome"
        ? OUTCOME_WORDS.indexOf(a.name as OutcomeWord) - OUTCOME_WORDS.indexOf(b.name as OutcomeWord)
        : b.total - a.total || (a.name < b.name ? -1 : 1),
    )
    .map(({ name: _, ...one }) => one);
  const folded = all.slice(limit);
  const sum = (list: typeof all): number => list.reduce((total, one) => total + one.total, 0);
  return {
    bucketNs: String(width),
    fromNs: span === undefined ? null : String(start),
    toNs: span === undefined ? null : String(alignDown(last, width) + width),
    total: all.length > 0 || hasPorts(capture.database, compiled) ? sum(all) : null,
    series: all.slice(0, limit),
    folded: {
      series: folded.length,
      connections: sum(folded),
      points: addPoints(folded.map(({ points }) => points)),
    },
  };
}

interface TimeLine {
  readonly start: bigint;
  readonly last: bigint;
  readonly width: bigint;
}

type Told = Pick<ConnectionsTimelineParameters, "by" | "of">;

/** How many in the bucket that begins then. */
type Points = Map<bigint, number>;

/** By key. */
type Series = Map<string | null, Points>;

function addTo(series: Series, name: SqlValue | undefined, startNs: bigint, n: number): void {
  const key = name == null ? null : String(name);
  const points = series.get(key) ?? new Map<bigint, number>();
  points.set(startNs, (points.get(startNs) ?? 0) + n);
  series.set(key, points);
}

function readSeries(
  { database }: OpenCapture,
  scope: CompiledScope,
  told: Told,
  { start, last, width }: TimeLine,
): Series {
  const reads = { reads: "f.pairId", widthNs: width };
  const summed = summedSeries(database, scope, "AttemptSum", reads);
  if (summed !== undefined) return fromLists(database, summed, told);
  const counted = summedRows(database, scope, "AttemptSum", reads);
  return fromRows(database, counted, told, bucketNumber(start, last, width));
}

function fromLists(database: Sqlite, { from, where, bucketAt }: SummedSeries, { by, of }: Told): Series {
  const series: Series = new Map();
  const rows = database
    .prepare(
      `SELECT ${KEYS[by]}, group_concat(f.series) FROM ${from} JOIN Pair p ON p.id = f.pairId
       WHERE (${conditionOf(of)}) AND ${where.sql} GROUP BY 1`,
    )
    .rows(where.parameters);
  for (const [name, list] of rows)
    for (const [startNs, n] of countsInTime(list, bucketAt)) {
      // The first flow of a connection has a time: without one nothing is stitched.
      if (startNs !== null) addTo(series, name, startNs, n);
    }
  return series;
}

function fromRows(
  database: Sqlite,
  { from, parameters, where }: SummedRows,
  { by, of }: Told,
  number: ReturnType<typeof bucketNumber>,
): Series {
  const series: Series = new Map();
  const rows = database
    .prepareExact(
      `SELECT ${KEYS[by]}, f.bucket, sum(f.n) FROM (
         SELECT f.pairId, f.outcome, f.flags, ${number.sql} AS bucket, sum(f.n) AS n FROM ${from}
         WHERE (${conditionOf(of)}) AND ${where.sql} GROUP BY 1, 2, 3, 4) f JOIN Pair p ON p.id = f.pairId GROUP BY 1, 2`,
    )
    .rows([...number.parameters, ...parameters, ...where.parameters]);
  for (const [name, bucket, n] of rows) addTo(series, name, number.startOf(bucket as bigint), Number(n));
  return series;
}

function keyOf(by: ConnectionsTimelineBy, key: string | null): ConnectionKey {
  switch (by) {
    case "outcome":
      return { outcome: key as OutcomeWord };
    case "client":
      return { client: key };
    case "client-pod":
      return { clientPod: key };
    case "server":
      return { server: key };
    case "pod":
      return { pod: key };
  }
}
