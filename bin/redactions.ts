/**
 * Masked copies on their way: written beside the captures, searched, and only then read as a new capture. One after the other;
 * after a stop each is begun again, under another key.
 */

import { randomBytes } from "node:crypto";
import { createReadStream, mkdirSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import type { Log } from "@/lib/base/log";
import { fail, ok, type Result } from "@/lib/base/result";
import type { Investigation } from "@/lib/investigations/investigation";
import { revisionOf } from "@/lib/investigations/revision";
import type { RedactOutcome } from "@/lib/jobs/redact-capture";
import { runRedactor } from "@/lib/jobs/redactor";
import type { MaskedCase } from "@/lib/redaction/mask-case";
import type { FoundLeak, NewRedaction, Redaction } from "@/lib/redaction/redaction";
import type { Captures } from "./captures";
import { atRevision } from "./evidence/at-revision";
import type { Investigations } from "./investigations";
import { type RedactionOrder, RedactionOrders } from "./redaction-orders";

interface Job {
  told: Redaction;
  order: RedactionOrder;
  readonly goesAlong: Investigation | undefined;
  readonly cancelling: AbortController;
  end: Promise<void>;
}

/** On their way and ended ones that are still told of. */
const MOST_JOBS = 50;
const MOST_WAITING = 10;
/** Stops of the server that a copy bears: perhaps it is the copy that brings the server down. */
const MOST_BEGUN = 3;

class Refused extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly leaks: readonly FoundLeak[] = [],
  ) {
    super(message);
  }
}

export class Redactions {
  private readonly jobs = new Map<string, Job>();
  private readonly folder: string;
  private readonly orders: RedactionOrders;
  private last: Promise<void> = Promise.resolve();
  private isClosing = false;

  constructor(
    dataFolder: string,
    private readonly captures: Captures,
    private readonly investigations: Investigations,
    private readonly log: Log,
    private readonly redact: typeof runRedactor = runRedactor,
    private readonly nowMs: () => number = Date.now,
  ) {
    this.folder = path.join(dataFolder, "masking");
    this.orders = new RedactionOrders(this.folder);
  }

  /** At start: begins again what the last stop broke off. */
  async takeUpAgain(): Promise<void> {
    for (const order of this.orders.left()) {
      const { id, captureId, investigationId, copyId } = order;
      const removed = copyId === null ? undefined : await this.captures.delete(copyId);
      const goesAlong = investigationId === null ? undefined : await this.case(captureId, investigationId);
      // Shown by its investigation, the copy was whole.
      const isDone = removed?.ok === false && removed.failure.code === "capture_pinned";
      if (isDone || !(await this.captures.info(captureId)).ok || goesAlong?.ok === false) {
        this.orders.drop(id);
        continue;
      }
      this.log.warn("masked copy is begun again", { capture: captureId, copy: id });
      this.enqueue({ ...order, copyId: null }, goesAlong?.value);
    }
  }

  list(): Redaction[] {
    return [...this.jobs.values()].map(({ told }) => told).reverse();
  }

  get(id: string): Result<Redaction> {
    const job = this.jobs.get(id);
    return job === undefined ? notFound() : ok(job.told);
  }

  async start(captureId: string, { mask, name, investigation }: NewRedaction): Promise<Result<Redaction>> {
    const info = await this.captures.info(captureId);
    if (!info.ok) return info;
    const { state, problem, files } = info.value;
    if (state === "reading")
      return fail("capture_busy", this.captures.whyChanging(captureId), "Copy it when its files are read.");
    if (state !== "ready") return fail("capture_damaged", problem ?? "The capture's file cannot be read.");
    if (files === 0) return fail("bad_request", "There is nothing in this capture to copy.");
    if (this.list().filter(isUnderWay).length >= MOST_WAITING)
      return fail(
        "too_busy",
        `${MOST_WAITING} masked copies are on their way.`,
        "Try again when one is done.",
      );
    const goesAlong = investigation === undefined ? undefined : await this.case(captureId, investigation);
    if (goesAlong?.ok === false) return goesAlong;
    const order: RedactionOrder = {
      version: 1,
      id: randomBytes(8).toString("hex"),
      captureId,
      // Not after the original: its name may say what the copy hides.
      name: name ?? `Masked copy, ${new Date(this.nowMs()).toISOString().slice(0, 16).replace("T", " ")} UTC`,
      mask: [...new Set(mask)],
      investigationId: investigation ?? null,
      copyId: null,
      begun: 0,
    };
    return ok(this.enqueue(order, goesAlong?.value));
  }

