/**
 * Pods to which sockets were led that asked for a service. Cilium writes two socket events: before translation, with the
 * service, and behind it, with the pod. They belong together where nothing else of the same client stands between them.
 */

import type { Sqlite } from "@/lib/capture/driver";
import type { CompiledScope } from "@/lib/capture/scope-sql";

export interface Translation {
  readonly namespace: string | null;
  readonly name: string;
  readonly pod: string;
  /** Of the scope: all translations to the pod, whatever the service. */
  readonly events: number;
}

const BEFORE = "SELECT id FROM Kind WHERE socketPoint = 'SOCK_XLATE_POINT_PRE_DIRECTION_FWD'";
const BEHIND = "SELECT id FROM Kind WHERE socketPoint = 'SOCK_XLATE_POINT_POST_DIRECTION_FWD'";
/** Both are written within one system call. */
const LONGEST_NS = 1_000_000;

/** `f` before translation and `g` behind it, and no other event of the socket layer between them. Found by their time: they are few. */
const PAIRED = `g.timeNs BETWEEN f.timeNs AND f.timeNs + ${LONGEST_NS} AND +g.observerId = f.observerId AND +g.sourceId = f.sourceId
  AND g.kindId IN (${BEHIND}) AND NOT EXISTS (
    SELECT 1 FROM Flow h WHERE h.timeNs BETWEEN f.timeNs AND g.timeNs AND h.id NOT IN (f.id, g.id)
      AND h.observerId = f.observerId AND h.sourceId = f.sourceId AND h.kindId IN (${BEFORE} UNION ALL ${BEHIND}))`;

export function readTranslations(database: Sqlite, scope: CompiledScope): Translation[] {
  if (database.prepare(`${BEHIND} LIMIT 1`).get([]) === undefined) return [];
  const led = database
    .prepare(
      `SELECT DISTINCT e.serviceNamespace, e.serviceName, a.key
       FROM Flow f CROSS JOIN Endpoint e ON e.id = f.destinationId CROSS JOIN Flow g ON ${PAIRED}
         CROSS JOIN Endpoint d ON d.id = g.destinationId CROSS JOIN Actor a ON a.id = d.actorId
       WHERE f.id IN (SELECT id FROM Flow WHERE kindId IN (${BEFORE})) AND e.serviceName IS NOT NULL AND a.kind = 'pod' AND ${scope.sql}`,
    )
    .rows(scope.parameters);
  const events = new Map(
    database
      .prepare(
        `SELECT a.key, sum(f.events) FROM Flow f JOIN Endpoint d ON d.id = f.destinationId JOIN Actor a ON a.id = d.actorId
         WHERE f.kindId IN (SELECT id FROM Kind WHERE verdict = 'TRANSLATED') AND ${scope.sql} GROUP BY 1`,
      )
      .rows(scope.parameters)
      .map(([pod, n]) => [String(pod), Number(n)]),
  );
  return led.map(([namespace, name, pod]) => ({
    namespace: typeof namespace === "string" ? namespace : null,
    ...{ name: String(name), pod: String(pod), events: events.get(String(pod)) ?? 0 },
  }));
}
