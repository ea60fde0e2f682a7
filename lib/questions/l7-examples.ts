/** Requests to look at first: the slowest, and the newest error of each route. */

import { ok, type Result } from "@/lib/base/result";
import { formatTime } from "@/lib/base/time";
import type { SqlValue } from "@/lib/capture/driver";
import { compileScope } from "@/lib/capture/scope-sql";
import { L7_PROTOCOL, LATENCY_BY } from "@/lib/insight/exchange-kind";
import type { L7Example, L7ExamplesAnswer, L7Protocol } from "./answers-l7";
import type { QuestionFailure } from "./failure";
import { flowIdOf } from "./flow-row";
import { methodName, numberOrNull, silenceName, statusName, textOrNull } from "./l7";
import type { OpenCapture } from "./open-capture";
import { readScope, type ScopeParameters, scopeKey } from "./scope-parameters";

export interface L7ExamplesParameters extends ScopeParameters {
  readonly protocol: L7Protocol;
  /** Of each kind, at most. */
  readonly limit: number;
}

export function readL7Examples(
  capture: OpenCapture,
  parameters: L7ExamplesParameters,
): Result<L7ExamplesAnswer, QuestionFailure> {
  const scope = readScope(capture, parameters);
  if (!scope.ok) return scope;
  const { protocol, limit } = parameters;
  const found = capture.keep(`l7 examples ${protocol} ${limit} ${scopeKey(parameters)}`, () => {
    const compiled = compileScope(capture.database, scope.value);
    const of = `e.counted = 1 AND e.protocol = ${L7_PROTOCOL[protocol]} AND ${compiled.sql}`;
    const slowest = capture.database
      .prepareExact(
        `${SELECT} 1 ${FROM} WHERE e.latencyNs IS NOT NULL AND ${of} ORDER BY e.latencyNs DESC, e.id LIMIT ?`,
      )
      .rows([...compiled.parameters, limit])
      .map((row) => toExample(row, protocol));
    // With a bare max(), SQLite gives the other columns of the row that has it.
    const failing = capture.database
      .prepareExact(
        `${SELECT} sum(max(e.requests, e.responses)) AS errors, max(coalesce(e.timeNs, 0)) ${FROM} WHERE e.error = 1 AND ${of}
         GROUP BY s.workloadKey, upper(coalesce(k.httpMethod, k.kafkaApiKey)), e.routeId ORDER BY errors DESC, e.id LIMIT ?`,
      )
      .rows([...compiled.parameters, limit])
      .map((row) => ({ ...toExample(row, protocol), errors: Number(row[ERRORS]) }));
    return { slowest, failing };
  });
  return ok({ meta: capture.meta("requests"), ...found });
}

const SELECT = `SELECT f.hash, f.occurrence, a.hash, a.occurrence, f.timeNs, c.workloadKey, s.workloadKey,
  coalesce(k.httpMethod, k.kafkaApiKey), t.value, r.value, e.status, e.grpcStatus, e.denied, e.responses, e.outcome,
  e.latencyNs, e.latencyBy,`;
/** Place of what {@link SELECT} is followed by. */
const ERRORS = 17;

const FROM = `FROM L7Exchange e JOIN Flow f ON f.id = e.id JOIN Kind k ON k.id = f.kindId JOIN Pair p ON p.id = f.pairId
  LEFT JOIN Flow a ON a.id = e.responseId LEFT JOIN Actor c ON c.id = p.clientId LEFT JOIN Actor s ON s.id = p.serverId
  LEFT JOIN Route r ON r.id = e.routeId LEFT JOIN Text t ON t.id = f.l7TextId`;

function toExample(row: readonly SqlValue[], protocol: L7Protocol): L7Example {
  const [hash, occurrence, answerHash, answerOccurrence, time, client, server, method, url, route, ...rest] =
    row;
  const [code, grpc, denied, responses, outcome, latency, latencyBy] = rest;
  const isAnswered = Number(responses) > 0;
  return {
    flowId: flowIdOf(hash as bigint, Number(occurrence)),
    answerId: typeof answerHash === "bigint" ? flowIdOf(answerHash, Number(answerOccurrence)) : null,
    time: typeof time === "bigint" ? formatTime(time) : null,
    client: textOrNull(client),
    server: textOrNull(server),
    method: methodName(protocol, textOrNull(method)),
    url: textOrNull(url),
    route: textOrNull(route),
    status: isAnswered
      ? statusName(protocol, numberOrNull(code), numberOrNull(grpc), Number(denied) === 1)
      : silenceName(Number(outcome)),
    latencyNs: typeof latency === "bigint" ? String(latency) : null,
    isComputed: Number(latencyBy) === LATENCY_BY.pairing,
  };
}
