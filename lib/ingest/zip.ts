/**
 * Reads a zip archive: by its list of contents, or, when the end with the list is missing, by the headers that
 * stand before each entry, as far as it goes.
 *
 * Names are only handed on to be shown. Sizes and checksums are the archive's claims: what an entry really
 * unpacks to is counted and compared.
 */

import { crc32 } from "node:zlib";
import type { Budget } from "./budget";
import { ByteReader } from "./byte-reader";
import { FileRefusal } from "./file-refusal";
import { inflateRaw } from "./inflate";
import { decodeName } from "./tar-header";
import { unzstd } from "./unzstd";
import { findDirectory, type RandomAccess, readDirectory, type ZipEntry } from "./zip-directory";

export interface ZippedFile {
  readonly name: string;
  /** Why it is no ordinary file. */
  readonly aside: string | undefined;
  /** Throws FileRefusal where it cannot be read, or not further. */
  readonly bytes: AsyncGenerator<Uint8Array>;
}

const LOCAL_BYTES = 30;
const STORED = 0;
const DEFLATED = 8;
const ZSTD = new Set([93, 20]);

const METHODS: Readonly<Record<number, string>> = {
  1: "shrink",
  6: "implode",
  9: "deflate64",
  12: "bzip2",
  14: "lzma",
  95: "xz",
  98: "ppmd",
  99: "encryption by AES",
};

export async function* readZip(file: RandomAccess, budget: Budget): AsyncGenerator<ZippedFile> {
  const end = await findDirectory(file);
  if (end === undefined) yield* readByHeaders(file, budget);
  else
    for await (const entry of readDirectory(file, end)) {
      if (entry.name.endsWith("/")) continue;
      const aside = entry.isLink ? "a link" : undefined;
      yield { name: entry.name, aside, bytes: entryBytes(file, entry, budget) };
    }
}

async function* entryBytes(file: RandomAccess, entry: ZipEntry, budget: Budget): AsyncGenerator<Uint8Array> {
  if (entry.isEncrypted) throw encrypted();
  const local = Buffer.from(await file.read(entry.offset, LOCAL_BYTES));
  if (local.length < LOCAL_BYTES || local.readUInt32LE(0) !== 0x04034b50)
    throw broken("is not where the list of contents says");
  const start = entry.offset + LOCAL_BYTES + local.readUInt16LE(26) + local.readUInt16LE(28);
  if (start + entry.packedBytes > file.size) throw broken("is longer than the archive");
  const packed = stretch(file, start, entry.packedBytes);
  let crc = 0;
  let length = 0;
  for await (const bytes of unpackedBy(entry.method, packed, budget)) {
    length += bytes.length;
    if (length > entry.unpackedBytes)
      throw broken(`holds more than the ${entry.unpackedBytes} bytes it says`);
    crc = crc32(bytes, crc);
    yield bytes;
  }
  if (length !== entry.unpackedBytes)
    throw broken(`holds ${length} bytes instead of the ${entry.unpackedBytes} it says`);
  if (crc !== entry.crc) throw broken("does not have the checksum it should");
}

function unpackedBy(
  method: number,
  packed: AsyncGenerator<Uint8Array>,
  budget: Budget,
): AsyncGenerator<Uint8Array> {
  if (method === STORED) return packed;
  if (method === DEFLATED) return inflateRaw(packed, budget);
  if (ZSTD.has(method)) return unzstd(new ByteReader(packed), budget);
  const name = METHODS[method] ?? `method ${method}`;
  throw new FileRefusal(
    "packing_not_read",
    `This entry of the zip is packed by ${name}, which is not read: unpack it and add what is inside.`,
  );
}

const PORTION = 256 * 1024;

async function* stretch(file: RandomAccess, from: number, length: number): AsyncGenerator<Uint8Array> {
  const end = Math.min(from + length, file.size);
  for (let at = from; at < end; ) {
    const bytes = await file.read(at, Math.min(PORTION, end - at));
    if (bytes.length === 0) return;
    at += bytes.length;
    yield bytes;
  }
}

