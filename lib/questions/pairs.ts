/** Pairs with whom their sides stand for, as answers name them. */

import type { Sqlite, SqlRow } from "@/lib/capture/driver";
import type { MapLevel } from "./answers-map";

/** Whom a side stands for. */
export interface ActorRow {
  readonly key: string;
  readonly workloadKey: string;
  readonly namespaceKey: string;
  readonly kind: string;
  readonly cluster: string;
  readonly namespace: string | null;
  readonly workloadName: string | null;
  readonly name: string;
}

export interface PairRow {
  /** Null when it is unknown who is the client. */
  readonly client: ActorRow | null;
  readonly server: ActorRow | null;
  /** Of the packet. */
  readonly source: ActorRow | null;
  readonly destination: ActorRow | null;
  readonly clientBy: string;
  readonly port: number | null;
  readonly protocol: string | null;
}

/** Those of the given ids that are there. */
export function readPairs(database: Sqlite, ids: readonly number[]): Map<number, PairRow> {
  const actors = new Map<number, ActorRow>();
  const rows = database
    .prepare(
      `SELECT p.id, p.clientId, p.serverId, p.clientBy, p.serverPort, p.protocol, s.actorId AS sourceActor, d.actorId AS destinationActor
       FROM json_each(?) j JOIN Pair p ON p.id = j.value JOIN Endpoint s ON s.id = p.sourceId JOIN Endpoint d ON d.id = p.destinationId`,
    )
    .all([JSON.stringify(ids)]);
  const actorIds = rows.flatMap((row) => [row.sourceActor, row.destinationActor]);
  for (const row of database
    .prepare("SELECT * FROM Actor WHERE id IN (SELECT value FROM json_each(?))")
    .all([JSON.stringify([...new Set(actorIds)])]))
    actors.set(Number(row.id), toActor(row));
  const actor = (id: unknown): ActorRow | null => (id === null ? null : (actors.get(Number(id)) ?? null));
  return new Map(
    rows.map((row) => [
      Number(row.id),
      {
        client: actor(row.clientId),
        server: actor(row.serverId),
        source: actor(row.sourceActor),
        destination: actor(row.destinationActor),
        clientBy: String(row.clientBy),
        port: row.serverPort === null ? null : Number(row.serverPort),
        protocol: row.protocol === null ? null : String(row.protocol),
      },
    ]),
  );
}

export function toActor(row: SqlRow): ActorRow {
  const text = (value: unknown): string | null => (value === null ? null : String(value));
  return {
    key: String(row.key),
    workloadKey: String(row.workloadKey),
    namespaceKey: String(row.namespaceKey),
    kind: String(row.kind),
    cluster: String(row.cluster),
    namespace: text(row.namespace),
    workloadName: text(row.workloadName),
    name: String(row.name),
  };
}

/** The actor's id on the map of a level. */
export function actorKey(actor: ActorRow, level: MapLevel): string {
  if (level === "pod") return actor.key;
  return level === "workload" ? actor.workloadKey : actor.namespaceKey;
}
