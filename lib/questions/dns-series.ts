/** DNS over time: questions by what became of them, answers by what they say. Each question counts when it was asked. */

import { alignDown, bucketWidth } from "@/lib/base/bucket-width";
import { ok, type Result } from "@/lib/base/result";
import type { SqlValue } from "@/lib/capture/driver";
import { DNS_STATE } from "@/lib/capture/settle/dns/pair";
import { DNS_RCODE, enumName } from "@/lib/flow/enums";
import { errorCell } from "@/lib/scope/dns-cells";
import { bucketNumber } from "./buckets";
import type { DnsSeriesAnswer } from "./dns-answers";
import { COUNTED } from "./dns-parts";
import { dnsMeta, type Exchanges, exchangesInScope } from "./dns-scope";
import type { QuestionFailure } from "./failure";
import type { OpenCapture } from "./open-capture";
import { readScope, type ScopeParameters } from "./scope-parameters";
import { spanOf } from "./span";

export interface DnsSeriesParameters extends ScopeParameters {
  /** At most so many. */
  readonly buckets: number;
}

type Series = DnsSeriesAnswer["queries"][number];

export function readDnsSeries(
  capture: OpenCapture,
  parameters: DnsSeriesParameters,
): Result<DnsSeriesAnswer, QuestionFailure> {
  const scope = readScope(capture, parameters);
  if (!scope.ok) return scope;
  const { from, to } = scope.value;
  const meta = dnsMeta(capture);
  const span = spanOf(capture, from, to);
  if (span === undefined)
    return ok({ meta, bucketNs: "1000000000", fromNs: null, toNs: null, queries: [], responses: [] });
  const width = bucketWidth(span.last - span.first + 1n, parameters.buckets);
  const start = alignDown(span.first, width);
  const number = bucketNumber(start, span.last, width);
  const exchanges = exchangesInScope(capture, scope.value);
  const read = (key: string, n: string): Bucket[] => readBuckets(capture, exchanges, number, key, n);
  return ok({
    meta,
    bucketNs: String(width),
    fromNs: String(start),
    toNs: String(alignDown(span.last, width) + width),
    queries: toSeries(STATES, read("x.state", "x.requests")),
    responses: toSeries(codesIn(capture), read(CODE, "x.responses")),
  });
}

interface Bucket {
  readonly key: number;
  /** null: without a time. */
  readonly startNs: bigint | null;
  readonly n: number;
}

function readBuckets(
  { database }: OpenCapture,
  { table, where }: Exchanges,
  number: ReturnType<typeof bucketNumber>,
  key: string,
  n: string,
): Bucket[] {
  return database
    .prepareExact(
      `SELECT f.key, ${number.sql}, sum(f.n) FROM (
         SELECT ${key} AS key, x.askedNs AS timeNs, ${n} AS n FROM ${table} WHERE ${COUNTED} AND ${n} > 0 AND ${where.sql}) f
       GROUP BY 1, 2 ORDER BY 1, 2`,
    )
    .rows([...number.parameters, ...where.parameters])
    .map(([name, bucket, count]: SqlValue[]) => ({
      key: Number(name),
      startNs: typeof bucket === "bigint" ? number.startOf(bucket) : null,
      n: Number(count),
    }));
}

interface Kind {
  /** What the statement calls it. */
  readonly number: number;
  readonly key: string;
  readonly filter: string;
}

/** In the order in which they are drawn. */
const STATES: readonly Kind[] = (["answered", "unanswered", "open", "refused", "unpaired"] as const).map(
  (key) => ({
    number: DNS_STATE[key],
    key,
    filter: `dns:query dns-state:${key}`,
  }),
);

/** Answers without data and those of a search list have numbers of their own, below those of codes. */
const [NO_DATA, EXPANSION, UNKNOWN] = [-3, -2, -1];
const CODE = `CASE WHEN x.rcode IS NULL THEN ${UNKNOWN} WHEN x.suffixLabels IS NOT NULL THEN ${EXPANSION}
  WHEN x.noData IS 1 THEN ${NO_DATA} ELSE x.rcode END`;

function codesIn({ database }: OpenCapture): Kind[] {
  const codes = database
    .prepare("SELECT DISTINCT rcode FROM DnsExchange WHERE rcode > 0 ORDER BY 1")
    .rows([]);
  return [
    { number: 0, key: "NOERROR", filter: "dns:response dns-rcode:NOERROR !dns-state:no-data" },
    { number: NO_DATA, key: "NODATA", filter: "dns:response dns-state:no-data" },
    { number: EXPANSION, key: "search-list", filter: "dns:response expansion:yes" },
    ...codes.map(([code]) => {
      const key = enumName(DNS_RCODE, Number(code));
      return { number: Number(code), key, filter: errorCell(key) };
    }),
    { number: UNKNOWN, key: "unknown", filter: "dns:response dns-rcode:?" },
  ];
}

/** Kinds that do not occur are left out. */
function toSeries(kinds: readonly Kind[], buckets: readonly Bucket[]): Series[] {
  return kinds.flatMap(({ number, key, filter }) => {
    const own = buckets.filter((bucket) => bucket.key === number);
    const total = own.reduce((sum, { n }) => sum + n, 0);
    if (total === 0) return [];
    const points = own.flatMap(({ startNs, n }): [string, number][] =>
      startNs === null ? [] : [[String(startNs), n]],
    );
    return [{ key, filter, total, points }];
  });
}
