/** The endpoints of a capture as sides, in chunks. */

import { z } from "zod";
import { DEFAULT_CLUSTER, type Side } from "@/lib/insight/side";
import type { Sqlite, SqlValue } from "../driver";

const CHUNK_ROWS = 4096;

export interface EndpointSide {
  readonly id: number;
  readonly addressId: number | undefined;
  readonly side: Side;
  /** What the capture knows of the address. */
  readonly dnsName: string | undefined;
  readonly cidr: string | undefined;
}

/** Cluster of an endpoint: its own, else that of the node that saw it. SQL over `e`. */
export const ENDPOINT_CLUSTER = `coalesce(e.cluster, e.observedIn, '${DEFAULT_CLUSTER}')`;

const texts = z.array(z.string());

export function* readSides(database: Sqlite): Generator<EndpointSide> {
  const statement = database.prepare(
    `SELECT e.id, e.addressId, ${ENDPOINT_CLUSTER}, e.identity, e.namespace, e.pod, e.workloadKind, e.workloadName, e.labels,
       e.ip, e.names, e.serviceName, e.serviceNamespace, a.dnsName, a.cidr
     FROM Endpoint e LEFT JOIN Address a ON a.id = e.addressId WHERE e.id > ? ORDER BY e.id LIMIT ${CHUNK_ROWS}`,
  );
  for (let last = 0; ; ) {
    const rows = statement.rows([last]);
    for (const row of rows) yield toSide(row);
    if (rows.length < CHUNK_ROWS) return;
    last = Number(rows[CHUNK_ROWS - 1]?.[0]);
  }
}

function toSide(row: readonly SqlValue[]): EndpointSide {
  return {
    id: Number(row[0]),
    addressId: row[1] === null ? undefined : Number(row[1]),
    dnsName: text(row[13]),
    cidr: text(row[14]),
    side: {
      cluster: String(row[2]),
      identity: row[3] === null ? undefined : Number(row[3]),
      namespace: text(row[4]),
      pod: text(row[5]),
      workloadKind: text(row[6]),
      workloadName: text(row[7]),
      labels: list(row[8]),
      ip: text(row[9]),
      names: list(row[10]),
      serviceName: text(row[11]),
      serviceNamespace: text(row[12]),
    },
  };
}

/** An empty name says nothing. */
function text(value: SqlValue | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function list(value: SqlValue | undefined): string[] {
  return typeof value === "string" ? texts.parse(JSON.parse(value)) : [];
}
