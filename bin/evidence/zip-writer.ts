/** A zip archive out of files on the disk (PKWARE APPNOTE 6.3.10, without its 64-bit forms): each is packed as a stream. */

import { createReadStream, createWriteStream, statSync } from "node:fs";
import { open, rm } from "node:fs/promises";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { crc32, createDeflateRaw } from "node:zlib";

export interface ZipPart {
  readonly name: string;
  /** Where its bytes are. */
  readonly file: string;
}

interface Written {
  readonly name: Buffer;
  readonly crc: number;
  readonly packed: number;
  readonly unpacked: number;
  readonly offset: number;
}

const DEFLATED = 8;
/** Names are UTF-8. */
const UTF8 = 0x0800;
/** 1 January 1980: the times of temporary files say nothing. */
const DATE = 0x0021;

/** In the order of the parts. Throws beyond 4 GiB. */
export async function writeZip(target: string, parts: readonly ZipPart[]): Promise<void> {
  const zip = await open(target, "w");
  const written: Written[] = [];
  let offset = 0;
  try {
    for (const { name, file } of parts) {
      const packedFile = `${target}.part`;
      const crc = await pack(file, packedFile);
      const sizes = { packed: statSync(packedFile).size, unpacked: statSync(file).size };
      const entry: Written = { name: Buffer.from(name), crc, ...sizes, offset };
      await zip.write(localHeader(entry));
      for await (const bytes of createReadStream(packedFile)) await zip.write(bytes as Buffer);
      await rm(packedFile);
      written.push(entry);
      offset += 30 + entry.name.length + entry.packed;
      if (offset > 0xffffffff) throw new Error("the archive is larger than 4 GiB");
    }
    const directory = Buffer.concat(written.map(directoryEntry));
    await zip.write(directory);
    await zip.write(directoryEnd(written.length, directory.length, offset));
  } finally {
    await zip.close();
  }
}

async function pack(file: string, target: string): Promise<number> {
  let crc = 0;
  const counting = new Transform({
    transform: (bytes: Buffer, _encoding, done) => {
      crc = crc32(bytes, crc);
      done(null, bytes);
    },
  });
  await pipeline(createReadStream(file), counting, createDeflateRaw(), createWriteStream(target));
  return crc;
}

/** What stands in the header before an entry and in the list of contents alike. */
function facts({ crc, packed, unpacked, name }: Written): Buffer {
  const bytes = Buffer.alloc(26);
  bytes.writeUInt16LE(20, 0);
  bytes.writeUInt16LE(UTF8, 2);
  bytes.writeUInt16LE(DEFLATED, 4);
  bytes.writeUInt16LE(DATE, 8);
  bytes.writeUInt32LE(crc, 10);
  bytes.writeUInt32LE(packed, 14);
  bytes.writeUInt32LE(unpacked, 18);
  bytes.writeUInt16LE(name.length, 22);
  return bytes;
}

function localHeader(entry: Written): Buffer {
  return Buffer.concat([Buffer.from("PK\u0003\u0004", "latin1"), facts(entry), entry.name]);
}

function directoryEntry(entry: Written): Buffer {
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE(entry.offset, 10);
  return Buffer.concat([Buffer.from("PK\u0001\u0002\u0014\u0000", "latin1"), facts(entry), rest, entry.name]);
}

function directoryEnd(entries: number, size: number, offset: number): Buffer {
  const bytes = Buffer.alloc(22);
  bytes.write("PK\u0005\u0006", 0, "latin1");
  bytes.writeUInt16LE(entries, 8);
  bytes.writeUInt16LE(entries, 10);
  bytes.writeUInt32LE(size, 12);
  bytes.writeUInt32LE(offset, 16);
  return bytes;
}