  private enqueue(order: RedactionOrder, goesAlong: Investigation | undefined): Redaction {
    const { id, captureId, name, mask } = order;
    const told: Redaction = {
      ...{ id, captureId, name, mask },
      state: "waiting",
      records: 0,
      of: 0,
      leftOut: 0,
      copyId: null,
      investigationId: null,
      pinsLeftOut: 0,
      failure: null,
    };
    const job: Job = {
      told,
      order,
      goesAlong,
      cancelling: new AbortController(),
      end: Promise.resolve(),
    };
    this.remember(job);
    this.note(job, {});
    // A copy whose remains cannot be removed must not stop those behind it.
    job.end = this.last
      .then(() => this.run(job))
      .catch((error) => this.log.error("masked copy was not cleared away", { reason: String(error) }));
    this.last = job.end;
    return told;
  }

  private note(job: Job, change: Partial<RedactionOrder>): void {
    job.order = { ...job.order, ...change };
    this.orders.put(job.order);
  }

  /** Resolves when it has come to its end, good or bad. */
  async wait(id: string): Promise<Result<Redaction>> {
    await this.jobs.get(id)?.end;
    return this.get(id);
  }

  /** Cancels it when it is on its way, else forgets it. The copy of one that is done stays. */
  async remove(id: string): Promise<Result<null>> {
    const job = this.jobs.get(id);
    if (job === undefined) return notFound();
    if (isUnderWay(job.told)) {
      job.cancelling.abort();
      await job.end;
    } else this.jobs.delete(id);
    return ok(null);
  }

  async close(): Promise<void> {
    this.isClosing = true;
    for (const { cancelling } of this.jobs.values()) cancelling.abort();
    await this.last;
  }

  private remember(job: Job): void {
    this.jobs.set(job.told.id, job);
    for (const [id, { told }] of this.jobs)
      if (this.jobs.size > MOST_JOBS && !isUnderWay(told)) this.jobs.delete(id);
  }

  private async run(job: Job): Promise<void> {
    const { id, captureId } = job.told;
    const folder = path.join(this.folder, id);
    try {
      if (job.cancelling.signal.aborted) throw cancelled();
      if (job.order.begun >= MOST_BEGUN)
        throw new Refused("internal", `The server stopped ${MOST_BEGUN} times while it was made.`);
      this.note(job, { begun: job.order.begun + 1 });
      mkdirSync(folder, { recursive: true });
      await this.take(job, await this.write(job, folder));
      this.tell(job, { state: "done" });
      this.log.info("masked copy made", { capture: captureId, copy: job.told.copyId ?? "" });
    } catch (error) {
      await this.drop(job, error);
    } finally {
      rmSync(folder, { recursive: true, force: true });
      // One that the server's own stop ended is begun again.
      if (this.isClosing && job.told.state === "cancelled") this.note(job, { copyId: null, begun: 0 });
      else this.orders.drop(id);
    }
  }

  private async write(job: Job, folder: string): Promise<Extract<RedactOutcome, { outcome: "written" }>> {
    const { captureId, mask } = job.told;
    // Known to one thread, and gone with it.
    const key = randomBytes(32);
    const { goesAlong } = job;
    const revision = goesAlong && Math.max(...goesAlong.pins.map((pin) => revisionOf(pin) ?? 0));
    // The pins show what was there when they were made.
    const file = this.captures.fileOfRevision(captureId, revision ? String(revision) : undefined);
    const unreadable = this.captures.whyRefused(file);
    if (unreadable !== undefined) throw new Refused(unreadable.code, unreadable.message);
    const outcome = await this.redact(
      { file, folder, mask, key, goesAlong },
      { progress: (state, records, of) => this.tell(job, { state, records, of }) },
      job.cancelling.signal,
    );
    if (outcome.outcome === "written") return outcome;
    if (outcome.outcome === "cancelled") throw cancelled();
    if (outcome.outcome === "leaks")
      throw new Refused(
        "redaction_leaks",
        "Masked values were found in the copy, so it was not kept.",
        outcome.leaks,
      );
    throw new Refused(
      "scope_too_wide",
      `The capture has more than ${outcome.most} different values to mask.`,
    );
  }

