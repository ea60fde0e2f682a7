/** Workloads that any record names for a pod: the remote side of a flow names none (product.md, rule 4). */

import type { Sqlite, SqlRow } from "@/lib/capture/driver";
import type { Workload } from "./table";

/** Answers for an endpoint's row. Of several workloads all, as the filter's `workload` has it. */
export function learnedWorkloads(database: Sqlite): (endpoint: SqlRow) => readonly Workload[] {
  const learned = new Map<string, Workload[]>();
  const rows = database
    .prepare(
      `SELECT DISTINCT cluster, namespace, pod, workloadKind, workloadName FROM Endpoint
       WHERE pod IS NOT NULL AND workloadName IS NOT NULL ORDER BY workloadName, workloadKind`,
    )
    .all([]);
  for (const row of rows) {
    const workload = {
      name: String(row.workloadName),
      kind: typeof row.workloadKind === "string" ? row.workloadKind : null,
    };
    learned.set(podKey(row), [...(learned.get(podKey(row)) ?? []), workload]);
  }
  return (endpoint) => (endpoint.pod === null ? [] : (learned.get(podKey(endpoint)) ?? []));
}

function podKey({ cluster, namespace, pod }: SqlRow): string {
  return JSON.stringify([cluster ?? "", namespace ?? "", pod]);
}
