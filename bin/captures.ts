/** Captures as the interface offers them: the catalogue, the files behind it, and what is on its way. */

import { randomBytes } from "node:crypto";
import { createReadStream, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import type { Log } from "@/lib/base/log";
import { fail, ok, type Result } from "@/lib/base/result";
import { captureFile, captureSize, createCapture, deleteCapture } from "@/lib/capture/capture-file";
import type { FileReport } from "@/lib/capture/files";
import { dropRevisions, keptRevisions, revisionFile } from "@/lib/capture/keep-revision";
import type { CaptureSummary } from "@/lib/capture/summarise";
import type { Catalogue, CatalogueEntry } from "@/lib/catalogue/catalogue";
import { type FileProgress, Intake, type Upload, UploadBroken } from "@/lib/jobs/intake";
import type { Writers } from "@/lib/jobs/writers";
import type { CaptureAnswer, CaptureInfo } from "@/lib/questions/answers";
import type { QuestionFailure } from "@/lib/questions/failure";
import type { ReaderPool } from "@/lib/questions/reader-pool";
import { brokenRow, readyRow, toInfo } from "./catalogue-rows";
import { KeptRevisions } from "./kept-revisions";
import { Lifetimes } from "./lifetimes";
import { SettlingAnew } from "./settling-anew";

type UploadFailure = { readonly code: UploadBroken["code"]; readonly message: string };
type Listener = (captureId: string) => void;

const SAMPLE_ID = "samplecapture";
const PROGRAM_VERSION = "0.1.0";
/** States of a file of which nothing was kept. */
const GONE: ReadonlySet<string> = new Set(["cancelled", "failed", "interrupted"]);

export class Captures {
  private readonly intake: Intake;
  private readonly listeners = new Set<Listener>();
  private readonly deleting = new Set<string>();
  /** Whoever pins asks it, too. */
  readonly revisionsKept: KeptRevisions;
  private readonly settlingAnew: SettlingAnew;
  private makingSample: Promise<CaptureInfo> | undefined;

  constructor(
    private readonly dataFolder: string,
    private readonly sampleFolder: string,
    private readonly catalogue: Catalogue,
    private readonly writers: Writers,
    private readonly readers: ReaderPool,
    private readonly log: Log,
    /** Told of each file that came to its end. */
    private readonly onFile: (report: FileReport) => void = () => undefined,
    private readonly lifetimes = new Lifetimes(undefined),
  ) {
    this.intake = new Intake(dataFolder, writers, {
      changed: (captureId) => this.changed(captureId),
      finished: (captureId, report) => this.finished(captureId, report),
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
    const files = await this.readers.ask(this.fileOf(captureId), "files", {});
    return files.ok ? ok({ ...info.value, fileReports: files.value }) : files;
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
    const usable = await this.usable(captureId);
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
    await this.pinsChanged(captureId);
    await this.recoverOne(captureId);
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
    return this.toInfo(await this.refresh(captureId));
  }

  /** The sample capture, made from the files in public/ when it is not there yet, or not all of it. */
  openSample(): Promise<CaptureInfo> {
    this.makingSample ??= this.makeSample().finally(() => {
      this.makingSample = undefined;
    });
    return this.makingSample;
  }

  private async makeSample(): Promise<CaptureInfo> {
    const existing = await this.catalogue.get(SAMPLE_ID);
    const info =
      existing === null
        ? await this.createWithId(SAMPLE_ID, "Sample: a shop on a bad evening")
        : this.toInfo(existing);
    const files = await this.readers.ask(this.fileOf(SAMPLE_ID), "files", {});
    if (!files.ok) return info;
    const present = new Set(files.value.filter(({ state }) => !GONE.has(state)).map(({ file }) => file));
    const wanted = readdirSync(this.sampleFolder).filter((name) => name.includes(".log"));
    for (const name of wanted.filter((file) => !present.has(file)).sort()) {
      const body = createReadStream(path.join(this.sampleFolder, name));
      await this.intake.receive(SAMPLE_ID, { fileName: name, expectedBytes: null, body });
    }
    const now = await this.info(SAMPLE_ID);
    return now.ok ? now.value : info;
  }

  async rename(captureId: string, name: string): Promise<Result<CaptureInfo, QuestionFailure>> {
    const usable = await this.usable(captureId);
    if (!usable.ok) return usable;
    const writer = await this.writers.of(captureId);
    await writer.ask("rename", { name });
    await this.catalogue.rename(captureId, name);
    return this.info(captureId);
  }

  async delete(captureId: string): Promise<Result<null, QuestionFailure>> {
    if ((await this.catalogue.get(captureId)) === null || this.deleting.has(captureId)) return notFound();
    this.deleting.add(captureId);
    try {
      const holding = await this.catalogue.investigations(captureId);
      if (holding.length > 0) return isPinned(holding.map(({ title }) => title));
      this.settlingAnew.remove(captureId);
      await this.intake.cancelAll(captureId);
      await this.writers.end(captureId);
      // In this order: no question opens the file again.
      deleteCapture(this.fileOf(captureId));
      dropRevisions(this.fileOf(captureId), keptRevisions(this.fileOf(captureId)));
      await this.readers.forget(this.fileOf(captureId));
      await this.catalogue.remove(captureId);
      this.lifetimes.forget(captureId);
    } finally {
      this.deleting.delete(captureId);
    }
    this.changed(captureId);
    this.log.info("capture deleted", { capture: captureId });
    return ok(null);
  }

  async receive(
    captureId: string,
    upload: Upload,
  ): Promise<Result<{ fileId: number; end: Promise<FileReport> }, QuestionFailure | UploadFailure>> {
    const usable = await this.usable(captureId);
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
    const usable = await this.usable(captureId);
    return usable.ok ? this.readers.ask(this.fileOf(captureId), "file", { fileId }) : usable;
  }

  /** Cancels a file on its way, else removes it. */
  async removeFile(captureId: string, fileId: number): Promise<Result<null, QuestionFailure>> {
    const usable = await this.usable(captureId);
    if (!usable.ok) return usable;
    if (this.intake.cancel(captureId, fileId)) return ok(null);
    const report = await this.report(captureId, fileId);
    if (!report.ok) return report;
    await this.revisionsKept.whileChanging(captureId, async () => {
      const writer = await this.writers.of(captureId);
      await writer.ask("removeFile", { fileId });
      await this.refresh(captureId);
    });
    this.changed(captureId);
    return ok(null);
  }

  private settleAnew(captureId: string): Promise<void> {
    return this.revisionsKept.whileChanging(captureId, async () => {
      const writer = await this.writers.of(captureId);
      await writer.ask("settleAnew", {});
      await this.refresh(captureId);
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
    return captureFile(this.dataFolder, captureId);
  }

  /** The file that holds a revision: the copy that was kept of it, else the capture itself, which then refuses it. */
  fileOfRevision(captureId: string, revision: string | undefined): string {
    const file = this.fileOf(captureId);
    if (revision === undefined || !/^\d{1,9}$/.test(revision)) return file;
    const kept = revisionFile(file, Number(revision));
    return existsSync(kept) ? kept : file;
  }

  /** Revisions that links can show: those that are kept, and the present one unless a file is on its way. */
  async revisions(captureId: string): Promise<Result<readonly number[], QuestionFailure>> {
    const usable = await this.usable(captureId);
    if (!usable.ok) return usable;
    const now = this.revisionsKept.isChanging(captureId) ? [] : [usable.value.revision];
    return ok([...keptRevisions(this.fileOf(captureId)), ...now]);
  }

  isReading(captureId: string): boolean {
    return this.intake.progress(captureId).length > 0;
  }

  /** Investigations of the capture came, went or changed. */
  async pinsChanged(captureId: string): Promise<void> {
    const showing = await this.catalogue.investigations(captureId);
    this.lifetimes.shown(captureId, showing.length > 0);
    await this.revisionsKept.shownBy(captureId, showing);
  }

  isCaptureId(text: string): boolean {
    return /^[a-z0-9]{10,32}$/.test(text);
  }

  private async usable(captureId: string): Promise<Result<CatalogueEntry, QuestionFailure>> {
    const entry = await this.catalogue.get(captureId);
    if (entry === null || this.deleting.has(captureId)) return notFound();
    if (entry.state === "newer")
      return fail(
        "capture_newer_than_program",
        entry.problem ?? "It was made by a newer version of Eyepiece.",
      );
    if (entry.state === "damaged")
      return fail("capture_damaged", entry.problem ?? "The capture's file cannot be read.");
    return ok(entry);
  }

  private changed(captureId: string): void {
    for (const listener of this.listeners) listener(captureId);
  }

  private async finished(captureId: string, report: FileReport): Promise<void> {
    this.onFile(report);
    const { state, read, accepted, duplicate, otherKinds, refused } = report;
    this.log.info("file ended", {
      capture: captureId,
      file: report.id,
      state,
      read,
      accepted,
      duplicate,
      otherKinds,
      refused,
    });
    try {
      if (existsSync(this.fileOf(captureId))) await this.refresh(captureId);
    } catch (error) {
      // The file's own end is written down; the catalogue is made anew at the next start.
      this.log.error("catalogue not updated", { capture: captureId, reason: String(error) });
    }
  }

  /** Counts a capture anew from its file. */
  private async refresh(captureId: string): Promise<CatalogueEntry> {
    const writer = await this.writers.of(captureId);
    const summary = await writer.ask("summarise", {});
    return this.enter(captureId, summary);
  }

  private enter(captureId: string, summary: CaptureSummary): Promise<CatalogueEntry> {
    this.lifetimes.added(captureId, summary.lastAddedMs);
    return this.catalogue.put(captureId, readyRow(summary, captureSize(this.fileOf(captureId))));
  }

  /** At start: the catalogue agrees with the files, and what was under way goes on. */
  async recover(): Promise<void> {
    const folder = path.join(this.dataFolder, "captures");
    const names = existsSync(folder) ? readdirSync(folder) : [];
    const ids = names
      .filter((name) => name.endsWith(".db"))
      .map((name) => name.slice(0, -3))
      .filter((id) => this.isCaptureId(id));
    for (const name of names) if (isLeftOver(name, ids)) rmSync(path.join(folder, name), { force: true });
    for (const entry of await this.catalogue.list())
      if (!ids.includes(entry.id)) await this.catalogue.remove(entry.id);
    const wanted = new Set<string>();
    for (const id of ids) {
      await this.pinsChanged(id);
      for (const spool of await this.recoverOne(id)) wanted.add(spool);
    }
    this.intake.removeOrphans(wanted);
  }

  /** Returns the spool files that the capture still waits for. */
  private async recoverOne(captureId: string): Promise<string[]> {
    const file = this.fileOf(captureId);
    const summary = await this.readers.ask(file, "summarise", {});
    if (!summary.ok) {
      await this.enterBroken(captureId, summary.failure);
      return [];
    }
    await this.enter(captureId, summary.value);
    const spools = await this.takeUpAgain(captureId);
    if (summary.value.isOutdated) this.settlingAnew.add(captureId);
    return spools;
  }

  private async takeUpAgain(captureId: string): Promise<string[]> {
    const unfinished = await this.readers.ask(this.fileOf(captureId), "unfinishedFiles", {});
    if (!unfinished.ok || unfinished.value.length === 0) return [];
    this.log.warn("taking up again", { capture: captureId, files: unfinished.value.length });
    // Waits for the marks on what was lost, not for what is read again.
    await this.intake.takeUpAgain(captureId, unfinished.value).catch((error: unknown) => {
      this.log.error("taking up again failed", { capture: captureId, reason: String(error) });
    });
    return unfinished.value.flatMap(({ spool }) => this.intake.spoolOf(captureId, spool) ?? []);
  }

  private async enterBroken(captureId: string, failure: QuestionFailure): Promise<void> {
    this.log.error("capture cannot be opened", { capture: captureId, code: failure.code });
    const known = await this.catalogue.get(captureId);
    const size = captureSize(this.fileOf(captureId));
    await this.catalogue.put(captureId, brokenRow(captureId, known, failure, size));
  }

  private toInfo(entry: CatalogueEntry): CaptureInfo {
    const { id } = entry;
    return toInfo(entry, this.intake.progress(id), {
      isSettlingAnew: this.settlingAnew.has(id),
      keptUntil: this.lifetimes.end(id),
    });
  }
}

function newId(): string {
  return BigInt(`0x${randomBytes(8).toString("hex")}`)
    .toString(36)
    .padStart(13, "0");
}

/** What SQLite kept beside a capture that is gone, and a capture that was never finished being made. */
function isLeftOver(name: string, ids: readonly string[]): boolean {
  const match = /^([a-z0-9]{10,32})(?:\.r\d+)?\.db(\.new)?(-wal|-shm|-journal)?$/.exec(name);
  return match !== null && (match[2] !== undefined || !ids.includes(match[1] ?? ""));
}

function isPinned(titles: readonly string[]) {
  return fail(
    "capture_pinned",
    `An investigation shows this capture: ${titles.slice(0, 3).join(", ")}${titles.length > 3 ? ` and ${titles.length - 3} more` : ""}.`,
    "Delete the investigation first.",
  );
}

function notFound() {
  return fail("capture_not_found", "There is no such capture.", "It may have been deleted.");
}
