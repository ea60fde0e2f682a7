/** Flows of some pairs, read from their pages; where they were held and are not too many, from memory. */

import type { Sqlite } from "../driver";
import { eachRow, leavesOf, type RowReader } from "../table-pages";
import { type FlowPlaces, NO_PORT, placesOfFlow } from "./flow-columns";

export interface OfPair {
  id: number;
  pair: number;
  sourcePort: number;
  destinationPort: number;
}

const newRow = (): OfPair => ({ id: 0, pair: 0, sourcePort: 0, destinationPort: 0 });

const NUMBERS = 4;
/** Flows in one piece of memory. */
const PIECE = 8192;

export class PairedRows {
  /** Four numbers for each flow. Undefined: not held, or too many. */
  private held: Float64Array[] | undefined;
  private flows = 0;

  constructor(
    private readonly database: Sqlite,
    /** 1 for each pair whose flows are wanted. */
    private readonly marks: Uint8Array,
    /** Flows held at most, at 32 bytes each. */
    private readonly most: number,
    /** Of these pairs' flows, which are wanted. */
    private readonly isWanted: (row: OfPair) => boolean,
  ) {}

  /** How many there are, once `holdBeside` has read them. */
  get count(): number {
    return this.flows;
  }

  /** The first reading: holds these rows, and shows those of others, in one go. */
  holdBeside(others: PairedRows, visit: (row: OfPair) => void): void {
    const places = placesOfFlow(this.database);
    const row = newRow();
    this.held = [];
    eachRow(this.database, leavesOf(this.database, "Flow").pages, (reader) => {
      row.pair = reader.number(places.pair, 0);
      if (this.stands(row, reader, places)) this.keep(row);
      else if (others.stands(row, reader, places)) visit(row);
    });
  }

  /** In the order of files and lines. The row is the same object each time. */
  each(visit: (row: OfPair) => void): void {
    if (this.held === undefined) this.read(visit);
    else this.repeat(this.held, visit);
  }

  private read(visit: (row: OfPair) => void): void {
    const places = placesOfFlow(this.database);
    const row = newRow();
    eachRow(this.database, leavesOf(this.database, "Flow").pages, (reader) => {
      row.pair = reader.number(places.pair, 0);
      if (this.stands(row, reader, places)) visit(row);
    });
  }

  /** True when the row at which the reader stands is wanted; it is filled then. */
  private stands(row: OfPair, reader: RowReader, places: FlowPlaces): boolean {
    if (this.marks[row.pair] !== 1) return false;
    row.id = reader.rowId;
    row.sourcePort = reader.number(places.sourcePort, NO_PORT);
    row.destinationPort = reader.number(places.destinationPort, NO_PORT);
    return this.isWanted(row);
  }

  private keep(row: OfPair): void {
    const flow = this.flows++;
    // Counted on, but not held any more.
    if (flow >= this.most) this.held = undefined;
    const { held } = this;
    if (held === undefined) return;
    const place = (flow % PIECE) * NUMBERS;
    if (place === 0) held.push(new Float64Array(PIECE * NUMBERS));
    const piece = held.at(-1) as Float64Array;
    piece[place] = row.id;
    piece[place + 1] = row.pair;
    piece[place + 2] = row.sourcePort;
    piece[place + 3] = row.destinationPort;
  }

  private repeat(held: readonly Float64Array[], visit: (row: OfPair) => void): void {
    const row = newRow();
    for (let flow = 0; flow < this.flows; flow++) {
      const piece = held[Math.floor(flow / PIECE)] as Float64Array;
      const place = (flow % PIECE) * NUMBERS;
      row.id = piece[place] as number;
      row.pair = piece[place + 1] as number;
      row.sourcePort = piece[place + 2] as number;
      row.destinationPort = piece[place + 3] as number;
      visit(row);
    }
  }
}
