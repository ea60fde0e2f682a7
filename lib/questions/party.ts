/** Sides of flows, with the workload learned from other records of the same pod (product.md, rule 4). */

import { z } from "zod";
import { Recent } from "@/lib/base/recent";
import type { Sqlite, SqlRow, SqlValue } from "@/lib/capture/driver";
import type { Party } from "./answers";

const texts = z.array(z.string());

export class PartyReader {
  private readonly known = new Recent<number, Party>(20_000);
  private learned: ReadonlyMap<string, Workload> | undefined;

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
    this.learned ??= learnWorkloads(this.database);
    return this.learned.get(podKey(row)) ?? null;
  }
}

type Workload = NonNullable<Party["workload"]>;

/** The workload of each pod that any record names one for. Of several the first by name, whatever came in first. */
function learnWorkloads(database: Sqlite): Map<string, Workload> {
  const rows = database
    .prepare(
      `SELECT DISTINCT cluster, namespace, pod, workloadKind, workloadName FROM Endpoint
       WHERE pod IS NOT NULL AND workloadName IS NOT NULL ORDER BY workloadName DESC, workloadKind DESC`,
    )
    .all([]);
  return new Map(
    rows.map((row) => [podKey(row), { kind: text(row.workloadKind), name: text(row.workloadName) }]),
  );
}

function podKey({ cluster, namespace, pod }: SqlRow): string {
  return JSON.stringify([cluster ?? "", namespace ?? "", pod]);
}

function text(value: SqlValue | undefined): string | null {
  return typeof value === "string" ? value : null;
}
