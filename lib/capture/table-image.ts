/**
 * Rows as the bytes of a small SQLite database, so that SQLite copies them over by itself: INSERT ... SELECT takes a quarter
 * of the time in which the same rows are handed over value by value (docs/adr/0014).
 *
 * Written is what https://sqlite.org/fileformat2.html says, and no more of it than one table of integers needs, the last column of
 * which may hold bytes: page 1 names the table (first-page.ts), page 2 is its root, and either the one leaf or the parent of the
 * leaves behind it.
 * Nothing is ever changed in such a file: it is filled, copied from, and filled anew.
 */

import { INT8, LEAF, PAGE, putVarint, ROOT, varintLength, writeFirstPage } from "./first-page";

/** Places for rows in a leaf. A row of narrow numbers takes 40 bytes, so a leaf is full before they are used up. */
const CELLS = 1536;
const LEAF_HEADER = 8;
const FIRST_CELL = LEAF_HEADER + CELLS * 2;
const PARENT = 0x05;
/** Serial types of the format, section 2.1. */
const NULL = 0;
const INT16 = 2;
const INT24 = 3;
const INT32 = 4;
const INT48 = 5;
const INT64 = 6;
const ZERO = 8;
const ONE = 9;
const BLOB = 12;
/** The type of bytes says how many they are: always in three bytes, whatever it is. */
const BLOB_TYPE_BYTES = 3;
/** More bytes are not put into one row: its length is kept in two bytes. */
export const LONGEST_BLOB = 8000;

export class TableImage {
  private bytes = Buffer.alloc(4 * PAGE);
  private view = viewOf(this.bytes);
  private readonly columns: number;
  /** Bytes of the serial types of a row. */
  private readonly types: number;
  private readonly longestCell: number;
  private pages = ROOT;
  private changes = 0;
  /** Where the leaf that is being filled begins, and its next cell. */
  private leaf = 0;
  private cells = 0;
  private cell = 0;
  /** Within the cell: the next serial type and the next value. */
  private type = 0;
  private typesEnd = 0;
  private value = 0;
  private rowId = 0;
  private readonly lastRowIds: number[] = [];
  /** Rows put since `clear`. */
  rows = 0;

  /**
   * `createTable` makes a table whose first column is its INTEGER PRIMARY KEY, with so many other columns. With `spill` each
   * full leaf is written to its place in the file at once, and only one is held. `lastHasBytes`: the last column is for `blob`.
   */
  constructor(
    createTable: string,
    name: string,
    otherColumns: number,
    private readonly spill?: (bytes: Uint8Array, at: number) => void,
    lastHasBytes = false,
  ) {
    if (otherColumns > 60) throw new Error("serial types would not fit into one byte of a header");
    this.columns = otherColumns + 1;
    this.types = this.columns + (lastHasBytes ? BLOB_TYPE_BYTES - 1 : 0);
    // Length, row id, and a header of one byte for itself and for each column, then eight bytes for each value.
    this.longestCell = 2 + 9 + 1 + this.types + this.columns * 8;
    writeFirstPage(this.bytes, createTable, name);
    this.clear();
  }

  clear(): void {
    this.pages = ROOT;
    this.lastRowIds.length = 0;
    this.rows = 0;
    this.openLeaf();
  }

  private openLeaf(): void {
    this.leaf = (this.spill === undefined ? this.pages : ROOT) * PAGE;
    this.pages++;
    if (this.leaf + PAGE > this.bytes.length) this.grow();
    this.cells = 0;
    this.cell = this.leaf + FIRST_CELL;
  }

  private grow(): void {
    const larger = Buffer.alloc(this.bytes.length * 2);
    this.bytes.copy(larger);
    this.bytes = larger;
    this.view = viewOf(larger);
  }

  private fits(bytes: number): boolean {
    return this.cells < CELLS && this.cell + this.longestCell + bytes <= this.leaf + PAGE;
  }

  /**
   * Begins a row. Row ids only grow. As many values as there are other columns follow, then `end`. `bytes`: as many as the last column
   * will hold, at most LONGEST_BLOB.
   */
  begin(rowId: number, bytes = 0): void {
    if (!this.fits(bytes)) {
      this.closeLeaf();
      this.spillLeaf();
      this.openLeaf();
    }
    this.rowId = rowId;
    // Where the length will stand is known when the row is: two bytes are kept for it.
    const header = putVarint(this.bytes, this.cell + 2, rowId);
    this.bytes[header] = this.types + 1;
    // The primary key is the row id: its column holds nothing.
    this.bytes[header + 1] = NULL;
    this.type = header + 2;
    this.typesEnd = header + 1 + this.types;
    this.value = this.typesEnd;
  }

  none(): void {
    this.bytes[this.type++] = NULL;
  }

