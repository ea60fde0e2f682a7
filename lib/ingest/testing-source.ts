/** Uploads for tests. Imported by tests only. */

import { FileRefusal } from "./file-refusal";
import type { UploadSource } from "./open";

/** An upload in memory, read in portions. */
export class MemorySource implements UploadSource {
  consumed = 0;
  isClosed = false;

  constructor(
    private readonly file: Uint8Array,
    private readonly step = 65_536,
  ) {}

  async *bytes(): AsyncGenerator<Uint8Array> {
    try {
      for (let at = 0; at < this.file.length; at += this.step) {
        const part = this.file.subarray(at, at + this.step);
        this.consumed += part.length;
        yield part;
      }
    } finally {
      this.isClosed = true;
    }
  }

  async whole() {
    return this.access(this.file);
  }

  async *withCopy<T>(
    bytes: AsyncIterable<Uint8Array>,
    mostBytes: number,
    work: (copy: ReturnType<MemorySource["access"]>) => AsyncGenerator<T>,
  ): AsyncGenerator<T> {
    const parts: Uint8Array[] = [];
    let length = 0;
    for await (const part of bytes) {
      length += part.length;
      if (length > mostBytes) throw new FileRefusal("archive_bomb", "too large to copy");
      parts.push(part);
    }
    yield* work(this.access(Buffer.concat(parts)));
  }

  private access(file: Uint8Array) {
    return {
      size: file.length,
      read: async (offset: number, length: number) => {
        const part = file.subarray(offset, offset + length);
        this.consumed += part.length;
        return part;
      },
    };
  }
}
