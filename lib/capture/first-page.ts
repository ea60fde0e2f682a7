/** The beginning of a table image (table-image.ts): what makes it a SQLite file with one table. */

/** The largest page there is: one parent then holds enough leaves for more rows than are ever put together. */
export const PAGE = 65_536;
/** The page of the table's root. */
export const ROOT = 2;
/** The kind of a page. */
export const LEAF = 0x0d;
/** A serial type (section 2.1 of the format): a number in one byte. */
export const INT8 = 1;

export function writeFirstPage(bytes: Buffer, createTable: string, name: string): void {
  writeHeader(bytes);
  writeSchema(bytes, createTable, name);
}

/** Section 1.3 of the format. */
function writeHeader(bytes: Buffer): void {
  bytes.write("SQLite format 3\0", 0, "latin1");
  // 65536 is written as 1. Read and written without a write-ahead log; no bytes reserved; fixed fractions.
  bytes.set([0, 1, 1, 1, 0, 64, 32, 32], 16);
  // Schema cookie, schema format 4, UTF-8; version of SQLite 3.45.1 as the last writer.
  bytes.writeUInt32BE(1, 40);
  bytes.writeUInt32BE(4, 44);
  bytes.writeUInt32BE(1, 56);
  bytes.writeUInt32BE(3_045_001, 96);
}

/** One row in the schema table: ("table", name, name, root page, text). */
function writeSchema(bytes: Buffer, createTable: string, name: string): void {
  const names = [Buffer.from("table"), Buffer.from(name), Buffer.from(name)];
  const sql = Buffer.from(createTable);
  const types = Buffer.alloc(32);
  let end = 1;
  for (const text of names) end = putVarint(types, end, text.length * 2 + 13);
  types[end++] = INT8;
  end = putVarint(types, end, sql.length * 2 + 13);
  types[0] = end;
  const record = Buffer.concat([types.subarray(0, end), ...names, Buffer.from([ROOT]), sql]);
  const cell = Buffer.alloc(record.length + 10);
  const header = putVarint(cell, 0, record.length);
  cell[header] = 1;
  record.copy(cell, header + 1);
  const length = header + 1 + record.length;
  const at = PAGE - length;
  bytes.set(cell.subarray(0, length), at);
  bytes.writeUInt8(LEAF, 100);
  bytes.writeUInt16BE(1, 103);
  bytes.writeUInt16BE(at, 105);
  bytes.writeUInt16BE(at, 108);
}

/** Of a number below 2^53: eight bytes at most. */
export function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) length++;
  return length;
}

/** Returns the place behind it. */
export function putVarint(bytes: Buffer, at: number, value: number): number {
  const end = at + varintLength(value);
  let rest = value;
  for (let place = end - 1; place >= at; place--) {
    bytes[place] = (rest % 128) | (place === end - 1 ? 0 : 0x80);
    rest = Math.floor(rest / 128);
  }
  return end;
}
