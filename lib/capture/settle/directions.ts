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
import { eachRow } from "../table-pages";
import { NO_PORT, placesOfFlow } from "./flow-columns";
import { KeyTable } from "./key-table";
import { OWN_RULES, PairView } from "./pair-view";
import { PairWriter } from "./pair-writer";
import { type OfPair, PairedRows } from "./paired-rows";
import type { RowRange } from "./records";
import { pagesWith } from "./time-index";
import { type Tuple, TuplePart, TupleTable } from "./tuple-table";

export interface DirectionSizes {
  /** 5-tuples looked at together, at about 60 bytes each; more take several turns. */
  readonly tuples: number;
  /** Flows that ask, held at 32 bytes each. */
  readonly held: number;
}

const SIZES: DirectionSizes = { tuples: 250_000, held: 250_000 };

/** Over the whole revision: a neighbour can be any time away. Flows that nobody asks about are skipped by their pair. */
export function turnDirections(database: Sqlite, sizes = SIZES): void {
  if (!listPairs(database)) return;
  turnListed(database, PairView.read(database), sizes, { isWanted: () => true, tell: () => undefined });
}

/** The same where all but the flows of `added` were turned before. Returns which of the others were turned now. */
export function turnNeighbours(database: Sqlite, added: RowRange): ReadonlySet<number> {
  const others = new Set<number>();
  if (!listPairs(database, added)) return others;
  const pairs = PairView.read(database);
  const tuples = tuplesOf(database, pairs, added);
  const isWanted = (row: OfPair): boolean => tuples.find(...keyOf(pairs, row)) >= 0;
  const tell = (id: number): void => {
    if (id < added[0] || id >= added[1]) others.add(id);
  };
  turnListed(database, pairs, SIZES, { isWanted, tell });
  return others;
}

/** The 5-tuples of added flows, without the protocol. */
function tuplesOf(database: Sqlite, pairs: PairView, added: RowRange): KeyTable {
  const tuples = new KeyTable();
  const places = placesOfFlow(database);
  eachRow(database, pagesWith(database, added), (row) => {
    if (row.rowId < added[0] || row.rowId >= added[1]) return;
    const [pair, source] = [row.number(places.pair, 0), row.number(places.sourcePort, NO_PORT)];
    tuples.add(
      ...keyOf(pairs, {
        pair,
        sourcePort: source,
        destinationPort: row.number(places.destinationPort, NO_PORT),
      }),
    );
  });
  return tuples;
}

function keyOf(
  pairs: PairView,
  { pair, sourcePort, destinationPort }: Pick<OfPair, "pair" | "sourcePort" | "destinationPort">,
): [number, number, number, number] {
  const [source, destination] = [pairs.sourceAddressOf(pair), pairs.destinationAddressOf(pair)];
  return source < destination || (source === destination && sourcePort <= destinationPort)
    ? [source, destination, sourcePort, destinationPort]
    : [destination, source, destinationPort, sourcePort];
}

interface Turning {
  readonly isWanted: (row: OfPair) => boolean;
  /** Is told each flow that is turned. */
  readonly tell: (id: number) => void;
}

/**
 * Flows that ask are few and held. Those that tell are of few connections and mostly heard in the same reading; where their
 * connections are too many, they are read once for each part of those that are asked about.
 */
function turnListed(
  database: Sqlite,
  pairs: PairView,
  sizes: DirectionSizes,
  { isWanted, tell }: Turning,
): void {
  const asking = new PairedRows(database, marksOfPairs(database, "OpenPair"), sizes.held, isWanted);
  const telling = new PairedRows(database, marksOfPairs(database, "TellingPair"), 0, isWanted);
  const turned = new TurnedFlows(database, pairs, tell);
  const heard = new TupleTable();
  asking.holdBeside(telling, (row) => {
    if (heard.size > sizes.tuples) return;
    const isSourceLow = fillTuple(tuple, pairs, row);
    if (isSourceLow === undefined) return;
    heard.add(tuple);
    hear(heard, pairs, row, isSourceLow);
  });
  if (heard.size <= sizes.tuples) {
    asking.each((row) => turn(row, pairs, turned, heard, fillTuple(tuple, pairs, row)));
  } else {
    const parts = Math.max(1, Math.ceil(asking.count / sizes.tuples));
    for (let part = 0; part < parts; part++)
      turnPart(asking, telling, pairs, turned, new TuplePart(part, parts));
  }
  turned.write();
}

/** That of the flow which is looked at. */
const tuple: Tuple = { low: 0, high: 0, lowPort: 0, highPort: 0, protocol: 0 };

function turnPart(
  asking: PairedRows,
  telling: PairedRows,
  pairs: PairView,
  turned: TurnedFlows,
  within: TuplePart,
): void {
  const heard = new TupleTable();
  asking.each((row) => {
    if (fillTuple(tuple, pairs, row) !== undefined && within.holds(tuple)) heard.add(tuple);
  });
  telling.each((row) => {
    const isSourceLow = fillTuple(tuple, pairs, row);
    if (isSourceLow !== undefined && within.holds(tuple)) hear(heard, pairs, row, isSourceLow);
  });
  asking.each((row) => {
    const isSourceLow = fillTuple(tuple, pairs, row);
    if (isSourceLow === undefined ? within.isFirst : within.holds(tuple))
      turn(row, pairs, turned, heard, isSourceLow);
  });
}

