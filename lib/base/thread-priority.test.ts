import { readdirSync, readFileSync } from "node:fs";
import { getPriority } from "node:os";
import path from "node:path";
import { Worker } from "node:worker_threads";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { projectRoot } from "./project-root";

const isLinux = process.platform === "linux";
const main = isLinux ? getPriority(process.pid) : 0;

/** Threads of this process that stand so many steps behind its main thread. Field 19 of a thread's line is where it stands. */
function countBehind(steps: number): number {
  const wanted = String(Math.min(19, main + steps));
  return readdirSync("/proc/self/task").filter((task) => {
    const line = readFileSync(`/proc/self/task/${task}/stat`, "utf8");
    return line.slice(line.lastIndexOf(")") + 2).split(" ")[19 - 3] === wanted;
  }).length;
}

function start(bundle: string): void {
  const unwanted = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(path.join(projectRoot(), "build", bundle), { workerData: { unwanted } });
  onTestFinished(async () => void (await worker.terminate()));
}

describe("where there are more threads than cores", () => {
  it.each([
    ["a reader of questions", "reader-worker.mjs", 3],
    ["a decoder of what is read in", "decode-worker.mjs", 11],
  ])("%s stands behind the main thread, which stays where it is", async (_, bundle, steps) => {
    const before = isLinux ? countBehind(steps) : 0;
    start(bundle);
    if (isLinux) await vi.waitFor(() => expect(countBehind(steps)).toBe(before + 1), 10_000);
    // The process's number is the main thread's, too.
    expect(isLinux ? getPriority(process.pid) : main).toBe(main);
  });
});
