/**
 * Turns flows by their neighbours: one whose own record leaves its direction open takes that of another record of
 * the same cluster and 5-tuple in this revision (product.md, "Client and server"; before the rule of ports).
 *
 * Where records of one 5-tuple contradict each other, those of the strongest rule decide (is_reply, reply, TCP flags),
 * by majority; a tie leaves it to the ports. So nothing depends on the order of files or lines.
 */

import { type Client, clientOf } from "@/lib/flow/client";
import type { Sqlite } from "../driver";
import { PairTable } from "../pair-table";
import { OWN_RULES, PairView } from "./pair-view";
import { PairWriter } from "./pair-writer";
import { type FlowChunk, scanInFileOrder } from "./scan";
import { type Tuple, TupleTable } from "./tuple-table";

const COLUMNS = {
  pair: "f.pairId",
  sourcePort: "f.sourcePort",
  destinationPort: "f.destinationPort",
} as const;
type Chunk = FlowChunk<keyof typeof COLUMNS>;

/** Over the whole revision: a neighbour can be any time away. Flows that nobody asks about are skipped by their pair. */
export function turnDirections(database: Sqlite): void {
  if (!listPairs(database)) return;
  const pairs = new PairView(database);
  const tuples = new TupleTable();
  eachTuple(database, "OpenPair", pairs, (tuple) => tuples.add(tuple));
  eachTuple(database, "TellingPair", pairs, (tuple, pair, isSourceLow) =>
    tuples.tell(tuple, pairs.ruleOf(pair), isSourceLow === (pairs.sideOf(pair) === 1)),
  );
  turnOpen(database, pairs, tuples);
}

/** Pairs whose records leave it open, and those between the same addresses whose records tell. False when none is open. */
function listPairs(database: Sqlite): boolean {
  const own = OWN_RULES.map((rule) => `'${rule}'`).join(", ");
  const sides = "JOIN Endpoint s ON s.id = p.sourceId JOIN Endpoint d ON d.id = p.destinationId";
  const addresses = "min(s.addressId, d.addressId), max(s.addressId, d.addressId), p.protocol";
  database.exec(`
    CREATE TEMP TABLE IF NOT EXISTS OpenPair (id INTEGER PRIMARY KEY);
    CREATE TEMP TABLE IF NOT EXISTS TellingPair (id INTEGER PRIMARY KEY);
    DELETE FROM temp.OpenPair;
    DELETE FROM temp.TellingPair;
    INSERT INTO temp.OpenPair SELECT id FROM Pair WHERE clientBy NOT IN (${own}) AND protocol IS NOT NULL;
    INSERT INTO temp.TellingPair SELECT p.id FROM Pair p ${sides} WHERE p.clientBy IN (${own})
      AND (${addresses}) IN (SELECT ${addresses} FROM Pair p ${sides} WHERE p.id IN (SELECT id FROM temp.OpenPair));`);
  return database.prepare("SELECT 1 FROM temp.OpenPair LIMIT 1").get([]) !== undefined;
}

function eachTuple(
  database: Sqlite,
  pairTable: "OpenPair" | "TellingPair",
  pairs: PairView,
  visit: (tuple: Tuple, pair: number, isSourceLow: boolean) => void,
): void {
  const tuple: Tuple = { low: 0, high: 0, lowPort: 0, highPort: 0, protocol: 0 };
  for (const chunk of readFlows(database, pairTable)) {
    for (let row = 0; row < chunk.rows; row++) {
      const isSourceLow = fillTuple(tuple, pairs, chunk, row);
      if (isSourceLow !== undefined) visit(tuple, Number(chunk.columns.pair[row]), isSourceLow);
    }
  }
}

function readFlows(database: Sqlite, pairTable: "OpenPair" | "TellingPair"): Generator<Chunk> {
  return scanInFileOrder(database, {
    columns: COLUMNS,
    where: `f.pairId IN (SELECT id FROM temp.${pairTable})`,
  });
}

/** Returns whether the source is the low side; undefined when the flow has no 5-tuple, or the same on both sides. */
function fillTuple(tuple: Tuple, pairs: PairView, { columns }: Chunk, row: number): boolean | undefined {
  const pair = Number(columns.pair[row]);
  const [source, destination] = [pairs.sourceAddressOf(pair), pairs.destinationAddressOf(pair)];
  const [sourcePort, destinationPort] = [columns.sourcePort[row], columns.destinationPort[row]];
  if (source === 0 || destination === 0 || !isPort(sourcePort) || !isPort(destinationPort)) return undefined;
  if (source === destination && sourcePort === destinationPort) return undefined;
  const isSourceLow = source === destination ? sourcePort < destinationPort : source < destination;
  tuple.low = isSourceLow ? source : destination;
  tuple.high = isSourceLow ? destination : source;
  tuple.lowPort = isSourceLow ? sourcePort : destinationPort;
  tuple.highPort = isSourceLow ? destinationPort : sourcePort;
  tuple.protocol = pairs.protocolOf(pair);
  return isSourceLow;
}

function isPort(value: number | string | null | undefined): value is number {
  return typeof value === "number" && value < 65_536;
}

function turnOpen(database: Sqlite, pairs: PairView, tuples: TupleTable): void {
  const table = new PairTable(database);
  const writer = new PairWriter(database);
  const tuple: Tuple = { low: 0, high: 0, lowPort: 0, highPort: 0, protocol: 0 };
  for (const chunk of readFlows(database, "OpenPair")) {
    for (let row = 0; row < chunk.rows; row++) {
      const isSourceLow = fillTuple(tuple, pairs, chunk, row);
      const isLowClient = isSourceLow === undefined ? undefined : tuples.isLowClient(tuple);
      const pair = Number(chunk.columns.pair[row]);
      const isSourceClient = isLowClient === undefined ? undefined : isLowClient === isSourceLow;
      const client = turned(isSourceClient, pairs, chunk, row);
      if (!pairs.is(pair, client)) writer.set(chunk.ids[row] as number, table.idOf(pairs.like(pair, client)));
    }
  }
  writer.finish();
}

function turned(
  isSourceClient: boolean | undefined,
  pairs: PairView,
  { columns }: Chunk,
  row: number,
): Client {
  const [sourcePort, destinationPort] = [
    portOf(columns.sourcePort[row]),
    portOf(columns.destinationPort[row]),
  ];
  if (isSourceClient === undefined)
    return clientOf(undefined, pairs.protocolNameOf(Number(columns.pair[row])), sourcePort, destinationPort);
  return {
    side: isSourceClient ? 1 : 2,
    by: "same-connection",
    serverPort: isSourceClient ? destinationPort : sourcePort,
  };
}

function portOf(value: number | string | null | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}