  /** Reads the finished files as a new capture. */
  private async take(
    job: Job,
    { files, records, leftOut, goesAlong }: Extract<RedactOutcome, { outcome: "written" }>,
  ): Promise<void> {
    // Its name is its own only when it is whole.
    const copy = await this.captures.create(`${job.told.name.slice(0, 180)} (not finished)`);
    this.note(job, { copyId: copy.id });
    this.tell(job, { state: "reading", records: 0, of: records, leftOut, copyId: copy.id });
    for (const file of files) {
      if (job.cancelling.signal.aborted) throw cancelled();
      const received = await this.captures.receive(copy.id, {
        fileName: path.basename(file),
        expectedBytes: statSync(file).size,
        body: createReadStream(file),
      });
      if (!received.ok) throw new Refused(received.failure.code, received.failure.message);
      const cancel = (): void => void this.captures.removeFile(copy.id, received.value.fileId);
      job.cancelling.signal.addEventListener("abort", cancel);
      const report = await received.value.end.finally(() =>
        job.cancelling.signal.removeEventListener("abort", cancel),
      );
      if (report.failure !== null && !job.cancelling.signal.aborted)
        throw new Refused(report.failure.code, report.failure.message);
      this.tell(job, { records: job.told.records + report.accepted + report.otherKinds });
    }
    if (job.cancelling.signal.aborted) throw cancelled();
    if (job.told.records !== records)
      throw new Refused("internal", `${records} records were written, and ${job.told.records} read again.`);
    await this.captures.rename(copy.id, job.told.name);
    await this.takeAlong(job, copy.id, goesAlong);
  }

  private async takeAlong(job: Job, captureId: string, along: MaskedCase | undefined): Promise<void> {
    if (along === undefined || job.goesAlong === undefined) return;
    const info = await this.captures.info(captureId);
    const revision = info.ok ? info.value.revision : 0;
    const { title, notes, pins } = along.case;
    const made = await this.investigations.create({
      captureId,
      title,
      notes,
      status: job.goesAlong.status,
      pins: pins.map((pin) => atRevision(pin, revision)),
    });
    if (!made.ok) throw new Refused(made.failure.code, made.failure.message);
    this.tell(job, { investigationId: made.value.id, pinsLeftOut: along.leftOut });
  }

  private async case(captureId: string, id: string): Promise<Result<Investigation>> {
    const found = await this.investigations.get(id);
    if (!found.ok || found.value.captureId === captureId) return found;
    return fail("bad_request", "The investigation is of another capture.");
  }

  private async drop(job: Job, error: unknown): Promise<void> {
    const { copyId, id } = job.told;
    if (copyId !== null) await this.captures.delete(copyId);
    const isCancelled = job.cancelling.signal.aborted;
    const refused = error instanceof Refused ? error : new Refused(codeOf(error), messageOf(error));
    if (!isCancelled) this.log.error("masked copy failed", { copy: id, code: refused.code });
    const { code, message, leaks } = refused;
    this.tell(job, {
      state: isCancelled ? "cancelled" : "failed",
      copyId: null,
      failure: isCancelled ? null : { code, message, leaks: [...leaks] },
    });
  }

  private tell(job: Job, change: Partial<Redaction>): void {
    job.told = { ...job.told, ...change };
  }
}

function isUnderWay({ state }: Redaction): boolean {
  return state !== "done" && state !== "failed" && state !== "cancelled";
}

function cancelled(): Refused {
  return new Refused("cancelled", "Cancelled.");
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && error.code === "ENOSPC" ? "disk_full" : "internal";
}

function messageOf(error: unknown): string {
  return codeOf(error) === "disk_full"
    ? "The disk of the data folder is full."
    : error instanceof Error
      ? error.message
      : String(error);
}

function notFound() {
  return fail("redaction_not_found", "There is no such masked copy on its way.");
}
