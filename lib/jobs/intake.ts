/**
 * Files on their way into captures: from the socket to the spool, from the spool through the capture's
 * writer, with progress, cancelling, and taking up again after a crash.
 *
 * One file of a capture is read at a time; so many captures at once as the machine has cores for.
 */

import { createWriteStream, existsSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { FileReport } from "@/lib/capture/files";
import type { Abandoned, ReadProgress } from "./messages";
import { Slots } from "./slots";
import { partOf } from "./spool";
import type { WriterHandle } from "./writer-handle";
import type { Writers } from "./writers";

export interface FileProgress {
  readonly fileId: number;
  readonly file: string;
  state: "receiving" | "waiting" | "reading" | "settling" | FileReport["state"];
  receivedBytes: number;
  readonly expectedBytes: number | null;
  readBytes: number;
  read: number;
  flows: number;
  refused: number;
  recordsPerSecond: number;
  secondsLeft: number | null;
  failure: { readonly code: string; readonly message: string } | null;
}

export interface Upload {
  readonly fileName: string;
  readonly expectedBytes: number | null;
  readonly body: Readable;
}

/** A file that is on its way. */
interface Underway {
  readonly captureId: string;
  readonly progress: FileProgress;
  readonly cancelling: AbortController;
}

/** What the server wants to know about a capture whose files move. */
export interface IntakeEvents {
  /** Progress of any file of the capture changed. */
  changed(captureId: string): void;
  /** A file came to its end, good or bad. */
  finished(captureId: string, report: FileReport): Promise<void>;
}

/** Captures read at the same time. More would only wait for each other on a small machine. */
const AT_ONCE = 3;

export class Intake {
  private readonly underway = new Map<string, Underway[]>();
  private readonly slots = new Slots(AT_ONCE);
  private readonly spoolFolder: string;

  constructor(
    dataFolder: string,
    private readonly writers: Writers,
    private readonly events: IntakeEvents,
  ) {
    this.spoolFolder = path.join(dataFolder, "spool");
    mkdirSync(this.spoolFolder, { recursive: true });
  }

  progress(captureId: string): readonly FileProgress[] {
    return (this.underway.get(captureId) ?? []).map(({ progress }) => progress);
  }

  /**
   * Takes an upload. Resolves when its last byte is on disk, with the promise of the file's end; rejects with
   * UploadBroken when the connection broke.
   */
  async receive(captureId: string, upload: Upload): Promise<{ fileId: number; end: Promise<FileReport> }> {
    const spool = path.join(this.spoolFolder, `${captureId}-${crypto.randomUUID()}`);
    // There before the reader looks for it.
    await writeFile(partOf(spool), "");
    const writer = await this.writers.of(captureId);
    const fileId = await writer.ask("addFile", { name: upload.fileName, spool, addedAtMs: Date.now() });
    const file = this.begin(captureId, fileId, upload.fileName, upload.expectedBytes, "receiving");
    const end = this.readInTurn(file, spool);
    end.catch(() => undefined);
    try {
      await this.spool(file, spool, upload.body);
    } catch (error) {
      await end.catch(() => undefined);
      throw error;
    }
    return { fileId, end };
  }

  private begin(
    captureId: string,
    fileId: number,
    name: string,
    expectedBytes: number | null,
    state: FileProgress["state"],
  ): Underway {
    const progress: FileProgress = {
      fileId,
      file: name,
      state,
      receivedBytes: 0,
      expectedBytes,
      readBytes: 0,
      read: 0,
      flows: 0,
      refused: 0,
      recordsPerSecond: 0,
      secondsLeft: null,
      failure: null,
    };
    const file: Underway = { captureId, progress, cancelling: new AbortController() };
    this.underway.set(captureId, [...(this.underway.get(captureId) ?? []), file]);
    this.events.changed(captureId);
    return file;
  }

  private async spool(file: Underway, spool: string, body: Readable): Promise<void> {
    const { progress, cancelling } = file;
    const counting = new Transform({
      transform: (bytes: Buffer, _encoding, done) => {
        progress.receivedBytes += bytes.length;
        done(null, bytes);
      },
    });
    const tick = setInterval(() => this.tellReceived(file, false), 100);
    try {
      await pipeline(body, counting, createWriteStream(partOf(spool)), { signal: cancelling.signal });
      await rename(partOf(spool), spool);
    } catch (error) {
      const broken = new UploadBroken(progress.receivedBytes, error);
      if (!cancelling.signal.aborted) this.cancelReading(file, broken.why);
      await rm(partOf(spool), { force: true });
      throw broken;
    } finally {
      clearInterval(tick);
    }
    if (progress.state === "receiving") progress.state = "waiting";
    this.tellReceived(file, true);
  }

  private tellReceived({ captureId, progress }: Underway, isWhole: boolean): void {
    this.tell(captureId, {
      tell: "received",
      fileId: progress.fileId,
      bytes: progress.receivedBytes,
      isWhole,
    });
    this.events.changed(captureId);
  }

  /** Reads a file that has arrived or is arriving, when a slot is free. */
  private async readInTurn(file: Underway, spool: string): Promise<FileReport> {
    const { captureId, progress, cancelling } = file;
    const release = await this.slots.take(captureId);
    try {
      const writer = await this.writers.of(captureId);
      // Cancelled while it waited: it was never opened.
      const report = cancelling.signal.aborted
        ? await writer.ask("abandonFile", {
            fileId: progress.fileId,
            ...(cancelling.signal.reason as Abandoned),
          })
        : await writer.ask("readFile", { fileId: progress.fileId, spool });
      progress.state = report.state;
      progress.failure = report.failure;
      await this.events.finished(captureId, report);
      return report;
    } finally {
      release();
      this.drop(file);
      this.events.changed(captureId);
    }
  }

  private drop(file: Underway): void {
    const left = (this.underway.get(file.captureId) ?? []).filter((other) => other !== file);
    if (left.length > 0) this.underway.set(file.captureId, left);
    else this.underway.delete(file.captureId);
  }

  /** From the writer thread. */
  readProgressed(captureId: string, read: ReadProgress): void {
    const file = this.underway.get(captureId)?.find(({ progress }) => progress.fileId === read.fileId);
    if (file === undefined) return;
    const { progress } = file;
    progress.state = read.phase;
    progress.readBytes = read.packedBytes;
    progress.read = read.read;
    progress.flows = read.flows;
    progress.refused = read.refused;
    progress.recordsPerSecond = read.recordsPerSecond;
    progress.secondsLeft = secondsLeft(progress);
    this.events.changed(captureId);
  }

  /** True when the file was on its way. */
  cancel(captureId: string, fileId: number): boolean {
    const file = this.underway.get(captureId)?.find(({ progress }) => progress.fileId === fileId);
    if (file === undefined) return false;
    this.cancelReading(file, { state: "cancelled", code: "cancelled", message: "Cancelled." });
    return true;
  }

  private cancelReading(file: Underway, why: Abandoned): void {
    file.cancelling.abort(why);
    this.tell(file.captureId, { tell: "cancel", fileId: file.progress.fileId, why });
  }

  /** The writer may be gone with its capture: then there is nobody to tell. */
  private tell(captureId: string, message: Parameters<WriterHandle["tell"]>[0]): void {
    this.writers.of(captureId).then(
      (writer) => writer.tell(message),
      () => undefined,
    );
  }

  cancelAll(captureId: string): Promise<unknown> {
    const files = this.underway.get(captureId) ?? [];
    for (const file of files)
      this.cancelReading(file, {
        state: "cancelled",
        code: "cancelled",
        message: "The capture was deleted.",
      });
    return this.idle(captureId);
  }

  private async idle(captureId: string): Promise<void> {
    for (let tries = 0; tries < 100 && this.underway.has(captureId); tries++)
      await new Promise((resolve) => setTimeout(resolve, 50));
  }

  /** After a crash: files whose upload is whole are read again, others are marked. */
  async takeUpAgain(
    captureId: string,
    files: readonly { id: number; name: string; spool: string | null }[],
  ): Promise<void> {
    for (const { id, name, spool } of files) {
      if (spool !== null && path.dirname(spool) === this.spoolFolder && existsSync(spool)) {
        const file = this.begin(captureId, id, name, statSync(spool).size, "waiting");
        file.progress.receivedBytes = statSync(spool).size;
        this.tellReceived(file, true);
        this.readInTurn(file, spool).catch(() => undefined);
        continue;
      }
      const writer = await this.writers.of(captureId);
      const report = await writer.ask("abandonFile", {
        fileId: id,
        state: "interrupted",
        code: "interrupted",
        message: "The server stopped before the whole file had arrived. Add it again.",
      });
      await this.events.finished(captureId, report);
    }
  }

  /** Spool files that no capture waits for. */
  removeOrphans(wanted: ReadonlySet<string>): void {
    for (const name of readdirSync(this.spoolFolder)) {
      const file = path.join(this.spoolFolder, name);
      if (!wanted.has(file)) rmSync(file, { force: true });
    }
  }
}

/** The connection broke, or the disk filled up, before the whole file was there. */
export class UploadBroken extends Error {
  readonly code: "disk_full" | "upload_incomplete";

  constructor(receivedBytes: number, cause: unknown) {
    const isDiskFull = cause instanceof Error && "code" in cause && cause.code === "ENOSPC";
    super(
      isDiskFull ? "The disk of the data folder is full." : `The upload ended after ${receivedBytes} bytes.`,
      { cause },
    );
    this.code = isDiskFull ? "disk_full" : "upload_incomplete";
  }

  get why(): Abandoned {
    return {
      state: this.code === "disk_full" ? "failed" : "interrupted",
      code: this.code,
      message: this.message,
    };
  }
}

function secondsLeft({
  receivedBytes,
  expectedBytes,
  readBytes,
  read,
  recordsPerSecond,
}: FileProgress): number | null {
  const whole = expectedBytes ?? receivedBytes;
  if (readBytes === 0 || read === 0 || recordsPerSecond === 0 || whole < readBytes) return null;
  const recordsLeft = ((whole - readBytes) / readBytes) * read;
  return Math.round((recordsLeft / recordsPerSecond) * 10) / 10;
}
