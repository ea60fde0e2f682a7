/** Captures that an older version settled are worked out anew, one after the other, while people go on reading them. */

import type { Log } from "@/lib/base/log";

interface Surroundings {
  /** Files on their way into it: it is settled by today's rules when they are done. */
  readonly isReading: (captureId: string) => boolean;
  /** Resolves when it is settled by today's rules. */
  readonly settle: (captureId: string) => Promise<void>;
  /** One came or went. */
  readonly changed: (captureId: string) => void;
  readonly log: Log;
}

export class SettlingAnew {
  private readonly waiting = new Set<string>();
  private isRunning = false;
  private isEnded = false;

  constructor(private readonly around: Surroundings) {}

  /** It waits for its turn, or is being worked on. */
  has(captureId: string): boolean {
    return this.waiting.has(captureId);
  }

  add(captureId: string): void {
    this.waiting.add(captureId);
    if (!this.isRunning) void this.run();
  }

  remove(captureId: string): void {
    this.waiting.delete(captureId);
  }

  /** Nothing more is begun: the rest waits for the next start. */
  end(): void {
    this.isEnded = true;
  }

  private async run(): Promise<void> {
    this.isRunning = true;
    // What is added meanwhile is taken as well.
    for (const captureId of this.waiting) {
      if (this.isEnded) break;
      await this.settle(captureId);
      this.waiting.delete(captureId);
      this.around.changed(captureId);
    }
    this.isRunning = false;
  }

  private async settle(captureId: string): Promise<void> {
    const { isReading, settle, log } = this.around;
    if (isReading(captureId)) return;
    const started = performance.now();
    try {
      await settle(captureId);
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      log.info("capture settled anew", { capture: captureId, seconds });
    } catch (error) {
      if (!this.isEnded) log.error("capture not settled anew", { capture: captureId, reason: String(error) });
    }
  }
}
