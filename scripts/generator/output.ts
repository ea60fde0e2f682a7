import { once } from "node:events";
import { createWriteStream } from "node:fs";
import path from "node:path";
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type { Shape } from "./shapes/shape.ts";

const CHUNK = 1 << 20;
/** Room that the longest line certainly fits in. */
const SPARE = 1 << 16;

/** A log file that is written in chunks of about 1 MiB. Lines are ASCII. Counts records and bytes as the exporter would write them. */
export class LogFile {
  readonly name: string;
  records = 0;
  bytes = 0;
  private chunk = Buffer.allocUnsafe(CHUNK + SPARE);
  private used = 0;
  private readonly head: Writable;
  private readonly tail: Writable;
  private full = false;
  private broken: Error | null = null;

  constructor(
    folder: string,
    name: string,
    gzip: boolean,
    private readonly shape: Shape,
  ) {
    this.name = gzip ? `${name}.gz` : name;
    this.tail = createWriteStream(path.join(folder, this.name));
    this.head = gzip ? createGzip({ level: 9 }) : this.tail;
    if (this.head !== this.tail) this.head.pipe(this.tail);
    this.tail.on("error", (error) => {
      this.broken = error;
    });
    this.put(shape.begin());
  }

  write(line: string): void {
    for (const written of this.shape.lines(line)) this.put(`${written}\n`);
    this.records++;
    this.bytes += line.length + 1;
  }

  private put(text: string): void {
    for (let at = 0; at < text.length; at += SPARE) {
      this.used += this.chunk.write(text.slice(at, at + SPARE), this.used, "latin1");
      if (this.used >= CHUNK) this.flush();
    }
  }

  /** Waits while the disk is behind. Memory stays bounded when this is called every few thousand lines. */
  async ready(): Promise<void> {
    if (this.broken) throw this.broken;
    if (!this.full) return;
    this.full = false;
    if (this.head.writableNeedDrain) await once(this.head, "drain");
  }

  async close(): Promise<void> {
    this.put(this.shape.end());
    this.flush();
    this.head.end();
    await finished(this.tail);
  }

  private flush(): void {
    if (this.used === 0) return;
    const part = this.chunk.subarray(0, this.used);
    this.chunk = Buffer.allocUnsafe(CHUNK + SPARE);
    this.used = 0;
    if (!this.head.write(part)) this.full = true;
  }
}
