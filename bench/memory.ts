/**
 * Resident memory of the whole server while it takes in a large file through its HTTP interface, and how long a
 * small question takes meanwhile.
 *
 * `node scripts/run-ts.mjs bench/memory.ts [--records 1200000 | --gigabytes 10]` (needs a build: `npm run build`).
 * With `--gigabytes` the log is generated while it is sent and never lies on the disk as it is, but in the server's spool.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { createReadStream, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Readable } from "node:stream";
import { parseArgs } from "node:util";
import { z } from "zod";
import { projectRoot } from "@/lib/base/project-root";
import { generatedStream } from "./log-stream";
import { commit, generatedLog, machine, peakMiB } from "./measure";

const PORT = 3977;
const API = `http://127.0.0.1:${PORT}/api/v1`;
const { values } = parseArgs({
  options: { records: { type: "string", default: "1200000" }, gigabytes: { type: "string" } },
});
const idSchema = z.object({ id: z.string() });
const reportSchema = z.object({
  state: z.string(),
  read: z.number(),
  accepted: z.number(),
  unpackedBytes: z.number(),
});

const file = values.gigabytes === undefined ? await generatedLog(Number(values.records)) : undefined;
const log = (): Readable =>
  file === undefined ? generatedStream(Number(values.gigabytes) * 1e9) : createReadStream(file);
const folder = mkdtempSync(path.join(tmpdir(), "eyepiece-bench-"));
const server = await startServer(folder);
try {
  const other = await create("other");
  const sample = path.join(projectRoot(), "public", "sample", "node-1-events.log.gz");
  await upload(other, "sample.log.gz", createReadStream(sample), statSync(sample).size);
  await new Promise((resolve) => setTimeout(resolve, 6000));
  const idle = residentMiB(server);
  const capture = await create("large");
  const waits: number[] = [];
  const asking = setInterval(() => void ask(other).then((ms) => waits.push(ms)), 200);
  const started = performance.now();
  const size = file === undefined ? undefined : statSync(file).size;
  const report = await upload(capture, "large.log", log(), size);
  const seconds = (performance.now() - started) / 1000;
  clearInterval(asking);
  waits.sort((a, b) => a - b);
  const at = (share: number): string =>
    (waits[Math.min(waits.length - 1, Math.floor(waits.length * share))] ?? 0).toFixed(0);
  console.log(`machine  ${machine()}; commit ${commit()}`);
  console.log(
    `file     ${(report.unpackedBytes / 2 ** 20).toFixed(0)} MiB, ${report.read} records, ${report.accepted} accepted, state ${report.state}`,
  );
  console.log(`time     ${seconds.toFixed(1)} s from the first byte sent to settled, through HTTP`);
  console.log(`memory   ${idle} MiB before, peak ${peakMiB(server.pid ?? 0)} MiB resident, whole server`);
  console.log(
    `others   a page of another capture meanwhile: ${waits.length} asked, p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, most ${at(1)} ms`,
  );
} finally {
  server.kill("SIGTERM");
  await new Promise((resolve) => server.once("exit", resolve));
  rmSync(folder, { recursive: true });
}

async function startServer(dataFolder: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [path.join(projectRoot(), "build", "server.mjs")], {
    env: { ...process.env, PORT: String(PORT), HOST: "127.0.0.1", EYEPIECE_DATA: dataFolder },
    stdio: "ignore",
  });
  for (let tries = 0; tries < 100; tries++) {
    const healthy = await fetch(`${API}/health`).then(
      (response) => response.ok,
      () => false,
    );
    if (healthy) return child;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("the server did not start; run npm run build first");
}

async function create(name: string): Promise<string> {
  const response = await fetch(`${API}/captures`, {
    method: "POST",
    body: JSON.stringify({ name }),
    headers: { "content-type": "application/json" },
  });
  return idSchema.parse(await response.json()).id;
}

function upload(
  capture: string,
  name: string,
  body: Readable,
  size: number | undefined,
): Promise<z.infer<typeof reportSchema>> {
  return new Promise((resolve, reject) => {
    const put = request(`${API}/captures/${capture}/files/${name}?wait=true`, {
      method: "PUT",
      headers: size === undefined ? {} : { "content-length": size },
    });
    put.on("response", (response) => {
      let body = "";
      response.on("data", (bytes: Buffer) => {
        body += bytes.toString();
      });
      response.on("end", () => resolve(reportSchema.parse(JSON.parse(body))));
    });
    put.on("error", reject);
    body.on("error", reject);
    body.pipe(put);
  });
}

async function ask(capture: string): Promise<number> {
  const started = performance.now();
  await fetch(`${API}/captures/${capture}/flows?limit=100&q=verdict:DROPPED`).then((response) =>
    response.arrayBuffer(),
  );
  return performance.now() - started;
}

function residentMiB(child: ChildProcess): number {
  const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
  return Math.round(Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024);
}
