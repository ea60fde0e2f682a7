/**
 * Files on their way into captures: from the socket to the spool, from the spool through the capture's
 * writer, with progress, cancelling, and taking up again after a crash.
 *
 * One file of a capture is read at a time; so many captures at once as the machine has cores for.
 */

import { statSync } from "node:fs";
import { rm } from "node:fs/promises";
import type { Readable } from "node:stream";
import type { FileReport } from "@/lib/capture/files";
import { type Abandoned, describeFailure, isDiskFull, type ReadProgress } from "./messages";
import { SettleBatches } from "./settle-batches";
import { Slots } from "./slots";
import { beginSpool, fillSpool, removePart, removeSpool, SpoolFolder } from "./spool-folder";
import { type FileProgress, newProgress, noteRead, type Upload, UploadBroken } from "./upload";
import type { WriterHandle } from "./writer-handle";
import type { Writers } from "./writers";

/** A file that is on its way. */
interface Underway {
  readonly captureId: string;
  readonly progress: FileProgress;
  readonly cancelling: AbortController;
  /** The upload is in the spool to its last byte. */
  isWhole: boolean;
  /** Settles when the file has come to its end, good or bad. */
  end: Promise<unknown>;
}

/** What the server wants to know about a capture whose files move. */
export interface IntakeEvents {
  /** Progress of any file of the capture changed. */
  changed(captureId: string): void;
  /** A file came to its end, good or bad. */
  finished(captureId: string, report: FileReport): Promise<void>;
  /** Not even the end of a file could be written down: it is taken up again at the next start. */
  broke(captureId: string, fileId: number, error: unknown): void;
}

/** Captures read at the same time. More would only wait for each other on a small machine. */
const AT_ONCE = 3;
/** A file that others wait for before they are settled: it is read within moments. */
const SMALL_BYTES = 4 * 1024 * 1024;

export class Intake {
  private readonly underway = new Map<string, Underway[]>();
  private readonly slots = new Slots(AT_ONCE);
  private readonly batches = new SettleBatches(async (captureId, fileIds) => {
    const writer = await this.writers.of(captureId);
    return writer.ask("settleFiles", { fileIds });
  });
  readonly spools: SpoolFolder;

  constructor(
    dataFolder: string,
    private readonly writers: Writers,
    private readonly events: IntakeEvents,
  ) {
    this.spools = new SpoolFolder(dataFolder);
  }

  progress(captureId: string): readonly FileProgress[] {
    return (this.underway.get(captureId) ?? []).map(({ progress }) => progress);
  }

  /**
   * Takes an upload. Resolves when its last byte is on disk, with the promise of the file's end; rejects with
   * UploadBroken when the connection broke.
   */
  async receive(captureId: string, upload: Upload): Promise<{ fileId: number; end: Promise<FileReport> }> {
    const { fileName, expectedBytes } = upload;
    const spool = this.spools.newSpool(captureId);
    const fileId = await this.announce(captureId, fileName, spool);
    const file = this.begin(
      captureId,
      newProgress({
        fileId,
        file: fileName,
        state: "receiving",
        expectedBytes,
        receivedBytes: 0,
      }),
    );
    const end = this.readInTurn(file, spool);
    const arriving = this.spool(file, spool, upload.body);
    file.end = this.tidyUp(spool, arriving, end);
    try {
      await arriving;
    } catch (error) {
      await file.end;
      throw error;
    }
    return { fileId, end };
  }

  /** The file's place in the spool and in the capture, before its first byte. */
  private async announce(captureId: string, name: string, spool: string): Promise<number> {
    try {
      await beginSpool(spool);
    } catch (error) {
      throw new UploadBroken(0, error);
    }
    try {
      const writer = await this.writers.of(captureId);
      return await writer.ask("addFile", { name, spool, addedAtMs: Date.now() });
    } catch (error) {
      await removePart(spool);
      throw isDiskFull(error) ? new UploadBroken(0, error) : error;
    }
  }

  /** A spool goes when nobody writes or reads it any more; what is to be taken up again stays. */
  private async tidyUp(spool: string, arriving: Promise<void>, end: Promise<FileReport>): Promise<void> {
    const [, ended] = await Promise.allSettled([arriving, end]);
    if (ended.status === "rejected" || isUnderway(ended.value)) return;
    await removeSpool(spool);
  }

  private begin(captureId: string, progress: FileProgress): Underway {
    const file: Underway = {
      captureId,
      progress,
      cancelling: new AbortController(),
      isWhole: false,
      end: Promise.resolve(),
    };
    this.underway.set(captureId, [...(this.underway.get(captureId) ?? []), file]);
    this.events.changed(captureId);
    return file;
  }

  private async spool(file: Underway, spool: string, body: Readable): Promise<void> {
    const { progress, cancelling } = file;
    const tick = setInterval(() => this.tellReceived(file), 100);
    try {
      await fillSpool(spool, body, cancelling.signal, (bytes) => {
        progress.receivedBytes += bytes;
      });
    } catch (error) {
      const broken = new UploadBroken(progress.receivedBytes, error);
      // Marking the file needs space on the disk that its beginning fills.
      if (broken.code === "disk_full") await removePart(spool);
      if (!cancelling.signal.aborted) this.cancelReading(file, broken.why);
      throw broken;
    } finally {
      clearInterval(tick);
    }
    if (progress.state === "receiving") progress.state = "waiting";
    file.isWhole = true;
    this.tellReceived(file);
  }

