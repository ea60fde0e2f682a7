/** Investigations as the interface offers them: saved cases over captures, and the revisions they hold on to. */

import { randomBytes } from "node:crypto";
import { fail, ok, type Result } from "@/lib/base/result";
import type { Catalogue, StoredInvestigation } from "@/lib/catalogue/catalogue";
import { readContent, writeContent } from "@/lib/investigations/content";
import type {
  Investigation,
  InvestigationChange,
  InvestigationEntry,
  InvestigationStatus,
  NewInvestigation,
  Pin,
} from "@/lib/investigations/investigation";
import { pinProblem, revisionOf } from "@/lib/investigations/revision";
import type { Captures } from "./captures";

export class Investigations {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly captures: Captures,
    private readonly nowMs: () => number = Date.now,
  ) {}

  async list(captureId?: string): Promise<InvestigationEntry[]> {
    return (await this.catalogue.investigations(captureId)).map(toEntry);
  }

  async get(id: string): Promise<Result<Investigation>> {
    const stored = await this.catalogue.investigation(id);
    return stored === null ? notFound() : toInvestigation(stored);
  }

  async create({ captureId, title, status, notes, pins }: NewInvestigation): Promise<Result<Investigation>> {
    const checked = await this.check(captureId, pins, []);
    if (!checked.ok) return checked;
    const now = BigInt(this.nowMs());
    // 128 bits: an id cannot be guessed.
    const id = randomBytes(16).toString("hex");
    const content = writeContent({ pins });
    const times = { createdAtMs: now, updatedAtMs: now };
    const stored = { id, captureId, title, status, notes, content, edition: 0, ...times };
    await this.catalogue.addInvestigation(stored);
    await this.captures.pinsChanged(captureId);
    // A file may have begun to arrive while the case was written: then its revision was not copied.
    const again = await this.check(captureId, pins, []);
    if (!again.ok) {
      await this.catalogue.removeInvestigation(id);
      await this.captures.pinsChanged(captureId);
      return again;
    }
    return this.get(id);
  }

  async change(id: string, { edition, pins, ...rest }: InvestigationChange): Promise<Result<Investigation>> {
    const now = await this.get(id);
    if (!now.ok) return now;
    if (pins !== undefined) {
      const checked = await this.check(now.value.captureId, pins, now.value.pins);
      if (!checked.ok) return checked;
    }
    const update = { ...rest, ...(pins !== undefined && { content: writeContent({ pins }) }) };
    if (!(await this.catalogue.changeInvestigation(id, edition, update, BigInt(this.nowMs()))))
      return fail("investigation_changed", "Somebody else has changed this investigation meanwhile.");
    if (pins !== undefined) await this.captures.pinsChanged(now.value.captureId);
    return this.get(id);
  }

  async remove(id: string): Promise<Result<null>> {
    const stored = await this.catalogue.investigation(id);
    if (stored === null || !(await this.catalogue.removeInvestigation(id))) return notFound();
    await this.captures.pinsChanged(stored.captureId);
    return ok(null);
  }

  /** New pins must be readable and show a revision that is there; those that were there before stay as they are. */
  private async check(
    captureId: string,
    pins: readonly Pin[],
    before: readonly Pin[],
  ): Promise<Result<null>> {
    const known = new Set(before.map(({ link }) => link));
    const added = pins.filter(({ link }) => !known.has(link));
    for (const pin of added) {
      const problem = pinProblem(pin);
      if (problem !== undefined) return fail("bad_request", `The pin "${pin.title}": ${problem}.`);
    }
    const revisions = await this.captures.revisions(captureId);
    if (!revisions.ok) return revisions;
    const missing = added.map(revisionOf).find((one) => one !== undefined && !revisions.value.includes(one));
    if (missing === undefined) return ok(null);
    return this.captures.isReading(captureId)
      ? fail(
          "capture_busy",
          "A file is being read into this capture.",
          "Pin when it is done: what is pinned must not change.",
        )
      : fail("revision_not_found", `Revision ${missing} of this capture is not kept.`);
  }
}

function toEntry({ id, captureId, title, status, content, createdAtMs, updatedAtMs }: StoredInvestigation) {
  const read = readContent(content);
  return {
    id,
    captureId,
    title,
    status: status as InvestigationStatus,
    pins: read.ok ? read.value.pins.length : 0,
    createdAt: instant(createdAtMs),
    updatedAt: instant(updatedAtMs),
  };
}

function toInvestigation(stored: StoredInvestigation): Result<Investigation> {
  const read = readContent(stored.content);
  if (!read.ok) return read;
  const { notes, edition } = stored;
  return ok({ ...toEntry(stored), notes, edition, pins: [...read.value.pins] });
}

function instant(ms: bigint): string {
  return new Date(Number(ms)).toISOString();
}

function notFound() {
  return fail("investigation_not_found", "There is no such investigation.", "It may have been deleted.");
}
