/** Settles connection attempts: lib/insight/attempts.ts has the rule, this feeds it and writes what it finds. */

import { randomInt } from "node:crypto";
import { BIT, kindBits, tieRank } from "@/lib/insight/attempt-kind";
import { AttemptStitcher, type Piece } from "@/lib/insight/attempts";
import { attemptFlags, outcomeOf } from "@/lib/insight/outcome";
import type { Sqlite, SqlRow } from "../driver";
import { Prisma } from "../generated/browser";
import { eachInTime } from "./in-time";
import { deleteInTime, type Neighbourhood } from "./neighbourhood";
import { byId, nodeNumbers } from "./nodes";
import { PairView } from "./pair-view";
import { RowWriter } from "./row-writer";

const COLUMNS = {
  kind: "f.kindId",
  observer: "f.observerId",
  pair: "f.pairId",
  sourcePort: "f.sourcePort",
  destinationPort: "f.destinationPort",
} as const;

export function stitchAttempts(database: Sqlite, neighbourhood: Neighbourhood): void {
  deleteInTime(database, "Attempt", "firstNs", neighbourhood);
  const kinds = readKindBits(database);
  if (kinds.size === 0) return;
  const bitsOf = byId(kinds);
  const nodes = byId(nodeNumbers(database));
  const pairs = new PairView(database);
  const writer = new RowWriter(database, "Attempt", Object.keys(Prisma.AttemptScalarFieldEnum));
  const stitcher = new AttemptStitcher((piece) => writer.add(toRow(piece)), randomInt(2 ** 31));
  const where =
    "f.kindId IN (SELECT id FROM temp.StitchKind) AND f.sourcePort < 65536 AND f.destinationPort < 65536 AND f.timeNs IS NOT NULL";
  eachInTime(
    database,
    { columns: COLUMNS, where },
    neighbourhood,
    ({ columns }, row) => tieRank(bitsOf[columns.kind[row] as number] as number),
    ({ ids, columns }, row) => {
      const pair = columns.pair[row] as number;
      const [source, destination] = [pairs.sourceAddressOf(pair), pairs.destinationAddressOf(pair)];
      if (source === 0 || destination === 0) return;
      stitcher.add(
        ids[row] as number,
        columns.seconds[row] as number,
        columns.nanos[row] as number,
        source,
        columns.sourcePort[row] as number,
        destination,
        columns.destinationPort[row] as number,
        nodes[columns.observer[row] as number] as number,
        turnedBits(bitsOf[columns.kind[row] as number] as number, pairs.sideOf(pair)),
      );
    },
  );
  stitcher.end();
  writer.finish();
}

/** The direction is the one that settling gave the flow's pair, so that attempts and edges agree. */
function turnedBits(bits: number, clientSide: number): number {
  if (clientSide === 0) return bits;
  return (bits & ~(BIT.reply | BIT.notReply)) | (clientSide === 1 ? BIT.notReply : BIT.reply);
}

/** Bits of the kinds that belong to connections; their ids are in temp.StitchKind. */
function readKindBits(database: Sqlite): Map<number, number> {
  const kinds = database
    .prepare(
      "SELECT id, protocol, type, verdict, dropCode, trafficDirection, tcpFlags, isReply, aggregated FROM Kind",
    )
    .all([])
    .map((row): [number, number] => [Number(row.id), bitsOfRow(row)]);
  const taking = new Map(kinds.filter(([, bits]) => bits !== 0));
  database.exec(
    "CREATE TEMP TABLE IF NOT EXISTS StitchKind (id INTEGER PRIMARY KEY); DELETE FROM temp.StitchKind;",
  );
  database
    .prepare("INSERT INTO temp.StitchKind SELECT value FROM json_each(?)")
    .run([JSON.stringify([...taking.keys()])]);
  return taking;
}

function bitsOfRow(row: SqlRow): number {
  return kindBits({
    protocol: row.protocol === null ? null : String(row.protocol),
    type: String(row.type),
    verdict: String(row.verdict),
    dropCode: row.dropCode === null ? null : Number(row.dropCode),
    trafficDirection: String(row.trafficDirection),
    tcpFlags: row.tcpFlags === null ? null : String(row.tcpFlags),
    isReply: row.isReply === null ? null : row.isReply === 1,
    isAggregated: row.aggregated !== 0,
  });
}

/** In the order of the columns of Attempt; the test of this module holds both against each other. */
function toRow(piece: Piece): (number | bigint)[] {
  return [
    piece.id,
    nanoseconds(piece.firstSecond, piece.firstNano),
    nanoseconds(piece.lastSecond, piece.lastNano),
    piece.protocol,
    piece.client,
    piece.server,
    piece.clientPort,
    piece.serverPort,
    piece.records,
    piece.syns,
    outcomeOf(piece),
    attemptFlags(piece),
    piece.verdict,
  ];
}

function nanoseconds(second: number, nano: number): bigint {
  return BigInt(second) * 1_000_000_000n + BigInt(nano);
}
