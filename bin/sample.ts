/** The sample capture, made from the files in public/ when somebody asks for it. */

import { createReadStream, readdirSync } from "node:fs";
import path from "node:path";
import type { Result } from "@/lib/base/result";
import type { FileReport } from "@/lib/capture/files";
import type { Upload } from "@/lib/jobs/upload";
import type { CaptureInfo } from "@/lib/questions/answers";

export const SAMPLE_ID = "samplecapture";
const NAME = "Sample: a shop on a bad evening";
/** States of a file of which nothing was kept. */
const GONE: ReadonlySet<string> = new Set(["cancelled", "failed", "interrupted"]);

interface Surroundings {
  /** Where its files lie. */
  readonly folder: string;
  readonly info: (captureId: string) => Promise<Result<CaptureInfo>>;
  readonly create: (captureId: string, name: string) => Promise<CaptureInfo>;
  readonly files: (captureId: string) => Promise<Result<readonly FileReport[]>>;
  /** Resolves when the file has arrived; it is read later. */
  readonly receive: (captureId: string, upload: Upload) => Promise<unknown>;
}

export class Sample {
  private making: Promise<CaptureInfo> | undefined;

  constructor(private readonly around: Surroundings) {}

  /** Made when it is not there yet, or not all of it. */
  open(): Promise<CaptureInfo> {
    this.making ??= this.make().finally(() => {
      this.making = undefined;
    });
    return this.making;
  }

  private async make(): Promise<CaptureInfo> {
    const { folder, info, create, files, receive } = this.around;
    const existing = await info(SAMPLE_ID);
    const made = existing.ok ? existing.value : await create(SAMPLE_ID, NAME);
    const known = await files(SAMPLE_ID);
    if (!known.ok) return made;
    const present = new Set(known.value.filter(({ state }) => !GONE.has(state)).map(({ file }) => file));
    const wanted = readdirSync(folder).filter((name) => name.includes(".log"));
    for (const name of wanted.filter((file) => !present.has(file)).sort()) {
      const body = createReadStream(path.join(folder, name));
      await receive(SAMPLE_ID, { fileName: name, expectedBytes: null, body });
    }
    const now = await info(SAMPLE_ID);
    return now.ok ? now.value : made;
  }
}
