/** Terms about what became of requests and connections, each by the record at which it counts (docs/store.md). */

import { ipKey } from "@/lib/base/ip";
import { GRPC_CLIENT_ERRORS, grpcStatusNumber, kafkaErrorNumber } from "@/lib/flow/l7-words";
import { EXCHANGE_OUTCOME, L7_PROTOCOL } from "@/lib/insight/exchange-kind";
import { ATTEMPT_FLAG, OUTCOME } from "@/lib/insight/outcome";
import type { ConnectionWord, LookupWord, RequestWord } from "@/lib/scope/outcome-kinds";
import { all, type Condition, maskedCondition, NEVER, type ValueOfTerm } from "./conditions";

const SILENT = [OUTCOME.gap, OUTCOME.open, OUTCOME.unknowable].join(", ");

/** An HTTP status is what a gRPC answer says only where its own status is not in the log. */
const SAYS_HTTP = `denied = 0 AND (protocol = ${L7_PROTOCOL.http} OR (protocol = ${L7_PROTOCOL.grpc} AND grpcStatus IS NULL))`;
const CLIENT_ERROR = `((${SAYS_HTTP} AND coalesce(status BETWEEN 400 AND 499, 0)) OR
  (protocol = ${L7_PROTOCOL.grpc} AND coalesce(grpcStatus IN (${GRPC_CLIENT_ERRORS.join(", ")}), 0)))`;

/** Over L7Exchange: the one class of a request (lib/insight/request-class.ts). */
export const REQUEST_CLASS_SQL = `CASE WHEN denied = 1 THEN 'denied' WHEN error = 1 THEN 'server-error'
  WHEN responses > 0 THEN CASE WHEN ${CLIENT_ERROR} THEN 'client-error' ELSE 'ok' END
  WHEN outcome = ${EXCHANGE_OUTCOME.noAnswer} THEN 'no-answer' WHEN outcome IN (${SILENT}) THEN 'open' ELSE 'unpaired' END`;

/** Over L7Exchange. */
const REQUESTS: Readonly<Record<RequestWord, string>> = {
  http: `protocol = ${L7_PROTOCOL.http}`,
  grpc: `protocol = ${L7_PROTOCOL.grpc}`,
  kafka: `protocol = ${L7_PROTOCOL.kafka}`,
  ok: `${REQUEST_CLASS_SQL} = 'ok'`,
  "client-error": `${REQUEST_CLASS_SQL} = 'client-error'`,
  "server-error": `${REQUEST_CLASS_SQL} = 'server-error'`,
  error: "error = 1",
  denied: "denied = 1",
  "no-answer": `outcome = ${EXCHANGE_OUTCOME.noAnswer}`,
  open: `outcome IN (${SILENT})`,
  unpaired: `outcome = ${EXCHANGE_OUTCOME.unpaired} AND requests > 0`,
  "answer-only": "requests = 0",
  timed: "latencyNs IS NOT NULL",
};

export function requestCondition(value: ValueOfTerm<"request">): Condition {
  if (value.type === "none") return { sql: `NOT ${exchanges("1").sql}`, parameters: [] };
  return value.type === "word" ? exchanges(REQUESTS[value.word]) : NEVER;
}

function exchanges(where: string): Condition {
  return { sql: `(f.id IN (SELECT id FROM L7Exchange WHERE counted = 1 AND ${where}))`, parameters: [] };
}

export function answerCondition(value: ValueOfTerm<"answer">): Condition {
  if (value.type === "none") return exchanges("responses = 0");
  if (value.type === "unknown")
    return exchanges(
      `responses > 0 AND denied = 0 AND status IS NULL AND (protocol <> ${L7_PROTOCOL.grpc} OR grpcStatus IS NULL)`,
    );
  return exchanges(`responses > 0 AND (${answerSql(value.status)})`);
}

/** Only numbers that were read from the text stand in the statement. */
function answerSql(text: string): string {
  if (text === "denied") return "denied = 1 AND status IS NULL";
  const refused = /^(\d{1,5}) by policy$/.exec(text)?.[1];
  if (refused !== undefined) return `denied = 1 AND status = ${Number(refused)}`;
  const prefix = /^([1-5]\d?)\+$/.exec(text)?.[1];
  if (prefix !== undefined)
    return `${SAYS_HTTP} AND substr(printf('%03d', status), 1, ${prefix.length}) = '${prefix}'`;
  const [grpc, kafka] = [grpcStatusNumber(text), kafkaErrorNumber(text)];
  const ways = [
    ...(/^\d{1,5}$/.test(text) ? [`${SAYS_HTTP} AND status = ${Number(text)}`] : []),
    ...(grpc === undefined ? [] : [`denied = 0 AND protocol = ${L7_PROTOCOL.grpc} AND grpcStatus = ${grpc}`]),
    ...(kafka === undefined ? [] : [`denied = 0 AND protocol = ${L7_PROTOCOL.kafka} AND status = ${kafka}`]),
  ];
  return ways.length === 0 ? "0" : ways.map((way) => `(${way})`).join(" OR ");
}

