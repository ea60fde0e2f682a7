/** Which DNS exchanges are in a scope, and what their counts are worth. */

import { formatCount, formatQuantity } from "@/lib/base/count";
import type { Condition } from "@/lib/capture/conditions";
import { countedRoles } from "@/lib/capture/dns-conditions";
import { areRolledUp } from "@/lib/capture/roll-ups-ready";
import { compileExchanges, compileScope, compileSummedExchanges } from "@/lib/capture/scope-sql";
import { DNS_STATE } from "@/lib/capture/settle/dns/pair";
import type { BucketAt } from "@/lib/capture/sum-series";
import { DNS_SUM, SUM_LEVEL } from "@/lib/capture/sum-tables";
import { heldBySums, seriesHeld } from "@/lib/capture/summed";
import type { Scope } from "@/lib/scope/link";
import type { Meta } from "./answers";
import type { OpenCapture } from "./open-capture";

export interface Exchanges {
  /** Stands for exchanges `x` in SQL: one in a row, or several that are alike, with `n`, `firstNs`, `lastNs` and `latencies` (numbers with commas). */
  readonly table: string;
  /**
   * The same with all that are there, whatever counts, as groups are counted: through the index by group, or in the order of ids where
   * a filter looks at flows, which lie in this order, too.
   */
  readonly source: string;
  /** Stands for the table `DnsGroup x` in SQL, with those of second hops. */
  readonly groups: string;
  /** Whether answers are asked for. */
  readonly hasAnswers: boolean;
  /** Over `x`. Its parameters are those of `table` or `source`, too, which must stand before it, once. */
  readonly where: Condition;
  /** Whether questions that a resolver passed on are asked for. */
  readonly hasSecondHops: boolean;
}

/**
 * The range decides by when the question was asked, so that no exchange is in two ranges. An exchange meets a term when its
 * question or its answer does, and a negated one when neither does: so `dns-rcode:NXDOMAIN` finds questions by their
 * answers, and `from-pod:shop/web` answers by their questions. Terms of the key `dns` say which of both count at all.
 */
export function exchangesInScope(capture: OpenCapture, scope: Scope): Exchanges {
  const where = compileExchanges(capture.database, scope);
  const isFiltered = scope.filter.terms.length > 0 && scope.from === undefined && scope.to === undefined;
  const rows = `SELECT *, ${ALONE} FROM DnsExchange`;
  return counted(scope, where, OF_ROWS, rows, isFiltered ? `${rows} NOT INDEXED` : rows);
}

const ALONE = "1 AS n, askedNs AS timeNs, askedNs AS firstNs, askedNs AS lastNs, latencyBucket AS latencies";

/** The same, with those that are alike in one row where sums hold what is asked. `widthNs`: buckets of this width are told apart by `timeNs`. */
export function summedExchanges(capture: OpenCapture, scope: Scope, widthNs?: bigint): Exchanges {
  const { database } = capture;
  const where = areRolledUp(database) ? compileSummedExchanges(database, scope) : undefined;
  const held = where === undefined ? undefined : heldBySums(database, scope, widthNs);
  if (where === undefined || held === undefined) return exchangesInScope(capture, scope);
  const columns = [...DNS_SUM.keys, ...Object.keys(DNS_SUM.sums)].join(", ");
  const parts = [
    ...held.sums.map(({ sql }) => `SELECT bucketNs AS timeNs, ${columns} FROM DnsSum WHERE ${sql}`),
    ...held.cut.map(() => `SELECT * FROM (${DNS_SUM.rows} WHERE m.askedNs >= ? AND m.askedNs < ?)`),
  ];
  const rows = ofGroups(parts.join(" UNION ALL "));
  const given = held.sums.flatMap(({ parameters }) => parameters);
  const parameters = [...given, ...held.cut.flat(), ...where.parameters];
  return counted(scope, { sql: where.sql, parameters }, OF_SUMS, rows, rows);
}

export interface ExchangeSeries {
  /** Exchanges `x` that are alike, of the whole capture; `x.series` and `x.latencySeries` are lists by place (sum-series.ts). */
  readonly exchanges: Exchanges;
  readonly bucketAt: BucketAt;
}

