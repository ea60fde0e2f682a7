/** Pods to which sockets were led that asked for a service (lib/capture/translated.ts). */

import type { Sqlite } from "@/lib/capture/driver";
import type { CompiledScope } from "@/lib/capture/scope-sql";
import { MARK } from "@/lib/capture/sum-tables";
import { summedRows } from "@/lib/capture/summed";

export interface Translation {
  readonly namespace: string | null;
  readonly name: string;
  readonly pod: string;
  /** Of the scope: translations to the pod of sockets that asked for the service. */
  readonly events: number;
}

export function readTranslations(database: Sqlite, scope: CompiledScope): Translation[] {
  const { from, parameters, where } = summedRows(database, scope, "MarkedSum", {
    reads: "f.mark f.serviceId f.destinationId",
  });
  return database
    .prepare(
      `SELECT s.serviceNamespace, s.serviceName, a.key, sum(f.events) FROM ${from} JOIN Endpoint s ON s.id = f.serviceId
         JOIN Endpoint d ON d.id = f.destinationId JOIN Actor a ON a.id = d.actorId
       WHERE f.mark = ${MARK.translation} AND a.kind = 'pod' AND ${where.sql} GROUP BY 1, 2, 3`,
    )
    .rows([...parameters, ...where.parameters])
    .map(([namespace, name, pod, events]) => ({
      namespace: typeof namespace === "string" ? namespace : null,
      ...{ name: String(name), pod: String(pod), events: Number(events) },
    }));
}
