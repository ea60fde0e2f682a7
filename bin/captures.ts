/** Captures as the interface offers them: the catalogue, the files behind it, and what is on its way. */

import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import type { Log } from "@/lib/base/log";
import { fail, ok, type Result } from "@/lib/base/result";
import { createCapture, deleteCapture } from "@/lib/capture/capture-file";
import type { FileReport } from "@/lib/capture/files";
import { dropRevisions, keptRevisions } from "@/lib/capture/keep-revision";
import type { Catalogue, CatalogueEntry } from "@/lib/catalogue/catalogue";
import { Intake } from "@/lib/jobs/intake";
import { type FileProgress, type Upload, UploadBroken } from "@/lib/jobs/upload";
import type { Writers } from "@/lib/jobs/writers";
import type { CaptureAnswer, CaptureInfo } from "@/lib/questions/answers";
import type { QuestionFailure } from "@/lib/questions/failure";
import type { ReaderPool } from "@/lib/questions/reader-pool";
import { CaptureEntries, isPinned, newId, notFound } from "./capture-entries";
import { toInfo } from "./catalogue-rows";
import { KeptRevisions } from "./kept-revisions";
import { Lifetimes } from "./lifetimes";
import { Recovery } from "./recovery";
import { SAMPLE_ID, Sample } from "./sample";
import { SettlingAnew } from "./settling-anew";

type UploadFailure = { readonly code: UploadBroken["code"]; readonly message: string };
type Listener = (captureId: string) => void;

const PROGRAM_VERSION = "0.1.0";

export class Captures {
  private readonly intake: Intake;
  private readonly listeners = new Set<Listener>();
  /** Whoever pins asks it, too. */
  readonly revisionsKept: KeptRevisions;
  private readonly settlingAnew: SettlingAnew;
  private readonly entries: CaptureEntries;
  private readonly sample: Sample;
  private readonly recovery: Recovery;

  constructor(
    dataFolder: string,
    sampleFolder: string,
    private readonly catalogue: Catalogue,
    private readonly writers: Writers,
    private readonly readers: ReaderPool,
    private readonly log: Log,
    /** Told of each file that came to its end. */
    onFile: (report: FileReport) => void = () => undefined,
    private readonly lifetimes = new Lifetimes(undefined),
  ) {
    this.entries = new CaptureEntries(dataFolder, catalogue, writers, lifetimes, log);
    this.intake = new Intake(dataFolder, writers, {
      changed: (captureId) => this.changed(captureId),
      finished: (captureId, report) => {
        onFile(report);
        return this.entries.ended(captureId, report);
      },
      broke: (captureId, file, error) =>
        this.log.error("file could not be ended", { capture: captureId, file, reason: String(error) }),
    });
    this.revisionsKept = new KeptRevisions({
      fileOf: (captureId) => this.fileOf(captureId),
      isReading: (captureId) => this.isReading(captureId),
      keep: async (captureId, pinned) => {
        const writer = await writers.of(captureId);
        await writer.ask("keepRevision", { pinned });
      },
      forget: (file) => readers.forget(file),
    });
    this.settlingAnew = new SettlingAnew({
      isReading: (captureId) => this.isReading(captureId),
      settle: (captureId) => this.settleAnew(captureId),
      changed: (captureId) => this.changed(captureId),
      log,
    });
    this.sample = new Sample({
      folder: sampleFolder,
      info: (captureId) => this.info(captureId),
      create: (captureId, name) => this.createWithId(captureId, name),
      files: (captureId) => this.files(captureId),
      receive: (captureId, upload) => this.intake.receive(captureId, upload),
    });
    this.recovery = new Recovery({
      ...{ dataFolder, catalogue, entries: this.entries, readers, intake: this.intake, log },
      pinsChanged: (captureId) => this.pinsChanged(captureId),
      isOutdated: (captureId) => this.settlingAnew.add(captureId),
    });
    writers.onProgress = (captureId, progress) => this.intake.readProgressed(captureId, progress);
  }

  async list(): Promise<CaptureInfo[]> {
    return (await this.catalogue.list()).map((entry) => this.toInfo(entry));
  }

