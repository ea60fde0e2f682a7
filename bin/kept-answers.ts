/**
 * Answers as they left, kept until somebody writes to their capture. Every reader thread works out for itself what it is asked, so
 * that the same page opened twice could cost twice; and who comes back to a page, or opens a colleague's link, waits for nothing.
 */

import { type Failure, ok, type Result } from "@/lib/base/result";

/** Characters of all that is kept. */
const ROOM = 8 * 1024 * 1024;
/** An answer longer than this would drive out too many others. */
const LONGEST = ROOM / 16;
/** What was quicker is not worth its room: pages of rows, mostly. */
const DEAR_MS = 10;

export class KeptAnswers {
  /** By what was asked, the one used last at the end. */
  private readonly texts = new Map<string, string>();
  private size = 0;

  /** `stateOf` gives another number after each write to a capture, and none while somebody writes. */
  constructor(
    private readonly stateOf: (captureId: string) => number | undefined,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** The answer as JSON; `work` is called unless it is known. Failures are not kept. */
  async answer<Reason extends Failure>(
    captureId: string,
    question: string,
    ask: unknown,
    work: () => Promise<Result<unknown, Reason>>,
  ): Promise<Result<string, Reason>> {
    const state = this.stateOf(captureId);
    const key = JSON.stringify([captureId, state, question, ask]);
    const known = state === undefined ? undefined : this.texts.get(key);
    if (known !== undefined) {
      this.texts.delete(key);
      this.texts.set(key, known);
      return ok(known);
    }
    const started = this.now();
    const result = await work();
    if (!result.ok) return result;
    const text = JSON.stringify(result.value);
    // What was written meanwhile may or may not be in it.
    const isSame = state !== undefined && this.stateOf(captureId) === state;
    if (isSame && this.now() - started >= DEAR_MS && text.length <= LONGEST) this.keep(key, text);
    return ok(text);
  }

  private keep(key: string, text: string): void {
    this.size += text.length - (this.texts.get(key)?.length ?? 0);
    this.texts.delete(key);
    this.texts.set(key, text);
    for (const [oldest, its] of this.texts) {
      if (this.size <= ROOM) return;
      this.texts.delete(oldest);
      this.size -= its.length;
    }
  }
}
