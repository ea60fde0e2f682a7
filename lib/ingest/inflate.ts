/** Unpacks gzip, and the deflate of zip entries, as streams of bounded portions. What came before a break is given out first. */

import { createInflateRaw } from "node:zlib";
import type { Budget } from "./budget";
import { FileRefusal } from "./file-refusal";

type InflateRaw = ReturnType<typeof createInflateRaw>;

/** What is unpacked at once: of what is damaged inside, so much at most is lost before the damage. */
const CHUNK = 64 * 1024;
/** Packed bytes given to zlib at once. They unpack to a thousand times as much at most, and two portions are held. */
const PORTION = 8 * 1024;

/** Returns how many of the packed bytes belonged to it. */
export async function* inflateRaw(
  packed: AsyncIterable<Uint8Array>,
  budget: Budget,
): AsyncGenerator<Uint8Array, number> {
  return yield* inflate(
    packed,
    budget,
    "This entry of the zip is damaged or breaks off here; what came before was read. Copy the archive again.",
  );
}

/** The same, of a stream that may go on behind it. `broken` is said of one that is damaged or has no end. */
export async function* inflate(
  packed: AsyncIterable<Uint8Array>,
  budget: Budget,
  broken: string,
): AsyncGenerator<Uint8Array, number> {
  const inflating = new Inflating();
  const source = portions(packed);
  let failed: { readonly error: unknown } | undefined;
  try {
    while (!inflating.isOver && failed === undefined) {
      // While one portion is looked at, zlib works on the next.
      const next = await source.next().catch((error: unknown) => {
        failed = { error };
      });
      const unpacked = await inflating.taken();
      if (next?.done) inflating.finish();
      else if (next !== undefined) inflating.write(next.value);
      yield* counted(unpacked, budget);
      if (next?.done) break;
    }
    yield* counted(await inflating.taken(), budget);
    if (failed !== undefined) throw failed.error;
    if (inflating.failure !== undefined) throw new FileRefusal("packing_broken", broken);
    return inflating.consumed;
  } finally {
    inflating.close();
    await source.return(undefined);
  }
}

function* counted(unpacked: readonly Uint8Array[], budget: Budget): Generator<Uint8Array> {
  for (const bytes of unpacked) {
    budget.unpacked(bytes.length);
    yield bytes;
  }
}

async function* portions(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const bytes of packed)
    for (let at = 0; at < bytes.length; at += PORTION) yield bytes.subarray(at, at + PORTION);
}

/**
 * Gives zlib one portion after the other. Read as a stream, it would throw away at an error what it had unpacked before; and of a
 * portion in which it ends or breaks it never says that it was written.
 */
class Inflating {
  private readonly stream: InflateRaw = createInflateRaw({ chunkSize: CHUNK });
  private unpacked: Uint8Array[] = [];
  private working: Promise<void> = Promise.resolve();
  private done: () => void = () => undefined;
  /** It came to its end, or broke. */
  isOver = false;
  failure: Error | undefined;

  constructor() {
    this.stream.on("data", (bytes: Buffer) => this.unpacked.push(bytes));
    this.stream.on("end", () => this.end());
    this.stream.on("error", (error) => {
      this.failure = error;
      this.end();
    });
  }

  private end(): void {
    this.isOver = true;
    this.done();
  }

  write(portion: Uint8Array): void {
    if (this.isOver) return;
    this.working = new Promise((resolve) => {
      this.done = resolve;
      this.stream.write(portion, () => resolve());
    });
  }

  /** No more portions. */
  finish(): void {
    if (this.isOver) return;
    this.working = new Promise((resolve) => {
      this.done = resolve;
      this.stream.end();
    });
  }

  /** What came of all portions up to now. */
  async taken(): Promise<readonly Uint8Array[]> {
    await this.working;
    const { unpacked } = this;
    this.unpacked = [];
    return unpacked;
  }

  get consumed(): number {
    return this.stream.bytesWritten;
  }

  close(): void {
    this.stream.destroy();
  }
}
