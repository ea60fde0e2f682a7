/**
 * Kills a real process twenty times with SIGKILL: while a file arrives, is read, is settled, is an archive, is
 * removed. The next process takes up what it finds; then every capture must be whole, and others as they were.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { beforeAll, expect, it, onTestFinished } from "vitest";
import { projectRoot } from "@/lib/base/project-root";
import { captureFile, openCapture } from "@/lib/capture/capture-file";
import { type FileReport, readFiles } from "@/lib/capture/files";
import { tar, zip } from "@/lib/ingest/testing-archives";
import { line, lines, testFolder } from "@/lib/jobs/testing";

const program = path.join(projectRoot(), "build", "test", "crash-child.mjs");

beforeAll(async () => {
  await build({
    absWorkingDir: projectRoot(),
    entryPoints: ["bin/crash-child.ts"],
    outfile: program,
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20",
    tsconfig: path.join(projectRoot(), "tsconfig.json"),
  });
});

const RECORDS = 4000;
const span = (from: number, to: number): string =>
  lines(...Array.from({ length: to - from }, (_, n) => line(from + n, { uuid: `u-${from + n}` })));
const LOG = span(0, RECORDS);
/** The same records as two files that overlap by five hundred, and one of them deeper. */
const ARCHIVE = gzipSync(
  tar([
    { name: "node-1.log", content: span(0, 2500) },
    { name: "node-2.zip", content: zip([{ name: "events.log", content: span(2000, RECORDS) }]) },
    { name: "README.md", content: "no log\n" },
  ]),
);

/** When it dies: so many milliseconds after the action began. Where in the work that falls is chance. */
const DEATHS: readonly (readonly [action: string, content: "log" | "archive", afterMs: number])[] = [
  ...[0, 20, 60, 120, 220].map((ms) => ["read", "log", ms] as const),
  ...[0, 40, 100, 180, 260, 400].map((ms) => ["read", "archive", ms] as const),
  ["settle", "log", 0],
  ["settle", "log", 15],
  ["settle", "archive", 5],
  ["arrive", "log", 30],
  ["arrive", "log", 250],
  ["remove", "log", 0],
  ["remove", "archive", 3],
  ["remove", "archive", 12],
  ["remove", "log", 40],
];

/** The processes one after the other over one data folder. */
class House {
  readonly dataDir = testFolder();
  private child: ChildProcess | undefined;
  private output = "";
  private closed = Promise.resolve();

  constructor() {
    mkdirSync(path.join(this.dataDir, "captures"));
    onTestFinished(() => this.kill());
  }

  start(action: string, file = ""): void {
    this.output = "";
    const child = spawn(process.execPath, [program, this.dataDir, action, file], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    child.stdout.on("data", (data: Buffer) => {
      this.output += data.toString();
    });
    this.closed = new Promise((resolve) => child.once("close", () => resolve()));
    this.child = child;
  }

  async said(word: string): Promise<void> {
    for (let tries = 0; !this.output.includes(word); tries++) {
      if (tries > 6000) throw new Error(`it never said ${word}, but: ${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  go(): void {
    this.child?.stdin?.write("go\n");
  }

  async kill(): Promise<void> {
    this.child?.kill("SIGKILL");
    await this.closed;
  }

  /** A file's spool goes a moment after its end is told. */
  async spoolIsEmpty(): Promise<void> {
    const names = () => readdirSync(path.join(this.dataDir, "spool"));
    for (let tries = 0; names().length > 0; tries++) {
      if (tries > 200) throw new Error(`left in the spool: ${names().join()}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  get captureIds(): string[] {
    const names = readdirSync(path.join(this.dataDir, "captures"));
    return names.filter((name) => name.endsWith(".db")).map((name) => name.slice(0, -3));
  }

  look(captureId: string): Seen {
    return lookAt(captureFile(this.dataDir, captureId));
  }
}

/** A capture whose tables agree with each other: its name and its files. */
interface Seen {
  readonly name: string;
  readonly files: readonly FileReport[];
}

function lookAt(file: string): Seen {
  const opened = openCapture(file, { readOnly: true });
  if (!opened.ok) throw new Error(opened.failure.message);
  const database = opened.value;
  const one = (sql: string): unknown => database.prepare(`SELECT (${sql}) AS value`).get([])?.value;
  const files = readFiles(database);
  const sum = (of: "accepted" | "duplicate" | "otherKinds") =>
    files.reduce((total, report) => total + report[of], 0);
  expect(one("SELECT count(*) FROM Flow")).toBe(sum("accepted"));
  expect(one("SELECT count(*) FROM RawBlock WHERE fileId NOT IN (SELECT id FROM SourceFile)")).toBe(0);
  expect(one("SELECT count(*) FROM SourceFile WHERE state IN ('receiving', 'reading', 'settling')")).toBe(0);
  expect(database.prepare("PRAGMA quick_check").get([])).toEqual({ quick_check: "ok" });
  for (const { read, accepted, duplicate, otherKinds, refused } of files)
    expect(read).toBe(accepted + duplicate + otherKinds + refused);
  const name = String(one("SELECT name FROM Capture"));
  database.close();
  return { name, files };
}

/** What may have become of a file, by what was done when the process died. */
function expectWholeOrMarked(action: string, content: "log" | "archive", files: readonly FileReport[]): void {
  if (files.length === 0) return;
  const [file] = files;
  expect(files).toHaveLength(1);
  if (file?.state === "interrupted") {
    expect(["read", "arrive", "settle"]).toContain(action);
    expect(file).toMatchObject({ read: 0, accepted: 0, entryCount: 0, failure: { code: "interrupted" } });
    return;
  }
  expect(file).toMatchObject({ state: "done", accepted: RECORDS });
  expect(file?.duplicate).toBe(content === "archive" ? 500 : 0);
  expect(file?.entryCount).toBe(content === "archive" ? 2 : 0);
}

it("leaves every capture whole, taken up again or marked, however it dies", async () => {
  const house = new House();
  const paths = { log: path.join(house.dataDir, "log"), archive: path.join(house.dataDir, "archive") };
  writeFileSync(paths.log, LOG);
  writeFileSync(paths.archive, ARCHIVE);
  const seen = new Map<string, Seen>();
  /** A process that takes up what the one before left; each new capture must be whole, or say what happened. */
  const next = async (action: string, content: "log" | "archive", died?: (typeof DEATHS)[number]) => {
    house.start(action, paths[content]);
    await house.said("recovered");
    await house.spoolIsEmpty();
    for (const id of house.captureIds.filter((known) => !seen.has(known))) {
      const capture = house.look(id);
      if (died !== undefined) expectWholeOrMarked(died[0], died[1], capture.files);
      seen.set(id, capture);
    }
    house.go();
  };
  await next("read", "archive");
  await house.said("ended");
  await house.kill();
  let died: (typeof DEATHS)[number] | undefined;
  for (const death of DEATHS) {
    const [action, content, afterMs] = death;
    await next(action, content, died);
    await house.said("begun");
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    await house.kill();
    died = death;
  }
  await next("nothing", "log", died);
  await house.said("ended");
  await house.kill();
  expect(seen.size).toBe(DEATHS.length + 1);
  // Nobody's death changed the capture of another.
  for (const [id, capture] of seen) expect(house.look(id)).toEqual(capture);
}, 600_000);
