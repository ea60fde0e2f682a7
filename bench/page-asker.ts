/**
 * Asks a server for a page again and again and notes how long each took: a process of its own, started by bench/memory.ts,
 * because the one that makes the log is at work for seconds on end, which would count as time of the server.
 */

import { BenchServer } from "./bench-server";

const EVERY_MS = 200;

/** What is sent when it is told to stop: milliseconds since it began, and how long the page took; null when it failed. */
export type Asked = readonly (readonly [atMs: number, tookMs: number | null])[];

const [address = "", capture = ""] = process.argv.slice(2);
const began = performance.now();
const asked: [number, number | null][] = [];
const note = (atMs: number) => (tookMs: number | null) => asked.push([atMs, tookMs]);
const asking = setInterval(() => {
  const now = note(performance.now() - began);
  BenchServer.askAt(address, capture).then(now, () => now(null));
}, EVERY_MS);
process.once("message", () => {
  clearInterval(asking);
  process.send?.(asked satisfies Asked, undefined, {}, () => process.exit(0));
});
// Whoever started it is gone.
process.once("disconnect", () => process.exit(1));
