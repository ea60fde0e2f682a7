/**
 * A generated log as a stream, for sizes that need not lie on the disk. Made in a process of its own (log-lines.ts): made in ours,
 * the readers beside it were answered only when the server did not keep up with the log, and all that time stood in their waits.
 */

import { spawn } from "node:child_process";
import path from "node:path";
import { PassThrough, type Readable } from "node:stream";
import { projectRoot } from "@/lib/base/project-root";

/** So many bytes of one merged log, always the same. */
export function generatedStream(bytes: number): Readable {
  const program = [path.join(projectRoot(), "scripts", "run-ts.mjs"), "bench/log-lines.ts", String(bytes)];
  const child = spawn(process.execPath, program, {
    cwd: projectRoot(),
    stdio: ["ignore", "pipe", "inherit"],
  });
  const stream = new PassThrough();
  child.stdout.pipe(stream, { end: false });
  // Behind the last byte: a log that breaks off is not taken for a whole one.
  child.once("close", (code) => {
    if (code === 0) stream.end();
    else stream.destroy(new Error(`the log's generator ended with ${code}`));
  });
  return stream;
}
