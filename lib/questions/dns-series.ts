/**
 * DNS over time: questions by what became of them and answers by what they say; or what fails, by node, type or addresses.
 * Each question counts when it was asked, and its answer with it.
 */

import { alignDown, bucketWidth } from "@/lib/base/bucket-width";
import { ok, type Result } from "@/lib/base/result";
import type { SqlValue } from "@/lib/capture/driver";
import { DNS_STATE } from "@/lib/capture/settle/dns/pair";
import { countsInTime } from "@/lib/capture/sum-series";
import { DNS_RCODE, enumName } from "@/lib/flow/enums";
import { DNS_CELLS, errorCell } from "@/lib/scope/dns-cells";
import { bucketNumber } from "./buckets";
import type { DnsSeriesAnswer } from "./dns-answers";
import type { DnsSeriesBy } from "./dns-by";
import { countedByGroup, GROUP_KEY, REAL_ERROR, stateIs } from "./dns-groups";
import { keyOf } from "./dns-keys";
import { COUNTED } from "./dns-parts";
import { dnsMeta, type ExchangeSeries, type Exchanges, exchangeSeries, summedExchanges } from "./dns-scope";
import { keyFilter } from "./dns-terms";
import type { QuestionFailure } from "./failure";
import type { OpenCapture } from "./open-capture";
import { readScope, type ScopeParameters } from "./scope-parameters";
import { spanOf } from "./span";

export interface DnsSeriesParameters extends ScopeParameters {
  /** At most so many. */
  readonly buckets: number;
  readonly by: DnsSeriesBy;
}

type Series = DnsSeriesAnswer["queries"][number];

export function readDnsSeries(
  capture: OpenCapture,
  parameters: DnsSeriesParameters,
): Result<DnsSeriesAnswer, QuestionFailure> {
  const scope = readScope(capture, parameters);
  if (!scope.ok) return scope;
  const { from, to } = scope.value;
  const span = spanOf(capture, from, to);
  // Without a time there is no bucket, and questions count all the same.
  const { first, last } = span ?? { first: 0n, last: 0n };
  const width = bucketWidth(last - first + 1n, parameters.buckets);
  const start = alignDown(first, width);
  const series = exchangeSeries(capture, scope.value, width);
  const counts = COUNTS[parameters.by];
  const points =
    series === undefined
      ? readPoints(
          capture,
          summedExchanges(capture, scope.value, width),
          bucketNumber(start, last, width, "x.timeNs"),
          counts,
        )
      : readSeriesPoints(capture, series, counts);
  return ok({
    meta: dnsMeta(capture),
    bucketNs: String(width),
    fromNs: span === undefined ? null : String(start),
    toNs: span === undefined ? null : String(alignDown(last, width) + width),
    by: parameters.by,
    ...seriesOf(capture, parameters.by, points),
  });
}

function seriesOf(
  capture: OpenCapture,
  by: DnsSeriesBy,
  points: readonly Point[],
): Pick<DnsSeriesAnswer, "queries" | "responses"> {
  const ofQueries = points.map((point) => ({ ...point, key: point.queryKey, n: point.queries }));
  const ofResponses = points.map((point) => ({ ...point, key: point.responseKey, n: point.responses }));
  if (by === "outcome")
    return { queries: toSeries(STATES, ofQueries), responses: toSeries(codesIn(capture), ofResponses) };
  const series = (list: readonly Counted[], cell: string): Series[] =>
    toSeries(kindsOf(capture, by, list, cell), list);
  return {
    queries: series(ofQueries, DNS_CELLS.unanswered),
    responses: series(ofResponses, by === "answers" ? DNS_CELLS.responses : DNS_CELLS.errors),
  };
}

/** Keys and counts of a group `x` with its exchanges `t`, as SQL. */
interface Counts {
  readonly queryKey: string;
  readonly responseKey: string;
  readonly queries: string;
  readonly responses: string;
}

/** Answers without data and those of a search list have numbers of their own, below those of codes. */
const [NO_DATA, EXPANSION, UNKNOWN] = [-3, -2, -1];
const CODE = `CASE WHEN x.rcode IS NULL THEN ${UNKNOWN} WHEN x.suffixLabels IS NOT NULL THEN ${EXPANSION}
  WHEN x.noData IS 1 THEN ${NO_DATA} ELSE x.rcode END`;

const COUNTS: Readonly<Record<DnsSeriesBy, Counts>> = {
  outcome: { queryKey: "x.state", responseKey: CODE, queries: "x.requests", responses: "x.responses" },
  node: failing(GROUP_KEY.node),
  qtype: failing(GROUP_KEY.qtype),
  // Who was not answered got no addresses: answers only.
  answers: { ...failing(GROUP_KEY.answers), queries: "0", responses: "x.responses" },
};

function failing(key: string): Counts {
  return {
    queryKey: key,
    responseKey: key,
    queries: `${stateIs("unanswered")} * x.requests`,
    responses: `${REAL_ERROR} * x.responses`,
  };
}

type Key = string | number;

interface Point {
  readonly queryKey: Key;
  readonly responseKey: Key;
  /** null: without a time. */
  readonly startNs: bigint | null;
  readonly queries: number;
  readonly responses: number;
}

interface Counted {
  readonly key: Key;
  readonly startNs: bigint | null;
  readonly n: number;
}

