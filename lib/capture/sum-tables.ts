/**
 * What is added up of settled rows (docs/adr/0026-sums-of-settled-rows.md): each table says once which rows there are. The sums that are
 * stored are made of that, and so are the rows that are read where these cannot serve.
 */

import { NOT_A_LOSS } from "@/lib/flow/losses";
import { PROTOCOL_NUMBER } from "@/lib/insight/attempt-kind";
import { ATTEMPT_FLAG, OUTCOME } from "@/lib/insight/outcome";
import { IS_DENIED } from "./denied-kinds";
import { bucketSql } from "./latency-bucket";
import { codeSql } from "./number-lists";
import { OF_ONE } from "./roll-up-levels";
import { HAS_TRIES } from "./tries";

/** Numbers of `SumLevel.level`. They are stored. */
export const SUM_LEVEL = { whole: 0, buckets: 1, wide: 2 } as const;

/** Numbers of `MarkedSum.mark`. They are stored. */
export const MARK = { unanswered: 2, expansion: 3, cause: 4, notLost: 5, translation: 6 } as const;

/** Numbers of `LookupSum.lookup`: what `expired` of an answer that was followed says, or that none was. They are stored. */
export const LOOKUP = { fresh: 0, expired: 1, undated: 2, missing: 3 } as const;

/** Over Kind `k`: what looks like a drop and is none. */
export const NOT_LOST = {
  audited: "k.verdict = 'AUDIT'",
  "not-a-loss": `k.verdict = 'DROPPED' AND coalesce(k.dropCode IN (${[...NOT_A_LOSS].join(", ")}), 0)`,
} as const;

export type SumTable = "AttemptSum" | "RequestSum" | "DropSum" | "DropRecordSum" | "MarkedSum" | "LookupSum";

/** Of the flow at which something counts. */
export const OF_FLOW = ["kindId", "observerId", "pairId", "sourceId", "destinationId", "policiesId"] as const;

/** Of the answer beside it, where that is another flow. */
export const OF_ANSWER = [
  "answerKindId",
  "answerObserverId",
  "answerPairId",
  "answerSourceId",
  "answerDestinationId",
  "answerPoliciesId",
] as const;

/** Settled rows `m`, each of one flow `f` (and its kind `k`, where `hasKind`; and its answer `g`, where `hasAnswer`). */
export interface Part {
  readonly own: string;
  /** Of its flow. */
  readonly id: string;
  readonly where: string;
  readonly hasKind?: boolean;
  readonly hasAnswer?: boolean;
  /** So few beside flows that they are always read first. */
  readonly isFirst?: boolean;
  /** Known from flows and DNS exchanges alone. */
  readonly isBeside?: boolean;
  /** A few added flows can change it anywhere in time. */
  readonly isScattered?: boolean;
  /** By column of the table: SQL over `m`, `f`, `k` and `g`. */
  readonly columns: Readonly<Record<string, string>>;
}

/** Lists of numbers, and of their codes (number-lists.ts). */
export type HowSummed = "sum" | "min" | "max" | "numbers" | "codes";

interface Summed {
  /** What rows are told apart by, beside time and what stands in their flow. */
  readonly keys: readonly string[];
  /** What is added up, and how. NULL adds nothing. */
  readonly sums: Readonly<Record<string, HowSummed>>;
  /** By column of the rows of the whole capture: which of the sums it says over time (sum-series.ts). */
  readonly series?: Readonly<Record<string, string>>;
  readonly parts: readonly Part[];
  /** SQL over the table: which rows come from parts that are scattered. */
  readonly scattered?: string;
}

const ANSWER_COLUMNS = Object.fromEntries(OF_ANSWER.map((name, at) => [name, `g.${OF_FLOW[at]}`]));

const ENDED = ATTEMPT_FLAG.fin | ATTEMPT_FLAG.clientRst | ATTEMPT_FLAG.serverRst;
const IS_ENDED = `m.outcome = ${OUTCOME.answered} AND m.flags & ${ENDED} <> 0`;

/** That of the drop which the flow is a record of. */
const CAUSE_OF_RECORD = `CASE WHEN f.kindId IN (SELECT id FROM Kind WHERE ${IS_DENIED}) THEN
  coalesce((SELECT causeId FROM JoinedDrop WHERE id = f.id), (SELECT causeId FROM JoinedDrop WHERE verdictId = f.id)) END`;

/**
 * Flows that show causes of a kind but drops, with how many of the cause's unit; the settled row is `u`. Whatever has an answer shows it
 * by both records.
 */
