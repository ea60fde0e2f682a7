/** What answers about DNS share: latency, and workloads by their keys. */

import { bucketRange, percentiles } from "@/lib/base/log-histogram";
import type { DnsLatency, DnsWorkload } from "./dns-answers";
import type { OpenCapture } from "./open-capture";

/** Exchanges with the actor of one side. */
export function exchangesOf(who: "client" | "server", table: string): string {
  return `${table} JOIN Endpoint e ON e.id = x.${who}Id JOIN Actor a ON a.id = e.actorId`;
}

/** The exchanges that count: not those that a resolver only passed on. */
export const COUNTED = "NOT x.secondHop";

/** Bucket numbers of lib/base/log-histogram.ts with how many answers each holds. */
export function latencyOf(counts: ReadonlyMap<number, number>): DnsLatency {
  const [p50 = null, p95 = null, p99 = null] = percentiles(counts, [0.5, 0.95, 0.99]).map((value) =>
    value === undefined ? null : String(value),
  );
  const samples = [...counts.values()].reduce((sum, n) => sum + n, 0);
  return { p50, p95, p99, samples };
}

/** Sixteen fine buckets in one: four to a power of two. */
export function coarseBuckets(
  counts: ReadonlyMap<number, number>,
): { fromNs: string; toNs: string; n: number }[] {
  const coarse = new Map<number, number>();
  for (const [bucket, n] of counts) {
    const first = Math.floor(bucket / 16) * 16;
    coarse.set(first, (coarse.get(first) ?? 0) + n);
  }
  return [...coarse]
    .sort(([a], [b]) => a - b)
    .map(([first, n]) => ({
      fromNs: String(bucketRange(first).from),
      toNs: String(bucketRange(first + 15).to),
      n,
    }));
}

/** Of several actors with this key at the level of workloads, the first says what it is. */
export function readWorkload({ database }: OpenCapture, workloadKey: string): DnsWorkload {
  const row = database
    .prepare("SELECT * FROM Actor WHERE workloadKey = ? ORDER BY key LIMIT 1")
    .get([workloadKey]);
  return {
    id: workloadKey,
    kind: row?.workloadKind == null ? null : String(row.workloadKind),
    namespace: row?.namespace == null ? null : String(row.namespace),
    name: String(row?.workloadName ?? row?.name ?? workloadKey),
    cluster: String(row?.cluster ?? "default"),
  };
}