/** Of an archive that was cut off. */
async function* readByHeaders(file: RandomAccess, budget: Budget): AsyncGenerator<ZippedFile> {
  for (let at = 0; ; ) {
    const header = await readLocalHeader(file, at);
    if (header === undefined) break;
    const entry = new EntryInSequence(file, header, budget);
    if (!header.name.endsWith("/")) yield { name: header.name, aside: undefined, bytes: entry.bytes() };
    const end = await entry.end();
    if (end === undefined) {
      // The reader of the entry was told that the archive breaks off in it.
      if (entry.isTold) return;
      break;
    }
    at = await behindDescriptor(file, end, header.hasDescriptor);
  }
  throw new FileRefusal(
    "packing_broken",
    "The end of the zip archive is missing; what came before was read. Copy it again.",
  );
}

interface LocalHeader {
  readonly name: string;
  readonly method: number;
  readonly isEncrypted: boolean;
  /** Sizes follow behind the content. */
  readonly hasDescriptor: boolean;
  readonly packedBytes: number;
  readonly start: number;
}

async function readLocalHeader(file: RandomAccess, at: number): Promise<LocalHeader | undefined> {
  const fixed = Buffer.from(await file.read(at, LOCAL_BYTES));
  if (fixed.length < LOCAL_BYTES || fixed.readUInt32LE(0) !== 0x04034b50) return undefined;
  const [nameBytes, extraBytes] = [fixed.readUInt16LE(26), fixed.readUInt16LE(28)];
  const texts = Buffer.from(await file.read(at + LOCAL_BYTES, nameBytes + extraBytes));
  if (texts.length < nameBytes + extraBytes) return undefined;
  const flags = fixed.readUInt16LE(6);
  const short = fixed.readUInt32LE(18);
  const isLong = short === 0xffffffff && extraBytes >= 20 && texts.readUInt16LE(nameBytes) === 1;
  return {
    name: decodeName(texts.subarray(0, nameBytes)),
    method: fixed.readUInt16LE(8),
    isEncrypted: (flags & 1) !== 0,
    hasDescriptor: (flags & 8) !== 0,
    packedBytes: isLong ? Number(texts.readBigUInt64LE(nameBytes + 12)) : short,
    start: at + LOCAL_BYTES + nameBytes + extraBytes,
  };
}

/** An entry whose end may have to be found by reading it. */
class EntryInSequence {
  private foundEnd: number | undefined;
  /** What is wrong with it was thrown to its reader. */
  isTold = false;

  constructor(
    private readonly file: RandomAccess,
    private readonly header: LocalHeader,
    private readonly budget: Budget,
  ) {
    const end = header.start + header.packedBytes;
    if (!header.hasDescriptor && end <= file.size) this.foundEnd = end;
  }

  async *bytes(): AsyncGenerator<Uint8Array> {
    try {
      yield* this.unpacked();
    } catch (error) {
      this.isTold = true;
      throw error;
    }
  }

  private async *unpacked(): AsyncGenerator<Uint8Array> {
    const { file, header, budget } = this;
    if (header.isEncrypted) throw encrypted();
    if (!header.hasDescriptor) {
      yield* unpackedBy(header.method, stretch(file, header.start, header.packedBytes), budget);
      if (this.foundEnd === undefined) throw broken("breaks off");
      return;
    }
    if (header.method !== DEFLATED) throw broken("does not say where it ends");
    const packed = stretch(file, header.start, file.size - header.start);
    this.foundEnd = header.start + (yield* inflateRaw(packed, budget));
  }

  /** Where it ends; undefined when that cannot be known, or nothing can come behind it. */
  async end(): Promise<number | undefined> {
    if (this.foundEnd !== undefined || this.isTold) return this.foundEnd;
    try {
      for await (const _ of this.unpacked()) {
        // Only its end matters.
      }
    } catch (error) {
      if (!(error instanceof FileRefusal)) throw error;
    }
    return this.foundEnd;
  }
}

/** Sizes behind the content: 12 or 20 bytes, with or without a signature. */
async function behindDescriptor(file: RandomAccess, end: number, hasDescriptor: boolean): Promise<number> {
  if (!hasDescriptor) return end;
  const bytes = Buffer.from(await file.read(end, 24 + 4));
  for (const length of [16, 24, 12, 20]) {
    if (bytes.length >= length + 2 && bytes.readUInt16LE(length) === 0x4b50) return end + length;
  }
  return end + 16;
}

function encrypted(): FileRefusal {
  return new FileRefusal(
    "archive_encrypted",
    "This entry of the zip is encrypted: unpack it with its password and add what is inside.",
  );
}

function broken(how: string): FileRefusal {
  return new FileRefusal(
    "packing_broken",
    `This entry of the zip ${how}: it is damaged. What came before was read. Copy the archive again.`,
  );
}
