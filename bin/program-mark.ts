/** Tells scripts/steps.mjs that a server runs from this folder, whose pages and threads must not be built anew under it. */

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

/** One file for each server, named after its process. It goes when the process ends, unless it is killed. */
export function markProgram(root: string, address: string): void {
  const file = path.join(root, "build", "serving", String(process.pid));
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, address);
  } catch {
    // A program's folder that this user cannot write to: the same user cannot build in it either.
    return;
  }
  process.on("exit", () => rmSync(file, { force: true }));
}
