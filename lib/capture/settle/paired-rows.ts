/** Flows of some pairs, read from their pages; several times, of which all but the first from memory while they are not too many. */

import type { Sqlite } from "../driver";
import { eachRow, leavesOf } from "../table-pages";
import { NO_PORT, placesOfFlow } from "./flow-columns";

export interface OfPair {
  id: number;
  pair: number;
  sourcePort: number;
  destinationPort: number;
}

const NUMBERS = 4;
/** Flows in one piece of memory. */
const PIECE = 8192;

export class PairedRows {
  /** Four numbers for each flow. Undefined: not read yet, or too many. */
  private held: Float64Array[] | undefined;
  private flows = 0;
  private areTooMany = false;

  constructor(
    private readonly database: Sqlite,
    /** 1 for each pair whose flows are wanted. */
    private readonly marks: Uint8Array,
    /** Flows held at most, at 32 bytes each. */
    private readonly most: number,
    /** Of these pairs' flows, which are wanted. */
    private readonly isWanted: (row: OfPair) => boolean = () => true,
  ) {}

  /** In the order of files and lines. The row is the same object each time. */
  each(visit: (row: OfPair) => void): void {
    if (this.held === undefined) this.read(visit);
    else this.repeat(this.held, visit);
  }

  private read(visit: (row: OfPair) => void): void {
    const { database, marks } = this;
    const places = placesOfFlow(database);
    const row: OfPair = { id: 0, pair: 0, sourcePort: 0, destinationPort: 0 };
    let held: Float64Array[] | undefined = this.areTooMany ? undefined : [];
    eachRow(database, leavesOf(database, "Flow").pages, (reader) => {
      row.pair = reader.number(places.pair, 0);
      if (marks[row.pair] !== 1) return;
      row.id = reader.rowId;
      row.sourcePort = reader.number(places.sourcePort, NO_PORT);
      row.destinationPort = reader.number(places.destinationPort, NO_PORT);
      if (!this.isWanted(row)) return;
      this.areTooMany ||= this.flows === this.most;
      if (this.areTooMany) held = undefined;
      if (held !== undefined) this.keep(held, row);
      visit(row);
    });
    this.held = held;
  }

  private keep(held: Float64Array[], row: OfPair): void {
    const place = (this.flows % PIECE) * NUMBERS;
    if (place === 0) held.push(new Float64Array(PIECE * NUMBERS));
    const piece = held.at(-1) as Float64Array;
    piece[place] = row.id;
    piece[place + 1] = row.pair;
    piece[place + 2] = row.sourcePort;
    piece[place + 3] = row.destinationPort;
    this.flows++;
  }

  private repeat(held: readonly Float64Array[], visit: (row: OfPair) => void): void {
    const row: OfPair = { id: 0, pair: 0, sourcePort: 0, destinationPort: 0 };
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
