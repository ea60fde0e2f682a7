/**
 * Reads a tar archive as a stream: ustar, long names of GNU tar, pax headers, the old form before ustar.
 *
 * Names are only handed on to be shown. Links and devices are never followed or made; what is no ordinary
 * file is left aside and named. A size that lies ends the archive where the headers stop making sense.
 */

import type { ByteReader } from "./byte-reader";
import { FileRefusal } from "./file-refusal";
import { PACKING_LIMITS } from "./limits";
import { decodeName, parseTarHeader, paxRecords, TAR_BLOCK, type TarHeader } from "./tar-header";

export interface TarEntry {
  readonly name: string;
  /** Why it is no ordinary file; its content is skipped. */
  readonly aside: string | undefined;
  /** What is not read of it is skipped before the next entry. */
  readonly bytes: AsyncGenerator<Uint8Array>;
}

const ASIDE: Readonly<Record<string, string>> = {
  "1": "a link",
  "2": "a link",
  "3": "a device",
  "4": "a device",
  "6": "a pipe",
};

/** What headers before an entry say about it. */
interface Announced {
  name?: string | undefined;
  size?: number | undefined;
  isSparse?: boolean;
}

export async function* readTar(reader: ByteReader): AsyncGenerator<TarEntry> {
  let announced: Announced = {};
  for (;;) {
    const header = await nextHeader(reader);
    if (header === undefined) return;
    const { type } = header;
    if (isAnnouncement(type)) {
      announced = { ...announced, ...(await readAnnouncement(reader, header)) };
      continue;
    }
    const { name = header.name, size = header.size, isSparse } = announced;
    announced = {};
    // Only ordinary files have content behind their header; links may carry the size of their target.
    const content = new Content(reader, type === "0" || type === "7" || type === "S" ? size : 0);
    if (type !== "5") {
      if (isSparse || type === "S") yield { name, aside: "a sparse file", bytes: content.bytes() };
      else yield { name, aside: asideOf(type), bytes: content.bytes() };
    }
    await content.skip();
    // The reader of the entry was told already that the archive breaks off in it.
    if (content.isBroken) return;
  }
}

function asideOf(type: string): string | undefined {
  if (type === "0" || type === "7") return undefined;
  return ASIDE[type] ?? "of an unknown kind";
}

/** Undefined at the end of the archive. */
async function nextHeader(reader: ByteReader): Promise<TarHeader | undefined> {
  const block = await reader.take(TAR_BLOCK);
  if (block === undefined) {
    throw broken("The end of the tar archive is missing; what came before was read. Copy it again.");
  }
  // The end is marked by two blocks of zeros; what stands behind them is filling.
  if (block.every((byte) => byte === 0)) return undefined;
  const header = parseTarHeader(block);
  if (header === undefined)
    throw broken("The tar archive is damaged here; what came before was read. Copy it again.");
  return header;
}

function isAnnouncement(type: string): boolean {
  return type === "L" || type === "K" || type === "x" || type === "g" || type === "X";
}

async function readAnnouncement(reader: ByteReader, { type, size }: TarHeader): Promise<Announced> {
  if (size > PACKING_LIMITS.headerBytes) throw broken("A header of the tar archive is absurdly long.");
  const bytes = await reader.take(padded(size));
  if (bytes === undefined)
    throw broken("The end of the tar archive is missing; what came before was read. Copy it again.");
  const content = bytes.subarray(0, size);
  if (type === "L") return { name: decodeName(content).replace(/\0.*$/s, "") };
  if (type !== "x") return {};
  const records = paxRecords(content);
  const given = records.get("size");
  const isSparse = [...records.keys()].some((key) => key.startsWith("GNU.sparse."));
  return {
    name: records.get("path"),
    size: given !== undefined && /^\d{1,15}$/.test(given) ? Number(given) : undefined,
    isSparse,
  };
}

const padded = (size: number): number => Math.ceil(size / TAR_BLOCK) * TAR_BLOCK;

/** The content of one entry, which may be read, or not, or in part. */
class Content {
  private left: number;
  private readonly filling: number;
  isBroken = false;

  constructor(
    private readonly reader: ByteReader,
    size: number,
  ) {
    this.left = size;
    this.filling = padded(size) - size;
  }

  async *bytes(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const some = await this.next();
      if (some === undefined) return;
      yield some;
    }
  }

  private async next(): Promise<Uint8Array | undefined> {
    if (this.left === 0) return undefined;
    try {
      const some = await this.reader.some(this.left);
      if (some === undefined) throw broken("The tar archive breaks off within this file. Copy it again.");
      this.left -= some.length;
      return some;
    } catch (error) {
      this.isBroken = true;
      throw error;
    }
  }

  async skip(): Promise<void> {
    if (this.isBroken) return;
    while ((await this.next()) !== undefined);
    let filling = this.filling;
    while (filling > 0) {
      const some = await this.reader.some(filling);
      // The next header will be missed.
      if (some === undefined) return;
      filling -= some.length;
    }
  }
}

function broken(message: string): FileRefusal {
  return new FileRefusal("packing_broken", message);
}
