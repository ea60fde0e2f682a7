/**
 * Who goes first when there are more threads than cores. The main thread answers everybody, so it goes before all others; a reader, whom
 * somebody waits for, before those that read files in. By the system's own measure ("nice"); whoever stands behind still gets a share.
 */

import { getPriority, setPriority } from "node:os";

/**
 * Behind the main thread by so many of the system's steps; each is about a quarter of the share. Decoders stand behind the thread that cuts
 * records for them and takes their batches: whenever that one waited for a core, they had nothing to do soon after.
 */
const STEPS = { question: 3, background: 8, decoding: 11 } as const;
const LAST = 19;

/** For the thread that calls it, once. Only Linux keeps it by thread; elsewhere it would slow the whole process down, so nothing is done. */
export function standBehind(kind: keyof typeof STEPS): void {
  if (process.platform !== "linux") return;
  try {
    // A thread begins where the one stands that started it: steps are counted from the main thread, whose number is the process's.
    setPriority(0, Math.min(LAST, getPriority(process.pid) + STEPS[kind]));
  } catch {
    // Some sandboxes refuse it. Then all are equal.
  }
}
