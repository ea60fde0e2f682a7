/** HTTP, gRPC and Kafka requests over time, by what became of them or by who asked or answered. */

import { alignDown, bucketWidth } from "@/lib/base/bucket-width";
import { ok, type Result } from "@/lib/base/result";
import type { Condition } from "@/lib/capture/conditions";
import type { Sqlite, SqlValue } from "@/lib/capture/driver";
import { REQUEST_CLASS_SQL } from "@/lib/capture/outcome-conditions";
import { compileScope } from "@/lib/capture/scope-sql";
import { countsInTime } from "@/lib/capture/sum-series";
import { type SummedRows, type SummedSeries, summedRows, summedSeries } from "@/lib/capture/summed";
import { L7_PROTOCOL } from "@/lib/insight/exchange-kind";
import { REQUEST_CLASSES, type RequestClass } from "@/lib/insight/request-class";
import type { Scope } from "@/lib/scope/link";
import type { L7Protocol, L7Row, L7TimelineAnswer, L7TimelineBy, L7TimelineOf } from "./answers-l7";
import { bucketNumber } from "./buckets";
import type { QuestionFailure } from "./failure";
import { requestsMeta } from "./l7";
import type { OpenCapture } from "./open-capture";
import { addPoints } from "./points";
import { readScope, type ScopeParameters, scopeKey } from "./scope-parameters";
import { spanOf } from "./span";

export interface L7TimelineParameters extends ScopeParameters {
  readonly protocol: L7Protocol;
  readonly by: L7TimelineBy;
  /** Counts requests of this class only. */
  readonly of: L7TimelineOf;
  /** At most so many buckets, and series. */
  readonly buckets: number;
  readonly limit: number;
}

export function readL7Timeline(
  capture: OpenCapture,
  parameters: L7TimelineParameters,
): Result<L7TimelineAnswer, QuestionFailure> {
  const scope = readScope(capture, parameters);
  if (!scope.ok) return scope;
  const { protocol, by, of, buckets, limit } = parameters;
  const key = `l7 timeline ${protocol} ${by} ${of} ${buckets} ${limit} ${scopeKey(parameters)}`;
  const { isAtMost, ...answer } = capture.keep(key, () => count(capture, scope.value, parameters));
  return ok({ meta: requestsMeta(capture, isAtMost), ...answer });
}

interface Counted extends Omit<L7TimelineAnswer, "meta"> {
  readonly isAtMost: boolean;
}

function count(capture: OpenCapture, scope: Scope, parameters: L7TimelineParameters): Counted {
  const span = spanOf(capture, scope.from, scope.to);
  const { first, last } = span ?? { first: 0n, last: 0n };
  const width = bucketWidth(last - first + 1n, parameters.buckets);
  const start = alignDown(first, width);
  const cells = readCells(capture, scope, parameters, width, bucketNumber(start, last, width));
  const series = toSeries(cells, parameters);
  const folded = series.slice(parameters.limit);
  return {
    bucketNs: String(width),
    fromNs: span === undefined ? null : String(start),
    toNs: span === undefined ? null : String(alignDown(last, width) + width),
    total: cells.reduce((sum, { n }) => sum + n, 0),
    series: series.slice(0, parameters.limit),
    folded: {
      series: folded.length,
      requests: folded.reduce((sum, { total }) => sum + total, 0),
      points: addPoints(folded.map(({ points }) => points)),
    },
    isAtMost: cells.some((cell) => cell.isAtMost),
  };
}

interface Cell {
  readonly key: string | null;
  /** Start of the bucket; undefined: untimed. */
  readonly startNs: bigint | undefined;
  readonly n: number;
  readonly isAtMost: boolean;
}

/** Of the pair of the request's record. */
const KEYS: Readonly<Record<L7TimelineBy, string>> = {
  class: "f.class",
  client: "(SELECT workloadKey FROM Actor WHERE id = p.clientId)",
  "client-pod": "(SELECT key FROM Actor WHERE id = p.clientId)",
  server: "(SELECT workloadKey FROM Actor WHERE id = p.serverId)",
  pod: "(SELECT key FROM Actor WHERE id = p.serverId)",
};

