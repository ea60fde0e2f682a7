// Preloaded into a server (bench-server.ts): writes each turn of the main thread's event loop that took longer than 50 ms, with how
// long of it the thread worked and how long it waited for a core, both from Linux. One line of JSON each.
import { appendFileSync, readFileSync } from "node:fs";
import { isMainThread } from "node:worker_threads";

const file = process.env.BENCH_LOOP_FILE;
const LONG_MS = 50;
const EVERY_MS = 10;

function now() {
  const [worked, waited] = readFileSync(`/proc/self/task/${process.pid}/schedstat`, "utf8")
    .split(" ")
    .map((ns) => Number(ns) / 1e6);
  return { at: performance.now(), worked, waited };
}

if (isMainThread && file !== undefined) {
  let last = now();
  setInterval(() => {
    const current = now();
    const turn = {
      ms: current.at - last.at,
      worked: current.worked - last.worked,
      waited: current.waited - last.waited,
    };
    if (turn.ms > LONG_MS) appendFileSync(file, `${JSON.stringify(turn)}\n`);
    last = current;
  }, EVERY_MS).unref();
}
