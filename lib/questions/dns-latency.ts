/**
 * How long DNS answers took: from the proxy's question to its answer, computed by pairing the two records. As a histogram
 * and, when it is asked for, over time: an answer belongs to when its question was asked.
 */

import { alignDown, bucketWidth } from "@/lib/base/bucket-width";
import { addCounts } from "@/lib/base/counter";
import { BUCKET_NUMBERS } from "@/lib/base/log-histogram";
import { ok, type Result } from "@/lib/base/result";
import { bucketCounts, countByPlace } from "@/lib/capture/number-lists";
import { bucketNumber } from "./buckets";
import type { DnsLatencyAnswer } from "./dns-answers";
import { COUNTED, coarseBuckets, latencyOf } from "./dns-parts";
import { dnsMeta, type ExchangeSeries, type Exchanges, exchangeSeries, summedExchanges } from "./dns-scope";
import type { QuestionFailure } from "./failure";
import type { OpenCapture } from "./open-capture";
import { readScope, type ScopeParameters } from "./scope-parameters";
import { spanOf } from "./span";

export interface DnsLatencyParameters extends ScopeParameters {
  /** Latency over time in at most so many buckets; absent: not asked for. */
  readonly steps?: number | undefined;
}

type OverTime = NonNullable<DnsLatencyAnswer["overTime"]>;
type Counts = ReadonlyMap<number, number>;

export function readDnsLatency(
  capture: OpenCapture,
  parameters: DnsLatencyParameters,
): Result<DnsLatencyAnswer, QuestionFailure> {
  const scope = readScope(capture, parameters);
  if (!scope.ok) return scope;
  const { from, to } = scope.value;
  const steps = parameters.steps === undefined ? undefined : stepsOf(capture, from, to, parameters.steps);
  const series = steps === undefined ? undefined : exchangeSeries(capture, scope.value, steps.width);
  const byStep =
    series === undefined
      ? readCounts(capture, summedExchanges(capture, scope.value, steps?.width), steps?.number)
      : readSeriesCounts(capture, series);
  const counts = addCounts([...byStep.values()]);
  return ok({
    meta: dnsMeta(capture),
    latencyNs: latencyOf(counts),
    buckets: coarseBuckets(counts),
    ...(parameters.steps !== undefined && { overTime: overTime(steps, byStep) }),
  });
}

interface Steps {
  readonly width: bigint;
  readonly start: bigint;
  readonly last: bigint;
  readonly number: ReturnType<typeof bucketNumber>;
}

/** undefined: no record of the scope has a time. */
function stepsOf(
  capture: OpenCapture,
  from: bigint | undefined,
  to: bigint | undefined,
  most: number,
): Steps | undefined {
  const span = spanOf(capture, from, to);
  if (span === undefined) return undefined;
  const width = bucketWidth(span.last - span.first + 1n, most);
  const start = alignDown(span.first, width);
  return { width, start, last: span.last, number: bucketNumber(start, span.last, width, "x.timeNs") };
}

/** Answers by bucket of latency, for each start of a step; without steps all are under null. */
function readCounts(
  { database }: OpenCapture,
  exchanges: Exchanges,
  number: Steps["number"] | undefined,
): ReadonlyMap<bigint | null, Counts> {
  const counts = new Map<bigint | null, Counts>();
  if (!exchanges.hasAnswers) return counts;
  const rows = database
    .prepareExact(
      `SELECT ${number?.sql ?? "NULL"} AS step, group_concat(x.latencies) FROM ${exchanges.table}
       WHERE x.latencies IS NOT NULL AND ${COUNTED} AND ${exchanges.where.sql} GROUP BY 1 ORDER BY 1`,
    )
    .rows([...(number?.parameters ?? []), ...exchanges.where.parameters]);
  for (const [step, latencies] of rows)
    counts.set(
      typeof step === "bigint" && number !== undefined ? number.startOf(step) : null,
      bucketCounts(latencies),
    );
  return counts;
}

/** The same from lists by place, in arrays first: a map would be asked for each answer. */
function readSeriesCounts(
  { database }: OpenCapture,
  { exchanges, bucketAt }: ExchangeSeries,
): ReadonlyMap<bigint | null, Counts> {
  const arrays = new Map<bigint | null, Uint32Array>();
  if (!exchanges.hasAnswers) return new Map();
  const beside = new Uint32Array(BUCKET_NUMBERS);
  const countsOf = (place: number): Uint32Array => {
    const startNs = bucketAt(place);
    if (startNs === undefined) return beside;
    const counts = arrays.get(startNs) ?? new Uint32Array(BUCKET_NUMBERS);
    arrays.set(startNs, counts);
    return counts;
  };
  const [[lists] = []] = database
    .prepare(
      `SELECT group_concat(x.latencySeries, ';') FROM ${exchanges.table} WHERE ${COUNTED} AND ${exchanges.where.sql}`,
    )
    .rows(exchanges.where.parameters);
  countByPlace(lists, countsOf);
  return new Map(
    [...arrays].sort(([a], [b]) => inTime(a, b)).map(([startNs, counts]) => [startNs, toMap(counts)]),
  );
}

/** What has no time is first. */
function inTime(a: bigint | null, b: bigint | null): number {
  if (a === b) return 0;
  return a === null || (b !== null && a < b) ? -1 : 1;
}

function toMap(counts: Uint32Array): Counts {
  const map = new Map<number, number>();
  counts.forEach((n, bucket) => {
    if (n > 0) map.set(bucket, n);
  });
  return map;
}

function overTime(steps: Steps | undefined, byStep: ReadonlyMap<bigint | null, Counts>): OverTime {
  if (steps === undefined) return { stepNs: "1000000000", fromNs: null, toNs: null, points: [] };
  return {
    stepNs: String(steps.width),
    fromNs: String(steps.start),
    toNs: String(alignDown(steps.last, steps.width) + steps.width),
    points: [...byStep].flatMap(([start, counts]) =>
      start === null ? [] : [{ startNs: String(start), latencyNs: latencyOf(counts) }],
    ),
  };
}