const cause = (kind: string, table: string, n: string): Part => ({
  own: `(SELECT s.causeId, u.id, ${table === "L7Exchange" || table === "DnsExchange" ? "u.responseId" : "NULL"} AS responseId, ${n} AS n
    FROM Cause c JOIN CauseFlow s ON s.causeId = c.id JOIN ${table} u ON u.id = s.flowId WHERE ${kind}) m`,
  ...{ id: "m.id", where: "1", isFirst: true, hasAnswer: true, isScattered: true },
  columns: {
    mark: String(MARK.cause),
    causeId: "m.causeId",
    events: "m.n",
    serviceId: "NULL",
    ...ANSWER_COLUMNS,
  },
});

/** One of the records of a drop. What counts at flows is added up as roll-ups have it. */
const dropRecord = (id: string, drops: string): Part => ({
  ...{ own: "JoinedDrop m", id, where: `${id} IS NOT NULL`, isFirst: true },
  columns: {
    ...{ causeId: "m.causeId", records: "1", firstNs: "f.timeNs", lastNs: "f.timeNs", drops },
    ...{ attempts: OF_ONE.attempts("f"), requests: OF_ONE.requests("f"), l7Errors: OF_ONE.l7Errors("f") },
  },
});

const NO_ANSWER = Object.fromEntries([...OF_ANSWER, "serviceId"].map((name) => [name, "NULL"]));
const mark = (mark: number, more: Pick<Part, "own" | "id" | "where" | "isBeside">): Part => ({
  ...more,
  isFirst: true,
  columns: { mark: String(mark), causeId: "NULL", ...NO_ANSWER },
});
const UNANSWERED = [OUTCOME.droppedEgress, OUTCOME.droppedIngress, OUTCOME.dropped, OUTCOME.noReply].join(
  ", ",
);

