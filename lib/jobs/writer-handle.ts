/** The main thread's end of a capture's writer thread. */

import { availableParallelism } from "node:os";
import path from "node:path";
import { Worker } from "node:worker_threads";
import { projectRoot } from "@/lib/base/project-root";
import type { FromWriter, ReadProgress, ToWriter, WriterCall, WriterCalls } from "./messages";

interface Waiting {
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

/** Two decoders keep two cores busy; more than three wait for the one writer. */
const DECODERS = Math.max(1, Math.min(3, availableParallelism()));

const STOP_MS = 4000;

export class WriterHandle {
  private readonly worker: Worker;
  private readonly waiting = new Map<number, Waiting>();
  private nextId = 1;
  private failure: Error | undefined;
  onProgress: (progress: ReadProgress) => void = () => undefined;
  /** Something is asked for, which may write. */
  onAsk: () => void = () => undefined;

  constructor(captureFile: string) {
    this.worker = new Worker(path.join(projectRoot(), "build", "job-worker.mjs"), {
      // The large things it makes live long or lie outside of the heap: a small nursery saves forty MiB.
      resourceLimits: { maxYoungGenerationSizeMb: 16 },
      workerData: { file: captureFile, decoders: DECODERS },
    });
    this.worker.on("message", (message: FromWriter) => this.said(message));
    this.worker.on("error", (error: Error) => this.fail(error));
    this.worker.on("exit", () => this.fail(new Error("the writer of this capture ended")));
  }

  get isIdle(): boolean {
    return this.waiting.size === 0;
  }

  get isBroken(): boolean {
    return this.failure !== undefined;
  }

  ask<Call extends WriterCall>(
    call: Call,
    ask: WriterCalls[Call]["ask"],
  ): Promise<WriterCalls[Call]["answer"]> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    const id = this.nextId++;
    if (call !== "close") this.onAsk();
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve: resolve as (answer: unknown) => void, reject });
      this.worker.postMessage({ id, call, ask });
    });
  }

  tell(message: Extract<ToWriter, { tell: string }>): void {
    this.worker.postMessage(message);
  }

  /** After what is under way. */
  async close(): Promise<void> {
    if (this.failure === undefined) await this.ask("close", {}).catch(() => undefined);
    await this.worker.terminate();
  }

  /**
   * Without what is under way: it is taken up again, or marked, at the next start. The thread is not ended inside
   * the driver, which would abort the whole process; one that does not come back within the bound is left.
   */
  async stop(): Promise<void> {
    this.tell({ tell: "stop" });
    const bound = new Promise<void>((resolve) => setTimeout(resolve, STOP_MS).unref());
    await Promise.race([this.close(), bound]);
  }

  private said(message: FromWriter): void {
    if ("progress" in message) {
      this.onProgress(message.progress);
      return;
    }
    const waiting = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if ("error" in message) waiting?.reject(new Error(message.error));
    else waiting?.resolve(message.answer);
  }

  private fail(error: Error): void {
    this.failure ??= error;
    for (const { reject } of this.waiting.values()) reject(this.failure);
    this.waiting.clear();
  }
}
