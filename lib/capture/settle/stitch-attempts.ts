/** Settles connection attempts: lib/insight/attempts.ts has the rule, this feeds it and writes what it finds. */

import { randomInt } from "node:crypto";
import { BIT, kindBits, tieRank } from "@/lib/insight/attempt-kind";
import { AttemptStitcher, type Piece } from "@/lib/insight/attempts";
import { attemptFlags, outcomeOf } from "@/lib/insight/outcome";
import type { Sqlite, SqlRow } from "../driver";
import { type FlowColumns, FOR, NO_PORT } from "./flow-columns";
import type { InTime } from "./flows-in-time";
import { byId, nodeNumbers } from "./nodes";
import type { PairView } from "./pair-view";
import { FoundRows } from "./settled-rows";

const PORTS = 65_536;

/** What stitching must know of a capture, as data that another thread can be given. */
export interface AttemptInput {
  /** The capture's file. */
  readonly capture: string;
  /** By the kind's id; 0 for kinds that do not belong to connections. */
  readonly bits: Int32Array;
  /** Numbers of nodes by the observer's id. */
  readonly nodes: Int32Array;
}

export function attemptInput(database: Sqlite): AttemptInput {
  return { capture: database.file, bits: byId(readKindBits(database)), nodes: byId(nodeNumbers(database)) };
}

export class AttemptsInTime implements InTime {
  readonly kinds: Uint8Array;
  readonly isPlain = true;
  readonly lookers = FOR.tuples;
  private readonly bits: Int32Array;
  private readonly nodes: Int32Array;
  private readonly rows: FoundRows;
  /** The rows of Attempt, when there are no more flows. */
  file: string | undefined;
  private readonly stitcher = new AttemptStitcher((piece) => this.write(piece), randomInt(2 ** 31));

  constructor(
    { capture, bits, nodes }: AttemptInput,
    private readonly pairs: PairView,
  ) {
    this.bits = bits;
    this.nodes = nodes;
    this.kinds = Uint8Array.from(bits, (bit) => (bit === 0 ? 0 : 1));
    this.rows = new FoundRows(capture, "Attempt");
  }

  rankOf({ at }: FlowColumns, row: number): number {
    return tieRank(this.bits[at.kind[row] as number] as number);
  }

  take(flows: FlowColumns, row: number): void {
    const { at } = flows;
    const [sourcePort, destinationPort] = [at.sourcePort[row] as number, at.destinationPort[row] as number];
    const pair = at.pair[row] as number;
    const [source, destination] = [this.pairs.sourceAddressOf(pair), this.pairs.destinationAddressOf(pair)];
    if (source === 0 || destination === 0 || !flows.isTimed(row)) return;
    if (!isPort(sourcePort) || !isPort(destinationPort)) return;
    const second = flows.second(row);
    this.stitcher.add(
      at.id[row] as number,
      second,
      flows.nano(row, second),
      source,
      sourcePort,
      destination,
      destinationPort,
      this.nodes[at.observer[row] as number] as number,
      turnedBits(this.bits[at.kind[row] as number] as number, this.pairs.sideOf(pair)),
    );
  }

  end(): void {
    this.stitcher.end();
    this.file = this.rows.close();
  }

  /** In the order of the columns of Attempt. */
  private write(piece: Piece): void {
    const { rows } = this;
    rows.begin();
    rows.put(piece.id);
    rows.time(piece.firstSecond, piece.firstNano);
    rows.time(piece.lastSecond, piece.lastNano);
    rows.put(piece.protocol);
    rows.put(piece.client);
    rows.put(piece.server);
    rows.put(piece.clientPort);
    rows.put(piece.serverPort);
    rows.put(piece.records);
    rows.put(piece.syns);
    rows.put(outcomeOf(piece));
    rows.put(attemptFlags(piece));
    rows.put(piece.verdict);
    rows.end();
  }
}

function isPort(port: number): boolean {
  return port !== NO_PORT && port < PORTS;
}

/** The direction is the one that settling gave the flow's pair, so that attempts and edges agree. */
function turnedBits(bits: number, clientSide: number): number {
  if (clientSide === 0) return bits;
  return (bits & ~(BIT.reply | BIT.notReply)) | (clientSide === 1 ? BIT.notReply : BIT.reply);
}

/** 0 for kinds that do not belong to connections. */
function readKindBits(database: Sqlite): Map<number, number> {
  const rows = database
    .prepare(
      "SELECT id, protocol, type, verdict, dropCode, trafficDirection, tcpFlags, isReply, aggregated FROM Kind",
    )
    .all([]);
  return new Map(rows.map((row) => [Number(row.id), bitsOfRow(row)]));
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
