/**
 * HTTP, gRPC and Kafka requests by route, URL, method, status, client, server, or pod of either.
 *
 * An exchange is in scope when its request is (its answer, where the request is not in the log). All tables are made from
 * the same rows, those that count, so each adds up to the requests of the scope.
 */

import { addCounts } from "@/lib/base/counter";
import { percentiles } from "@/lib/base/log-histogram";
import { ok, type Result } from "@/lib/base/result";
import { formatTime } from "@/lib/base/time";
import type { SqlValue } from "@/lib/capture/driver";
import { bucketCounts } from "@/lib/capture/number-lists";
import { REQUEST_CLASS_SQL } from "@/lib/capture/outcome-conditions";
import { type CompiledScope, compileScope } from "@/lib/capture/scope-sql";
import { summedRows } from "@/lib/capture/summed";
import { grpcStatusName, kafkaErrorName } from "@/lib/flow/l7-words";
import { EXCHANGE_OUTCOME, L7_PROTOCOL, LATENCY_BY } from "@/lib/insight/exchange-kind";
import { OUTCOME } from "@/lib/insight/outcome";
import type { Meta } from "./answers";
import type { L7Answer, L7By, L7Counts, L7Protocol, L7Row } from "./answers-l7";
import type { QuestionFailure } from "./failure";
import type { OpenCapture } from "./open-capture";
import { readScope, type ScopeParameters, scopeKey } from "./scope-parameters";

export interface L7Parameters extends ScopeParameters {
  readonly protocol: L7Protocol;
  readonly by: L7By;
  /** Rows at most. */
  readonly limit: number;
}

export function readL7(capture: OpenCapture, parameters: L7Parameters): Result<L7Answer, QuestionFailure> {
  const scope = readScope(capture, parameters);
  if (!scope.ok) return scope;
  const { protocol, by, limit } = parameters;
  const compiled = compileScope(capture.database, scope.value);
  const table = capture.keep(`l7 ${protocol} ${by} ${limit} ${scopeKey(parameters)}`, () => {
    const groups = readGroups(capture, compiled, protocol, by);
    return { ...tabulate(groups, limit), isAtMost: groups.some((group) => group.isAtMost) };
  });
  const { isAtMost, ...answer } = table;
  return ok({ meta: requestsMeta(capture, isAtMost), ...answer });
}

export function requestsMeta(capture: OpenCapture, isAtMost: boolean): Meta {
  const meta = capture.meta("requests");
  if (!isAtMost) return meta;
  const note =
    "Counts are at most: the proxies of both sides may have logged the same request, and records that are aggregated, without ports, or without direction and node (as printed ones often are) do not tell.";
  return { ...meta, exact: false, notes: [...meta.notes, note] };
}

/** Exchanges of one key that are alike in what is counted apart. */
interface Group {
  readonly key: L7Row["key"];
  readonly method: string | null;
  readonly status: string | undefined;
  readonly requests: number;
  readonly responses: number;
  readonly errors: number;
  readonly denied: number;
  readonly clientErrors: number;
  readonly succeeded: number;
  readonly outcome: number;
  readonly isAtMost: boolean;
  readonly firstNs: bigint | null;
  readonly lastNs: bigint | null;
  readonly latencies: ReadonlyMap<number, number>;
  readonly computed: number;
}

/** Columns of the key beside method and status, by what is asked for. */
const KEYS: Readonly<Record<L7By, readonly [first: string, second: string, third: string]>> = {
  route: ["s.workloadKey", "r.value", "NULL"],
  url: ["s.workloadKey", "r.value", "t.value"],
  edge: ["s.workloadKey", "r.value", "c.workloadKey"],
  method: ["NULL", "NULL", "NULL"],
  status: ["NULL", "NULL", "NULL"],
  client: ["c.workloadKey", "NULL", "NULL"],
  "client-pod": ["c.key", "NULL", "NULL"],
  server: ["s.workloadKey", "NULL", "NULL"],
  pod: ["s.key", "NULL", "NULL"],
};

/** Only those that a key reads. */
const JOINS: readonly (readonly [name: string, sql: string])[] = [
  ["c", "LEFT JOIN Actor c ON c.id = p.clientId"],
  ["s", "LEFT JOIN Actor s ON s.id = p.serverId"],
  ["r", "LEFT JOIN Route r ON r.id = f.routeId"],
  ["t", "LEFT JOIN Text t ON t.id = f.l7TextId"],
];

