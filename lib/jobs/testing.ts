/** Captures for tests: real files in a folder that goes when the test ends. Imported by tests only. */

import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import { captureFile, createCapture, openCapture } from "@/lib/capture/capture-file";
import type { Sqlite } from "@/lib/capture/driver";
import { addFile, type FileReport, readFile, setFileState } from "@/lib/capture/files";
import { FileLoader } from "@/lib/capture/load";
import {
  dictionaryMark,
  dropSecondaryIndexes,
  isEmptyOfFlows,
  removeFile,
  settleAddedFiles,
} from "@/lib/capture/settle";
import { decodeChunk } from "@/lib/ingest/decode-chunk";
import { Packer } from "@/lib/ingest/pack";
import { Splitter } from "@/lib/ingest/split";

/** Keeps work for the end of the running test, or of what a caller says instead. */
export type AtEnd = (work: () => void) => void;

/** A folder that is removed at the end. */
export function testFolder(atEnd: AtEnd = onTestFinished): string {
  const folder = mkdtempSync(path.join(tmpdir(), "eyepiece-test-"));
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const templates = mkdtempSync(path.join(tmpdir(), "eyepiece-test-"));
process.once("exit", () => rmSync(templates, { recursive: true, force: true }));

/** An empty capture. Made once and copied: that is much quicker than migrating each. */
function makeCapture(folder: string, captureId: string): string {
  const template = captureFile(templates, "testcapture0");
  if (!existsSync(template)) {
    createCapture(template, { captureId, name: "Test", createdAtMs: 1000, programVersion: "test" });
  }
  const file = captureFile(folder, captureId);
  mkdirSync(path.dirname(file), { recursive: true });
  copyFileSync(template, file);
  return file;
}

/** A capture and its one writer, without threads: files are read and settled by the same functions. */
export class TestCapture {
  readonly file: string;
  readonly database: Sqlite;

  constructor(folder = testFolder(), captureId = "testcapture0", atEnd: AtEnd = onTestFinished) {
    this.file = makeCapture(folder, captureId);
    const opened = openCapture(this.file);
    if (!opened.ok) throw new Error(opened.failure.message);
    this.database = opened.value;
    // What a test writes need not survive a power cut.
    this.database.exec("PRAGMA synchronous = OFF");
    atEnd(() => this.database.close());
  }

  /** Takes in a file and settles it. */
  add(name: string, content: string | Uint8Array): FileReport {
    const before = dictionaryMark(this.database);
    const fileId = this.load(name, content);
    settleAddedFiles(this.database, [fileId], 2000, before);
    return this.report(fileId);
  }

  /** Takes in a file and leaves it as if the program had stopped before it was settled. */
  load(name: string, content: string | Uint8Array): number {
    const { database } = this;
    const fileId = addFile(database, { name, spool: "", addedAtMs: 1500 });
    setFileState(database, fileId, "reading");
    if (isEmptyOfFlows(database)) dropSecondaryIndexes(database);
    const loader = new FileLoader(database, fileId);
    const packer = new Packer();
    let beginsFile = true;
    const splitter = new Splitter((chunk) => {
      loader.load([{ decoder: 0, batch: decodeChunk(chunk, packer, beginsFile) }]);
      beginsFile = false;
    });
    splitter.push(typeof content === "string" ? Buffer.from(content) : content);
    splitter.end();
    setFileState(database, fileId, "settling");
    return fileId;
  }

  remove(fileId: number): void {
    removeFile(this.database, fileId, 3000);
  }

  report(fileId: number): FileReport {
    const report = readFile(this.database, fileId);
    if (report === undefined) throw new Error(`no file ${fileId}`);
    return report;
  }

  /** The flows that count, as `hash.occurrence`, sorted. */
  flowIds(): string[] {
    return this.database
      .prepareExact("SELECT hash, occurrence FROM Flow")
      .all([])
      .map(({ hash, occurrence }) => `${hash}.${occurrence}`)
      .sort();
  }
}

type Members = Readonly<Record<string, unknown>>;

/** One exporter line. Members of the flow, with a time in seconds behind 2026-08-21T12:00:00Z unless they name one. */
export function line(seconds: number | undefined, members: Members = {}): string {
  const time = seconds === undefined ? {} : { time: timeAt(seconds) };
  const flow = { ...time, verdict: "FORWARDED", Type: "L3_L4", node_name: "n1", ...members };
  return JSON.stringify({ flow, node_name: flow.node_name });
}

export function timeAt(seconds: number): string {
  return new Date(Date.UTC(2026, 7, 21, 12) + seconds * 1000).toISOString();
}

/** Lines as a file. */
export function lines(...texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join("");
}
