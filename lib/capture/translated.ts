/**
 * Translations of sockets that asked for a service. Cilium writes two socket events: before translation, with the service,
 * and behind it, with the pod. They belong together where nothing else of the same client stands between them.
 */

import type { Condition, ValueOfTerm } from "./conditions";
import type { Sqlite } from "./driver";

const BEFORE = "SELECT id FROM Kind WHERE socketPoint = 'SOCK_XLATE_POINT_PRE_DIRECTION_FWD'";
const BEHIND = "SELECT id FROM Kind WHERE socketPoint = 'SOCK_XLATE_POINT_POST_DIRECTION_FWD'";
/** Both are written within one system call. */
const LONGEST_NS = 1_000_000;

/** `b` before translation and `g` behind it, and no other event of the socket layer between them. Found by their time: they are few. */
const PAIRED = `g.timeNs BETWEEN b.timeNs AND b.timeNs + ${LONGEST_NS} AND +g.observerId = b.observerId AND +g.sourceId = b.sourceId
  AND g.kindId IN (${BEHIND}) AND NOT EXISTS (
    SELECT 1 FROM Flow h WHERE h.timeNs BETWEEN b.timeNs AND g.timeNs AND h.id NOT IN (b.id, g.id)
      AND h.observerId = b.observerId AND h.sourceId = b.sourceId AND h.kindId IN (${BEFORE} UNION ALL ${BEHIND}))`;

/** The service that a record before translation names: as it is written in a filter. SQL over its endpoint `e`. */
const SERVICE = "coalesce(e.serviceNamespace || '/', '') || e.serviceName";

/** Finds them among all flows, in place of those that were found before. Where no kind has such events, no flow is looked at. */
export function findTranslations(database: Sqlite): void {
  database.exec(`DELETE FROM Translation;
    INSERT INTO Translation (id, serviceId) SELECT DISTINCT g.id, e.id
    FROM Flow b CROSS JOIN Endpoint e ON e.id = b.destinationId CROSS JOIN Flow g ON ${PAIRED}
    WHERE b.id IN (SELECT id FROM Flow WHERE EXISTS (${BEFORE}) AND kindId IN (${BEFORE})) AND e.serviceName IS NOT NULL`);
}

export function translatedFromCondition(value: ValueOfTerm<"translated-from">): Condition {
  if (value.type !== "text") return { sql: "NOT (f.id IN (SELECT id FROM Translation))", parameters: [] };
  return {
    sql: `f.id IN (SELECT t.id FROM Translation t JOIN Endpoint e ON e.id = t.serviceId WHERE ${SERVICE} = ?)`,
    parameters: [value.text],
  };
}
