/**
 * The pool of reader threads. The SQLite driver is synchronous: a question runs in a thread, with a deadline.
 *
 * A thread is never ended while it may be inside the driver: that makes the driver abort the whole process
 * (seen), and would not stop the query either. A cancelled question is answered at once and its thread is
 * busy until the driver returns; one that misses its deadline has its thread retired: another takes its place,
 * and it ends by itself when the driver returns.
 */

import path from "node:path";
import { Worker } from "node:worker_threads";
import { projectRoot } from "@/lib/base/project-root";
import { fail, type Result } from "@/lib/base/result";
import type { QuestionFailure } from "./failure";
import type { Answer, Ask, QuestionName } from "./questions";
import type { FromReader, ToReader } from "./reader-worker";

export interface PoolOptions {
  readonly threads: number;
  readonly deadlineMs: number;
  /** Questions that may wait. */
  readonly queue: number;
}

interface Job {
  readonly id: number;
  readonly file: string;
  readonly question: QuestionName;
  readonly ask: unknown;
  /** Answers the asker; only the first answer counts. */
  finish(result: Result<unknown, QuestionFailure>): void;
}

class Reader {
  readonly worker: Worker;
  job: Job | undefined;
  private deadline: NodeJS.Timeout | undefined;
  readonly ended: Promise<void>;
  /** Captures that it may hold open. */
  private readonly files = new Set<string>();

  constructor(onIdle: () => void, onBroken: (reader: Reader, error: unknown) => void) {
    this.worker = new Worker(path.join(projectRoot(), "build", "reader-worker.mjs"), {
      resourceLimits: { maxOldGenerationSizeMb: 256 },
    });
    this.worker.on("message", ({ result }: FromReader) => {
      const job = this.release();
      job?.finish(result);
      onIdle();
    });
    this.ended = new Promise((resolve) => this.worker.once("exit", () => resolve()));
    this.worker.once("error", (error) => onBroken(this, error));
  }

  begin(job: Job, deadlineMs: number, onDeadline: () => void): void {
    this.job = job;
    this.deadline = setTimeout(onDeadline, deadlineMs);
    const { id, file, question, ask } = job;
    this.files.add(file);
    this.tell({ id, file, question, ask });
  }

  mayHold(file: string): boolean {
    return this.files.has(file);
  }

  release(): Job | undefined {
    clearTimeout(this.deadline);
    const { job } = this;
    this.job = undefined;
    return job;
  }

  tell(message: ToReader): void {
    this.worker.postMessage(message);
  }
}

/** Threads that may be stuck in the driver beside the pool. More would eat the machine; then questions wait. */
const RETIRED = 4;
const CLOSE_MS = 3000;

export class ReaderPool {
  /** A place without a reader gets one with the next question. */
  private readers: (Reader | undefined)[];
  private readonly retired = new Set<Reader>();
  private readonly waiting: Job[] = [];
  private nextId = 1;
  private isClosed = false;

  constructor(private readonly options: PoolOptions) {
    this.readers = Array.from({ length: options.threads }, () => this.start());
  }

  /** Answers a question over a capture's file. A signal that aborts answers at once. */
  ask<Name extends QuestionName>(
    file: string,
    question: Name,
    ask: Ask<Name>,
    signal?: AbortSignal,
  ): Promise<Result<Answer<Name>, QuestionFailure>> {
    if (this.isClosed) return Promise.resolve(STOPPING);
    if (this.waiting.length >= this.options.queue) {
      return Promise.resolve(fail("too_busy", "Too many questions are waiting.", "Try again in a moment."));
    }
    return new Promise((resolve) => {
      const job: Job = {
        id: this.nextId++,
        file,
        question,
        ask,
        finish: (result) => {
          signal?.removeEventListener("abort", cancel);
          resolve(result as Result<Answer<Name>, QuestionFailure>);
        },
      };
      const cancel = (): void => this.cancel(job);
      signal?.addEventListener("abort", cancel);
      this.waiting.push(job);
      if (signal?.aborted) cancel();
      this.assign();
    });
  }

  /**
   * Lets go of a file that is about to be deleted. The driver keeps a closed file open until its thread ends
   * (driver.ts), and with it the space on disk: so threads that hold it are ended, when they have answered.
   */
  async forget(file: string): Promise<void> {
    const holding = this.readers.filter((reader) => reader?.mayHold(file) ?? false) as Reader[];
    for (const reader of holding) {
      reader.tell({ close: true });
      this.vacate(reader);
    }
    const bound = new Promise<void>((resolve) => setTimeout(resolve, CLOSE_MS).unref());
    await Promise.race([Promise.all(holding.map(({ ended }) => ended)), bound]);
  }

  /** Waits for what is inside the driver, within a bound. */
  async close(): Promise<void> {
    this.isClosed = true;
    for (const job of this.waiting.splice(0)) job.finish(STOPPING);
    const all = [...this.readers.filter((reader) => reader !== undefined), ...this.retired];
    for (const reader of all) {
      reader.job?.finish(STOPPING);
      reader.tell({ close: true });
    }
    const bound = new Promise<void>((resolve) => setTimeout(resolve, CLOSE_MS).unref());
    await Promise.race([Promise.all(all.map(({ ended }) => ended)), bound]);
  }

  private start(): Reader {
    return new Reader(
      () => this.assign(),
      (reader, error) => this.broken(reader, error),
    );
  }

  private assign(): void {
    if (this.isClosed) return;
    for (const [place, current] of this.readers.entries()) {
      if (current?.job !== undefined) continue;
      const job = this.waiting.shift();
      if (job === undefined) return;
      const reader = current ?? this.start();
      this.readers[place] = reader;
      reader.begin(job, this.options.deadlineMs, () => this.timedOut(reader));
    }
  }

  private cancel(job: Job): void {
    const waiting = this.waiting.indexOf(job);
    if (waiting >= 0) this.waiting.splice(waiting, 1);
    job.finish(fail("question_timeout", "The question was cancelled."));
  }

  private timedOut(reader: Reader): void {
    const seconds = Math.round(this.options.deadlineMs / 1000);
    reader.job?.finish(
      fail("question_timeout", `No answer within ${seconds} s.`, "Narrow the time range or the filter."),
    );
    if (this.isClosed || this.retired.size >= RETIRED) return;
    this.retired.add(reader);
    void reader.ended.then(() => this.retired.delete(reader));
    reader.tell({ close: true });
    this.vacate(reader);
  }

  /** A thread that died by itself, for example out of memory. */
  private broken(reader: Reader, error: unknown): void {
    reader.release()?.finish(fail("internal", error instanceof Error ? error.message : String(error)));
    this.vacate(reader);
  }

  private vacate(reader: Reader): void {
    this.readers = this.readers.map((other) => (other === reader ? undefined : other));
    this.assign();
  }
}

const STOPPING = fail("too_busy", "The server is stopping.");
