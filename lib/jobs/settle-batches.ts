/**
 * Files that were read one after the other and are settled together.
 *
 * Settling looks at the neighbourhood of what changed, and the files of a folder mostly lie in one neighbourhood: to
 * settle after each of n small files would read all of it n times. So a file waits for those behind it, as long as
 * they are small, and no longer than a moment. They make one revision.
 */

import type { FileReport } from "@/lib/capture/files";

/** A batch is settled when it is so large, or so old, though more files wait. */
const MOST_FILES = 200;
const LONGEST_MS = 5000;

interface Batch {
  readonly fileIds: number[];
  readonly timer: NodeJS.Timeout;
  readonly settled: Promise<ReadonlyMap<number, FileReport>>;
  begin(): void;
}

export class SettleBatches {
  private readonly batches = new Map<string, Batch>();

  constructor(
    private readonly settle: (
      captureId: string,
      fileIds: readonly number[],
    ) => Promise<readonly FileReport[]>,
  ) {}

  /** A file was read. Resolves with its report when it is settled. */
  async add(captureId: string, fileId: number): Promise<FileReport> {
    const batch = this.batches.get(captureId) ?? this.open(captureId);
    batch.fileIds.push(fileId);
    if (batch.fileIds.length >= MOST_FILES) this.end(captureId);
    const report = (await batch.settled).get(fileId);
    if (report === undefined) throw new Error(`file ${fileId} was not settled`);
    return report;
  }

  /** Nothing follows soon: what there is is settled. */
  end(captureId: string): void {
    const batch = this.batches.get(captureId);
    this.batches.delete(captureId);
    batch?.begin();
  }

  private open(captureId: string): Batch {
    const fileIds: number[] = [];
    let begin = (): void => undefined;
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const timer = setTimeout(() => this.end(captureId), LONGEST_MS);
    const settled = begun.then(async () => {
      clearTimeout(timer);
      const reports = await this.settle(captureId, fileIds);
      return new Map(reports.map((report) => [report.id, report]));
    });
    // Each file's own wait hears of a failure.
    settled.catch(() => undefined);
    const batch: Batch = { fileIds, timer, settled, begin };
    this.batches.set(captureId, batch);
    return batch;
  }
}
