/** Unpacks gzip, and the deflate of zip entries, as streams of bounded portions. What came before a break is given out first. */

import { createInflateRaw } from "node:zlib";
import type { Budget } from "./budget";
import { FileRefusal } from "./file-refusal";

type InflateRaw = ReturnType<typeof createInflateRaw>;

/** What is unpacked at once: zlib keeps to itself what it holds of so much when it meets damage. */
const CHUNK = 64 * 1024;
const BUT_FOR = ", but for 64 KiB at most";
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
    (butFor) =>
      `This entry of the zip is damaged or breaks off here; what came before was read${butFor}. Copy the archive again.`,
  );
}

/** The same, of a stream that may go on behind it. `broken` is said of one that is damaged or has no end, with what was lost before. */
export async function* inflate(
  packed: AsyncIterable<Uint8Array>,
  budget: Budget,
  broken: (butFor: string) => string,
): AsyncGenerator<Uint8Array, number> {
  const inflating = new Inflating(budget.limits.packedKept);
  const source = portions(packed);
  let failed: { readonly error: unknown } | undefined;
  let given = 0;
  const counted = (unpacked: readonly Uint8Array[]) => {
    for (const { length } of unpacked) {
      budget.unpacked(length);
      given += length;
    }
    return unpacked;
  };
  try {
    while (!inflating.isOver && failed === undefined) {
      // While one portion is looked at, zlib works on the next.
      const next = await source.next().catch((error: unknown) => {
        failed = { error };
      });
      const unpacked = await inflating.taken();
      if (next?.done) inflating.finish();
      else if (next !== undefined) inflating.write(next.value);
      yield* counted(unpacked);
      if (next?.done) break;
    }
    yield* counted(await inflating.taken());
    if (failed !== undefined) throw failed.error;
    if (inflating.failure !== undefined) {
      const { brokenIn } = inflating;
      if (brokenIn !== undefined) yield* counted(await heldBack(brokenIn, given));
      throw new FileRefusal("packing_broken", broken(inflating.losesSome ? BUT_FOR : ""));
    }
    return inflating.consumed;
  } finally {
    inflating.close();
    await source.return(undefined);
  }
}

/** What these portions unpack to behind the first `given` bytes. The last one, which is damaged, is given to zlib byte by byte. */
async function heldBack(portions: readonly Uint8Array[], given: number): Promise<Uint8Array[]> {
  const again = new Inflating(0);
  const unpacked: Uint8Array[] = [];
  let passed = 0;
  try {
    for (const [index, portion] of portions.entries()) {
      const step = index === portions.length - 1 ? 1 : portion.length;
      for (let at = 0; at < portion.length && !again.isOver; at += step) {
        again.write(portion.subarray(at, at + step));
        for (const bytes of await again.taken()) {
          if (passed + bytes.length > given) unpacked.push(bytes.subarray(Math.max(0, given - passed)));
          passed += bytes.length;
        }
      }
    }
  } finally {
    again.close();
  }
  return unpacked;
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
  /** All that was written, unless it is too much. */
  private kept: Uint8Array[] | undefined = [];
  private keptBytes = 0;
  private isFinishing = false;

  constructor(private readonly mostKept: number) {
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
    this.keep(portion);
    this.working = new Promise((resolve) => {
      this.done = resolve;
      this.stream.write(portion, () => resolve());
    });
  }

  private keep(portion: Uint8Array): void {
    this.keptBytes += portion.length;
    if (this.keptBytes > this.mostKept) this.kept = undefined;
    // A copy: whoever reads may use its buffer again.
    this.kept?.push(Buffer.from(portion));
  }

  /** The portions up to the one that is damaged. Of a stream that only breaks off zlib holds nothing back. */
  get brokenIn(): readonly Uint8Array[] | undefined {
    return this.isFinishing ? undefined : this.kept;
  }

  /** Damaged, and too large to look again. */
  get losesSome(): boolean {
    return !this.isFinishing && this.kept === undefined;
  }

  /** No more portions. */
  finish(): void {
    if (this.isOver) return;
    this.isFinishing = true;
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
