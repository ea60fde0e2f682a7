/**
 * Readers on several captures and scopes while a file is read into another one: how long they wait, how long the event loop
 * stood still, memory, and whether requests that are given up stop their work.
 *
 * `node scripts/run-ts.mjs bench/load.ts [--readers 20] [--megabytes 400] [--pause 1000]` (needs a build: `npm run build`).
 * Each reader asks, waits for the answer, and looks at it for `--pause` milliseconds. One request in ten is given up after 20 ms.
 */

import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { BenchServer } from "./bench-server";
import { generatedStream } from "./log-stream";
import { commit, machine } from "./measure";

const PORT = 3978;
/** MB of the log in each capture that is read from. */
const SIZES = [20, 60, 120];
const { values } = parseArgs({
  options: {
    readers: { type: "string", default: "20" },
    megabytes: { type: "string", default: "400" },
    pause: { type: "string", default: "1000" },
    port: { type: "string", default: String(PORT) },
  },
});

/** What the views ask, by name. */
const CALLS = [
  "summary",
  "timeline?buckets=120",
  "flows?limit=100",
  "map?level=workload",
  "drops?by=cause",
  "facets?keys=verdict,server",
  "dns?by=query",
  "l7?protocol=http&by=route",
  "workloads",
];
const SCOPES = [
  "",
  "verdict:DROPPED",
  "server-port:8080",
  "protocol:dns",
  "namespace:storefront",
  "http-status:5+",
  "drop:yes",
  "from-port:40007",
];

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

interface Waits {
  readonly answered: number[];
  givenUp: number;
  failed: number;
}

/** One reader after the other asks for another call, scope and capture. `isOver` ends it behind an answer. */
async function read(
  server: BenchServer,
  captures: readonly string[],
  reader: number,
  waits: Waits,
  isOver: () => boolean,
): Promise<void> {
  await wait((reader * Number(values.pause)) / Number(values.readers));
  for (let n = reader * 7; !isOver(); n++) {
    const call = CALLS[n % CALLS.length] as string;
    const scope = encodeURIComponent(SCOPES[(n * 5 + reader) % SCOPES.length] as string);
    const address = `/captures/${captures[(n + reader) % captures.length]}/${call}${call.includes("?") ? "&" : "?"}q=${scope}`;
    const isGivenUp = n % 10 === 9;
    const started = performance.now();
    try {
      const status = await server.get(address, isGivenUp ? AbortSignal.timeout(20) : undefined);
      waits.answered.push(performance.now() - started);
      if (status !== 200) waits.failed++;
    } catch (error) {
      if (!isGivenUp) throw error;
      waits.givenUp++;
    }
    await wait(Number(values.pause));
  }
}

interface Seen {
  residentMiB: number[];
  longestBlockMs: number;
  waiting: number;
}

/** The event loop's longest turn is that since the look before. */
async function look(server: BenchServer, seen: Seen, isOver: () => boolean): Promise<void> {
  await server.metrics();
  while (!isOver()) {
    await wait(1000);
    const metrics = await server.metrics();
    seen.residentMiB.push(server.residentMiB());
    const block = (metrics.get('eyepiece_event_loop_seconds{quantile="1"}') ?? 0) * 1000;
    seen.longestBlockMs = Math.max(seen.longestBlockMs, block);
    seen.waiting = Math.max(seen.waiting, metrics.get("eyepiece_questions_waiting") ?? 0);
  }
}

