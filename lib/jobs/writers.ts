/** The writer threads: one per capture that is written to, ended when idle for a while. */

import { captureFile } from "@/lib/capture/capture-file";
import type { ReadProgress } from "./messages";
import { WriterHandle } from "./writer-handle";

const IDLE_MS = 3000;

export class Writers {
  private readonly handles = new Map<string, WriterHandle>();
  private readonly closing = new Map<string, Promise<void>>();
  private readonly sweep: NodeJS.Timeout;
  private readonly idleSince = new Map<string, number>();
  /** How often something that may write began, by capture. */
  private readonly writes = new Map<string, number>();
  onProgress: (captureId: string, progress: ReadProgress) => void = () => undefined;
  /** The server stops: no writer is made any more. */
  isStopped = false;

  constructor(
    private readonly dataFolder: string,
    private readonly idleMs = IDLE_MS,
  ) {
    this.sweep = setInterval(() => this.endIdle(), Math.min(1000, idleMs));
    this.sweep.unref();
  }

  async of(captureId: string): Promise<WriterHandle> {
    await this.closing.get(captureId);
    if (this.isStopped) throw new Error("the server is stopping");
    const known = this.handles.get(captureId);
    if (known !== undefined && !known.isBroken) {
      this.idleSince.delete(captureId);
      return known;
    }
    const handle = new WriterHandle(captureFile(this.dataFolder, captureId));
    handle.onProgress = (progress) => this.onProgress(captureId, progress);
    handle.onAsk = () => this.wrote(captureId);
    this.handles.set(captureId, handle);
    return handle;
  }

  /** Another number after each write to the capture; undefined while something is written. */
  stateOf(captureId: string): number | undefined {
    const handle = this.handles.get(captureId);
    const isIdle = (handle === undefined || handle.isIdle) && !this.closing.has(captureId);
    return isIdle ? (this.writes.get(captureId) ?? 0) : undefined;
  }

  /** The capture's file has become another one: also without a writer, when it is put in its place or deleted. */
  wrote(captureId: string): void {
    this.writes.set(captureId, (this.writes.get(captureId) ?? 0) + 1);
  }

  private endIdle(): void {
    const now = Date.now();
    for (const [captureId, handle] of this.handles) {
      if (!handle.isIdle) this.idleSince.delete(captureId);
      else if (!this.idleSince.has(captureId)) this.idleSince.set(captureId, now);
      else if (now - (this.idleSince.get(captureId) ?? now) > this.idleMs) void this.end(captureId);
    }
  }

  /** Ends the writer of a capture after what it is doing. */
  async end(captureId: string): Promise<void> {
    const handle = this.handles.get(captureId);
    if (handle === undefined) return;
    this.handles.delete(captureId);
    this.idleSince.delete(captureId);
    const closing = handle.close().finally(() => this.closing.delete(captureId));
    this.closing.set(captureId, closing);
    await closing;
  }

  /** At once: what is under way is taken up again at the next start. */
  async stopAll(): Promise<void> {
    this.isStopped = true;
    clearInterval(this.sweep);
    await Promise.all([
      ...[...this.handles.values()].map((handle) => handle.stop()),
      ...this.closing.values(),
    ]);
    this.handles.clear();
  }
}
