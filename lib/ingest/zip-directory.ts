/**
 * The list of contents at the end of a zip archive (PKWARE APPNOTE 6.3.10, sections 4.3.12 to 4.3.16), with
 * the 64-bit forms. It is read in portions, so a million entries need no more memory than ten.
 */

import { FileRefusal } from "./file-refusal";
import { decodeName } from "./tar-header";

/** A file that can be read anywhere. */
export interface RandomAccess {
  readonly size: number;
  /** Fewer bytes only at the end of the file. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

export interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly isEncrypted: boolean;
  readonly isLink: boolean;
  readonly crc: number;
  readonly packedBytes: number;
  readonly unpackedBytes: number;
  /** Of its local header. */
  readonly offset: number;
}

interface End {
  readonly entries: number;
  readonly offset: number;
  readonly bytes: number;
  /** What stands before the archive proper, such as a program that unpacks it. */
  readonly shift: number;
}

const END_BYTES = 22;
const LONGEST_COMMENT = 0xffff;
const ENTRY_BYTES = 46;
const PORTION = 256 * 1024;

/** Undefined when the file has no end of a zip archive: it was cut off. */
export async function findDirectory(file: RandomAccess): Promise<End | undefined> {
  const from = Math.max(0, file.size - END_BYTES - LONGEST_COMMENT);
  const tail = Buffer.from(await file.read(from, file.size - from));
  for (let at = tail.length - END_BYTES; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== 0x06054b50) continue;
    if (at + END_BYTES + tail.readUInt16LE(at + 20) > tail.length) continue;
    return readEnd(file, tail.subarray(at, at + END_BYTES), from + at);
  }
  return undefined;
}

async function readEnd(file: RandomAccess, end: Buffer, endAt: number): Promise<End> {
  const disk = end.readUInt16LE(4);
  if (disk !== 0 && disk !== 0xffff) {
    throw new FileRefusal(
      "packing_not_read",
      "This is one part of a zip archive in several parts: put it together (zip -s 0) and add the whole.",
    );
  }
  const long = await readEnd64(file, endAt);
  if (long !== undefined) return long;
  const [entries, bytes, offset] = [end.readUInt16LE(10), end.readUInt32LE(12), end.readUInt32LE(16)];
  return { entries, bytes, offset, shift: shiftOf(endAt - bytes - offset) };
}

/** The 64-bit form is named by a locator right before the short end. */
async function readEnd64(file: RandomAccess, endAt: number): Promise<End | undefined> {
  if (endAt < 20 + 56) return undefined;
  const locator = Buffer.from(await file.read(endAt - 20, 20));
  if (locator.readUInt32LE(0) !== 0x07064b50) return undefined;
  const named = Number(locator.readBigUInt64LE(8));
  for (const at of [named, endAt - 20 - 56]) {
    const end = Buffer.from(await file.read(Math.min(at, file.size), 56));
    if (end.length < 56 || end.readUInt32LE(0) !== 0x06064b50) continue;
    const [entries, bytes, offset] = [32, 40, 48].map((place) => Number(end.readBigUInt64LE(place)));
    return {
      entries: entries as number,
      bytes: bytes as number,
      offset: offset as number,
      shift: shiftOf(at - (bytes as number) - (offset as number)),
    };
  }
  return undefined;
}

function shiftOf(bytes: number): number {
  if (bytes < 0) throw damaged(0);
  return bytes;
}

/** The entries in the order of the list. Throws where the list stops making sense. */
export async function* readDirectory(file: RandomAccess, end: End): AsyncGenerator<ZipEntry> {
  const behind = Math.min(end.offset + end.shift + end.bytes, file.size);
  let at = end.offset + end.shift;
  let held: Buffer = Buffer.alloc(0);
  let number = 0;
  for (; at < behind; number++) {
    // Three texts of at most 64 KiB follow the fixed part.
    if (held.length < ENTRY_BYTES + 3 * 0xffff && at + held.length < behind) {
      const wanted = Math.min(behind - at, PORTION + 3 * 0xffff);
      held = Buffer.from(await file.read(at, wanted));
    }
    const length = entryLength(held);
    if (length === undefined) throw damaged(number);
    yield parseEntry(held.subarray(0, length), end.shift);
    held = held.subarray(length);
    at += length;
  }
  // The short form counts in 16 bits, and some programs write it for more entries than that.
  if ((number & 0xffff) !== (end.entries & 0xffff)) throw damaged(number);
}

/** Undefined when no whole entry is there. */
function entryLength(bytes: Buffer): number | undefined {
  if (bytes.length < ENTRY_BYTES || bytes.readUInt32LE(0) !== 0x02014b50) return undefined;
  const length = ENTRY_BYTES + bytes.readUInt16LE(28) + bytes.readUInt16LE(30) + bytes.readUInt16LE(32);
  return length <= bytes.length ? length : undefined;
}

const LINK = 0o120000;

function parseEntry(bytes: Buffer, shift: number): ZipEntry {
  const nameBytes = bytes.readUInt16LE(28);
  const extra = bytes.subarray(ENTRY_BYTES + nameBytes, ENTRY_BYTES + nameBytes + bytes.readUInt16LE(30));
  const [unpackedBytes, packedBytes, offset] = widened(extra, [
    bytes.readUInt32LE(24),
    bytes.readUInt32LE(20),
    bytes.readUInt32LE(42),
  ]);
  const isUnix = bytes.readUInt8(5) === 3;
  return {
    name: decodeName(bytes.subarray(ENTRY_BYTES, ENTRY_BYTES + nameBytes)),
    method: bytes.readUInt16LE(10),
    isEncrypted: (bytes.readUInt16LE(8) & 1) !== 0,
    isLink: isUnix && ((bytes.readUInt32LE(38) >>> 16) & 0o170000) === LINK,
    crc: bytes.readUInt32LE(16),
    packedBytes,
    unpackedBytes,
    offset: offset + shift,
  };
}

/** Values of 32 ones stand in the extra field 1 with 64 bits, in this order. */
function widened(extra: Buffer, short: readonly [number, number, number]): readonly [number, number, number] {
  const wide = extraField(extra, 1);
  let at = 0;
  const value = (given: number): number => {
    if (given !== 0xffffffff || wide === undefined || at + 8 > wide.length) return given;
    at += 8;
    return Number(wide.readBigUInt64LE(at - 8));
  };
  return [value(short[0]), value(short[1]), value(short[2])];
}

function extraField(extra: Buffer, wanted: number): Buffer | undefined {
  for (let at = 0; at + 4 <= extra.length; ) {
    const [id, length] = [extra.readUInt16LE(at), extra.readUInt16LE(at + 2)];
    if (id === wanted) return extra.subarray(at + 4, at + 4 + length);
    at += 4 + length;
  }
  return undefined;
}

function damaged(entries: number): FileRefusal {
  return new FileRefusal(
    "packing_broken",
    `The zip's list of contents is damaged after ${entries} entries; those were read. Copy the archive again.`,
  );
}