  async info(captureId: string): Promise<Result<CaptureInfo, QuestionFailure>> {
    const entry = await this.catalogue.get(captureId);
    return entry === null ? notFound() : ok(this.toInfo(entry));
  }

  async get(captureId: string): Promise<Result<CaptureAnswer, QuestionFailure>> {
    const info = await this.info(captureId);
    if (!info.ok) return info;
    const files = await this.files(captureId);
    return files.ok ? ok({ ...info.value, fileReports: files.value }) : files;
  }

  private files(captureId: string): Promise<Result<FileReport[], QuestionFailure>> {
    return this.readers.ask(this.fileOf(captureId), "files", {});
  }

  /** When the newest file was added, or the capture made when it has none; undefined when it cannot be read. */
  lastAddedMs(captureId: string): number | undefined {
    return this.lifetimes.lastAddedMs(captureId);
  }

  create(name: string): Promise<CaptureInfo> {
    return this.createWithId(newId(), name);
  }

  /** Copies the capture as it is now into one file. */
  async copyTo(captureId: string, target: string): Promise<Result<null, QuestionFailure>> {
    const usable = await this.entries.usable(captureId);
    if (!usable.ok) return usable;
    const writer = await this.writers.of(captureId);
    return ok(await writer.ask("copyTo", { target }));
  }

  /** The id itself when no capture has it, else a new one. That of the sample is never given to another. */
  async freeId(wanted: string): Promise<string> {
    const isFree = wanted !== SAMPLE_ID && (await this.catalogue.get(wanted)) === null;
    return isFree && !existsSync(this.fileOf(wanted)) ? wanted : newId();
  }

  /** Takes a finished file in under a free id; `move` puts it in its place. */
  async adopt(
    captureId: string,
    move: (target: string) => void,
  ): Promise<Result<CaptureInfo, QuestionFailure>> {
    const target = this.fileOf(captureId);
    mkdirSync(path.dirname(target), { recursive: true });
    move(target);
    this.writers.wrote(captureId);
    await this.recovery.one(captureId);
    this.changed(captureId);
    return this.info(captureId);
  }

  private async createWithId(captureId: string, name: string): Promise<CaptureInfo> {
    createCapture(this.fileOf(captureId), {
      captureId,
      name,
      createdAtMs: Date.now(),
      programVersion: PROGRAM_VERSION,
    });
    this.log.info("capture created", { capture: captureId });
    return this.toInfo(await this.entries.refresh(captureId));
  }

  openSample(): Promise<CaptureInfo> {
    return this.sample.open();
  }

  async rename(captureId: string, name: string): Promise<Result<CaptureInfo, QuestionFailure>> {
    const usable = await this.entries.usable(captureId);
    if (!usable.ok) return usable;
    const writer = await this.writers.of(captureId);
    await writer.ask("rename", { name });
    await this.catalogue.rename(captureId, name);
    return this.info(captureId);
  }

  async delete(captureId: string): Promise<Result<null, QuestionFailure>> {
    if ((await this.catalogue.get(captureId)) === null || this.entries.deleting.has(captureId))
      return notFound();
    this.entries.deleting.add(captureId);
    try {
      const holding = await this.catalogue.investigations(captureId);
      if (holding.length > 0) return isPinned(holding.map(({ title }) => title));
      this.settlingAnew.remove(captureId);
      await this.intake.cancelAll(captureId);
      await this.writers.end(captureId);
      // In this order: no question opens the file again.
      deleteCapture(this.fileOf(captureId));
      this.writers.wrote(captureId);
      dropRevisions(this.fileOf(captureId), keptRevisions(this.fileOf(captureId)));
      await this.readers.forget(this.fileOf(captureId));
      await this.catalogue.remove(captureId);
      this.lifetimes.forget(captureId);
    } finally {
      this.entries.deleting.delete(captureId);
    }
    this.changed(captureId);
    this.log.info("capture deleted", { capture: captureId });
    return ok(null);
  }