function readPoints(
  { database }: OpenCapture,
  exchanges: Exchanges,
  number: ReturnType<typeof bucketNumber>,
  { queryKey, responseKey, queries, responses }: Counts,
): Point[] {
  return database
    .prepareExact(
      `WITH t AS MATERIALIZED (${countedByGroup(exchanges, [`${number.sql} AS bucket`])})
       SELECT ${queryKey} AS q, ${responseKey} AS r, t.bucket, sum((${queries}) * t.n), sum((${responses}) * t.n)
       FROM ${exchanges.groups} JOIN t ON t.groupId = x.id WHERE ${COUNTED} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
    )
    .rows([...number.parameters, ...exchanges.where.parameters])
    .map(([q, r, bucket, asked, answered]) => ({
      queryKey: toKey(q),
      responseKey: toKey(r),
      startNs: typeof bucket === "bigint" ? number.startOf(bucket) : null,
      queries: Number(asked),
      responses: Number(answered),
    }));
}

/** What is alike has as many questions and answers in each exchange: how many exchanges are in a bucket is all that is read of it. */
function readSeriesPoints(
  { database }: OpenCapture,
  { exchanges, bucketAt }: ExchangeSeries,
  { queryKey, responseKey, queries, responses }: Counts,
): Point[] {
  const { source, where, groups } = exchanges;
  return database
    .prepare(
      `WITH t AS MATERIALIZED (SELECT x.groupId, group_concat(x.series) AS series FROM ${source} WHERE ${where.sql} GROUP BY 1)
       SELECT ${queryKey} AS q, ${responseKey} AS r, ${queries}, ${responses}, group_concat(t.series)
       FROM ${groups} JOIN t ON t.groupId = x.id WHERE ${COUNTED} GROUP BY 1, 2, 3, 4 ORDER BY 1, 2`,
    )
    .rows(where.parameters)
    .flatMap(([q, r, asked, answered, list]) =>
      [...countsInTime(list, bucketAt)].map(([startNs, n]): Point => {
        const counts = { queries: Number(asked) * n, responses: Number(answered) * n };
        return { queryKey: toKey(q), responseKey: toKey(r), startNs, ...counts };
      }),
    );
}

function toKey(value: SqlValue | undefined): Key {
  return typeof value === "string" ? value : Number(value);
}

interface Kind {
  /** What the statement calls it: all of these. */
  readonly is: (key: Key) => boolean;
  readonly key: string;
  readonly filter: string;
}

function kind(number: number, key: string, filter: string): Kind {
  return { is: (one) => one === number, key, filter };
}

/** In the order in which they are drawn. */
const STATES: readonly Kind[] = (["answered", "unanswered", "open", "refused", "unpaired"] as const).map(
  (key) => kind(DNS_STATE[key], key, `dns:query dns-state:${key}`),
);

function codesIn({ database }: OpenCapture): Kind[] {
  const codes = database.prepare("SELECT DISTINCT rcode FROM DnsGroup WHERE rcode > 0 ORDER BY 1").rows([]);
  return [
    kind(0, "NOERROR", "dns:response dns-rcode:NOERROR !dns-state:no-data"),
    kind(NO_DATA, "NODATA", "dns:response dns-state:no-data"),
    kind(EXPANSION, "search-list", "dns:response expansion:yes"),
    ...codes.map(([code]) => {
      const key = enumName(DNS_RCODE, Number(code));
      return kind(Number(code), key, errorCell(key));
    }),
    kind(UNKNOWN, "unknown", "dns:response dns-rcode:?"),
  ];
}

/** Key of what the log does not say; no name is so. */
const NOT_KNOWN = "?";
/** Series that a chart can tell apart; what comes less often is one more. */
const KINDS = 6;

function kindsOf(
  capture: OpenCapture,
  by: Exclude<DnsSeriesBy, "outcome">,
  points: readonly Counted[],
  cell: string,
): Kind[] {
  const totals = new Map<Key, number>();
  for (const { key, n } of points) totals.set(key, (totals.get(key) ?? 0) + n);
  const keys = [...totals]
    .filter(([, n]) => n > 0)
    .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
    .map(([key]) => key);
  const own = keys.slice(0, keys.length > KINDS ? KINDS - 1 : KINDS);
  const filterOf = (key: Key): string => keyFilter(keyOf(capture, by, key));
  const kinds = own.map(
    (key): Kind => ({
      is: (one) => one === key,
      key: String(Object.values(keyOf(capture, by, key))[0] ?? NOT_KNOWN),
      filter: `${cell} ${filterOf(key)}`,
    }),
  );
  if (own.length === keys.length) return kinds;
  const beside = own.map((key) => `!${filterOf(key)}`).join(" ");
  return [...kinds, { is: (one) => !own.includes(one), key: "others", filter: `${cell} ${beside}` }];
}

/** Kinds that do not occur are left out. */
function toSeries(kinds: readonly Kind[], points: readonly Counted[]): Series[] {
  return kinds.flatMap(({ is, key, filter }) => {
    const own = new Map<bigint | null, number>();
    let total = 0;
    for (const point of points) {
      if (!is(point.key) || point.n === 0) continue;
      own.set(point.startNs, (own.get(point.startNs) ?? 0) + point.n);
      total += point.n;
    }
    if (total === 0) return [];
    const timed = [...own].flatMap(([start, n]): [bigint, number][] => (start === null ? [] : [[start, n]]));
    timed.sort(([a], [b]) => (a < b ? -1 : 1));
    return [{ key, filter, total, points: timed.map(([start, n]): [string, number] => [String(start), n]) }];
  });
}