export const SUMMED: Readonly<Record<SumTable, Summed>> = {
  AttemptSum: {
    keys: ["outcome", "flags", "causeId"],
    sums: { n: "sum", firstNs: "min", lastNs: "max", lengths: "numbers" },
    series: { series: "n" },
    parts: [
      {
        ...{ own: "Attempt m", id: "m.id", where: `m.protocol = ${PROTOCOL_NUMBER.TCP}` },
        columns: {
          ...{ outcome: "m.outcome", flags: "m.flags", causeId: CAUSE_OF_RECORD, n: "1" },
          ...{ firstNs: "m.firstNs", lastNs: "m.lastNs" },
          lengths: `CASE WHEN ${IS_ENDED} THEN ${bucketSql("m.lastNs - m.firstNs")} END`,
        },
      },
    ],
  },
  RequestSum: {
    keys: [
      ...["protocol", "routeId", "status", "grpcStatus", "denied", "error"],
      ...["outcome", "latencyBy", "answered", "atMost"],
    ],
    sums: {
      ...{ n: "sum", requests: "sum", responses: "sum", weight: "sum" },
      ...{ firstNs: "min", lastNs: "max", latencies: "numbers" },
    },
    series: { series: "weight" },
    parts: [
      {
        ...{ own: "L7Exchange m", id: "m.id", where: "m.counted = 1", hasKind: true },
        columns: {
          ...{ protocol: "m.protocol", routeId: "m.routeId", status: "m.status", grpcStatus: "m.grpcStatus" },
          ...{ denied: "m.denied", error: "m.error", outcome: "m.outcome", latencyBy: "m.latencyBy" },
          ...{ answered: "m.responses > 0", n: "1", requests: "m.requests", responses: "m.responses" },
          // Of a record that was not paired, or has a likeness by which side and node are not known: both may stand for one request.
          atMost: `(k.aggregated <> 0 OR f.sourcePort IS NULL OR f.destinationPort IS NULL OR
            (m.twinId IS NOT NULL AND coalesce(k.trafficDirection, '') NOT IN ('INGRESS', 'EGRESS')
              AND EXISTS (SELECT 1 FROM L7Exchange t WHERE t.id = m.twinId AND t.counted = 1)))`,
          ...{ weight: "max(m.requests, m.responses)", firstNs: "f.timeNs", lastNs: "f.timeNs" },
          latencies: `CASE WHEN m.latencyNs IS NOT NULL THEN ${bucketSql("m.latencyNs")} END`,
        },
      },
    ],
  },
  DropSum: {
    keys: ["causeId", "certain", "atMost"],
    sums: { drops: "sum", events: "sum", tries: "sum", firstNs: "min", lastNs: "max" },
    parts: [
      {
        ...{ own: "JoinedDrop m", id: "m.id", where: "1", hasKind: true, isFirst: true },
        columns: {
          ...{ causeId: "m.causeId", certain: "m.certain", atMost: "m.atMost", drops: "m.drops" },
          ...{ tries: `CASE WHEN ${HAS_TRIES} THEN m.opens END`, firstNs: "f.timeNs", lastNs: "f.timeNs" },
        },
      },
    ],
  },
  DropRecordSum: {
    keys: ["causeId"],
    sums: {
      ...{ records: "sum", events: "sum", firstNs: "min", lastNs: "max" },
      ...{ attempts: "sum", requests: "sum", l7Errors: "sum", drops: "sum" },
    },
    parts: [dropRecord("m.id", "m.drops"), dropRecord("m.verdictId", "0")],
  },
  MarkedSum: {
    keys: ["mark", "causeId", "serviceId", ...OF_ANSWER],
    sums: { events: "sum" },
    scattered: `mark IN (${MARK.cause}, ${MARK.translation})`,
    parts: [
      // As `answered:no` finds them (settled-conditions.ts).
      mark(MARK.unanswered, {
        ...{ own: "Attempt m", id: "m.id" },
        where: `m.outcome IN (${UNANSWERED}) AND NOT EXISTS (SELECT 1 FROM DnsExchange WHERE id = m.id AND requestId IS NOT NULL)
          AND NOT EXISTS (SELECT 1 FROM L7Exchange WHERE id = m.id AND requests > 0)`,
      }),
      mark(MARK.unanswered, {
        ...{ own: "L7Exchange m", id: "m.id" },
        where: `m.requests > 0 AND m.outcome = ${OUTCOME.noReply}`,
      }),
      mark(MARK.unanswered, {
        ...{ own: "DnsExchange m", id: "m.id" },
        where: "m.requestId IS NOT NULL AND m.state = 1",
        isBeside: true,
      }),
      cause("c.kind = 'tcp'", "Attempt", "1"),
      cause("c.kind = 'http'", "L7Exchange", "max(u.requests, u.responses)"),
      cause(
        "c.kind = 'dns' AND c.type <> 'node-local-dns'",
        "DnsExchange",
        "CASE c.type WHEN 'failing-name' THEN u.responses ELSE u.requests END",
      ),
      cause("c.type = 'node-local-dns'", "JoinedDrop", "u.drops"),
      mark(MARK.notLost, {
        own: `(SELECT id FROM Flow WHERE kindId IN (SELECT k.id FROM Kind k WHERE ${NOT_LOST.audited} OR ${NOT_LOST["not-a-loss"]})) m`,
        ...{ id: "m.id", where: "f.policiesId IS NOT NULL", isBeside: true },
      }),
      // As `expansion:yes` finds them.
      mark(MARK.expansion, {
        ...{ own: "DnsExchange m", id: "m.id" },
        where: "m.suffixLabels IS NOT NULL AND m.requestId IS NOT NULL",
        isBeside: true,
      }),
      mark(MARK.expansion, {
        ...{ own: "DnsExchange m", id: "m.responseId" },
        where: "m.suffixLabels IS NOT NULL AND m.responseId IS NOT NULL",
        isBeside: true,
      }),
      {
        ...{ own: "Translation m", id: "m.id", where: "1", isFirst: true, isBeside: true, isScattered: true },
        columns: { mark: String(MARK.translation), causeId: "NULL", ...NO_ANSWER, serviceId: "m.serviceId" },
      },
    ],
  },
  LookupSum: {
    keys: ["lookup", "queryId", "serverAddressId", "outcome"],
    sums: { n: "sum", firstNs: "min", lastNs: "max", ttlSeconds: "min", ageNs: "max" },
    scattered: "1",
    parts: [
      {
        isScattered: true,
        own: `(SELECT r.id, coalesce(r.expired, ${LOOKUP.undated}) AS lookup, r.ageNs, x.queryId, a.serverAddressId, a.outcome, a.firstNs, d.ttlSeconds
          FROM ResolvedAttempt r CROSS JOIN Attempt a ON a.id = r.id JOIN DnsExchange x ON x.id = r.dnsId
            JOIN Address s ON s.id = a.serverAddressId JOIN DnsAnswer d ON d.textId = x.answerId AND d.ipKey = s.ipKey) m`,
        ...{ id: "m.id", where: "1", isFirst: true },
        columns: {
          ...{ lookup: "m.lookup", queryId: "m.queryId", serverAddressId: "m.serverAddressId" },
          ...{ outcome: "m.outcome", n: "1", firstNs: "m.firstNs", lastNs: "m.firstNs" },
          ...{ ttlSeconds: "m.ttlSeconds", ageNs: "m.ageNs" },
        },
      },
      {
        ...{ own: "Attempt m", id: "m.id", isFirst: true, isScattered: true },
        where: `m.outcome <> ${OUTCOME.openAlready} AND m.id NOT IN (SELECT id FROM ResolvedAttempt)
          AND f.pairId IN (SELECT p.id FROM Pair p JOIN Actor s ON s.id = p.serverId WHERE s.kind = 'world')`,
        columns: {
          ...{ lookup: String(LOOKUP.missing), queryId: "NULL", serverAddressId: "m.serverAddressId" },
          ...{ outcome: "m.outcome", n: "1", firstNs: "m.firstNs", lastNs: "m.firstNs" },
          ...{ ttlSeconds: "NULL", ageNs: "NULL" },
        },
      },
    ],
  },
};