/** Over Attempt. Resets of a refused attempt are what refused it, so they are not told again. */
const THERE = `outcome IN (${OUTCOME.openAlready}, ${OUTCOME.answered})`;
const ENDED = ATTEMPT_FLAG.fin | ATTEMPT_FLAG.clientRst | ATTEMPT_FLAG.serverRst;

export const CONNECTIONS: Readonly<Record<ConnectionWord, string>> = {
  answered: `outcome = ${OUTCOME.answered}`,
  refused: `outcome = ${OUTCOME.refused}`,
  "dropped-at-client": `outcome = ${OUTCOME.droppedEgress}`,
  "dropped-at-server": `outcome = ${OUTCOME.droppedIngress}`,
  "dropped-somewhere": `outcome = ${OUTCOME.dropped}`,
  "no-reply": `outcome = ${OUTCOME.noReply}`,
  gap: `outcome = ${OUTCOME.gap}`,
  open: `outcome = ${OUTCOME.open}`,
  unknowable: `outcome = ${OUTCOME.unknowable}`,
  "open-already": `outcome = ${OUTCOME.openAlready}`,
  "reset-by-client": `${THERE} AND flags & ${ATTEMPT_FLAG.clientRst} <> 0`,
  "reset-by-server": `${THERE} AND flags & ${ATTEMPT_FLAG.serverRst} <> 0`,
  closed: `${THERE} AND flags & ${ATTEMPT_FLAG.fin} <> 0`,
  timed: `outcome = ${OUTCOME.answered} AND flags & ${ENDED} <> 0`,
};

export function connectionCondition(value: ValueOfTerm<"connection">): Condition {
  if (value.type === "none") return { sql: `NOT ${attempts("1").sql}`, parameters: [] };
  return value.type === "word" ? attempts(CONNECTIONS[value.word]) : NEVER;
}

function attempts(where: string): Condition {
  return { sql: `(f.id IN (SELECT id FROM Attempt WHERE ${where}))`, parameters: [] };
}

/** An attempt `a` to the world, `s` being its server, that followed no answer. */
const MISSING = `a.outcome <> ${OUTCOME.openAlready} AND s.kind = 'world' AND a.id NOT IN (SELECT id FROM ResolvedAttempt)`;
const UNEXPLAINED = `SELECT a.id FROM Attempt a CROSS JOIN Flow g ON g.id = a.id CROSS JOIN Pair p ON p.id = g.pairId
  CROSS JOIN Actor s ON s.id = p.serverId WHERE ${MISSING}`;

const LOOKUPS: Readonly<Record<LookupWord, string>> = {
  fresh: "SELECT id FROM ResolvedAttempt WHERE expired = 0",
  expired: "SELECT id FROM ResolvedAttempt WHERE expired = 1",
  undated: "SELECT id FROM ResolvedAttempt WHERE expired IS NULL",
  missing: UNEXPLAINED,
};

export function lookupCondition(value: ValueOfTerm<"lookup">): Condition {
  if (value.type === "word") return { sql: `f.id IN (${LOOKUPS[value.word]})`, parameters: [] };
  if (value.type !== "none") return NEVER;
  return { sql: `f.id NOT IN (SELECT id FROM ResolvedAttempt UNION ALL ${UNEXPLAINED})`, parameters: [] };
}

const RESOLVED_NOT: Condition = { sql: "f.id NOT IN (SELECT id FROM ResolvedAttempt)", parameters: [] };

export function resolvedAsCondition(value: ValueOfTerm<"resolved-as">): Condition {
  if (value.type === "none") return RESOLVED_NOT;
  if (value.type === "unknown")
    return resolved("JOIN DnsExchange x ON x.id = r.dnsId WHERE x.queryId IS NULL");
  const { text } = value;
  return resolved(
    "JOIN DnsExchange x ON x.id = r.dnsId WHERE x.queryId IN (SELECT id FROM Text WHERE value = ?)",
    text,
  );
}

export function resolvedIpCondition(value: ValueOfTerm<"resolved-ip">): Condition {
  if (value.type === "none") return RESOLVED_NOT;
  if (value.type !== "text") return NEVER;
  const address = ipKey(value.text) ?? value.text;
  return resolved(
    "JOIN Attempt a ON a.id = r.id WHERE a.serverAddressId IN (SELECT id FROM Address WHERE ipKey = ?)",
    address,
  );
}

function resolved(rest: string, ...parameters: string[]): Condition {
  return { sql: `f.id IN (SELECT r.id FROM ResolvedAttempt r ${rest})`, parameters };
}

/** Over a flow, because Kind answers it; the names are few. */
export function kafkaApiCondition(value: ValueOfTerm<"kafka-api">): Condition {
  const kind = (where: string) => `f.kindId IN (SELECT id FROM Kind WHERE ${where})`;
  if (value.type === "text") return { sql: kind("kafkaApiKey IS ?"), parameters: [value.text] };
  return all([{ sql: kind("kafkaApiKey IS NULL"), parameters: [] }, maskedCondition(value.type)]);
}
