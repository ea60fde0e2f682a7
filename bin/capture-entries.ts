/** What the catalogue says of captures, kept as their files say. */

import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import type { Log } from "@/lib/base/log";
import { fail, ok, type Result } from "@/lib/base/result";
import { captureFile, captureSize } from "@/lib/capture/capture-file";
import type { FileReport } from "@/lib/capture/files";
import type { CaptureSummary } from "@/lib/capture/summarise";
import type { Catalogue, CatalogueEntry } from "@/lib/catalogue/catalogue";
import type { Writers } from "@/lib/jobs/writers";
import type { QuestionFailure } from "@/lib/questions/failure";
import { brokenRow, readyRow } from "./catalogue-rows";
import type { Lifetimes } from "./lifetimes";

export class CaptureEntries {
  /** Captures that are being deleted are there for nobody any more. */
  readonly deleting = new Set<string>();

  constructor(
    private readonly dataFolder: string,
    private readonly catalogue: Catalogue,
    private readonly writers: Writers,
    private readonly lifetimes: Lifetimes,
    private readonly log: Log,
  ) {}

  fileOf(captureId: string): string {
    return captureFile(this.dataFolder, captureId);
  }

  /** The entry of a capture that can be read and written. */
  async usable(captureId: string): Promise<Result<CatalogueEntry, QuestionFailure>> {
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

  /** Counts a capture anew from its file. */
  async refresh(captureId: string): Promise<CatalogueEntry> {
    const writer = await this.writers.of(captureId);
    return this.enter(captureId, await writer.ask("summarise", {}));
  }

  /** A file of the capture came to its end. */
  async ended(captureId: string, report: FileReport): Promise<void> {
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

  enter(captureId: string, summary: CaptureSummary): Promise<CatalogueEntry> {
    this.lifetimes.added(captureId, summary.lastAddedMs);
    return this.catalogue.put(captureId, readyRow(summary, captureSize(this.fileOf(captureId))));
  }

  async enterBroken(captureId: string, failure: QuestionFailure): Promise<void> {
    this.log.error("capture cannot be opened", { capture: captureId, code: failure.code });
    const known = await this.catalogue.get(captureId);
    const size = captureSize(this.fileOf(captureId));
    await this.catalogue.put(captureId, brokenRow(captureId, known, failure, size));
  }
}

export function newId(): string {
  return BigInt(`0x${randomBytes(8).toString("hex")}`)
    .toString(36)
    .padStart(13, "0");
}

export function notFound() {
  return fail("capture_not_found", "There is no such capture.", "It may have been deleted.");
}

export function isPinned(titles: readonly string[]) {
  return fail(
    "capture_pinned",
    `An investigation shows this capture: ${titles.slice(0, 3).join(", ")}${titles.length > 3 ? ` and ${titles.length - 3} more` : ""}.`,
    "Delete the investigation first.",
  );
}
