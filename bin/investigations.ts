/** Investigations as the interface offers them: saved cases over captures, and the revisions they hold on to. */

import { randomBytes } from "node:crypto";
import { fail, ok, type Result } from "@/lib/base/result";
import type { Catalogue, StoredInvestigation } from "@/lib/catalogue/catalogue";
import { type Content, readContent, type StoredPin, writeContent } from "@/lib/investigations/content";
import type {
  Investigation,
  InvestigationChange,
  InvestigationEntry,
  InvestigationStatus,
  NewInvestigation,
  Pin,
} from "@/lib/investigations/investigation";
import { pinProblem, revisionOf } from "@/lib/investigations/revision";
import type { PinReport } from "@/lib/report/pin-report-answer";
import type { Captures } from "./captures";
import type { PinReports } from "./pin-reports";

const NOTHING: Content = { pins: [], revisions: [] };

export class Investigations {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly captures: Captures,
    private readonly reports: PinReports,
    private readonly nowMs: () => number = Date.now,
  ) {}

  async list(captureId?: string): Promise<InvestigationEntry[]> {
    return (await this.catalogue.investigations(captureId)).map(toEntry);
  }

  async get(id: string): Promise<Result<Investigation>> {
    const stored = await this.catalogue.investigation(id);
    return stored === null ? notFound() : toInvestigation(stored);
  }

  /** What a pin shows, and whether it is what was saved. */
  async pinReport(id: string, pinId: string, signal?: AbortSignal): Promise<Result<PinReport>> {
    const found = await this.pin(id, pinId);
    if (!found.ok) return found;
    const { captureId, pin, content } = found.value;
    const revision = revisionOf(pin);
    const sealed = {
      content: content.revisions.find((one) => one.revision === revision),
      seal: pin.seal ?? undefined,
    };
    return ok(await this.reports.report(captureId, pin, sealed, signal));
  }

  async pin(
    id: string,
    pinId: string,
  ): Promise<Result<{ readonly captureId: string; readonly pin: StoredPin; readonly content: Content }>> {
    const stored = await this.catalogue.investigation(id);
    if (stored === null) return notFound();
    const content = readContent(stored.content);
    if (!content.ok) return content;
    const pin = content.value.pins.find((one) => one.id === pinId);
    return pin === undefined
      ? fail("pin_not_found", "There is no such pin in this investigation.", "It may have been removed.")
      : ok({ captureId: stored.captureId, pin, content: content.value });
  }

  /** Those that were taken in from this evidence bundle. */
  async takenFrom(digest: string): Promise<Investigation[]> {
    return (await this.catalogue.investigationsWith(digest)).flatMap((stored) => {
      const content = readContent(stored.content);
      const known = toInvestigation(stored);
      return content.ok && content.value.takenFrom === digest && known.ok ? [known.value] : [];
    });
  }

  async create(
    { captureId, title, status, notes, pins }: NewInvestigation,
    takenFrom?: string,
  ): Promise<Result<Investigation>> {
    return this.holding(captureId, pins, async () => {
      const content = await this.sealed(captureId, pins, { ...NOTHING, takenFrom });
      if (!content.ok) return content;
      const now = BigInt(this.nowMs());
      // 128 bits: an id cannot be guessed.
      const id = randomBytes(16).toString("hex");
      const times = { createdAtMs: now, updatedAtMs: now };
      const text = writeContent(content.value);
      const stored = { id, captureId, title, status, notes, content: text, edition: 0, ...times };
      await this.catalogue.addInvestigation(stored);
      return this.get(id);
    });
  }

  async change(id: string, { edition, pins, ...rest }: InvestigationChange): Promise<Result<Investigation>> {
    const stored = await this.catalogue.investigation(id);
    if (stored === null) return notFound();
    const before = readContent(stored.content);
    if (!before.ok) return before;
    const { captureId } = stored;
    return this.holding(captureId, pins ?? [], async () => {
      const content = pins === undefined ? undefined : await this.sealed(captureId, pins, before.value);
      if (content?.ok === false) return content;
      const update = { ...rest, ...(content !== undefined && { content: writeContent(content.value) }) };
      if (!(await this.catalogue.changeInvestigation(id, edition, update, BigInt(this.nowMs()))))
        return fail("investigation_changed", "Somebody else has changed this investigation meanwhile.");
      return this.get(id);
    });
  }

  async remove(id: string): Promise<Result<null>> {
    const stored = await this.catalogue.investigation(id);
    if (stored === null || !(await this.catalogue.removeInvestigation(id))) return notFound();
    await this.captures.pinsChanged(stored.captureId);
    return ok(null);
  }

  /**
   * Does something with pins while their revisions are held: a file that begins to arrive meanwhile finds them pinned,
   * and copies what it would change.
   */
  private async holding<T>(
    captureId: string,
    pins: readonly Pin[],
    work: () => Promise<Result<T>>,
  ): Promise<Result<T>> {
    const revisions = pins.map(revisionOf).filter((revision) => revision !== undefined);
    const release = this.captures.revisionsKept.hold(captureId, revisions);
    try {
      return await work();
    } finally {
      release();
      await this.captures.pinsChanged(captureId);
    }
  }

  /** New pins must be readable and show a revision that is there; those that were there before stay as they are. */
  private async sealed(captureId: string, pins: readonly Pin[], before: Content): Promise<Result<Content>> {
    const known = new Map(before.pins.map((pin) => [`${pin.view} ${pin.link}`, pin]));
    const added = pins.filter(({ view, link }) => !known.has(`${view} ${link}`));
    const checked = await this.check(captureId, added);
    if (!checked.ok) return checked;
    const revisions = new Map(before.revisions.map((one) => [one.revision, one]));
    const stored: StoredPin[] = [];
    for (const pin of pins) {
      const old = known.get(`${pin.view} ${pin.link}`);
      if (old !== undefined || pin.view === null) {
        stored.push({ ...pin, seal: old?.seal ?? null });
        continue;
      }
      const shown = await this.unchanged(captureId, () => this.reports.shown(captureId, pin));
      // What cannot be answered now may be answered on another machine; a revision that is gone never is.
      if (!shown.ok && shown.failure.code === "revision_not_found") return shown;
      if (shown.ok) revisions.set(shown.value.content.revision, shown.value.content);
      stored.push({ ...pin, seal: shown.ok ? shown.value.seal : null });
    }
    const wanted = new Set(stored.map(revisionOf));
    return ok({
      ...before,
      pins: stored,
      revisions: [...revisions.values()].filter(({ revision }) => wanted.has(revision)),
    });
  }

  /** Looks again when files began to come or go meanwhile: then there is a copy, which does not change. */
  private async unchanged<T>(captureId: string, look: () => Promise<T>): Promise<T> {
    const { revisionsKept } = this.captures;
    await revisionsKept.copied(captureId);
    const before = revisionsKept.changesOf(captureId);
    const first = await look();
    if (revisionsKept.changesOf(captureId) === before) return first;
    await revisionsKept.copied(captureId);
    return look();
  }

  private async check(captureId: string, added: readonly Pin[]): Promise<Result<null>> {
    for (const pin of added) {
      const problem = pinProblem(pin);
      if (problem !== undefined) return fail("bad_request", `The pin "${pin.title}": ${problem}.`);
    }
    const revisions = await this.captures.revisions(captureId);
    if (!revisions.ok) return revisions;
    const missing = added.map(revisionOf).find((one) => one !== undefined && !revisions.value.includes(one));
    if (missing === undefined) return ok(null);
    return this.captures.revisionsKept.isChanging(captureId)
      ? fail(
          "capture_busy",
          this.captures.whyChanging(captureId),
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
  return ok({ ...toEntry(stored), notes, edition, pins: read.value.pins.map(({ seal: _, ...pin }) => pin) });
}

function instant(ms: bigint): string {
  return new Date(Number(ms)).toISOString();
}

function notFound() {
  return fail("investigation_not_found", "There is no such investigation.", "It may have been deleted.");
}
