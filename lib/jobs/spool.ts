/**
 * The spool: an upload waits on disk until it is read, so that a crash does not lose it.
 *
 * While bytes arrive the file is called NAME.part; it loses the ending when it is whole. It can be read
 * while it grows. A zip within another archive is copied to NAME.copy while it is read.
 */

import { type FileHandle, open, rm } from "node:fs/promises";
import { FileRefusal } from "@/lib/ingest/file-refusal";
import type { UploadSource } from "@/lib/ingest/open";
import type { RandomAccess } from "@/lib/ingest/zip-directory";

export const partOf = (spool: string): string => `${spool}.part`;
const copyOf = (spool: string, number: number): string => `${spool}.copy${number}`;

const READ_BYTES = 256 * 1024;

/** Reads a spool file that may still be growing. */
export class SpoolReader implements UploadSource {
  private available = 0;
  private isWhole = false;
  private wake: (() => void) | undefined;
  private copies = 0;
  private readonly opened: FileHandle[] = [];
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

  async whole(): Promise<RandomAccess> {
    const size = await this.untilWhole();
    const file = await open(this.spool, "r");
    this.opened.push(file);
    // What is read by place is counted as if it were read in order.
    this.consumed = 0;
    return this.access(file, size, (bytes) => {
      this.consumed = Math.min(size, this.consumed + bytes);
    });
  }

  async *withCopy<T>(
    bytes: AsyncIterable<Uint8Array>,
    mostBytes: number,
    work: (copy: RandomAccess) => AsyncGenerator<T>,
  ): AsyncGenerator<T> {
    const name = copyOf(this.spool, ++this.copies);
    const file = await open(name, "w+");
    try {
      let size = 0;
      for await (const part of bytes) {
        this.signal.throwIfAborted();
        if (size + part.length > mostBytes) throw tooLarge(mostBytes);
        await file.write(part, 0, part.length, size);
        size += part.length;
      }
      yield* work(this.access(file, size, () => undefined));
    } finally {
      await file.close();
      await rm(name, { force: true });
    }
  }

  /** Ends what was opened. */
  async close(): Promise<void> {
    await Promise.all(this.opened.splice(0).map((file) => file.close()));
  }

  /** Resolves when the whole file has arrived, for a reader that needs no more of it. */
  async untilWhole(): Promise<number> {
    while (!this.isWhole) {
      this.signal.throwIfAborted();
      await this.more();
    }
    return this.available;
  }

  private access(file: FileHandle, size: number, onRead: (bytes: number) => void): RandomAccess {
    return {
      size,
      read: async (offset, length) => {
        this.signal.throwIfAborted();
        const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(length, size - offset)));
        let filled = 0;
        while (filled < buffer.length) {
          const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, offset + filled);
          if (bytesRead === 0) throw new Error("the spooled file is shorter than what had arrived");
          filled += bytesRead;
        }
        onRead(filled);
        return buffer;
      },
    };
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

function tooLarge(mostBytes: number): FileRefusal {
  const gib = mostBytes / 1024 ** 3;
  return new FileRefusal(
    "archive_bomb",
    `This zip lies within another archive and is larger than ${gib} GiB, the most that is copied aside to read it: unpack the outer archive and add it by itself.`,
  );
}

/** The file may lose its ending between a look and the opening: so it is opened, not looked for. */
async function openEither(spool: string): Promise<FileHandle> {
  try {
    return await open(partOf(spool), "r");
  } catch {
    return await open(spool, "r");
  }
}
