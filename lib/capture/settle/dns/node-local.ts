/**
 * The node-local DNS trap (flow-formats 8.7): traffic to kube-dns is turned to the pod of the node-local cache before policy is
 * checked, and a policy that allows kube-dns only drops it. Seen as a cause of drops; here it is one of DNS as well.
 */

import { type CauseValue, causeIdOf } from "@/lib/insight/causes/cause";
import type { Sqlite, SqlRow, SqlValue } from "../../driver";

/** Drops by default deny on egress to port 53 of a node-local cache, by its name, its label, or its link-local address. */
const TRAPS = `
  SELECT c.* FROM Cause c WHERE c.kind = 'drop' AND c.type = 'default-deny' AND c.direction = 'EGRESS' AND c.port = 53
    AND EXISTS (
      SELECT 1 FROM Actor a JOIN Endpoint e ON e.actorId = a.id WHERE a.workloadKey = c.serverKey AND (
        a.name LIKE 'node-local-dns%' OR a.workloadName LIKE 'node-local-dns%' OR a.workloadName LIKE 'nodelocaldns%'
        OR e.labels LIKE '%"k8s:k8s-app=node-local-dns"%' OR e.ip LIKE '169.254.%'))`;

export function trapCauses(database: Sqlite): CauseValue[] {
  return database
    .prepareExact(`${TRAPS} ORDER BY c.causeId`)
    .all([])
    .map((row) => ({
      causeId: causeIdOf("dns", ["node-local-dns", String(row.causeId)]),
      kind: "dns",
      type: "node-local-dns",
      direction: "EGRESS",
      reason: text(row.reason),
      code: number(row.code),
      policies: String(row.policies),
      clientKey: text(row.clientKey),
      serverKey: text(row.serverKey),
      port: 53,
      protocol: text(row.protocol),
      subject: null,
      class: Number(row.class) as CauseValue["class"],
      clients: Number(row.clients),
      attempts: number(row.attempts),
      count: Number(row.count),
      unit: "drops",
      firstNs: ns(row.firstNs),
      lastNs: ns(row.lastNs),
      workedNs: ns(row.workedNs),
      worksNs: ns(row.worksNs),
      rhythmNs: ns(row.rhythmNs),
      certain: Number(row.certain) === 1 ? 1 : 0,
      exampleId: Number(row.exampleId),
      evidence: JSON.stringify({ drop: String(row.causeId) }),
    }));
}

/** The flows are those of the drops. */
export function writeTrapFlows(database: Sqlite, ids: ReadonlyMap<string, number>): void {
  const insert = database.prepare(
    "INSERT OR IGNORE INTO CauseFlow (causeId, flowId) SELECT ?, id FROM JoinedDrop WHERE causeId = ?",
  );
  for (const row of database.prepare(TRAPS).all([])) {
    const id = ids.get(causeIdOf("dns", ["node-local-dns", String(row.causeId)]));
    if (id !== undefined) insert.run([id, Number(row.id)]);
  }
}

function text(value: SqlRow[string] | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}

function number(value: SqlValue | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}

function ns(value: SqlValue | undefined): bigint | null {
  return typeof value === "bigint" ? value : null;
}