function readGroups(capture: OpenCapture, scope: CompiledScope, protocol: L7Protocol, by: L7By): Group[] {
  const [first, second, third] = KEYS[by];
  const joined = JOINS.filter(([name]) => KEYS[by].some((column) => column.startsWith(`${name}.`)));
  const read = ["f.pairId f.kindId", ...joined.map(([, sql]) => sql)].join(" ");
  const counted = summedRows(capture.database, scope, "RequestSum", { reads: read });
  const told = "f.status, f.grpcStatus, f.denied, f.outcome, f.latencyBy, f.answered";
  const rows = capture.database
    .prepareExact(
      `SELECT first, second, third, method, status, grpcStatus, denied, outcome, latencyBy, answered, sum(requests), sum(responses),
         sum(error * weight), sum(denied * weight), sum((class = 'client-error') * weight), sum((error = 0) * responses), min(firstNs), max(lastNs),
         group_concat(latencies), max(atMost)
       FROM (
         SELECT ${first} AS first, ${second} AS second, ${third} AS third, coalesce(k.httpMethod, k.kafkaApiKey) AS method, ${told}, f.error,
           f.requests, f.responses, f.weight, f.firstNs, f.lastNs, f.latencies, f.atMost, f.class
         FROM (SELECT f.*, ${REQUEST_CLASS_SQL} AS class FROM ${counted.from} WHERE f.protocol = ${L7_PROTOCOL[protocol]} AND ${counted.where.sql}) f
           JOIN Kind k ON k.id = f.kindId JOIN Pair p ON p.id = f.pairId ${joined.map(([, sql]) => sql).join(" ")}
       ) GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10`,
    )
    .rows([...counted.parameters, ...counted.where.parameters]);
  return rows.map((row) => toGroup(row, protocol, by));
}

function toGroup(row: readonly SqlValue[], protocol: L7Protocol, by: L7By): Group {
  const [first, second, third, method, code, grpcStatus, denied, outcome, ...rest] = row;
  const [latencyBy, answered, ...sums] = rest;
  const [requests, responses, errors, refused, clientErrors, succeeded, firstNs, lastNs, list, isAtMost] =
    sums;
  const latencies = bucketCounts(list);
  const isAnswered = Number(answered) === 1;
  const status = isAnswered
    ? statusName(protocol, numberOrNull(code), numberOrNull(grpcStatus), Number(denied) === 1)
    : undefined;
  const words = {
    method: methodName(protocol, textOrNull(method)),
    status: status ?? silenceName(Number(outcome)),
  };
  return {
    key: keyOf(by, [textOrNull(first), textOrNull(second), textOrNull(third)], words),
    method: words.method,
    status,
    requests: Number(requests),
    responses: Number(responses),
    errors: Number(errors),
    denied: Number(refused),
    clientErrors: Number(clientErrors),
    succeeded: Number(succeeded),
    outcome: Number(outcome),
    isAtMost: Number(isAtMost) === 1,
    firstNs: (firstNs ?? null) as bigint | null,
    lastNs: (lastNs ?? null) as bigint | null,
    latencies,
    computed: Number(latencyBy) === LATENCY_BY.pairing ? sumOf([...latencies.values()]) : 0,
  };
}

const SILENCE: Readonly<Record<number, string>> = {
  [EXCHANGE_OUTCOME.denied]: "denied",
  [OUTCOME.noReply]: "no answer",
  [OUTCOME.gap]: "open",
  [OUTCOME.open]: "open",
  [OUTCOME.unknowable]: "open",
};

/** What a request without an answer is called. */
export function silenceName(outcome: number): string {
  return SILENCE[outcome] ?? "unpaired";
}

/** HTTP methods are compared without case, as the filter does. */
export function methodName(protocol: L7Protocol, method: string | null): string | null {
  return protocol === "kafka" ? method : (method?.toUpperCase() ?? null);
}

export function statusName(
  protocol: L7Protocol,
  code: number | null,
  grpc: number | null,
  isDenied: boolean,
): string {
  if (isDenied) return code === null ? "denied" : `${code} by policy`;
  if (protocol === "kafka") return code === null ? "unknown" : kafkaErrorName(code);
  // Most gRPC servers send their status where Hubble does not see it: then the HTTP status is all there is.
  if (protocol === "grpc" && grpc !== null) return grpcStatusName(grpc);
  return code === null ? "unknown" : String(code);
}

