/** The pairs of a capture: found by their values, else added. Written by the load and by settling. */

import { hash64 } from "@/lib/base/hash";
import { Recent } from "@/lib/base/recent";
import type { Sqlite } from "./driver";

/** As in the table Pair. */
export interface PairValue {
  readonly sourceId: number;
  readonly destinationId: number;
  readonly clientSide: number;
  readonly clientBy: string;
  readonly serverPort: number | null;
  readonly protocol: string | null;
}

/** Pairs remembered by their hash, at most. */
const REMEMBERED = 200_000;

export class PairTable {
  private readonly ids = new Recent<bigint, number>(REMEMBERED);

  constructor(private readonly database: Sqlite) {}

  idOf(pair: PairValue): number {
    const hash = hashOf(pair);
    const remembered = this.ids.get(hash);
    if (remembered !== undefined) return remembered;
    const found = this.database.prepare("SELECT id FROM Pair WHERE hash = ?").get([hash]);
    const id = found === undefined ? this.add(hash, pair) : Number(found.id);
    this.ids.set(hash, id);
    return id;
  }

  private add(hash: bigint, pair: PairValue): number {
    const row = this.database
      .prepare(
        `INSERT INTO Pair (hash, sourceId, destinationId, clientSide, clientBy, serverPort, protocol)
         VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id`,
      )
      .get([
        hash,
        pair.sourceId,
        pair.destinationId,
        pair.clientSide,
        pair.clientBy,
        pair.serverPort,
        pair.protocol,
      ]);
    if (row === undefined) throw new Error("INSERT RETURNING gave no row");
    return Number(row.id);
  }
}

/** Over the capture's own ids of the sides: these are never given to another endpoint. */
function hashOf(pair: PairValue): bigint {
  const { sourceId, destinationId, clientSide, clientBy, serverPort, protocol } = pair;
  return hash64(JSON.stringify([sourceId, destinationId, clientSide, clientBy, serverPort, protocol]));
}
