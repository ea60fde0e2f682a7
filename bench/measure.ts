/** Small tools that the benchmarks share. */

import { execFileSync, spawn } from "node:child_process";
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
} from "node:fs";
import { cpus, totalmem } from "node:os";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { projectRoot } from "@/lib/base/project-root";

/** Largest resident memory that a process has had, in MiB; Linux only. */
export function peakMiB(pid: number | "self" = "self"): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Math.round(Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** A generated log in .bench/, made once per size. */
export async function generatedLog(records: number): Promise<string> {
  const folder = path.join(projectRoot(), ".bench", `log-${records}`);
  const file = path.join(folder, "events.log");
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true });
    await runProgram("scripts/generator/main.ts", [
      "--out",
      folder,
      "--records",
      String(records),
      "--single-file",
      "--seed",
      "1",
    ]);
  }
  return file;
}

/** The file packed with gzip beside it, as an exporter rotates it; made once. */
export async function packed(file: string): Promise<string> {
  const target = `${file}.gz`;
  if (!existsSync(target)) {
    await pipeline(createReadStream(file), createGzip(), createWriteStream(`${target}.half`));
    renameSync(`${target}.half`, target);
  }
  return target;
}

/** The threads as the sources say now. In a process of its own: bundled into ours, the script would take build/ for the project. */
export function bundleThreads(): void {
  execFileSync(process.execPath, ["-e", "import('./scripts/bundles.mjs').then((b) => b.buildBundles())"], {
    cwd: projectRoot(),
  });
}

/** Runs one of our programs in a process of its own; resolves with its last line. */
export function runProgram(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [path.join(projectRoot(), "scripts", "run-ts.mjs"), path.join(projectRoot(), program), ...args],
      {
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    let output = "";
    child.stdout.on("data", (bytes: Buffer) => {
      output += bytes.toString();
    });
    child.on("exit", (code) => {
      if (code === 0) resolve(output.trim().split("\n").at(-1) ?? "");
      else reject(new Error(`${program} ended with ${code}`));
    });
  });
}

/** Reads the file once, so that each contender finds it in the page cache. */
export function warm(file: string): void {
  execFileSync("sh", ["-c", 'cat "$1" > /dev/null', "sh", file]);
}

export function machine(): string {
  const cpu = cpus()[0]?.model ?? "unknown processor";
  return `${cpus().length} x ${cpu}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
}

export function commit(): string {
  return execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: projectRoot() }).toString().trim();
}

export const sizeMiB = (file: string): number => statSync(file).size / 2 ** 20;
