/**
 * Files that were read one after the other and are settled together.
 *
 * Settling looks at the neighbourhood of what changed, and the files of a folder mostly lie in one neighbourhood: to
 * settle after each of n small files would read all of it n times. So a file waits for those behind it, as long as
 * they are small, and no longer than a moment. They make one revision. Where files come one by one, each soon after
 * the one before was settled, the next is waited for, too: else settling would take most of the time.
 */

import type { FileReport } from "@/lib/capture/files";

/** A batch is settled when it is so large, or so old, though more files wait. */
const MOST_FILES = 200;
const LONGEST_MS = 5000;
/** The next file is waited for this many times as long as settling took last. */
const PATIENCE = 4;
const LONGEST_PAUSE_MS = 1000;
/** What was settled longer ago says nothing about a next file. */
const RECENT_MS = 2000;
/** Fewer batches one soon after the other are no row yet, and nobody waits. */
const ROW = 3;

interface Batch {
  readonly fileIds: number[];
  readonly timer: NodeJS.Timeout;
  readonly settled: Promise<ReadonlyMap<number, FileReport>>;
  begin(): void;
  /** Runs while the next file is waited for. */
  pause: NodeJS.Timeout | undefined;
}

interface Lately {
  /** How long settling took. */
  readonly tookMs: number;
  /** Batches, each soon after the one before. */
  readonly inRow: number;
  readonly forget: NodeJS.Timeout;
}

export class SettleBatches {
  private readonly batches = new Map<string, Batch>();
  /** Captures that were settled lately. */
  private readonly lately = new Map<string, Lately>();

  constructor(
    private readonly settle: (
      captureId: string,
      fileIds: readonly number[],
    ) => Promise<readonly FileReport[]>,
  ) {}

  /** A file was read. Resolves with its report when it is settled. */
  async add(captureId: string, fileId: number): Promise<FileReport> {
    const batch = this.batches.get(captureId) ?? this.open(captureId);
    clearTimeout(batch.pause);
    batch.fileIds.push(fileId);
    if (batch.fileIds.length >= MOST_FILES) this.begin(captureId);
    const report = (await batch.settled).get(fileId);
    if (report === undefined) throw new Error(`file ${fileId} was not settled`);
    return report;
  }

  /** No file waits to be read: what there is is settled, at once or when no next one comes. */
  end(captureId: string): void {
    const batch = this.batches.get(captureId);
    if (batch === undefined) return;
    clearTimeout(batch.pause);
    const lately = this.lately.get(captureId);
    const pauseMs =
      lately === undefined || lately.inRow < ROW ? 0 : Math.min(lately.tookMs * PATIENCE, LONGEST_PAUSE_MS);
    if (pauseMs === 0) this.begin(captureId);
    else batch.pause = setTimeout(() => this.begin(captureId), pauseMs);
  }

  private begin(captureId: string): void {
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
    const timer = setTimeout(() => this.begin(captureId), LONGEST_MS);
    const settled = begun.then(async () => {
      clearTimeout(timer);
      clearTimeout(batch.pause);
      const startedMs = performance.now();
      const reports = await this.settle(captureId, fileIds);
      this.remember(captureId, performance.now() - startedMs);
      return new Map(reports.map((report) => [report.id, report]));
    });
    // Each file's own wait hears of a failure.
    settled.catch(() => undefined);
    const batch: Batch = { fileIds, timer, settled, begin, pause: undefined };
    this.batches.set(captureId, batch);
    return batch;
  }

  private remember(captureId: string, tookMs: number): void {
    const before = this.lately.get(captureId);
    clearTimeout(before?.forget);
    const forget = setTimeout(() => this.lately.delete(captureId), RECENT_MS).unref();
    this.lately.set(captureId, { tookMs, inRow: (before?.inRow ?? 0) + 1, forget });
  }
}