/** The same for a time line of buckets of this width, where less has to be read; undefined where the sums do not hold it. */
export function exchangeSeries(
  capture: OpenCapture,
  scope: Scope,
  widthNs: bigint,
): ExchangeSeries | undefined {
  const { database } = capture;
  const where = areRolledUp(database) ? compileSummedExchanges(database, scope) : undefined;
  const bucketAt = where === undefined ? undefined : seriesHeld(database, scope, widthNs);
  if (where === undefined || bucketAt === undefined) return undefined;
  const lists = Object.keys(DNS_SUM.series);
  const columns = [...DNS_SUM.keys, ...Object.keys(DNS_SUM.sums), ...lists].join(", ");
  const rows = ofGroups(`SELECT bucketNs AS timeNs, ${columns} FROM DnsSum WHERE level = ${SUM_LEVEL.whole}`);
  return { exchanges: counted(scope, where, [OF_SUMS, ...lists].join(", "), rows, rows), bucketAt };
}

/** Rows of sums with what their groups say. */
function ofGroups(rows: string): string {
  return `SELECT s.*, ${OF_GROUP.map((name) => `g.${name}`).join(", ")}, CASE WHEN g.retry THEN 1 END AS retryOf,
      g.requests * s.n AS requests, g.responses * s.n AS responses
    FROM (${rows}) s JOIN DnsGroup g ON g.id = s.groupId`;
}

const OF_GROUP = [
  ...["clientId", "serverId", "queryId", "qtypes", "rcode"],
  ...["state", "noData", "suffixLabels", "secondHop"],
];

/** `rows` and `source`: statements that give exchanges with all their columns. */
function counted(scope: Scope, where: Condition, columns: string, rows: string, source: string): Exchanges {
  const roles = countedRoles(scope.filter);
  const [asks, answers] = [roles.has("query"), roles.has("response")];
  const hasSecondHops = roles.has("second-hop");
  const given = { where, hasSecondHops, hasAnswers: answers, source: `(${source}) x` };
  if (asks && answers) return { ...given, table: `(${rows}) x`, groups: "DnsGroup x" };
  const partial = partly(asks, answers, hasSecondHops);
  const latencies = answers ? "latencies" : "NULL AS latencies";
  return {
    ...given,
    table: `(SELECT ${columns}, ${latencies}, ${partial(`(${rows})`)}) x`,
    groups: `(SELECT ${GROUP_COLUMNS}, ${partial("DnsGroup")}) x`,
  };
}

const GROUP_COLUMNS =
  "id, clientId, serverId, queryId, qtypes, rcode, state, noData, answers, observerId, suffixLabels, retry, secondHop";
/** What rows have beside `requests`, `responses` and `latencies`: of exchanges, of their sums, and of both. */
const OF_BOTH =
  "groupId, timeNs, n, firstNs, lastNs, clientId, serverId, queryId, qtypes, rcode, state, noData, answerId, retryOf, secondHop, suffixLabels, asIs, isFirst";
const OF_ROWS = `${OF_BOTH}, id, requestId, responseId, askedNs, answeredNs, latencyNs, latencyBucket`;
const OF_SUMS = [OF_BOTH, ...DNS_SUM.keys.filter((key) => key.endsWith("Id") && !OF_BOTH.includes(key))].join(
  ", ",
);

/** Exchanges of which only the questions count, only the answers, or neither. */
function partly(asks: boolean, answers: boolean, hops: boolean): (table: string) => string {
  const secondHop = `secondHop AND ${hops ? 1 : 0}`;
  return (
    table,
  ) => `requests * ${asks ? 1 : `(${secondHop})`} AS requests, responses * ${answers ? 1 : 0} AS responses
    FROM ${table} WHERE ${asks ? "requests > 0" : answers ? "responses > 0" : secondHop}`;
}

/** The columns of an exchange: flow of the question (else of the answer), flow of the answer, time of the first. */
interface ExchangeColumns {
  readonly id: string;
  readonly responseId: string;
  readonly timeNs: string;
}

