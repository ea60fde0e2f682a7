/** A server of the build on a data folder of its own, for benchmarks that go through HTTP. */

import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { request } from "node:http";
import path from "node:path";
import type { Readable } from "node:stream";
import { z } from "zod";
import { projectRoot } from "@/lib/base/project-root";
import { peakMiB } from "./measure";

const idSchema = z.object({ id: z.string() });
const listSchema = z.object({ captures: z.array(z.object({ id: z.string(), name: z.string() })) });
const reportSchema = z.object({
  state: z.string(),
  read: z.number(),
  accepted: z.number(),
  unpackedBytes: z.number(),
});

export class BenchServer {
  private constructor(
    readonly address: string,
    private readonly child: ChildProcess,
  ) {}

  /** `loopFile` is told of long turns of the main thread's event loop (loop-watch.mjs). */
  static async start(port: number, dataFolder: string, loopFile?: string): Promise<BenchServer> {
    const address = `http://127.0.0.1:${port}`;
    const child = spawn(process.execPath, [path.join(projectRoot(), "build", "server.mjs")], {
      env: {
        ...process.env,
        // As `npm start` has them (package.json).
        MALLOC_ARENA_MAX: "2",
        MALLOC_MMAP_THRESHOLD_: "131072",
        MALLOC_TRIM_THRESHOLD_: "131072",
        NODE_ENV: "production",
        PORT: String(port),
        HOST: "127.0.0.1",
        EYEPIECE_DATA: dataFolder,
        ...(loopFile === undefined
          ? {}
          : {
              BENCH_LOOP_FILE: loopFile,
              NODE_OPTIONS: `--import ${path.join(projectRoot(), "bench", "loop-watch.mjs")}`,
            }),
      },
      stdio: "ignore",
    });
    for (let tries = 0; tries < 300; tries++) {
      const healthy = await fetch(`${address}/api/v1/health`).then(
        (response) => response.ok,
        () => false,
      );
      if (healthy) return new BenchServer(address, child);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    child.kill("SIGTERM");
    throw new Error("the server did not start; run npm run build first");
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once("exit", resolve));
    this.child.kill("SIGTERM");
    await ended;
  }

  async createCapture(name: string): Promise<string> {
    return idSchema.parse(await this.post("/captures", { name })).id;
  }

  /** One that an earlier run has read. */
  async captureNamed(name: string): Promise<string | undefined> {
    const answer = await (await fetch(`${this.address}/api/v1/captures`)).json();
    return listSchema.parse(answer).captures.find((capture) => capture.name === name)?.id;
  }

  /** The sample, when it has been read. */
  async openSample(): Promise<string> {
    const { id } = idSchema.parse(await this.post("/captures/sample", undefined));
    for (;;) {
      const capture = (await (await fetch(`${this.address}/api/v1/captures/${id}`)).json()) as {
        state: string;
      };
      if (capture.state === "ready") return id;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  /** Answers when the file has been read and settled. Without `size` the length is not announced. */
  upload(
    capture: string,
    name: string,
    body: Readable,
    size: number | undefined,
  ): Promise<z.infer<typeof reportSchema>> {
    return new Promise((resolve, reject) => {
      const put = request(`${this.address}/api/v1/captures/${capture}/files/${name}?wait=true`, {
        method: "PUT",
        headers: size === undefined ? {} : { "content-length": size },
      });
      put.on("response", (response) => {
        let text = "";
        response.on("data", (bytes: Buffer) => {
          text += bytes.toString();
        });
        response.on("end", () => resolve(reportSchema.parse(JSON.parse(text))));
      });
      put.on("error", reject);
      body.on("error", reject);
      body.pipe(put);
    });
  }

  /** How long a page of dropped flows takes. */
  static async askAt(address: string, capture: string): Promise<number> {
    const started = performance.now();
    await fetch(`${address}/api/v1/captures/${capture}/flows?limit=100&q=verdict:DROPPED`).then((response) =>
      response.arrayBuffer(),
    );
    return performance.now() - started;
  }

  /** Behind `/api/v1`. Resolves with the status. */
  async get(path: string, signal?: AbortSignal): Promise<number> {
    const response = await fetch(`${this.address}/api/v1${path}`, signal === undefined ? {} : { signal });
    await response.arrayBuffer();
    return response.status;
  }

  /** Of what operators see: by name with its labels. */
  async metrics(): Promise<ReadonlyMap<string, number>> {
    const text = await (await fetch(`${this.address}/api/v1/metrics`)).text();
    const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    return new Map(
      lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ")))]),
    );
  }

  residentMiB(): number {
    const status = readFileSync(`/proc/${this.child.pid}/status`, "utf8");
    return Math.round(Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024);
  }

  peakMiB(): number {
    return peakMiB(this.child.pid ?? 0);
  }

  private async post(address: string, body: unknown): Promise<unknown> {
    const response = await fetch(`${this.address}/api/v1${address}`, {
      method: "POST",
      ...(body !== undefined && {
        body: JSON.stringify(body),
        headers: { "content-type": "application/json" },
      }),
    });
    return response.json();
  }
}