function readCells(
  { database }: OpenCapture,
  scope: Scope,
  told: L7TimelineParameters,
  width: bigint,
  number: ReturnType<typeof bucketNumber>,
): Cell[] {
  const compiled = compileScope(database, scope);
  const reads = { reads: "f.pairId", widthNs: width };
  const series = summedSeries(database, compiled, "RequestSum", reads);
  if (series !== undefined) return fromLists(database, series, told);
  return fromRows(database, summedRows(database, compiled, "RequestSum", reads), told, number);
}

function ofClass(of: L7TimelineOf): Condition {
  return of === "all" ? { sql: "1", parameters: [] } : { sql: "f.class = ?", parameters: [of] };
}

function fromLists(
  database: Sqlite,
  { from, where, bucketAt }: SummedSeries,
  { protocol, by, of }: L7TimelineParameters,
): Cell[] {
  const wanted = ofClass(of);
  return database
    .prepare(
      `SELECT ${KEYS[by]}, f.atMost, group_concat(f.series)
       FROM (SELECT f.pairId, ${REQUEST_CLASS_SQL} AS class, f.atMost, f.series FROM ${from}
         WHERE f.protocol = ${L7_PROTOCOL[protocol]} AND ${where.sql}) f
       JOIN Pair p ON p.id = f.pairId WHERE ${wanted.sql} GROUP BY 1, 2`,
    )
    .rows([...where.parameters, ...wanted.parameters])
    .flatMap(([key, isAtMost, list]) =>
      [...countsInTime(list, bucketAt)].map(([startNs, n]) => toCell(key, startNs ?? undefined, n, isAtMost)),
    );
}

function fromRows(
  database: Sqlite,
  { from, parameters, where }: SummedRows,
  { protocol, by, of }: L7TimelineParameters,
  number: ReturnType<typeof bucketNumber>,
): Cell[] {
  const wanted = ofClass(of);
  return database
    .prepareExact(
      `SELECT ${KEYS[by]}, f.bucket, max(f.atMost), sum(f.weight) FROM (
         SELECT f.pairId, ${REQUEST_CLASS_SQL} AS class, ${number.sql} AS bucket, max(f.atMost) AS atMost, sum(f.weight) AS weight
         FROM ${from} WHERE f.protocol = ${L7_PROTOCOL[protocol]} AND ${where.sql} GROUP BY 1, 2, 3) f
       JOIN Pair p ON p.id = f.pairId WHERE ${wanted.sql} GROUP BY 1, 2`,
    )
    .rows([...number.parameters, ...parameters, ...where.parameters, ...wanted.parameters])
    .map(([key, bucket, isAtMost, n]) =>
      toCell(key, typeof bucket === "bigint" ? number.startOf(bucket) : undefined, Number(n), isAtMost),
    );
}

function toCell(
  key: SqlValue | undefined,
  startNs: bigint | undefined,
  n: number,
  isAtMost: SqlValue | undefined,
): Cell {
  return { key: key == null ? null : String(key), startNs, n, isAtMost: Number(isAtMost) === 1 };
}

type Series = L7TimelineAnswer["series"][number];

function toSeries(cells: readonly Cell[], { by }: L7TimelineParameters): Series[] {
  const byKey = new Map<string | null, Cell[]>();
  for (const cell of cells) {
    const known = byKey.get(cell.key);
    if (known === undefined) byKey.set(cell.key, [cell]);
    else known.push(cell);
  }
  const series = [...byKey].map(([key, those]) => ({ name: key, series: toOne(keyOf(by, key), those) }));
  if (by === "class")
    return series.map((one) => one.series).sort((a, b) => placeOf(a.key.class) - placeOf(b.key.class));
  return series
    .sort((a, b) => b.series.total - a.series.total || ((a.name ?? "") < (b.name ?? "") ? -1 : 1))
    .map((one) => one.series);
}

const placeOf = (name: RequestClass | undefined): number =>
  name === undefined ? -1 : REQUEST_CLASSES.indexOf(name);

function toOne(key: L7Row["key"], cells: readonly Cell[]): Series {
  const points = new Map<bigint, number>();
  let untimed = 0;
  for (const { startNs, n } of cells) {
    if (startNs === undefined) untimed += n;
    else points.set(startNs, (points.get(startNs) ?? 0) + n);
  }
  return {
    key,
    total: cells.reduce((sum, { n }) => sum + n, 0),
    points: [...points]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([start, n]): [string, number] => [String(start), n]),
    untimed,
  };
}

function keyOf(by: L7TimelineBy, key: string | null): L7Row["key"] {
  switch (by) {
    case "class":
      return { class: key as RequestClass };
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
