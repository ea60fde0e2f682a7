/** Unpacks gzip, and the deflate of zip entries, as streams of bounded portions. */

import { createGunzip, createInflateRaw } from "node:zlib";
import type { Budget } from "./budget";
import { FileRefusal } from "./file-refusal";

type Inflater = ReturnType<typeof createGunzip> | ReturnType<typeof createInflateRaw>;

const CHUNK = 64 * 1024;

/**
 * Several members behind each other are one file. What came before a break is given out first, but for the
 * last chunk when the break is not the end.
 */
export async function* gunzip(packed: AsyncIterable<Uint8Array>, budget: Budget): AsyncGenerator<Uint8Array> {
  const { consumed, fed } = yield* inflate(
    createGunzip({ chunkSize: CHUNK }),
    packed,
    budget,
    "The gzip file is damaged or breaks off here; what came before was read. Copy it again.",
  );
  if (fed > consumed) {
    throw new FileRefusal(
      "packing_broken",
      `${fed - consumed} bytes behind the end of the gzip data were not read.`,
    );
  }
}

/** Returns how many of the packed bytes belonged to it. */
export async function* inflateRaw(
  packed: AsyncIterable<Uint8Array>,
  budget: Budget,
): AsyncGenerator<Uint8Array, number> {
  const { consumed } = yield* inflate(
    createInflateRaw({ chunkSize: CHUNK }),
    packed,
    budget,
    "This entry of the zip is damaged or breaks off here; what came before was read. Copy the archive again.",
  );
  return consumed;
}

async function* inflate(
  stream: Inflater,
  packed: AsyncIterable<Uint8Array>,
  budget: Budget,
  broken: string,
): AsyncGenerator<Uint8Array, { readonly consumed: number; readonly fed: number }> {
  const feeding = feed(packed, stream);
  try {
    for await (const bytes of stream) {
      budget.unpacked((bytes as Buffer).length);
      yield bytes as Buffer;
    }
    return { consumed: stream.bytesWritten, fed: await feeding };
  } catch (error) {
    throw isZlibError(error) ? new FileRefusal("packing_broken", broken) : error;
  } finally {
    stream.destroy();
    await feeding.catch(() => undefined);
  }
}

/** Resolves with the number of bytes that were fed. */
async function feed(packed: AsyncIterable<Uint8Array>, stream: Inflater): Promise<number> {
  let fed = 0;
  try {
    for await (const bytes of packed) {
      if (stream.destroyed || stream.readableEnded) return fed;
      fed += bytes.length;
      if (!stream.write(bytes)) await drained(stream);
    }
    stream.end();
  } catch (error) {
    stream.destroy(error instanceof Error ? error : new Error(String(error)));
  }
  return fed;
}

function drained(stream: Inflater): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off("drain", done);
      stream.off("close", done);
      resolve();
    };
    stream.on("drain", done);
    stream.on("close", done);
  });
}

function isZlibError(error: unknown): boolean {
  return (
    error instanceof Error && "code" in error && typeof error.code === "string" && error.code.startsWith("Z_")
  );
}