  /** A whole number that a double holds exactly. */
  integer(value: number): void {
    const { bytes, view } = this;
    const at = this.value;
    if (value === 0 || value === 1) bytes[this.type++] = value === 0 ? ZERO : ONE;
    else if (value >= -128 && value < 128) {
      bytes[this.type++] = INT8;
      view.setInt8(at, value);
      this.value = at + 1;
    } else if (value >= -32_768 && value < 32_768) {
      bytes[this.type++] = INT16;
      view.setInt16(at, value);
      this.value = at + 2;
    } else if (value >= -8_388_608 && value < 8_388_608) {
      bytes[this.type++] = INT24;
      view.setInt8(at, value >> 16);
      view.setUint16(at + 1, value & 0xffff);
      this.value = at + 3;
    } else if (value >= -2_147_483_648 && value < 2_147_483_648) {
      bytes[this.type++] = INT32;
      view.setInt32(at, value);
      this.value = at + 4;
    } else this.large(value);
  }

  private large(value: number): void {
    if (!Number.isSafeInteger(value)) throw new Error(`${value} is not a whole number`);
    const high = Math.floor(value / 2 ** 32);
    const isNarrow = high >= -32_768 && high < 32_768;
    this.bytes[this.type++] = isNarrow ? INT48 : INT64;
    if (isNarrow) this.view.setInt16(this.value, high);
    else this.view.setInt32(this.value, high);
    this.value += isNarrow ? 2 : 4;
    this.view.setUint32(this.value, value >>> 0);
    this.value += 4;
  }

  /** 64 bits as two halves, which spares making a bigint. */
  int64(high: number, low: number): void {
    this.bytes[this.type++] = INT64;
    this.view.setInt32(this.value, high);
    this.view.setInt32(this.value + 4, low);
    this.value += 8;
  }

  /** Bytes, or nothing, for the last column. */
  blob(from: Uint8Array, start: number, end: number, isNone = false): void {
    const type = isNone ? NULL : BLOB + (end - start) * 2;
    this.bytes[this.type++] = 0x80 | (type >> 14);
    this.bytes[this.type++] = 0x80 | ((type >> 7) & 0x7f);
    this.bytes[this.type++] = type & 0x7f;
    if (isNone) return;
    for (let at = start; at < end; at++) this.bytes[this.value++] = from[at] as number;
  }

  end(): void {
    if (this.type !== this.typesEnd) throw new Error("not as many values as the row has columns");
    const start = this.cell;
    const header = this.type - this.types - 1;
    const length = this.value - header;
    // In two bytes whatever it is: SQLite reads a varint that is longer than it need be.
    this.bytes[start] = 0x80 | (length >> 7);
    this.bytes[start + 1] = length & 0x7f;
    this.view.setUint16(this.leaf + LEAF_HEADER + this.cells * 2, start - this.leaf);
    this.cells++;
    this.cell = this.value;
    this.rows++;
  }

  private closeLeaf(): void {
    const { view, leaf } = this;
    const end = leaf + PAGE;
    let free = end - this.cell;
    // What is left behind the cells is a free block, or a few stray bytes.
    const isBlock = free >= 4;
    if (isBlock) {
      view.setUint16(this.cell, 0);
      view.setUint16(this.cell + 2, free);
      free = 0;
    }
    view.setUint8(leaf, LEAF);
    view.setUint16(leaf + 1, isBlock ? this.cell - leaf : 0);
    view.setUint16(leaf + 3, this.cells);
    view.setUint16(leaf + 5, FIRST_CELL);
    view.setUint8(leaf + 7, free);
    this.lastRowIds.push(this.rowId);
  }

  private spillLeaf(): void {
    this.spill?.(this.bytes.subarray(this.leaf, this.leaf + PAGE), (this.pages - 1) * PAGE);
  }

  /** The whole file, or what was not spilled of its beginning. Good until the next row is put. */
  finish(): Uint8Array {
    this.closeLeaf();
    if (this.lastRowIds.length > 1) this.spillLeaf();
    if (this.lastRowIds.length === 1) {
      this.bytes.copyWithin((ROOT - 1) * PAGE, ROOT * PAGE, (ROOT + 1) * PAGE);
      this.pages = ROOT;
    } else this.writeParent();
    this.changes++;
    // SQLite forgets what it has read of a file when this number is another one.
    this.view.setUint32(24, this.changes);
    this.view.setUint32(28, this.pages);
    this.view.setUint32(92, this.changes);
    return this.bytes.subarray(0, (this.spill === undefined ? this.pages : ROOT) * PAGE);
  }

  /** The root over several leaves: for each but the last one, its page and its largest row id. */
  private writeParent(): void {
    const { view } = this;
    const root = (ROOT - 1) * PAGE;
    const leaves = this.lastRowIds.length;
    let at = root + PAGE;
    for (let leaf = leaves - 2; leaf >= 0; leaf--) {
      const rowId = this.lastRowIds[leaf] as number;
      at -= 4 + varintLength(rowId);
      view.setUint32(at, ROOT + 1 + leaf);
      putVarint(this.bytes, at + 4, rowId);
      view.setUint16(root + 12 + leaf * 2, at - root);
    }
    view.setUint8(root, PARENT);
    view.setUint16(root + 1, 0);
    view.setUint16(root + 3, leaves - 1);
    view.setUint16(root + 5, at - root);
    view.setUint8(root + 7, 0);
    view.setUint32(root + 8, ROOT + leaves);
  }
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
