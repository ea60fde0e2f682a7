/** A capture's writer for tests, files going through it as uploads do. Imported by tests only. */

import { appendFileSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { onTestFinished } from "vitest";
import type { FileReport } from "@/lib/capture/files";
import { CaptureWriter } from "./capture-writer";
import type { ToWriter } from "./messages";
import { line, lines, TestCapture } from "./testing";

/** A writer in this thread, over a new capture. */
export class TestWriter {
  readonly capture = new TestCapture();
  readonly writer = new CaptureWriter(this.capture.file, 1, () => undefined);
  private readonly folder = path.dirname(this.capture.file);
  private files = 0;

  constructor() {
    onTestFinished(async () => {
      await this.ask({ call: "close", ask: {} });
    });
  }

  ask(message: Omit<Extract<ToWriter, { call: string }>, "id">): Promise<unknown> {
    return this.writer.answer({ id: 0, ...message } as Extract<ToWriter, { call: string }>);
  }

  async put(name: string, content: string | Uint8Array): Promise<FileReport> {
    const { fileId, spool } = await this.announce(name, content);
    const bytes = Buffer.byteLength(content);
    return (await this.ask({ call: "readFile", ask: { fileId, spool, bytes, isWhole: true } })) as FileReport;
  }

  /** An upload that pauses: what has come is read before more comes. */
  async putInParts(name: string, content: string, first: number): Promise<FileReport> {
    const { fileId, spool } = await this.announce(name, content.slice(0, first));
    const reading = this.ask({ call: "readFile", ask: { fileId, spool, bytes: first, isWhole: false } });
    const isRead = () => this.capture.report(fileId).read > 0;
    while (!isRead()) await new Promise((resolve) => setTimeout(resolve, 5));
    appendFileSync(spool, content.slice(first));
    this.writer.told({ tell: "received", fileId, bytes: content.length, isWhole: true });
    return (await reading) as FileReport;
  }

  private async announce(name: string, content: string | Uint8Array) {
    const spool = path.join(this.folder, `spool-${this.files++}`);
    writeFileSync(spool, content);
    const fileId = Number(await this.ask({ call: "addFile", ask: { name, spool, addedAtMs: 0 } }));
    return { fileId, spool };
  }

  /** What is beside the capture apart from the spool files that this test wrote. */
  get leftOver(): string[] {
    return readdirSync(this.folder).filter((name) => name.includes(".copy"));
  }

  count(table: string): number {
    return Number(this.capture.database.prepare(`SELECT count(*) AS n FROM ${table}`).get([])?.n);
  }
}

/** Records with the seconds `from` to `to` of one node, `to` excluded. */
export const span = (from: number, to: number): string =>
  lines(...Array.from({ length: to - from }, (_, n) => line(from + n)));
