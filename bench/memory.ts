/**
 * Resident memory of the whole server while it takes in a large file through its HTTP interface, and how long a
 * small question takes meanwhile.
 *
 * `node scripts/run-ts.mjs bench/memory.ts [--records 1200000 | --gigabytes 10] [--file LOG]` (needs a build: `npm run build`).
 * With `--gigabytes` the log is generated while it is sent and never lies on the disk as it is, but in the server's spool; with
 * `--file` so much of that file is sent.
 */

import { fork } from "node:child_process";
import { once } from "node:events";
import { createReadStream, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Readable } from "node:stream";
import { parseArgs } from "node:util";
import { projectRoot } from "@/lib/base/project-root";
import { BenchServer } from "./bench-server";
import { generatedStream } from "./log-stream";
import { commit, generatedLog, machine } from "./measure";
import type { Asked } from "./page-asker";

const SLOW_MS = 300;
const PORT = Number(process.env.BENCH_PORT ?? 3977);
const { values } = parseArgs({
  options: {
    records: { type: "string", default: "1200000" },
    gigabytes: { type: "string" },
    file: { type: "string" },
  },
});
const bytes = values.gigabytes === undefined ? undefined : Number(values.gigabytes) * 1e9;
const file = values.file ?? (bytes === undefined ? await generatedLog(Number(values.records)) : undefined);
const log = (): Readable =>
  file === undefined
    ? generatedStream(bytes ?? 0)
    : createReadStream(file, { end: (bytes ?? Number.POSITIVE_INFINITY) - 1 });
/** Somebody who looks at another capture. */
class OtherPages {
  private readonly child;

  constructor(address: string, capture: string) {
    const asker = path.join(projectRoot(), "bench", "page-asker.ts");
    this.child = fork(path.join(projectRoot(), "scripts", "run-ts.mjs"), [asker, address, capture]);
  }

  async end(): Promise<Asked> {
    const answer = once(this.child, "message");
    this.child.send("end");
    const [asked] = await answer;
    return asked;
  }
}

const folder = mkdtempSync(path.join(tmpdir(), "eyepiece-bench-"));
const server = await BenchServer.start(PORT, folder);
try {
  const other = await server.createCapture("other");
  const sample = path.join(projectRoot(), "public", "sample", "node-1-events.log.gz");
  await server.upload(other, "sample.log.gz", createReadStream(sample), statSync(sample).size);
  await new Promise((resolve) => setTimeout(resolve, 6000));
  const idle = server.residentMiB();
  const capture = await server.createCapture("large");
  const others = new OtherPages(server.address, other);
  await server.metrics();
  const started = performance.now();
  const size =
    file === undefined ? undefined : Math.min(statSync(file).size, bytes ?? Number.POSITIVE_INFINITY);
  const report = await server.upload(capture, "large.log", log(), size);
  const seconds = (performance.now() - started) / 1000;
  const block = (await server.metrics()).get('eyepiece_event_loop_seconds{quantile="1"}') ?? 0;
  const asked = await others.end();
  const waits = asked.flatMap(([, tookMs]) => tookMs ?? []).sort((a, b) => a - b);
  const at = (share: number): string =>
    (waits[Math.min(waits.length - 1, Math.floor(waits.length * share))] ?? 0).toFixed(0);
  console.log(`machine  ${machine()}; commit ${commit()}`);
  console.log(
    `file     ${(report.unpackedBytes / 2 ** 20).toFixed(0)} MiB, ${report.read} records, ${report.accepted} accepted, state ${report.state}`,
  );
  console.log(`time     ${seconds.toFixed(1)} s from the first byte sent to settled, through HTTP`);
  console.log(`memory   ${idle} MiB before, peak ${server.peakMiB()} MiB resident, whole server`);
  console.log(
    `others   a page of another capture meanwhile: ${asked.length} asked, ${asked.length - waits.length} failed, p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, most ${at(1)} ms; longest block of the server's event loop ${(block * 1000).toFixed(0)} ms`,
  );
  const slow = asked.filter(([, tookMs]) => tookMs !== null && tookMs > SLOW_MS);
  if (slow.length > 0)
    console.log(
      `slow     ${slow.map(([atMs, tookMs]) => `${tookMs?.toFixed(0)} ms at ${(atMs / 1000).toFixed(1)} s`).join(", ")}`,
    );
} finally {
  await server.stop();
  rmSync(folder, { recursive: true });
}
