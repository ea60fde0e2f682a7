/**
 * The server's end of import-worker.ts. A process of its own: over bytes that SQLite takes and nobody foresaw, the driver ends the
 * process that it runs in.
 */

import { fork } from "node:child_process";
import path from "node:path";
import { projectRoot } from "@/lib/base/project-root";
import type { ImportAnswer, ImportData } from "./import-worker";

/** Rejects when the process breaks down, as when its memory is not enough for what the file makes of it. */
export function runImporter(data: ImportData): Promise<ImportAnswer> {
  return new Promise((resolve, reject) => {
    const child = fork(path.join(projectRoot(), "build", "import-worker.mjs"), {
      execArgv: ["--max-old-space-size=256"],
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    child.once("message", (answer) => resolve(answer as ImportAnswer));
    child.once("error", reject);
    child.once("exit", () => reject(new Error("the process that checks a capture ended without an answer")));
    child.send(data);
  });
}
