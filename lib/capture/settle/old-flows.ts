/** Flows that a program loaded which knew no pairs: they get the pair that the decoders would give them today. */

import { clientOf, type KnownSide, knownSide } from "@/lib/flow/client";
import { PRESENT } from "@/lib/flow/presence";
import type { Sqlite, SqlValue } from "../driver";
import { PairTable } from "../pair-table";
import { PairWriter } from "./pair-writer";

const ROWS = 10_000;

export function pairOldFlows(database: Sqlite): void {
  for (const table of ["Flow", "DuplicateFlow"] as const) {
    const found = database.prepare(`SELECT 1 FROM ${table} WHERE pairId = 0 LIMIT 1`).get([]);
    if (found !== undefined) pairFlowsOf(database, table);
  }
}

function pairFlowsOf(database: Sqlite, table: "Flow" | "DuplicateFlow"): void {
  const kinds = readKinds(database);
  const pairs = new PairTable(database);
  const writer = new PairWriter(database, table);
  const read = database.prepare(
    `SELECT id, kindId, sourceId, destinationId, sourcePort, destinationPort FROM ${table}
     WHERE pairId = 0 AND id > ? ORDER BY id LIMIT ${ROWS}`,
  );
  for (let last = -1; ; ) {
    const rows = read.rows([last]);
    for (const [id, kindId, source, destination, sourcePort, destinationPort] of rows) {
      const kind = kinds.get(Number(kindId));
      const client = clientOf(kind?.known, kind?.protocol, portOf(sourcePort), portOf(destinationPort));
      const pairId = pairs.idOf({
        sourceId: Number(source),
        destinationId: Number(destination),
        clientSide: client.side,
        clientBy: client.by,
        serverPort: client.serverPort ?? null,
        protocol: kind?.protocol ?? null,
      });
      writer.set(Number(id), pairId);
    }
    writer.finish();
    if (rows.length < ROWS) return;
    last = Number(rows[ROWS - 1]?.[0]);
  }
}

interface KindSigns {
  readonly known: KnownSide | undefined;
  readonly protocol: string | undefined;
}

function readKinds(database: Sqlite): Map<number, KindSigns> {
  const rows = database.prepare("SELECT id, isReply, protocol, tcpFlags, present FROM Kind").all([]);
  return new Map(
    rows.map((row) => {
      const protocol = row.protocol === null ? undefined : String(row.protocol);
      // The kind keeps one of both members: the mask tells which it was.
      const hasIsReply = (Number(row.present) & PRESENT.is_reply) !== 0;
      const known = knownSide({
        isReply: hasIsReply && row.isReply !== null ? row.isReply === 1 : undefined,
        deprecatedReply: row.isReply === 1,
        protocol,
        tcpFlags: row.tcpFlags === null ? undefined : String(row.tcpFlags).split(","),
      });
      return [Number(row.id), { known, protocol }];
    }),
  );
}

function portOf(value: SqlValue | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}