function keyOf(
  by: L7By,
  [first, second, third]: readonly [string | null, string | null, string | null],
  { method, status }: { readonly method: string | null; readonly status: string },
): L7Row["key"] {
  switch (by) {
    case "route":
      return { server: first, method, route: second };
    case "url":
      return { server: first, method, route: second, url: third };
    case "edge":
      return { client: third, server: first, method, route: second };
    case "method":
      return { method };
    case "status":
      return { status };
    case "client":
      return { client: first };
    case "client-pod":
      return { clientPod: first };
    case "server":
      return { server: first };
    case "pod":
      return { pod: first };
  }
}

function tabulate(groups: readonly Group[], limit: number): Omit<L7Answer, "meta"> {
  const byKey = new Map<string, Group[]>();
  for (const group of groups) {
    const text = JSON.stringify(group.key);
    const known = byKey.get(text);
    if (known === undefined) byKey.set(text, [group]);
    else known.push(group);
  }
  const sorted = [...byKey]
    .map(([text, those]) => ({
      text,
      those,
      errors: sumOf(those.map(({ errors }) => errors)),
      requests: sumOf(those.map(({ requests }) => requests)),
    }))
    .sort((a, b) => b.errors - a.errors || b.requests - a.requests || (a.text < b.text ? -1 : 1));
  const folded = sorted.slice(limit);
  return {
    total: countsOf(groups),
    rows: sorted.slice(0, limit).map(({ those }) => toRow(those)),
    folded: { rows: folded.length, requests: folded.reduce((sum, { requests }) => sum + requests, 0) },
  };
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, n) => sum + n, 0);
}

function toRow(groups: readonly Group[]): L7Row {
  const methods = new Set(groups.map(({ method }) => method));
  const [first] = groups as [Group];
  return { key: first.key, method: methods.size === 1 ? first.method : null, ...countsOf(groups) };
}

const SILENT: readonly number[] = [OUTCOME.gap, OUTCOME.open, OUTCOME.unknowable];

function countsOf(groups: readonly Group[]): L7Counts {
  const counts = {
    ...{ requests: 0, responses: 0, errors: 0, denied: 0, clientErrors: 0, succeeded: 0 },
    ...{ unanswered: 0, open: 0, deniedUnanswered: 0, unpaired: 0, answersOnly: 0 },
  };
  for (const group of groups) {
    const { requests, responses, outcome } = group;
    counts.requests += requests;
    counts.responses += responses;
    counts.errors += group.errors;
    counts.denied += group.denied;
    counts.clientErrors += group.clientErrors;
    counts.succeeded += group.succeeded;
    if (outcome === OUTCOME.noReply) counts.unanswered += requests;
    if (SILENT.includes(outcome)) counts.open += requests;
    if (outcome === EXCHANGE_OUTCOME.denied && responses === 0) counts.deniedUnanswered += requests;
    if (outcome === EXCHANGE_OUTCOME.unpaired) counts.unpaired += requests;
    if (requests === 0) counts.answersOnly += responses;
  }
  return { ...counts, status: statusesOf(groups), latencyNs: latencyOf(groups), ...spanOf(groups) };
}

function statusesOf(groups: readonly Group[]): Record<string, number> {
  const statuses = new Map<string, number>();
  for (const { status, responses } of groups)
    if (status !== undefined) statuses.set(status, (statuses.get(status) ?? 0) + responses);
  return Object.fromEntries([...statuses].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function latencyOf(groups: readonly Group[]): L7Counts["latencyNs"] {
  const counts = addCounts(groups.map(({ latencies }) => latencies));
  const [p50 = null, p95 = null, p99 = null] = percentiles(counts, [0.5, 0.95, 0.99]).map(textOf);
  const computed = sumOf(groups.map((group) => group.computed));
  return { p50, p95, p99, samples: sumOf([...counts.values()]), computed };
}

function textOf(value: number | undefined): string | null {
  return value === undefined ? null : String(value);
}

function spanOf(groups: readonly Group[]): { first: string | null; last: string | null } {
  let first: bigint | null = null;
  let last: bigint | null = null;
  for (const { firstNs, lastNs } of groups) {
    if (firstNs !== null && (first === null || firstNs < first)) first = firstNs;
    if (lastNs !== null && (last === null || lastNs > last)) last = lastNs;
  }
  return { first: first === null ? null : formatTime(first), last: last === null ? null : formatTime(last) };
}

export function numberOrNull(value: SqlValue | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}

export function textOrNull(value: SqlValue | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}
