/** Pods to which sockets were led that asked for a service (lib/capture/translated.ts). */

import type { Sqlite } from "@/lib/capture/driver";
import type { CompiledScope } from "@/lib/capture/scope-sql";
import { TRANSLATED } from "@/lib/capture/translated";

export interface Translation {
  readonly namespace: string | null;
  readonly name: string;
  readonly pod: string;
  /** Of the scope: translations to the pod of sockets that asked for the service. */
  readonly events: number;
}

export function readTranslations(database: Sqlite, scope: CompiledScope): Translation[] {
  return database
    .prepare(
      `SELECT t.namespace, t.name, a.key, sum(f.events) FROM (${TRANSLATED}) t JOIN Flow f ON f.id = t.id
         JOIN Endpoint d ON d.id = f.destinationId JOIN Actor a ON a.id = d.actorId
       WHERE a.kind = 'pod' AND ${scope.sql} GROUP BY 1, 2, 3`,
    )
    .rows(scope.parameters)
    .map(([namespace, name, pod, events]) => ({
      namespace: typeof namespace === "string" ? namespace : null,
      ...{ name: String(name), pod: String(pod), events: Number(events) },
    }));
}
