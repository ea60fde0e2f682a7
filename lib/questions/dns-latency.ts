/** How long DNS answers took: from the proxy's question to its answer, computed by pairing the two records. */

import { ok, type Result } from "@/lib/base/result";
import type { DnsLatencyAnswer } from "./dns-answers";
import { countedByGroup } from "./dns-groups";
import { COUNTED, coarseBuckets, latencyOf } from "./dns-parts";
import { dnsMeta, exchangesInScope } from "./dns-scope";
import type { QuestionFailure } from "./failure";
import type { OpenCapture } from "./open-capture";
import { readScope, type ScopeParameters } from "./scope-parameters";

export function readDnsLatency(
  capture: OpenCapture,
  parameters: ScopeParameters,
): Result<DnsLatencyAnswer, QuestionFailure> {
  const scope = readScope(capture, parameters);
  if (!scope.ok) return scope;
  const exchanges = exchangesInScope(capture, scope.value);
  const rows = exchanges.hasAnswers
    ? capture.database
        .prepare(
          `WITH t AS MATERIALIZED (${countedByGroup(exchanges, ["x.latencyBucket"], "x.latencyBucket IS NOT NULL")})
           SELECT t.latencyBucket, sum(t.n) FROM ${exchanges.groups} JOIN t ON t.groupId = x.id WHERE ${COUNTED} GROUP BY 1`,
        )
        .rows(exchanges.where.parameters)
    : [];
  const counts = new Map(rows.map(([bucket, n]) => [Number(bucket), Number(n)]));
  return ok({ meta: dnsMeta(capture), latencyNs: latencyOf(counts), buckets: coarseBuckets(counts) });
}
