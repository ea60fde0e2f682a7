/** Unpacks gzip (RFC 1952), member by member, so that what is wrong at the end of one loses nothing of it. */

import { crc32 } from "node:zlib";
import type { Budget } from "./budget";
import type { ByteReader } from "./byte-reader";
import { FileRefusal } from "./file-refusal";
import { inflate } from "./inflate";

const saidOfBroken = (butFor: string): string =>
  `The gzip file is damaged or breaks off here; what came before was read${butFor}. Copy it again.`;

const HEADER_BYTES = 10;
const TRAILER_BYTES = 8;
const HAS = { headerChecksum: 2, extra: 4, name: 8, comment: 16 } as const;
/** Names and comments are skipped up to this length; a longer one is none. */
const LONGEST_TEXT = 64 * 1024;
const PORTION = 64 * 1024;

/** Several members behind each other are one file. */
export async function* gunzip(reader: ByteReader, budget: Budget): AsyncGenerator<Uint8Array> {
  do yield* member(reader, budget);
  while (isMagic(await reader.peek(2)));
  const behind = await countRest(reader);
  if (behind > 0)
    throw new FileRefusal("packing_broken", `${behind} bytes behind the end of the gzip data were not read.`);
}

function isMagic(head: Uint8Array): boolean {
  return head.length === 2 && head[0] === 0x1f && head[1] === 0x8b;
}

async function* member(reader: ByteReader, budget: Budget): AsyncGenerator<Uint8Array> {
  await skipHeader(reader);
  let [checksum, size] = [0, 0];
  const content = deflated(reader, budget);
  for await (const bytes of content) {
    checksum = crc32(bytes, checksum);
    size = (size + bytes.length) % 2 ** 32;
    yield bytes;
  }
  const trailer = await reader.take(TRAILER_BYTES);
  if (trailer === undefined) throw broken();
  const view = new DataView(trailer.buffer, trailer.byteOffset, trailer.byteLength);
  if (view.getUint32(0, true) !== checksum || view.getUint32(4, true) !== size)
    throw new FileRefusal(
      "packing_broken",
      "The gzip file is damaged somewhere before here: its checksum does not fit. All of it was read. Copy it again.",
    );
}

/** What zlib was given of the bytes behind its end goes back. */
async function* deflated(reader: ByteReader, budget: Budget): AsyncGenerator<Uint8Array> {
  const start = reader.offset;
  const given: Uint8Array[] = [];
  async function* packed(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const bytes = await reader.some(PORTION);
      if (bytes === undefined) return;
      // Two are enough: it is given the next one when it has worked off the one before.
      given.push(bytes);
      if (given.length > 2) given.shift();
      yield bytes;
    }
  }
  const consumed = yield* inflate(packed(), budget, saidOfBroken);
  reader.giveBack(given, reader.offset - start - consumed);
}

async function skipHeader(reader: ByteReader): Promise<void> {
  const header = await reader.take(HEADER_BYTES);
  if (header === undefined || header[2] !== 8) throw broken();
  const flags = header[3] as number;
  if ((flags & HAS.extra) !== 0) {
    const length = await reader.take(2);
    if (length === undefined) throw broken();
    await skip(reader, (length[0] as number) + (length[1] as number) * 256);
  }
  if ((flags & HAS.name) !== 0) await skipText(reader);
  if ((flags & HAS.comment) !== 0) await skipText(reader);
  if ((flags & HAS.headerChecksum) !== 0) await skip(reader, 2);
}

async function skip(reader: ByteReader, bytes: number): Promise<void> {
  if (bytes > 0 && (await reader.take(bytes)) === undefined) throw broken();
}

/** Up to and with the next NUL. */
async function skipText(reader: ByteReader): Promise<void> {
  // No more at once than a name takes: a slow upload is not to wait for what lies behind it.
  for (let length = 256; length <= LONGEST_TEXT; length *= 2) {
    const text = await reader.peek(length);
    const end = text.indexOf(0);
    if (end >= 0) return void (await reader.take(end + 1));
    if (text.length < length) break;
  }
  throw broken();
}

/** Zero bytes alone fill up a block of a tape or a device, and say nothing. */
async function countRest(reader: ByteReader): Promise<number> {
  const start = reader.offset;
  let isPadding = true;
  for (let bytes = await reader.some(PORTION); bytes !== undefined; bytes = await reader.some(PORTION))
    isPadding &&= bytes.every((byte) => byte === 0);
  return isPadding ? 0 : reader.offset - start;
}

function broken(): FileRefusal {
  return new FileRefusal("packing_broken", saidOfBroken(""));
}
