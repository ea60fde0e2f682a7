/** Names that DNS answered with the addresses of several pods of one workload: clients of such a name choose the pod. */

import { summedExchanges } from "./dns-scope";
import type { OpenCapture } from "./open-capture";

/** Answers looked at; names that matter come again and again. */
const ANSWERS = 20_000;

/** By workload, the first such name in the alphabet. Of the whole capture: names are learned, whatever the scope. */
export function readHeadlessNames(capture: OpenCapture): ReadonlyMap<string, string> {
  return capture.keep("headless names", () => {
    const { table, where } = summedExchanges(capture, { filter: { terms: [] } });
    const rows = capture.database
      .prepare(
        `SELECT DISTINCT n.workloadKey, q.value, n.key FROM (SELECT ipKey, textId FROM DnsAnswer LIMIT ${ANSWERS}) a
         JOIN (SELECT DISTINCT e.ipKey, r.key, r.workloadKey FROM Endpoint e JOIN Actor r ON r.id = e.actorId
               WHERE r.kind = 'pod' AND e.ipKey IS NOT NULL) n ON n.ipKey = a.ipKey
         JOIN ${table} ON x.answerId = a.textId JOIN Text q ON q.id = x.queryId WHERE ${where.sql}`,
      )
      .rows(where.parameters);
    const pods = new Map<string, Set<string>>();
    for (const [workload, name, pod] of rows) {
      const key = JSON.stringify([workload, name]);
      pods.set(key, (pods.get(key) ?? new Set()).add(String(pod)));
    }
    const names = [...pods]
      .filter(([, those]) => those.size > 1)
      .map(([key]) => JSON.parse(key) as [string, string])
      .sort(([, a], [, b]) => (a < b ? 1 : -1));
    return new Map(names);
  });
}