function hear(heard: TupleTable, pairs: PairView, { pair }: OfPair, isSourceLow: boolean): void {
  heard.tell(tuple, pairs.ruleOf(pair), isSourceLow === (pairs.sideOf(pair) === 1));
}

/** `isSourceLow`: as `fillTuple` says it of the flow, whose tuple was filled. */
function turn(
  row: OfPair,
  pairs: PairView,
  flows: TurnedFlows,
  heard: TupleTable,
  isSourceLow: boolean | undefined,
): void {
  const isLowClient = isSourceLow === undefined ? undefined : heard.isLowClient(tuple);
  const client = turned(isLowClient === undefined ? undefined : isLowClient === isSourceLow, pairs, row);
  if (!pairs.is(row.pair, client)) flows.set(row, client);
}

/**
 * Pairs whose records leave it open, and those between the same addresses whose records tell; with `added`, only those between
 * addresses of added flows. False when none is open.
 */
function listPairs(database: Sqlite, added?: RowRange): boolean {
  const own = OWN_RULES.map((rule) => `'${rule}'`).join(", ");
  const sides = "JOIN Endpoint s ON s.id = p.sourceId JOIN Endpoint d ON d.id = p.destinationId";
  const addresses = "min(s.addressId, d.addressId), max(s.addressId, d.addressId), p.protocol";
  const among =
    added === undefined
      ? ""
      : `AND (${addresses}) IN (SELECT ${addresses} FROM Pair p ${sides} WHERE p.id IN (
          SELECT pairId FROM Flow WHERE id >= ${added[0]} AND id < ${added[1]}))`;
  database.exec(`
    CREATE TEMP TABLE IF NOT EXISTS OpenPair (id INTEGER PRIMARY KEY);
    CREATE TEMP TABLE IF NOT EXISTS TellingPair (id INTEGER PRIMARY KEY);
    DELETE FROM temp.OpenPair;
    DELETE FROM temp.TellingPair;
    INSERT INTO temp.OpenPair SELECT p.id FROM Pair p ${sides} WHERE p.clientBy NOT IN (${own}) AND p.protocol IS NOT NULL ${among};
    INSERT INTO temp.TellingPair SELECT p.id FROM Pair p ${sides} WHERE p.clientBy IN (${own})
      AND (${addresses}) IN (SELECT ${addresses} FROM Pair p ${sides} WHERE p.id IN (SELECT id FROM temp.OpenPair));`);
  return database.prepare("SELECT 1 FROM temp.OpenPair LIMIT 1").get([]) !== undefined;
}

/** 1 for each pair that is listed. */
function marksOfPairs(database: Sqlite, list: "OpenPair" | "TellingPair"): Uint8Array {
  const largest = database.prepare("SELECT coalesce(max(id), 0) AS id FROM Pair").get([]);
  const marks = new Uint8Array(Number(largest?.id) + 1);
  for (const [id] of database.prepare(`SELECT id FROM temp.${list}`).rows([])) marks[Number(id)] = 1;
  return marks;
}

/** Returns whether the source is the low side; undefined when the flow has no 5-tuple, or the same on both sides. */
function fillTuple(tuple: Tuple, pairs: PairView, row: OfPair): boolean | undefined {
  const { pair, sourcePort, destinationPort } = row;
  const [source, destination] = [pairs.sourceAddressOf(pair), pairs.destinationAddressOf(pair)];
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

function isPort(port: number): boolean {
  return port >= 0 && port < 65_536;
}

/** Flows that get another pair. Nothing is written to them before all were read: a row that grows can move to another page. */
class TurnedFlows {
  private readonly writer: PairWriter;
  private readonly table: PairTable;
  /** Pairs of flows that were turned: few, each of many flows. */
  private readonly known = new Map<string, number>();

  constructor(
    database: Sqlite,
    private readonly pairs: PairView,
    private readonly tell: (id: number) => void,
  ) {
    this.writer = new PairWriter(database, "Flow", "at the end");
    this.table = new PairTable(database);
  }

  set({ id, pair }: OfPair, client: Client): void {
    this.tell(id);
    this.writer.set(id, this.pairOf(pair, client));
  }

  write(): void {
    this.writer.finish();
  }

  private pairOf(pair: number, client: Client): number {
    const key = `${pair} ${client.side} ${client.by} ${client.serverPort}`;
    let id = this.known.get(key);
    if (id === undefined) {
      id = this.table.idOf(this.pairs.like(pair, client));
      this.known.set(key, id);
    }
    return id;
  }
}

function turned(isSourceClient: boolean | undefined, pairs: PairView, row: OfPair): Client {
  const [sourcePort, destinationPort] = [portOf(row.sourcePort), portOf(row.destinationPort)];
  if (isSourceClient === undefined)
    return clientOf(undefined, pairs.protocolNameOf(row.pair), sourcePort, destinationPort);
  return {
    side: isSourceClient ? 1 : 2,
    by: "same-connection",
    serverPort: isSourceClient ? destinationPort : sourcePort,
  };
}

function portOf(port: number): number | undefined {
  return port === NO_PORT ? undefined : port;
}