  private tellReceived({ captureId, progress, isWhole }: Underway): void {
    const { fileId, receivedBytes: bytes } = progress;
    this.tell(captureId, { tell: "received", fileId, bytes, isWhole });
    this.events.changed(captureId);
  }

  /** Reads a file that has arrived or is arriving, when a slot is free. */
  private async readInTurn(file: Underway, spool: string): Promise<FileReport> {
    const { captureId, progress, cancelling } = file;
    const release = await this.slots.take(captureId, cancelling.signal);
    try {
      let report = await this.readOrMark(file, spool);
      if (report.state === "settling" && !this.writers.isStopped) {
        // The next file of the capture is read meanwhile.
        release?.();
        report = await this.settleWithOthers(file);
      }
      progress.state = report.state;
      progress.failure = report.failure;
      if (!isUnderway(report)) await this.events.finished(captureId, report);
      return report;
    } catch (error) {
      if (!this.writers.isStopped) this.events.broke(captureId, progress.fileId, error);
      throw error;
    } finally {
      release?.();
      this.drop(file);
      if (!this.smallOneWaits(captureId)) this.batches.end(captureId);
      this.events.changed(captureId);
    }
  }

  private async readOrMark(file: Underway, spool: string): Promise<FileReport> {
    const { captureId, progress, cancelling, isWhole } = file;
    const { fileId, receivedBytes: bytes } = progress;
    try {
      // Cancelled while it waited: it was never opened.
      if (cancelling.signal.aborted) return await this.abandon(captureId, fileId, cancelling.signal.reason);
      const writer = await this.writers.of(captureId);
      return await writer.ask("readFile", { fileId, spool, bytes, isWhole, settleLater: true });
    } catch (error) {
      // The writer's thread broke down, or could not drop what it had read. A new one marks the file.
      // On a full disk even the mark needs space. A file that has arrived gives its own back; one that is arriving stumbles over the disk itself.
      if (isDiskFull(error)) await rm(spool, { force: true });
      return this.abandon(captureId, fileId, { state: "failed", ...describeFailure(error) });
    }
  }

  /** A file that was read is settled, together with small ones that wait to be read. */
  private async settleWithOthers({ captureId, progress, cancelling }: Underway): Promise<FileReport> {
    const { fileId } = progress;
    progress.state = "settling";
    // Cancelled while it was read to its end: nobody has asked for it to be settled yet.
    if (cancelling.signal.aborted) return this.abandon(captureId, fileId, cancelling.signal.reason);
    try {
      const settled = this.batches.add(captureId, fileId);
      if (!this.smallOneWaits(captureId)) this.batches.end(captureId);
      const report = await settled;
      // Cancelled while it was settled, which cannot be stopped: it goes again.
      if (cancelling.signal.aborted && report.state === "done")
        return this.remove(captureId, report, cancelling.signal.reason);
      return report;
    } catch (error) {
      return this.abandon(captureId, fileId, { state: "failed", ...describeFailure(error) });
    }
  }

  /** The next file of a capture has arrived and is soon read. */
  private smallOneWaits(captureId: string): boolean {
    const next = this.underway
      .get(captureId)
      ?.find(({ isWhole, progress }) => isWhole && progress.state === "waiting");
    return next !== undefined && next.progress.receivedBytes <= SMALL_BYTES;
  }

  private async abandon(captureId: string, fileId: number, why: Abandoned): Promise<FileReport> {
    const writer = await this.writers.of(captureId);
    return writer.ask("abandonFile", { fileId, ...why });
  }

  private async remove(captureId: string, report: FileReport, why: Abandoned): Promise<FileReport> {
    const writer = await this.writers.of(captureId);
    await writer.ask("removeFile", { fileId: report.id });
    return { ...report, state: why.state, failure: { code: why.code, message: why.message } };
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
    noteRead(file.progress, read);
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

  /** Resolves when nothing of the capture is under way any more. */
  async cancelAll(captureId: string): Promise<void> {
    const files = this.underway.get(captureId) ?? [];
    const why = { state: "cancelled", code: "cancelled", message: "The capture was deleted." } as const;
    for (const file of files) this.cancelReading(file, why);
    await Promise.allSettled(files.map(({ end }) => end));
  }

  /** After a crash: files whose upload is whole are read again, others are marked. */
  async takeUpAgain(
    captureId: string,
    files: readonly { id: number; name: string; spool: string | null }[],
  ): Promise<void> {
    const lost = files.filter(({ id, name, spool: was }) => {
      const spool = this.spools.spoolOf(captureId, was);
      if (spool !== undefined) this.readAgain(captureId, id, name, spool);
      return spool === undefined;
    });
    const marked = lost.map(async ({ id }) => {
      const report = await this.abandon(captureId, id, {
        state: "interrupted",
        code: "interrupted",
        message: "The server stopped before the whole file had arrived. Add it again.",
      });
      await this.events.finished(captureId, report);
    });
    await Promise.all(marked);
  }

  private readAgain(captureId: string, fileId: number, name: string, spool: string): void {
    const { size } = statSync(spool);
    const file = this.begin(
      captureId,
      newProgress({
        fileId,
        file: name,
        state: "waiting",
        expectedBytes: size,
        receivedBytes: size,
      }),
    );
    file.isWhole = true;
    file.end = this.tidyUp(spool, Promise.resolve(), this.readInTurn(file, spool));
  }
}

/** The server stops before the file has come to its end. */
function isUnderway({ state }: FileReport): boolean {
  return state === "receiving" || state === "reading" || state === "settling";
}
