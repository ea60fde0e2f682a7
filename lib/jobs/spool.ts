/**
 * The spool: an upload waits on disk until it is read, so that a crash does not lose it.
 *
 * While bytes arrive the file is called NAME.part; it loses the ending when it is whole. It can be read
 * while it grows.
 */

import { type FileHandle, open } from "node:fs/promises";

export const partOf = (spool: string): string => `${spool}.part`;

const READ_BYTES = 256 * 1024;

/** Reads a spool file that may still be growing. */
export class SpoolReader {
  private available = 0;
  private isWhole = false;
  private wake: (() => void) | undefined;
  /** Bytes handed out so far. */
  consumed = 0;

  constructor(
    private readonly spool: string,
    private readonly signal: AbortSignal,
  ) {
    signal.addEventListener("abort", () => this.wake?.());
  }

  /** So many bytes have arrived in all. */
  received(bytes: number, isWhole: boolean): void {
    this.available = bytes;
    this.isWhole = isWhole;
    this.wake?.();
  }

  async *bytes(): AsyncGenerator<Uint8Array> {
    const file = await openEither(this.spool);
    try {
      for (;;) {
        this.signal.throwIfAborted();
        const wasWhole = this.isWhole;
        const buffer = Buffer.allocUnsafe(READ_BYTES);
        const { bytesRead } = await file.read(buffer, 0, READ_BYTES, this.consumed);
        if (bytesRead > 0) {
          this.consumed += bytesRead;
          yield buffer.subarray(0, bytesRead);
        } else if (this.isWhole && this.consumed >= this.available) return;
        else if (wasWhole) throw new Error("the spooled file is shorter than what had arrived");
        else await this.more();
      }
    } finally {
      await file.close();
    }
  }

  /** Resolves when the whole file has arrived, for a reader that needs no more of it. */
  async untilWhole(): Promise<number> {
    while (!this.isWhole) {
      this.signal.throwIfAborted();
      await this.more();
    }
    return this.available;
  }

  private more(): Promise<void> {
    return new Promise((resolve) => {
      // Bytes are counted a moment before they are on disk.
      const soon = this.available > this.consumed ? setTimeout(() => this.wake?.(), 20) : undefined;
      this.wake = () => {
        clearTimeout(soon);
        this.wake = undefined;
        resolve();
      };
      if (this.signal.aborted || this.isWhole) this.wake();
    });
  }
}

/** The file may lose its ending between a look and the opening: so it is opened, not looked for. */
async function openEither(spool: string): Promise<FileHandle> {
  try {
    return await open(partOf(spool), "r");
  } catch {
    return await open(spool, "r");
  }
}
