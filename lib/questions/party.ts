/** Sides of flows, with the workload learned from other records of the same pod (product.md, rule 4). */

import { z } from "zod";
import { Lru } from "@/lib/base/lru";
import type { Sqlite, SqlRow, SqlValue } from "@/lib/capture/driver";
import type { Party } from "./answers";

const texts = z.array(z.string());

export class PartyReader {
  private readonly known = new Lru<number, Party>(20_000);

  constructor(private readonly database: Sqlite) {}

  read(endpointId: number): Party {
    const known = this.known.get(endpointId);
    if (known !== undefined) return known;
    const row = this.database.prepare("SELECT * FROM Endpoint WHERE id = ?").get([endpointId]);
    if (row === undefined) throw new Error(`no endpoint ${endpointId}`);
    const party = this.toParty(row);
    this.known.set(endpointId, party);
    return party;
  }

  private toParty(row: SqlRow): Party {
    const service = { namespace: text(row.serviceNamespace), name: text(row.serviceName) };
    return {
      identity: typeof row.identity === "number" ? row.identity : null,
      cluster: text(row.cluster),
      namespace: text(row.namespace),
      pod: text(row.pod),
      workload: this.workloadOf(row),
      labels: typeof row.labels === "string" ? texts.parse(JSON.parse(row.labels)) : null,
      ip: text(row.ip),
      names: typeof row.names === "string" ? texts.parse(JSON.parse(row.names)) : [],
      service: service.name === null && service.namespace === null ? null : service,
    };
  }

  private workloadOf(row: SqlRow): Party["workload"] {
    const said = row.workloadName ?? row.workloadKind ?? null;
    if (said !== null) return { kind: text(row.workloadKind), name: text(row.workloadName) };
    if (row.pod === null) return null;
    const learned = this.database
      .prepare(
        `SELECT workloadKind, workloadName FROM Endpoint
         WHERE pod = ? AND coalesce(namespace, '') = ? AND coalesce(cluster, '') = ? AND workloadName IS NOT NULL ORDER BY id LIMIT 1`,
      )
      .get([row.pod ?? null, text(row.namespace) ?? "", text(row.cluster) ?? ""]);
    return learned === undefined
      ? null
      : { kind: text(learned.workloadKind), name: text(learned.workloadName) };
  }
}

function text(value: SqlValue | undefined): string | null {
  return typeof value === "string" ? value : null;
}
