/**
 * Reads a table of integers from the pages of the file, through SQLite's table `sqlite_dbpage` and so through its cache, log
 * and transaction. A row's value costs a few nanoseconds here, a hundred when the driver hands it over
 * (docs/adr/0020-reading-pages.md). The format is that of https://sqlite.org/fileformat2.html; rows never overflow their page.
 */

import type { Sqlite } from "./driver";
import { LEAF } from "./first-page";

/** Pages asked for at once. */
const TOGETHER = 64;
/** Bytes of a value by its serial type (section 2.1 of the format). */
const SIZES = Uint8Array.of(0, 1, 2, 3, 4, 6, 8, 8, 0, 0);
/** Columns at most, and the longest record that is never cut: far more than a row of integers takes. */
const COLUMNS = 64;
const LONGEST_RECORD = 1024;
const HIGH = 2 ** 32;

/** The leaves of a table in the order of row ids: page number, and the largest row id that it may hold. */
export interface Leaves {
  readonly pages: readonly number[];
  readonly last: readonly number[];
}

export function leavesOf(database: Sqlite, table: string): Leaves {
  const root = database
    .prepare("SELECT rootpage FROM sqlite_schema WHERE type = 'table' AND name = ?")
    .get([table]);
  const leaves = { pages: [] as number[], last: [] as number[] };
  collect(database, Number(root?.rootpage), Number.MAX_SAFE_INTEGER, leaves);
  return leaves;
}

interface Growing {
  readonly pages: number[];
  readonly last: number[];
}

function collect(database: Sqlite, page: number, last: number, leaves: Growing): void {
  const view = pageView(database, page);
  if (view.getUint8(0) === LEAF) {
    leaves.pages.push(page);
    leaves.last.push(last);
    return;
  }
  const cells = view.getUint16(3);
  const children: [page: number, last: number][] = [];
  for (let cell = 0; cell < cells; cell++) {
    const at = view.getUint16(12 + cell * 2);
    children.push([view.getUint32(at), readVarint(view, at + 4)]);
  }
  children.push([view.getUint32(8), last]);
  // All leaves lie at the same depth: when the first child is one, all are, and need not be read now.
  const areLeaves = pageView(database, children[0]?.[0] ?? 0).getUint8(0) === LEAF;
  for (const [child, until] of children) {
    if (!areLeaves) collect(database, child, until, leaves);
    else {
      leaves.pages.push(child);
      leaves.last.push(until);
    }
  }
}

function pageView(database: Sqlite, page: number): DataView {
  const [row] = database.prepare("SELECT data FROM sqlite_dbpage WHERE pgno = ?").rows([page]);
  return viewOf(row?.[0] as Uint8Array);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Row ids are not negative, and below 2^53. */
function readVarint(view: DataView, start: number): number {
  let value = 0;
  for (let at = start; ; at++) {
    const byte = view.getUint8(at);
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return value;
  }
}

/** Visits each row of these pages. The reader stands at the row during the visit. */
export function eachRow(database: Sqlite, pages: readonly number[], visit: (row: RowReader) => void): void {
  const reader = new RowReader();
  // In the order of the list: it is the outer loop.
  const read = database.prepare(
    "SELECT p.data FROM json_each(?) j CROSS JOIN sqlite_dbpage p ON p.pgno = j.value",
  );
  for (let at = 0; at < pages.length; at += TOGETHER) {
    for (const [bytes] of read.rows([JSON.stringify(pages.slice(at, at + TOGETHER))]))
      reader.eachOf(bytes as Uint8Array, visit);
  }
}

export class RowReader {
  rowId = 0;
  private view: DataView = new DataView(new ArrayBuffer(0));
  private bytes: Uint8Array = new Uint8Array(0);
  private columns = 0;
  private readonly types = new Uint8Array(COLUMNS);
  private readonly places = new Int32Array(COLUMNS);

  eachOf(page: Uint8Array, visit: (row: RowReader) => void): void {
    this.view = viewOf(page);
    this.bytes = page;
    const rows = this.view.getUint16(3);
    for (let row = 0; row < rows; row++) {
      this.seek(this.view.getUint16(8 + row * 2));
      visit(this);
    }
  }

  private seek(cell: number): void {
    const { bytes, types, places } = this;
    let at = cell;
    let length = (bytes[at] as number) & 0x7f;
    while ((bytes[at++] as number) >= 0x80) length = length * 128 + ((bytes[at] as number) & 0x7f);
    if (length > LONGEST_RECORD) throw new Error("a row of integers is longer than its columns can be");
    let rowId = (bytes[at] as number) & 0x7f;
    while ((bytes[at++] as number) >= 0x80) rowId = rowId * 128 + ((bytes[at] as number) & 0x7f);
    this.rowId = rowId;
    const header = bytes[at] as number;
    const columns = header - 1;
    this.columns = columns;
    let place = at + header;
    for (let column = 0; column < columns; column++) {
      const type = bytes[at + 1 + column] as number;
      types[column] = type;
      places[column] = place;
      place += SIZES[type] as number;
    }
  }

  /** Also true for a column that was added to the table after the row was written. */
  isNull(column: number): boolean {
    return column >= this.columns || this.types[column] === 0;
  }

  /** The value as a number, `none` for NULL; only the nearest number of what is beyond 2^53. */
  number(column: number, none: number): number {
    if (column >= this.columns) return none;
    const { view } = this;
    const at = this.places[column] as number;
    switch (this.types[column]) {
      case 0:
        return none;
      case 1:
        return view.getInt8(at);
      case 2:
        return view.getInt16(at);
      case 3:
        return (view.getInt8(at) << 16) | view.getUint16(at + 1);
      case 4:
        return view.getInt32(at);
      case 5:
        return view.getInt16(at) * HIGH + view.getUint32(at + 2);
      case 6:
        return view.getInt32(at) * HIGH + view.getUint32(at + 4);
      case 8:
        return 0;
      case 9:
        return 1;
      default:
        throw new Error(`column ${column} holds no integer`);
    }
  }

  /** The upper half of the value as 64 bits with sign. Not for NULL. */
  high(column: number): number {
    if (this.types[column] === 6) return this.view.getInt32(this.places[column] as number);
    return Math.floor(this.number(column, 0) / HIGH);
  }

  /** The lower half, as 32 bits with sign. */
  low(column: number): number {
    if (this.types[column] === 6) return this.view.getInt32((this.places[column] as number) + 4);
    return this.number(column, 0) | 0;
  }
}
