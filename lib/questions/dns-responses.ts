/** What was answered: name, type, code, addresses, how long they may be kept, and the names in between. */

import { formatCount } from "@/lib/base/count";
import { ok, type Result } from "@/lib/base/result";
import { formatTime } from "@/lib/base/time";
import type { SqlRow, SqlValue } from "@/lib/capture/driver";
import { DNS_RCODE, enumName } from "@/lib/flow/enums";
import { formatFilter, makeTerm, type Term } from "@/lib/scope/filter";
import type { DnsResponsesAnswer } from "./dns-answers";
import { COUNTED } from "./dns-parts";
import { dnsMeta, summedExchanges } from "./dns-scope";
import { keyFilter } from "./dns-terms";
import type { QuestionFailure } from "./failure";
import type { OpenCapture } from "./open-capture";
import { readScope, type ScopeParameters } from "./scope-parameters";

export interface DnsResponsesParameters extends ScopeParameters {
  readonly limit: number;
}

type Row = DnsResponsesAnswer["rows"][number];

/** Distinct answers that are looked at: those with other times to live are told apart in the store. */
const GROUPS = 50_000;

export function readDnsResponses(
  capture: OpenCapture,
  parameters: DnsResponsesParameters,
): Result<DnsResponsesAnswer, QuestionFailure> {
  const scope = readScope(capture, parameters);
  if (!scope.ok) return scope;
  const { table, where } = summedExchanges(capture, scope.value);
  const rows = capture.database
    .prepareExact(
      `SELECT n.value AS query, x.qtypes, x.rcode, a.value AS answer, max(coalesce(x.noData, 0)) AS noData, sum(x.responses) AS n,
         sum((x.suffixLabels IS NOT NULL) * x.responses) AS expansion, min(x.firstNs) AS first, max(x.lastNs) AS last,
         sum(x.noData IS NULL AND x.answerId IS NULL AND coalesce(x.rcode, 0) = 0) AS silent
       FROM ${table} LEFT JOIN Text n ON n.id = x.queryId LEFT JOIN Text a ON a.id = x.answerId
       WHERE ${COUNTED} AND x.responses > 0 AND ${where.sql}
       GROUP BY x.queryId, x.qtypes, x.rcode, x.answerId, (x.noData IS NULL) ORDER BY n DESC, query, answer LIMIT ${GROUPS + 1}`,
    )
    .all(where.parameters);
  const folded = fold(rows.slice(0, GROUPS));
  const listed = folded.slice(0, parameters.limit);
  const meta = dnsMeta(capture);
  const note = `There are more than ${formatCount(GROUPS)} distinct answers: those that came least often are not in this table.`;
  const sum = (list: readonly Row[]): number => list.reduce((all, { responses }) => all + responses, 0);
  return ok({
    meta: rows.length <= GROUPS ? meta : { ...meta, exact: false, notes: [...meta.notes, note] },
    total: sum(folded),
    rows: listed,
    folded: { rows: folded.length - listed.length, responses: sum(folded) - sum(listed) },
  });
}

interface Said {
  readonly ips?: readonly string[];
  readonly cnames?: readonly string[];
  readonly ttl?: number;
}

/** Written where an answer has no record to take the time to live from (the largest number). */
const NO_TTL = 4_294_967_295;

/** Answers that differ only in the order of addresses or in how long they may be kept are one row. */
function fold(rows: readonly SqlRow[]): Row[] {
  const found = new Map<string, Row>();
  for (const row of rows) {
    const one = toRow(row);
    const known = found.get(one.filter);
    found.set(one.filter, known === undefined ? one : join(known, one));
  }
  return [...found.values()].sort((a, b) => b.responses - a.responses || (a.filter < b.filter ? -1 : 1));
}

function toRow(row: SqlRow): Row {
  const said = (row.answer === null ? {} : JSON.parse(String(row.answer))) as Said;
  const key = {
    query: textOf(row.query),
    qtypes: textOf(row.qtypes),
    rcode: row.rcode === null ? null : enumName(DNS_RCODE, Number(row.rcode)),
    addresses: Number(row.silent) > 0 ? null : [...new Set(said.ips ?? [])].sort(),
  };
  const ttl = said.ttl === undefined || said.ttl >= NO_TTL ? null : said.ttl;
  const time = (value: SqlValue | undefined): string | null =>
    typeof value === "bigint" ? formatTime(value) : null;
  return {
    ...key,
    filter: filterOf(key),
    isNoData: row.noData === 1n,
    expansion: Number(row.expansion),
    names: (said.cnames ?? []).map((name) => name.toLowerCase().replace(/\.$/, "")),
    ttlSeconds: ttl === null ? null : { least: ttl, most: ttl },
    responses: Number(row.n),
    first: time(row.first),
    last: time(row.last),
  };
}

function textOf(value: SqlValue | undefined): string | null {
  return typeof value === "string" ? value : null;
}

function join(a: Row, b: Row): Row {
  const [early, late] = [least(a.first, b.first), most(a.last, b.last)];
  const newer = late === b.last ? b : a;
  return {
    ...a,
    names: newer.names,
    isNoData: a.isNoData || b.isNoData,
    expansion: a.expansion + b.expansion,
    ttlSeconds:
      a.ttlSeconds === null || b.ttlSeconds === null
        ? (a.ttlSeconds ?? b.ttlSeconds)
        : {
            least: Math.min(a.ttlSeconds.least, b.ttlSeconds.least),
            most: Math.max(a.ttlSeconds.most, b.ttlSeconds.most),
          },
    responses: a.responses + b.responses,
    first: early,
    last: late,
  };
}

/** Times of one spelling compare as texts. */
function least(a: string | null, b: string | null): string | null {
  return a === null || (b !== null && b < a) ? b : a;
}

function most(a: string | null, b: string | null): string | null {
  return a === null || (b !== null && b > a) ? b : a;
}

/** Exactly these addresses: so many, and each of them. */
function filterOf({
  query,
  qtypes,
  rcode,
  addresses,
}: Pick<Row, "query" | "qtypes" | "rcode" | "addresses">): string {
  const terms: Term[] = [
    makeTerm("dns-qtype", [qtypes === null ? { type: "unknown" } : { type: "text", text: qtypes }]),
    makeTerm("dns-rcode", [rcode === null ? { type: "unknown" } : { type: "enum", name: rcode }]),
    makeTerm("dns-answers", [
      addresses === null ? { type: "unknown" } : { type: "count", count: addresses.length },
    ]),
    ...(addresses ?? []).map((text) => makeTerm("dns-answer", [{ type: "text", text }])),
  ];
  return `${keyFilter({ query })} ${formatFilter({ terms })}`;
}
