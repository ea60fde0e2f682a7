/** The main thread's end of redact-worker.ts. */

import path from "node:path";
import { Worker } from "node:worker_threads";
import { projectRoot } from "@/lib/base/project-root";
import type { RedactOutcome } from "./redact-capture";
import type { FromRedactor, RedactData } from "./redact-worker";

interface RedactorEvents {
  readonly progress: (state: "learning" | "writing", records: number, of: number) => void;
}

/** Rejects when the capture cannot be read, or the disk is full. A signal that aborts ends the work with "cancelled". */
export function runRedactor(
  work: Omit<RedactData, "cancelled">,
  { progress }: RedactorEvents,
  signal: AbortSignal,
): Promise<RedactOutcome> {
  const cancelled = new Int32Array(new SharedArrayBuffer(4));
  const cancel = (): void => {
    Atomics.store(cancelled, 0, 1);
  };
  if (signal.aborted) cancel();
  signal.addEventListener("abort", cancel);
  return new Promise<RedactOutcome>((resolve, reject) => {
    const worker = new Worker(path.join(projectRoot(), "build", "redact-worker.mjs"), {
      workerData: { ...work, cancelled } satisfies RedactData,
      // Digests of masked values lie outside of the heap, and all else in it is bounded.
      resourceLimits: { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 16 },
    });
    worker.on("message", (message: FromRedactor) => {
      if ("progress" in message)
        progress(message.progress.state, message.progress.records, message.progress.of);
      else if ("outcome" in message) resolve(message.outcome);
      else reject(new Error(message.failure.message));
    });
    worker.once("error", reject);
    worker.once("exit", () => reject(new Error("the thread that masks ended without an outcome")));
  }).finally(() => signal.removeEventListener("abort", cancel));
}
