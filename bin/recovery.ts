/** At start: the catalogue agrees with the captures' files, and what was under way goes on. */

import { existsSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import type { Log } from "@/lib/base/log";
import type { Catalogue } from "@/lib/catalogue/catalogue";
import type { Intake } from "@/lib/jobs/intake";
import type { ReaderPool } from "@/lib/questions/reader-pool";
import type { CaptureEntries } from "./capture-entries";

interface Surroundings {
  readonly dataFolder: string;
  readonly catalogue: Catalogue;
  readonly entries: CaptureEntries;
  readonly readers: ReaderPool;
  readonly intake: Intake;
  readonly log: Log;
  /** What investigations hold of a capture is looked up again. */
  readonly pinsChanged: (captureId: string) => Promise<void>;
  /** An older version settled it. */
  readonly isOutdated: (captureId: string) => void;
}

export class Recovery {
  constructor(private readonly around: Surroundings) {}

  async all(): Promise<void> {
    const { dataFolder, catalogue, intake } = this.around;
    const folder = path.join(dataFolder, "captures");
    const names = existsSync(folder) ? readdirSync(folder) : [];
    const ids = names
      .filter((name) => name.endsWith(".db"))
      .map((name) => name.slice(0, -3))
      .filter(isCaptureId);
    for (const name of names) if (isLeftOver(name, ids)) rmSync(path.join(folder, name), { force: true });
    for (const entry of await catalogue.list()) if (!ids.includes(entry.id)) await catalogue.remove(entry.id);
    const wanted = new Set<string>();
    for (const id of ids) for (const spool of await this.one(id)) wanted.add(spool);
    intake.spools.removeOrphans(wanted);
  }

  /** Returns the spool files that the capture still waits for. */
  async one(captureId: string): Promise<string[]> {
    const { entries, readers, pinsChanged, isOutdated } = this.around;
    await pinsChanged(captureId);
    const summary = await readers.ask(entries.fileOf(captureId), "summarise", {});
    if (!summary.ok) {
      await entries.enterBroken(captureId, summary.failure);
      return [];
    }
    await entries.enter(captureId, summary.value);
    const spools = await this.takeUpAgain(captureId);
    if (summary.value.isOutdated) isOutdated(captureId);
    return spools;
  }

  private async takeUpAgain(captureId: string): Promise<string[]> {
    const { entries, readers, intake, log } = this.around;
    const unfinished = await readers.ask(entries.fileOf(captureId), "unfinishedFiles", {});
    if (!unfinished.ok || unfinished.value.length === 0) return [];
    log.warn("taking up again", { capture: captureId, files: unfinished.value.length });
    // Waits for the marks on what was lost, not for what is read again.
    await intake.takeUpAgain(captureId, unfinished.value).catch((error: unknown) => {
      log.error("taking up again failed", { capture: captureId, reason: String(error) });
    });
    return unfinished.value.flatMap(({ spool }) => intake.spools.spoolOf(captureId, spool) ?? []);
  }
}

export function isCaptureId(text: string): boolean {
  return /^[a-z0-9]{10,32}$/.test(text);
}

/**
 * What SQLite kept beside a capture that is gone, a capture that was never finished being made, and rows that a settling which
 * was killed had gathered beside it (lib/capture/settle): at start nothing is settled yet.
 */
function isLeftOver(name: string, ids: readonly string[]): boolean {
  const match = /^([a-z0-9]{10,32})(?:\.r\d+)?\.db(\.new|-settled\w+)?(-wal|-shm|-journal)?$/.exec(name);
  return match !== null && (match[2] !== undefined || !ids.includes(match[1] ?? ""));
}
