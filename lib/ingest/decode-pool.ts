/** Decoder threads. Each has its own dictionaries, so a batch says which decoder made it. */

import path from "node:path";
import { Worker } from "node:worker_threads";
import { projectRoot } from "@/lib/base/project-root";
import type { FlowBatch } from "@/lib/flow/batch";
import type { Chunk } from "./chunk";
import { SharedMemory } from "./shared-memory";

export interface ToDecoder {
  readonly chunk: Chunk;
  readonly beginsFile: boolean;
}

export interface DecodedBatch {
  readonly decoder: number;
  readonly batch: FlowBatch;
}

interface Waiting {
  resolve(batch: FlowBatch): void;
  reject(error: Error): void;
}

class Decoder {
  private readonly worker: Worker;
  /** Answers come in the order of the questions. */
  private readonly waiting: Waiting[] = [];
  private failure: Error | undefined;
  /** The next chunk begins a file: dictionaries begin anew, because the sink of another file knew the old ones. */
  beginsFile = true;

  constructor() {
    this.worker = new Worker(path.join(projectRoot(), "build", "decode-worker.mjs"), {
      resourceLimits: { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 256 },
    });
    this.worker.on("message", (batch: FlowBatch) => this.waiting.shift()?.resolve(batch));
    this.worker.on("error", (error: Error) => this.fail(error));
    this.worker.on("exit", () => this.fail(new Error("the decoder ended")));
  }

  get load(): number {
    return this.waiting.length;
  }

  get isBroken(): boolean {
    return this.failure !== undefined;
  }

  decode(chunk: Chunk): Promise<FlowBatch> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      const question: ToDecoder = { chunk, beginsFile: this.beginsFile };
      this.beginsFile = false;
      this.worker.postMessage(question, [chunk.documents.buffer]);
    });
  }

  /** Lets it finish what it holds: a thread is not ended inside native code. */
  async close(): Promise<void> {
    while (this.waiting.length > 0 && this.failure === undefined) {
      await new Promise<void>((resolve) => {
        this.worker.once("message", () => resolve());
        this.worker.once("exit", () => resolve());
      });
    }
    await this.worker.terminate();
  }

  private fail(error: Error): void {
    this.failure ??= error;
    for (const { reject } of this.waiting.splice(0)) reject(this.failure);
  }
}

export class DecodePool {
  private readonly decoders: Decoder[];
  readonly memory = new SharedMemory();

  constructor(size: number) {
    this.decoders = Array.from({ length: size }, () => new Decoder());
  }

  /** Chunks that may be under way at once. */
  get capacity(): number {
    return this.decoders.length * 16;
  }

  /** So many go to the sink together, while the others are decoded: with more, decoders have nothing left to do before the sink has done its part. */
  get together(): number {
    return this.capacity / 4;
  }

  /** A decoder ended by itself, for example out of memory: make a new pool. */
  get isBroken(): boolean {
    return this.decoders.some((decoder) => decoder.isBroken);
  }

  beginFile(): void {
    for (const decoder of this.decoders) decoder.beginsFile = true;
  }

  async decode(chunk: Chunk): Promise<DecodedBatch> {
    const decoder = this.decoders.reduce(
      (least, other, index) => (other.load < (this.decoders[least]?.load ?? 0) ? index : least),
      0,
    );
    const batch = await (this.decoders[decoder] as Decoder).decode(chunk);
    this.memory.give(chunk.bytes);
    return { decoder, batch };
  }

  async close(): Promise<void> {
    await Promise.all(this.decoders.map((decoder) => decoder.close()));
  }
}
