/**
 * Unpacks zstd (RFC 8878) as a stream. Node 20 has no zstd of its own; fzstd decodes, in JavaScript.
 *
 * Frames and blocks are cut here and handed to the decoder one block at a time: so the window that a frame
 * asks for is known before memory is taken for it, and one step makes at most 128 KiB. Checksums are skipped,
 * as fzstd does not have them; a frame that says how long its content is must keep its word.
 */

import { Decompress } from "fzstd";
import type { Budget } from "./budget";
import type { ByteReader } from "./byte-reader";
import { FileRefusal } from "./file-refusal";
import { PACKING_LIMITS } from "./limits";

const MAGIC = 0xfd2fb528;
const LARGEST_BLOCK = 128 * 1024;

export async function* unzstd(reader: ByteReader, budget: Budget): AsyncGenerator<Uint8Array> {
  for (;;) {
    const magic = await reader.peek(4);
    if (magic.length === 0) {
      // Throws what broke the stream, if something did.
      await reader.some(1);
      return;
    }
    if (magic.length < 4) throw broken();
    const number = Buffer.from(magic).readUInt32LE(0);
    if (number === MAGIC) yield* unpackFrame(reader, budget);
    else if ((number & 0xfffffff0) >>> 0 === 0x184d2a50) await skipFrame(reader);
    else throw new FileRefusal("packing_broken", "What stands behind the end of the zstd data was not read.");
  }
}

async function skipFrame(reader: ByteReader): Promise<void> {
  const head = await taken(reader, 8);
  let left = Buffer.from(head).readUInt32LE(4);
  while (left > 0) {
    const some = await reader.some(left);
    if (some === undefined) throw broken();
    left -= some.length;
  }
}

async function* unpackFrame(reader: ByteReader, budget: Budget): AsyncGenerator<Uint8Array> {
  const head = await takeFrameHead(reader);
  let made: Uint8Array[] = [];
  const decoder = new Decompress((bytes) => made.push(bytes));
  decode(() => decoder.push(withoutChecksum(head.bytes), false));
  let total = 0;
  for (;;) {
    const block = await takeBlock(reader);
    decode(() => decoder.push(block.bytes, block.isLast));
    for (const bytes of made) {
      total += bytes.length;
      budget.unpacked(bytes.length);
      if (bytes.length > 0) yield bytes;
    }
    made = [];
    if (block.isLast) break;
  }
  if (head.hasChecksum) await taken(reader, 4);
  if (head.contentBytes !== undefined && head.contentBytes !== total) throw broken();
}

/** The decoder is not given the checksum, so it must not wait for one. */
function withoutChecksum(head: Uint8Array): Uint8Array {
  const bytes = Uint8Array.from(head);
  bytes[4] = (bytes[4] as number) & ~4;
  return bytes;
}

interface FrameHead {
  readonly bytes: Uint8Array;
  readonly hasChecksum: boolean;
  readonly contentBytes: number | undefined;
}

/** RFC 8878, section 3.1.1.1. */
async function takeFrameHead(reader: ByteReader): Promise<FrameHead> {
  const descriptor = (await reader.peek(5))[4];
  if (descriptor === undefined) throw broken();
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] as number;
  const contentField = contentFieldBytes(descriptor >> 6, isSingleSegment);
  const bytes = Buffer.from(
    await taken(reader, 5 + (isSingleSegment ? 0 : 1) + dictionaryBytes + contentField),
  );
  const contentBytes = readContentBytes(bytes.subarray(bytes.length - contentField));
  const window = isSingleSegment ? (contentBytes ?? 0) : windowBytes(bytes[5] as number);
  if (window > PACKING_LIMITS.zstdWindow) {
    throw new FileRefusal(
      "packing_not_read",
      `This zstd file asks for ${Math.round(window / (1024 * 1024))} MiB of memory, more than is given (${PACKING_LIMITS.zstdWindow / (1024 * 1024)} MiB): compress it again without --long and --ultra.`,
    );
  }
  const dictionary = bytes.subarray(
    bytes.length - contentField - dictionaryBytes,
    bytes.length - contentField,
  );
  if (dictionary.some((byte) => byte !== 0)) {
    throw new FileRefusal(
      "packing_not_read",
      "This zstd file needs a dictionary of its own: unpack it and add the log.",
    );
  }
  return { bytes, hasChecksum: (descriptor & 4) !== 0, contentBytes };
}

function contentFieldBytes(flag: number, isSingleSegment: boolean): number {
  if (flag === 0) return isSingleSegment ? 1 : 0;
  return 1 << flag;
}

function readContentBytes(field: Buffer): number | undefined {
  if (field.length === 0) return undefined;
  if (field.length === 2) return field.readUInt16LE(0) + 256;
  return field.length === 8 ? Number(field.readBigUInt64LE(0)) : field.readUIntLE(0, field.length);
}

function windowBytes(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

async function takeBlock(reader: ByteReader): Promise<{ bytes: Uint8Array; isLast: boolean }> {
  const head = await reader.peek(3);
  if (head.length < 3) {
    await reader.take(3);
    throw broken();
  }
  const word = Buffer.from(head).readUIntLE(0, 3);
  const [isLast, type, size] = [(word & 1) !== 0, (word >> 1) & 3, word >> 3];
  // A block of type 1 is one byte, repeated `size` times.
  if (type === 3 || size > LARGEST_BLOCK) throw broken();
  return { bytes: await taken(reader, 3 + (type === 1 ? 1 : size)), isLast };
}

async function taken(reader: ByteReader, length: number): Promise<Uint8Array> {
  const bytes = await reader.take(length);
  if (bytes === undefined) throw broken();
  return bytes;
}

/** Whatever the decoder stumbles over is damage: it works on nothing but these bytes. */
function decode(step: () => void): void {
  try {
    step();
  } catch {
    throw broken();
  }
}

function broken(): FileRefusal {
  return new FileRefusal(
    "packing_broken",
    "The zstd file is damaged or breaks off here; what came before was read. Copy it again.",
  );
}