/** The same for pairs of records of any kind, by their flows alone. A condition over what the columns are of. */
export function pairsInScope(
  capture: OpenCapture,
  scope: Scope,
  { id, responseId, timeNs }: ExchangeColumns,
): Condition {
  const conditions = ["1"];
  const parameters: (bigint | Condition["parameters"][number])[] = [];
  if (scope.from !== undefined) {
    conditions.push(`${timeNs} >= ?`);
    parameters.push(scope.from);
  }
  if (scope.to !== undefined) {
    conditions.push(`${timeNs} < ?`);
    parameters.push(scope.to);
  }
  for (const term of scope.filter.terms) {
    const one = compileScope(capture.database, { filter: { terms: [{ ...term, negated: false }] } });
    const flows = `SELECT 1 FROM Flow f WHERE f.id IN (${id}, ${responseId}) AND ${one.sql}`;
    conditions.push(`${term.negated ? "NOT " : ""}EXISTS (${flows})`);
    parameters.push(...one.parameters);
  }
  return { sql: conditions.join(" AND "), parameters };
}

/** Meta for counts of questions, with what they cannot say. */
export function dnsMeta(capture: OpenCapture): Meta {
  const meta = capture.meta("requests");
  const notes = capture.keep("dns-notes", () => dnsNotes(capture));
  return { ...meta, exact: meta.exact && notes.isExact, notes: [...meta.notes, ...notes.texts] };
}

function unaskedText(answers: number): string {
  return answers === 1
    ? "1 answer has no question in the log."
    : `${formatCount(answers)} answers have no question in the log.`;
}

function dnsNotes(capture: OpenCapture): {
  readonly isExact: boolean;
  readonly texts: readonly string[];
} {
  const { database } = capture;
  const { table, where } = summedExchanges(capture, { filter: { terms: [] } });
  const { unpaired, answerOnly, open } = DNS_STATE;
  const row = database
    .prepare(
      `SELECT count(*) AS n, coalesce(sum(CASE WHEN x.state = ${unpaired} THEN x.requests END), 0) AS unpaired,
         coalesce(sum(CASE WHEN x.state = ${answerOnly} AND x.queryId IS NOT NULL THEN x.responses END), 0) AS unasked,
         coalesce(sum(CASE WHEN x.state = ${answerOnly} AND x.queryId IS NULL THEN x.responses END), 0) AS vague,
         coalesce(sum((x.state = ${open}) * x.n), 0) AS open, coalesce(sum((x.queryId IS NULL) * x.n), 0) AS nameless FROM ${table}`,
    )
    .get(where.parameters);
  const count = (name: string): number => Number(row?.[name] ?? 0);
  const vague = database
    .prepare(
      `SELECT 1 FROM Kind WHERE l7Protocol = 'dns' AND coalesce(l7Type, '') NOT IN ('REQUEST', 'RESPONSE')
         AND isReply IS NULL AND dnsRcode IS NULL LIMIT 1`,
    )
    .get([]);
  const texts = [
    count("n") === 0 &&
      "No record is about a DNS message: Hubble writes them for pods under a policy with DNS rules only. Flows to port 53 can be there all the same.",
    count("unpaired") > 0 &&
      `${count("unpaired") === 1 ? "1 question stands" : `${formatCount(count("unpaired"))} questions stand`} in records without name, port or time (aggregated or masked): whether ${count("unpaired") === 1 ? "it was" : "they were"} answered is not known.`,
    count("nameless") > 0 &&
      "Some records hold no name (aggregated or masked): they count under no name, and their NXDOMAIN cannot be told from a search list's.",
    count("vague") > 0 &&
      (count("unpaired") > 0
        ? `${formatQuantity(count("vague"), "answer")} without a name: which question ${count("vague") === 1 ? "it answers" : "each answers"} is not known.`
        : unaskedText(count("vague"))),
    count("unasked") > 0 && unaskedText(count("unasked")),
    count("open") > 0 &&
      `${count("open") === 1 ? "1 question is open: it was" : `${formatCount(count("open"))} questions are open: they were`} asked at the end of the capture or beside a loss of events.`,
    vague !== undefined && "Some DNS records do not say whether they ask or answer; they are not counted.",
  ];
  return { isExact: vague === undefined, texts: texts.filter((text) => text !== false) };
}