  async receive(
    captureId: string,
    upload: Upload,
  ): Promise<Result<{ fileId: number; end: Promise<FileReport> }, QuestionFailure | UploadFailure>> {
    const usable = await this.entries.usable(captureId);
    if (!usable.ok) return usable;
    try {
      return ok(
        await this.revisionsKept.whileChanging(captureId, () => this.intake.receive(captureId, upload)),
      );
    } catch (error) {
      if (error instanceof UploadBroken) return fail(error.code, error.message);
      // Deleted while the upload began.
      if (!existsSync(this.fileOf(captureId))) return notFound();
      throw error;
    }
  }

  async report(captureId: string, fileId: number): Promise<Result<FileReport, QuestionFailure>> {
    const usable = await this.entries.usable(captureId);
    return usable.ok ? this.readers.ask(this.fileOf(captureId), "file", { fileId }) : usable;
  }

  /** Cancels a file on its way, else removes it. */
  async removeFile(captureId: string, fileId: number): Promise<Result<null, QuestionFailure>> {
    const usable = await this.entries.usable(captureId);
    if (!usable.ok) return usable;
    if (this.intake.cancel(captureId, fileId)) return ok(null);
    const report = await this.report(captureId, fileId);
    if (!report.ok) return report;
    await this.revisionsKept.whileChanging(captureId, async () => {
      const writer = await this.writers.of(captureId);
      await writer.ask("removeFile", { fileId });
      await this.entries.refresh(captureId);
    });
    this.changed(captureId);
    return ok(null);
  }

  private settleAnew(captureId: string): Promise<void> {
    return this.revisionsKept.whileChanging(captureId, async () => {
      const writer = await this.writers.of(captureId);
      await writer.ask("settleAnew", {});
      await this.entries.refresh(captureId);
    });
  }

  /** Work that nobody waits for is not begun any more. */
  stopping(): void {
    this.settlingAnew.end();
  }

  progress(captureId: string): readonly FileProgress[] {
    return this.intake.progress(captureId);
  }

  /** Called whenever files of any capture moved. Returns the way to stop listening. */
  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  fileOf(captureId: string): string {
    return this.entries.fileOf(captureId);
  }

  /** The file that holds a revision: the copy that was kept of it, else the capture itself, which then refuses it. */
  fileOfRevision(captureId: string, revision: string | undefined): string {
    return this.revisionsKept.keptFile(captureId, revision) ?? this.fileOf(captureId);
  }

  /** Why nothing may open this file. */
  whyRefused(file: string): QuestionFailure | undefined {
    return this.readers.whyRefused(file);
  }

  /** Revisions that links can show: those that are kept, and the present one unless a file is on its way. */
  async revisions(captureId: string): Promise<Result<readonly number[], QuestionFailure>> {
    const usable = await this.entries.usable(captureId);
    return usable.ok ? ok(this.revisionsKept.shownOf(captureId, usable.value.revision)) : usable;
  }

  isReading(captureId: string): boolean {
    return this.intake.progress(captureId).length > 0;
  }

  /** What is under way with a capture that changes, as a sentence for those who have to wait. */
  whyChanging(captureId: string): string {
    if (this.isReading(captureId)) return "A file is being read into this capture.";
    return this.settlingAnew.has(captureId)
      ? "This capture is being worked out anew by the rules of this version of Eyepiece."
      : "A file of this capture is just coming or going.";
  }

  /** Investigations of the capture came, went or changed. */
  async pinsChanged(captureId: string): Promise<void> {
    const showing = await this.catalogue.investigations(captureId);
    this.lifetimes.shown(captureId, showing.length > 0);
    await this.revisionsKept.shownBy(captureId, showing);
  }

  private changed(captureId: string): void {
    for (const listener of this.listeners) listener(captureId);
  }

  /** At start: the catalogue agrees with the files, and what was under way goes on. */
  recover(): Promise<void> {
    return this.recovery.all();
  }

  private toInfo(entry: CatalogueEntry): CaptureInfo {
    const { id } = entry;
    return toInfo(entry, this.intake.progress(id), {
      isSettlingAnew: this.settlingAnew.has(id),
      keptUntil: this.lifetimes.end(id),
    });
  }
}