const at = (sorted: readonly number[], share: number): string =>
  (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(0);

/** Many questions at once, all given up: how long until no reader is at work. */
async function giveUp(server: BenchServer, capture: string): Promise<string> {
  const asked = Array.from({ length: 20 }, (_, n) =>
    server
      .get(`/captures/${capture}/facets?keys=port&q=from-port:${41_000 + n}`, AbortSignal.timeout(50))
      .catch(() => undefined),
  );
  await Promise.all(asked);
  const started = performance.now();
  for (;;) {
    const metrics = await server.metrics();
    const busy =
      (metrics.get("eyepiece_questions_running") ?? 0) + (metrics.get("eyepiece_questions_waiting") ?? 0);
    if (busy === 0) {
      const cancelled = [...metrics]
        .filter(([name]) => name.startsWith("eyepiece_questions_total") && name.includes('"cancelled"'))
        .reduce((sum, [, count]) => sum + count, 0);
      return `${(performance.now() - started).toFixed(0)} ms until no reader is at work; ${cancelled} questions ended as cancelled in all`;
    }
    await wait(10);
  }
}

const turnSchema = z.object({ ms: z.number(), worked: z.number(), waited: z.number() });

/** Of long turns behind so many that are known: the longest, and the one with the most work. */
function longTurns(file: string, known: number): { readonly count: number; readonly text: string } {
  const lines = existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
  const turns = lines.slice(known).map((line) => turnSchema.parse(JSON.parse(line)));
  const most = (of: "ms" | "worked"): string => {
    const [first] = turns.toSorted((a, b) => b[of] - a[of]);
    if (first === undefined) return "none";
    return `${first.ms.toFixed(0)} ms (worked ${first.worked.toFixed(0)}, waited for a core ${first.waited.toFixed(0)})`;
  };
  return {
    count: lines.length,
    text: `${turns.length} turns over 50 ms; longest ${most("ms")}; most work in ${most("worked")}`,
  };
}

const folder = mkdtempSync(path.join(tmpdir(), "eyepiece-bench-"));
const loopFile = path.join(folder, "loop.jsonl");
const server = await BenchServer.start(Number(values.port), folder, loopFile);
try {
  const captures: string[] = [];
  for (const megabytes of SIZES) {
    const capture = await server.createCapture(`${megabytes} MB`);
    await server.upload(capture, "log", generatedStream(megabytes * 1e6), undefined);
    captures.push(capture);
  }
  const run = async (isOver: () => boolean): Promise<string> => {
    const waits: Waits = { answered: [], givenUp: 0, failed: 0 };
    const seen: Seen = { residentMiB: [], longestBlockMs: 0, waiting: 0 };
    const readers = Array.from({ length: Number(values.readers) }, (_, n) =>
      read(server, captures, n, waits, isOver),
    );
    await Promise.all([...readers, look(server, seen, isOver)]);
    const sorted = waits.answered.sort((a, b) => a - b);
    const third = Math.ceil(seen.residentMiB.length / 3);
    return `${sorted.length} answers (${waits.failed} refused), ${waits.givenUp} given up; p50 ${at(sorted, 0.5)} ms, p95 ${at(sorted, 0.95)} ms, most ${at(sorted, 1)} ms; longest block of the event loop ${seen.longestBlockMs.toFixed(0)} ms; ${seen.waiting} questions waited at most; resident ${Math.max(...seen.residentMiB.slice(0, third))} MiB in the first third, ${Math.max(...seen.residentMiB.slice(-third))} in the last`;
  };
  const begin = longTurns(loopFile, 0).count;
  console.log(`machine  ${machine()}, load ${loadavg()[0]?.toFixed(0)}; commit ${commit()}`);
  const until = performance.now() + 20_000;
  console.log(`at rest  ${await run(() => performance.now() > until)}`);
  const rest = longTurns(loopFile, begin);
  console.log(`loop     ${rest.text}`);
  const large = await server.createCapture("large");
  let isRead = false;
  const started = performance.now();
  const upload = server
    .upload(large, "large.log", generatedStream(Number(values.megabytes) * 1e6), undefined)
    .finally(() => {
      isRead = true;
    });
  const [during, report] = await Promise.all([run(() => isRead), upload]);
  console.log(`reading  ${during}`);
  console.log(`loop     ${longTurns(loopFile, rest.count).text}`);
  console.log(
    `file     ${report.accepted} flows, state ${report.state}, ${((performance.now() - started) / 1000).toFixed(0)} s`,
  );
  console.log(`given up ${await giveUp(server, large)}`);
  console.log(`memory   peak ${server.peakMiB()} MiB, whole server`);
} finally {
  await server.stop();
  rmSync(folder, { recursive: true });
}
