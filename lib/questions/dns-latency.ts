/** How long DNS answers took: from the proxy's question to its answer, computed by pairing the two records. */

import { ok, type Result } from "@/lib/base/result";
import type { DnsLatencyAnswer } from "./dns-answers";
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
  const { table, where } = exchangesInScope(capture, scope.value);
  const rows = capture.database
    .prepare(
      `SELECT x.latencyBucket, count(*) FROM ${table}
       WHERE ${COUNTED} AND x.latencyBucket IS NOT NULL AND ${where.sql} GROUP BY 1`,
    )
    .rows(where.parameters);
  const counts = new Map(rows.map(([bucket, n]) => [Number(bucket), Number(n)]));
  return ok({ meta: dnsMeta(capture), latencyNs: latencyOf(counts), buckets: coarseBuckets(counts) });
}
