/** Which revisions of captures have to stay as they are, and whether files come or go meanwhile. */

import { existsSync } from "node:fs";
import { dropRevisions, keptRevisions, revisionFile } from "@/lib/capture/keep-revision";
import type { StoredInvestigation } from "@/lib/catalogue/catalogue";
import { readContent } from "@/lib/investigations/content";
import { revisionOf } from "@/lib/investigations/revision";

interface Surroundings {
  readonly fileOf: (captureId: string) => string;
  /** Files are on their way into it. */
  readonly isReading: (captureId: string) => boolean;
  /** Copies the present revision if it is one of these. */
  readonly keep: (captureId: string, revisions: readonly number[]) => Promise<void>;
  /** No question holds the file open any more. */
  readonly forget: (file: string) => Promise<void>;
}

export class KeptRevisions {
  /** Revisions that investigations show, of captures that have any. */
  private readonly pinned = new Map<string, readonly number[]>();
  /** Revisions that are about to be pinned. */
  private readonly held = new Set<{ readonly captureId: string; readonly revisions: readonly number[] }>();
  /** Files that are about to come or go, by capture: from before pins are looked at until it is done, or is in progress. */
  private readonly changing = new Map<string, number>();
  /** Copies that are being made before a capture changes. */
  private readonly copying = new Map<string, Promise<unknown>>();
  /** Changes that began since the start, by capture. */
  private readonly changes = new Map<string, number>();

  constructor(private readonly around: Surroundings) {}

  /** A file of the capture is on its way, or about to be. */
  isChanging(captureId: string): boolean {
    return this.around.isReading(captureId) || this.changing.has(captureId);
  }

  /** The copy of a revision, where one is kept. */
  keptFile(captureId: string, revision: string | undefined): string | undefined {
    if (revision === undefined || !/^\d{1,9}$/.test(revision)) return undefined;
    const kept = revisionFile(this.around.fileOf(captureId), Number(revision));
    return existsSync(kept) ? kept : undefined;
  }

  /** Those that links can show, with the present one unless a file is on its way. */
  shownOf(captureId: string, present: number): readonly number[] {
    const now = this.isChanging(captureId) ? [] : [present];
    return [...keptRevisions(this.around.fileOf(captureId)), ...now];
  }

  /** How often files began to come or go: two equal numbers, and nothing changed between them. */
  changesOf(captureId: string): number {
    return this.changes.get(captureId) ?? 0;
  }

  /** Revisions that are about to be pinned are kept as if they were. Returns the way to let go of them. */
  hold(captureId: string, revisions: readonly number[]): () => void {
    const held = { captureId, revisions };
    this.held.add(held);
    return () => this.held.delete(held);
  }

  async whileChanging<T>(captureId: string, change: () => Promise<T>): Promise<T> {
    // Before anything is awaited: whoever wants to pin sees from here on that the capture changes.
    this.changing.set(captureId, (this.changing.get(captureId) ?? 0) + 1);
    this.changes.set(captureId, this.changesOf(captureId) + 1);
    try {
      await this.copy(captureId);
      return await change();
    } finally {
      const left = (this.changing.get(captureId) ?? 1) - 1;
      if (left > 0) this.changing.set(captureId, left);
      else this.changing.delete(captureId);
    }
  }

  /** Resolves when no copy is being made: only one that is whole is found by questions. */
  async copied(captureId: string): Promise<void> {
    for (let copies = this.copying.get(captureId); copies !== undefined; copies = this.copying.get(captureId))
      await copies;
  }

  private async copy(captureId: string): Promise<void> {
    const copy = this.keepWanted(captureId);
    const all = Promise.allSettled([this.copying.get(captureId), copy]).then(() => {
      if (this.copying.get(captureId) === all) this.copying.delete(captureId);
    });
    this.copying.set(captureId, all);
    await copy;
  }

  /**
   * Before a capture changes: the revision that an investigation shows is copied. Nothing is pinned while a file is
   * read. Without pins it asks nobody, so that files keep the order in which they arrive.
   */
  private async keepWanted(captureId: string): Promise<void> {
    const revisions = this.wanted(captureId);
    if (revisions.length > 0 && !this.around.isReading(captureId))
      await this.around.keep(captureId, revisions);
  }

  /** The investigations of a capture are these now. Copies that none of them shows any more go. */
  async shownBy(captureId: string, investigations: readonly StoredInvestigation[]): Promise<void> {
    const pinned = pinnedRevisions(investigations);
    if (pinned.length > 0) this.pinned.set(captureId, pinned);
    else this.pinned.delete(captureId);
    const wanted = this.wanted(captureId);
    const file = this.around.fileOf(captureId);
    const unwanted = keptRevisions(file).filter((revision) => !wanted.includes(revision));
    dropRevisions(file, unwanted);
    for (const revision of unwanted) await this.around.forget(revisionFile(file, revision));
  }

  private wanted(captureId: string): number[] {
    const held = [...this.held].filter((one) => one.captureId === captureId);
    return [...(this.pinned.get(captureId) ?? []), ...held.flatMap(({ revisions }) => revisions)];
  }
}

function pinnedRevisions(investigations: readonly StoredInvestigation[]): number[] {
  const revisions = new Set<number>();
  for (const { content } of investigations) {
    const read = readContent(content);
    for (const pin of read.ok ? read.value.pins : []) {
      const revision = revisionOf(pin);
      if (revision !== undefined) revisions.add(revision);
    }
  }
  return [...revisions];
}