/** Columns of a table that are its own: neither of the flow nor those that all tables have. */
export function columnsOf(table: SumTable): readonly string[] {
  const { keys, sums } = SUMMED[table];
  return [...keys, ...Object.keys(sums)];
}

export type WhichParts = (part: Part) => boolean;

const EVERY: WhichParts = () => true;

/**
 * One row for each that is added up: `flow` columns, and the table's own. Of one between two times, which are the statement's
 * parameters part by part, flows are read first.
 */
export function rowsOf(
  table: SumTable,
  flow: readonly string[],
  { isBetween = false, which = EVERY }: { readonly isBetween?: boolean; readonly which?: WhichParts } = {},
): string {
  return SUMMED[table].parts
    .filter(which)
    .map(({ own, id, where, hasKind, hasAnswer, isFirst, columns }) => {
      const named = columnsOf(table)
        // What all columns of the flow bring under this name. (Of causes they are no events: read from sums only.)
        .filter((name) => !flow.includes("*") || !OF_ITS_FLOW.includes(name))
        .map((name) => `${columns[name] ?? `f.${name}`} AS ${name}`);
      const kind = hasKind === true ? "CROSS JOIN Kind k ON k.id = f.kindId" : "";
      const answer =
        hasAnswer === true ? "LEFT JOIN Flow g ON g.id = m.responseId AND m.responseId <> m.id" : "";
      const join = isFirst === true || !flow.includes("*") ? "CROSS JOIN" : "JOIN";
      const from = isBetween
        ? `Flow f CROSS JOIN ${own} ON ${id} = f.id ${kind} ${answer} WHERE f.timeNs >= ? AND f.timeNs < ? AND`
        : `${own} ${join} Flow f ON f.id = ${id} ${kind} ${answer} WHERE`;
      return `SELECT ${[...flow.map((name) => `f.${name}`), ...named].join(", ")} FROM ${from} ${where}`;
    })
    .join(" UNION ALL ");
}

/** Columns that are the flow's own, too. */
const OF_ITS_FLOW: readonly string[] = ["events"];

/** How many parts its rows have: as often are parameters of each given. */
export const partsOf = (table: SumTable, which = EVERY): number => SUMMED[table].parts.filter(which).length;

/** The table of DNS exchanges is no other table's like: it has the flows of question and answer, and its time is when was asked. */
export const DNS_SUM = {
  keys: ["groupId", "answerId", "asIs", "isFirst", ...OF_FLOW, ...OF_ANSWER],
  sums: { n: "sum", firstNs: "min", lastNs: "max", latencies: "codes" },
  series: { series: "n", latencySeries: "latencies" },
  rows: `SELECT m.askedNs AS timeNs, m.groupId, m.answerId, m.asIs, m.isFirst, ${OF_FLOW.map((name) => `f.${name}`).join(", ")},
      ${OF_FLOW.map((name, at) => `g.${name} AS ${OF_ANSWER[at]}`).join(", ")},
      1 AS n, m.askedNs AS firstNs, m.askedNs AS lastNs, ${codeSql("m.latencyBucket")} AS latencies
    FROM DnsExchange m CROSS JOIN Flow f ON f.id = m.id LEFT JOIN Flow g ON g.id = m.responseId AND m.responseId <> m.id`,
  between: "m.askedNs >= ? AND m.askedNs < ?",
} as const;

/** Columns of a flow, from the record that counts in a row `x` of DnsSum or MarkedSum, or from the answer beside it. */
export function flowOfSum(which: "counted" | "answer"): string {
  return `(SELECT ${OF_FLOW.map((name, at) => `x.${which === "counted" ? name : OF_ANSWER[at]} AS ${name}`).join(", ")}) f`;
}
