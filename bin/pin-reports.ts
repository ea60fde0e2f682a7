/** Asks what a pin shows, and compares it with what it showed when it was saved. */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { projectRoot } from "@/lib/base/project-root";
import { fail, ok, type Result } from "@/lib/base/result";
import type { Pin } from "@/lib/investigations/investigation";
import { revisionOf } from "@/lib/investigations/revision";
import { type ContentSeal, checkPin, type Found, type PinSeal } from "@/lib/investigations/seal";
import type { Answer, Ask, QuestionName } from "@/lib/questions/questions";
import { type Asker, NotAnswered } from "@/lib/report/ask";
import type { Block } from "@/lib/report/block";
import { pinBlocks } from "@/lib/report/pin-report";
import type { PinReport } from "@/lib/report/pin-report-answer";
import { digestOf } from "@/lib/report/seal";
import type { Engine } from "./engine";

/** Files whose digests are kept one by one. */
const FILES_SEALED = 100;

/** What was kept when the pin was saved. */
interface Sealed {
  readonly content: ContentSeal | undefined;
  readonly seal: PinSeal | undefined;
}

/** What a pin shows now. */
interface Shown extends Found {
  readonly blocks: readonly Block[];
}

export class PinReports {
  private program: string | undefined;

  constructor(
    private readonly askQuestion: Engine["ask"],
    private readonly nowMs: () => number = Date.now,
  ) {}

  /** The pin's blocks, and whether they are what was saved. */
  async report(captureId: string, pin: Pin, sealed: Sealed, signal?: AbortSignal): Promise<PinReport> {
    if (pin.view === null) return { blocks: [], failure: null, check: null };
    const shown = await this.shown(captureId, pin, signal);
    if (shown.ok)
      return { blocks: [...shown.value.blocks], failure: null, check: checkPin(sealed, shown.value) };
    const { message, hint = null } = shown.failure;
    return { blocks: [], failure: { message, hint }, check: null };
  }

  /** What a pin shows, with the digests that are kept of it. */
  async shown(captureId: string, pin: Pin, signal?: AbortSignal): Promise<Result<Shown>> {
    const answers: PinSeal["answers"] = [];
    let summary: Answer<"summary"> | undefined;
    const ask: Asker = async (question, asked) => {
      const answer = await this.answer(captureId, question, asked, signal);
      answers.push({ question, digest: digestOf([asked, answer]) });
      if (question === "summary") summary = answer as Answer<"summary">;
      return answer;
    };
    try {
      const blocks = await pinBlocks(pin, ask);
      const revision = revisionOf(pin);
      const found = await this.answer(captureId, "contentDigest", { revision: String(revision) }, signal);
      const { files, digest, rulesVersion: rules } = found;
      const content = {
        revision: found.revision,
        digest,
        files: files.slice(0, FILES_SEALED),
        count: files.length,
      };
      const at = new Date(this.nowMs()).toISOString();
      const numbers = { events: summary?.events ?? 0, drops: summary?.drops ?? null };
      return ok({ blocks, content, seal: { at, rules, program: this.programDigest(), answers, ...numbers } });
    } catch (error) {
      if (error instanceof NotAnswered) return fail(error.code, error.message, error.hint);
      throw error;
    }
  }

  private async answer<Name extends QuestionName>(
    captureId: string,
    question: Name,
    ask: Ask<Name>,
    signal?: AbortSignal,
  ): Promise<Answer<Name>> {
    const answer = await this.askQuestion(captureId, question, ask, signal);
    if (answer.ok) return answer.value;
    const { code, message, hint } = answer.failure;
    throw new NotAnswered(code, message, hint);
  }

  /** Of the code that answers: another one may have other rules. */
  private programDigest(): string {
    this.program ??= createHash("sha256")
      .update(readFileSync(path.join(projectRoot(), "build", "reader-worker.mjs")))
      .digest("hex")
      .slice(0, 16);
    return this.program;
  }
}
