/** Captures as single files: handed out as they are at this moment, and taken in from elsewhere after a check. */

import { createReadStream, createWriteStream, mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { statfs } from "node:fs/promises";
import path from "node:path";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Log } from "@/lib/base/log";
import { fail, ok, type Result } from "@/lib/base/result";
import { deleteCapture } from "@/lib/capture/capture-file";
import type { ImportedCapture } from "@/lib/capture/check-import";
import { runImporter } from "@/lib/jobs/importer";
import { isDiskFull } from "@/lib/jobs/messages";
import type { CaptureInfo } from "@/lib/questions/answers";
import type { Captures } from "./captures";

export interface HandedOut {
  readonly body: Readable;
  readonly size: number;
  /** Of the capture. */
  readonly name: string;
}

/** Taken in at the same time: each is checked in a thread of its own. */
const AT_ONCE = 2;
/** Left free for everything else. */
const SPARE_BYTES = 256 * 1024 * 1024;

export class Moving {
  private readonly folder: string;
  private underWay = 0;

  constructor(
    dataFolder: string,
    private readonly captures: Captures,
    private readonly log: Log,
  ) {
    this.folder = path.join(dataFolder, "moving");
    // What a stop left half done is of no use.
    rmSync(this.folder, { recursive: true, force: true });
  }

  private newFile(): string {
    mkdirSync(this.folder, { recursive: true });
    return path.join(this.folder, `${crypto.randomUUID()}.db`);
  }

  /** A copy of the capture as it is now. It goes when its stream is closed. */
  async handOut(captureId: string): Promise<Result<HandedOut>> {
    const info = await this.captures.info(captureId);
    if (!info.ok) return info;
    if (this.captures.isReading(captureId))
      return fail("capture_busy", this.captures.whyChanging(captureId), "Export it when its files are read.");
    const file = this.newFile();
    try {
      const copied = await this.captures.copyTo(captureId, file);
      if (!copied.ok) return copied;
      const body = createReadStream(file);
      body.once("close", () => deleteCapture(file));
      return ok({ body, size: statSync(file).size, name: info.value.name });
    } catch (error) {
      deleteCapture(file);
      if (isDiskFull(error)) return diskFull();
      throw error;
    }
  }

  /** A capture from elsewhere. It keeps its id where that is free, so that links and investigations find it. */
  async takeIn(body: Readable, expectedBytes: number | null, name?: string): Promise<Result<CaptureInfo>> {
    if (this.underWay >= AT_ONCE)
      return fail("too_busy", "Other captures are being taken in.", "Try again when they are there.");
    this.underWay++;
    const file = this.newFile();
    try {
      return await this.takeFile(file, body, expectedBytes, name);
    } finally {
      this.underWay--;
      deleteCapture(file);
      deleteCapture(`${file}.layout`);
    }
  }

  private async takeFile(
    file: string,
    body: Readable,
    expectedBytes: number | null,
    name: string | undefined,
  ): Promise<Result<CaptureInfo>> {
    const written = await this.write(file, body, expectedBytes);
    if (!written.ok) return written;
    const checked = await this.check(file);
    if (!checked.ok) return checked;
    const wanted = { captureId: checked.value.captureId, name: name ?? checked.value.name };
    const captureId = await this.captures.freeId(wanted.captureId);
    const adopted = await runImporter({ work: "adopt", file, captureId, name: wanted.name });
    if (!adopted.ok) return adopted;
    const taken = await this.captures.adopt(captureId, (target) => renameSync(file, target));
    if (taken.ok) this.log.info("capture taken in", { capture: captureId });
    return taken;
  }

  private async check(file: string): Promise<Result<ImportedCapture>> {
    try {
      return await runImporter({ work: "check", file, scratch: `${file}.layout` });
    } catch (error) {
      this.log.warn("check of a capture broke down", { reason: String(error) });
      return fail("capture_not_read", "The file is not taken: checking it broke down.");
    }
  }

  private async write(file: string, body: Readable, expectedBytes: number | null): Promise<Result<null>> {
    const { bavail, bsize } = await statfs(this.folder);
    const room = bavail * bsize - SPARE_BYTES;
    if ((expectedBytes ?? 0) > room) return diskFull();
    let size = 0;
    const bounded = new Transform({
      transform: (bytes: Buffer, _encoding, done) => {
        size += bytes.length;
        done(size > room ? Object.assign(new Error("no room"), { code: "ENOSPC" }) : null, bytes);
      },
    });
    try {
      await pipeline(body, bounded, createWriteStream(file));
    } catch (error) {
      return isDiskFull(error)
        ? diskFull()
        : fail("upload_incomplete", `The upload ended after ${size} bytes.`, "Send the file again.");
    }
    return ok(null);
  }
}

function diskFull() {
  return fail("disk_full", "The disk of the data folder has no room for it.");
}
