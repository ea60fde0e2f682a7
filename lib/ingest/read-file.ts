/**
 * The way of a file that is unpacked: split, decode in threads, hand batches in the order of the file to a sink.
 *
 * Knows no database. Memory is bounded: no more chunks are cut than the decoders can hold, and the sink is
 * waited for.
 */

import type { Chunk } from "./chunk";
import type { DecodedBatch, DecodePool } from "./decode-pool";
import { FileRefusal } from "./file-refusal";
import { LIMITS } from "./limits";
import { Splitter } from "./split";

export interface Sink {
  /** Takes batches in the order of the file. */
  load(batches: readonly DecodedBatch[]): void | Promise<void>;
  /** True when nothing more of the file is wanted. */
  readonly isEnough?: boolean;
}

export interface FileEnd {
  readonly unpackedBytes: number;
  /** Why reading ended early; the file as such then counts as one refused record. */
  readonly endedEarly: FileRefusal | undefined;
}

/**
 * Reads a file to its end, or to where it can no longer be read.
 *
 * Rejects with the signal's reason when cancelled, and with any error of the source or the sink.
 */
export async function readFile(
  unpacked: AsyncIterable<Uint8Array>,
  pool: DecodePool,
  sink: Sink,
  signal: AbortSignal,
): Promise<FileEnd> {
  pool.beginFile();
  const reading = new Reading(pool, sink);
  let unpackedBytes = 0;
  let endedEarly: FileRefusal | undefined;
  try {
    for await (const bytes of withPauses(unpacked, () => reading.pause())) {
      signal.throwIfAborted();
      unpackedBytes += bytes.length;
      await reading.push(bytes);
      if (sink.isEnough) break;
    }
  } catch (error) {
    if (!(error instanceof FileRefusal)) throw error;
    endedEarly = error;
  }
  signal.throwIfAborted();
  await reading.end();
  return { unpackedBytes, endedEarly };
}

/** A slow upload is shown so often, though its blocks are not full. */
const SHOWN_EVERY_MS = 500;

/** The same parts. Where the next one takes long to come, `pause` is done meanwhile. */
async function* withPauses(
  parts: AsyncIterable<Uint8Array>,
  pause: () => Promise<void>,
): AsyncGenerator<Uint8Array> {
  const source = parts[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = source.next();
      if (await isSlow(next)) await pause();
      const part = await next;
      if (part.done) return;
      yield part.value;
    }
  } finally {
    await source.return?.();
  }
}

/** What it fails with is met by whoever waits for it. */
function isSlow(next: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(true), SHOWN_EVERY_MS);
    const come = (): void => {
      clearTimeout(timer);
      resolve(false);
    };
    next.then(come, come);
  });
}

class Reading {
  private readonly splitter: Splitter;
  private chunks: Chunk[] = [];
  /** In the order of the file. */
  private underWay: Promise<DecodedBatch>[] = [];
  /** When batches were last handed to the sink. */
  private shownAt = performance.now();

  constructor(
    private readonly pool: DecodePool,
    private readonly sink: Sink,
  ) {
    this.splitter = new Splitter(
      (chunk) => this.chunks.push(chunk),
      LIMITS,
      (bytes) => pool.memory.take(bytes),
    );
  }

  async push(bytes: Uint8Array): Promise<void> {
    this.splitter.push(bytes);
    const isLate = performance.now() - this.shownAt >= SHOWN_EVERY_MS;
    if (isLate) this.splitter.cutNow();
    await this.decodeCut();
    if (isLate) await this.settle(Math.ceil(this.underWay.length / 2));
  }

  /** Nothing comes for a while: what there is, is shown. */
  async pause(): Promise<void> {
    this.splitter.cutNow();
    await this.decodeCut();
    if (this.underWay.length > 0) await this.settle(this.underWay.length);
  }

  async end(): Promise<void> {
    this.splitter.end();
    await this.decodeCut();
    await this.settle(this.underWay.length);
  }

  private async decodeCut(): Promise<void> {
    for (const chunk of this.chunks.splice(0)) {
      if (this.underWay.length >= this.pool.capacity) await this.settle(this.pool.together);
      const decoding = this.pool.decode(chunk);
      // A failure is met when its turn comes; until then it is not "unhandled".
      decoding.catch(() => undefined);
      this.underWay.push(decoding);
    }
  }

  private async settle(count: number): Promise<void> {
    const batches = await Promise.all(this.underWay.splice(0, Math.max(1, Math.floor(count))));
    await this.sink.load(batches);
    this.shownAt = performance.now();
  }
}
