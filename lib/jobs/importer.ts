/** The main thread's end of import-worker.ts. */

import path from "node:path";
import { Worker } from "node:worker_threads";
import { projectRoot } from "@/lib/base/project-root";
import type { ImportAnswer, ImportData } from "./import-worker";

/** Rejects when the thread breaks down, as when its memory is not enough for what the file makes of it. */
export function runImporter(data: ImportData): Promise<ImportAnswer> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(path.join(projectRoot(), "build", "import-worker.mjs"), {
      workerData: data,
      resourceLimits: { maxOldGenerationSizeMb: 256 },
    });
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.once("exit", () => reject(new Error("the thread that checks a capture ended without an answer")));
  });
}
