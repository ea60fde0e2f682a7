/** Flows of some pairs, read from their pages; several times, of which all but the first from memory while they are not too many. */

import type { Sqlite } from "../driver";
import { eachRow, leavesOf } from "../table-pages";
import { NO_PORT, placesOfFlow } from "./flow-columns";

/** Flows held, at 32 bytes each. */
const HELD = 1_000_000;

export interface OfPair {
  id: number;
  pair: number;
  /** That of its pair; not 0. */
  mark: number;
  sourcePort: number;
  destinationPort: number;
}

export class PairedRows {
  /** Four numbers for each flow, without its mark. Undefined: not read yet, or too many. */
  private held: number[] | undefined;

  constructor(
    private readonly database: Sqlite,
    /** By pair; flows of pairs with 0 are passed over. */
    private readonly marks: Uint8Array,
    private readonly most = HELD,
  ) {}

  /** In the order of files and lines. The row is the same object each time. */
  each(visit: (row: OfPair) => void): void {
    if (this.held === undefined) this.read(visit);
    else this.repeat(this.held, visit);
  }

  private read(visit: (row: OfPair) => void): void {
    const { database, marks } = this;
    const places = placesOfFlow(database);
    const row: OfPair = { id: 0, pair: 0, mark: 0, sourcePort: 0, destinationPort: 0 };
    let held: number[] | undefined = [];
    eachRow(database, leavesOf(database, "Flow").pages, (reader) => {
      row.pair = reader.number(places.pair, 0);
      row.mark = marks[row.pair] ?? 0;
      if (row.mark === 0) return;
      row.id = reader.rowId;
      row.sourcePort = reader.number(places.sourcePort, NO_PORT);
      row.destinationPort = reader.number(places.destinationPort, NO_PORT);
      held?.push(row.id, row.pair, row.sourcePort, row.destinationPort);
      if (held !== undefined && held.length > this.most * 4) held = undefined;
      visit(row);
    });
    this.held = held;
  }

  private repeat(held: readonly number[], visit: (row: OfPair) => void): void {
    const row: OfPair = { id: 0, pair: 0, mark: 0, sourcePort: 0, destinationPort: 0 };
    for (let at = 0; at < held.length; at += 4) {
      row.id = held[at] as number;
      row.pair = held[at + 1] as number;
      row.mark = this.marks[row.pair] as number;
      row.sourcePort = held[at + 2] as number;
      row.destinationPort = held[at + 3] as number;
      visit(row);
    }
  }
}
