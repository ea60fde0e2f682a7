/** Which DNS exchanges are in a scope, and what their counts are worth. */

import { formatCount, formatQuantity } from "@/lib/base/count";
import type { Condition } from "@/lib/capture/conditions";
import { countedRoles } from "@/lib/capture/dns-conditions";
import { compileExchanges, compileScope } from "@/lib/capture/scope-sql";
import { DNS_STATE } from "@/lib/capture/settle/dns/pair";
import type { Scope } from "@/lib/scope/link";
import type { Meta } from "./answers";
import type { OpenCapture } from "./open-capture";

export interface Exchanges {
  /** Stands for the table `DnsExchange x` in SQL. */
  readonly table: string;
  /**
   * `DnsExchange x` as groups of it are counted: through the index by group, or in the order of ids where a filter looks at
   * flows, which lie in this order, too.
   */
  readonly source: string;
  /** Stands for the table `DnsGroup x` in SQL, with those of second hops. */
  readonly groups: string;
  /** Whether answers are asked for. */
  readonly hasAnswers: boolean;
  /** Over `x`. */
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
  const roles = countedRoles(scope.filter);
  const where = compileExchanges(capture.database, scope);
  const [asks, answers] = [roles.has("query"), roles.has("response")];
  const hasSecondHops = roles.has("second-hop");
  const isFiltered = scope.filter.terms.length > 0 && scope.from === undefined && scope.to === undefined;
  const source = isFiltered ? "DnsExchange x NOT INDEXED" : "DnsExchange x";
  const given = { where, hasSecondHops, hasAnswers: answers, source };
  if (asks && answers) return { ...given, table: "DnsExchange x", groups: "DnsGroup x" };
  const counted = partly(asks, answers, hasSecondHops);
  return {
    ...given,
    table: `(SELECT ${COLUMNS}, ${answers ? "latencyBucket" : "NULL AS latencyBucket"}, ${counted("DnsExchange")}) x`,
    groups: `(SELECT ${GROUP_COLUMNS}, ${counted("DnsGroup")}) x`,
  };
}

const GROUP_COLUMNS =
  "id, clientId, serverId, queryId, qtypes, rcode, state, noData, answers, observerId, suffixLabels, retry, secondHop";
const COLUMNS =
  "id, requestId, responseId, askedNs, answeredNs, clientId, serverId, queryId, qtypes, rcode, state, latencyNs, noData, answerId, retryOf, secondHop, suffixLabels, asIs, isFirst";

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

function dnsNotes({ database }: OpenCapture): {
  readonly isExact: boolean;
  readonly texts: readonly string[];
} {
  const { unpaired, answerOnly, open } = DNS_STATE;
  const row = database
    .prepare(
      `SELECT count(*) AS n, coalesce(sum(CASE WHEN state = ${unpaired} THEN requests END), 0) AS unpaired,
         coalesce(sum(CASE WHEN state = ${answerOnly} AND queryId IS NOT NULL THEN responses END), 0) AS unasked,
         coalesce(sum(CASE WHEN state = ${answerOnly} AND queryId IS NULL THEN responses END), 0) AS vague,
         coalesce(sum(state = ${open}), 0) AS open, coalesce(sum(queryId IS NULL), 0) AS nameless FROM DnsExchange`,
    )
    .get([]);
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
