/**
 * The pool of reader threads. The SQLite driver is synchronous: a question runs in a thread, with a deadline;
 * cancelling one that is under way ends its thread and starts another.
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
  finish(result: Result<unknown, QuestionFailure>): void;
}

interface Reader {
  worker: Worker;
  job: Job | undefined;
  deadline: NodeJS.Timeout | undefined;
}

export class ReaderPool {
  private readonly readers: Reader[];
  private readonly waiting: Job[] = [];
  private nextId = 1;
  private isClosed = false;

  constructor(private readonly options: PoolOptions) {
    this.readers = Array.from({ length: options.threads }, () =>
      this.start({ job: undefined, deadline: undefined }),
    );
  }

  /** Answers a question over a capture's file. A signal that aborts stops the work. */
  ask<Name extends QuestionName>(
    file: string,
    question: Name,
    ask: Ask<Name>,
    signal?: AbortSignal,
  ): Promise<Result<Answer<Name>, QuestionFailure>> {
    if (this.isClosed) return Promise.resolve(fail("too_busy", "The server is stopping."));
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

  /** Closes the file in every thread, before it is deleted. */
  forget(file: string): void {
    for (const reader of this.readers) reader.worker.postMessage({ forget: file } satisfies ToReader);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    for (const job of this.waiting.splice(0)) job.finish(fail("too_busy", "The server is stopping."));
    await Promise.all(
      this.readers.map((reader) => this.stop(reader, fail("too_busy", "The server is stopping."))),
    );
  }

  private start(reader: Pick<Reader, "job" | "deadline">): Reader {
    const started: Reader = Object.assign(reader, {
      worker: new Worker(path.join(projectRoot(), "build", "reader-worker.mjs"), {
        resourceLimits: { maxOldGenerationSizeMb: 256 },
      }),
    });
    const { worker } = started;
    worker.on("message", ({ id, result }: FromReader) => {
      if (started.job?.id === id) this.finished(started, result);
    });
    worker.on("error", (error) => {
      if (started.worker === worker)
        this.replace(started, fail("internal", error instanceof Error ? error.message : String(error)));
    });
    return started;
  }

  private assign(): void {
    for (const reader of this.readers) {
      if (reader.job !== undefined) continue;
      const job = this.waiting.shift();
      if (job === undefined) return;
      reader.job = job;
      reader.deadline = setTimeout(() => this.timedOut(reader), this.options.deadlineMs);
      const { id, file, question, ask } = job;
      reader.worker.postMessage({ id, file, question, ask } satisfies ToReader);
    }
  }

  private finished(reader: Reader, result: Result<unknown, QuestionFailure>): void {
    clearTimeout(reader.deadline);
    const { job } = reader;
    reader.job = undefined;
    job?.finish(result);
    this.assign();
  }

  private timedOut(reader: Reader): void {
    const seconds = Math.round(this.options.deadlineMs / 1000);
    this.replace(
      reader,
      fail("question_timeout", `No answer within ${seconds} s.`, "Narrow the time range or the filter."),
    );
  }

  private cancel(job: Job): void {
    const waiting = this.waiting.indexOf(job);
    const cancelled = fail("question_timeout", "The question was cancelled.");
    if (waiting >= 0) {
      this.waiting.splice(waiting, 1);
      job.finish(cancelled);
      return;
    }
    const reader = this.readers.find((candidate) => candidate.job === job);
    if (reader !== undefined) this.replace(reader, cancelled);
  }

  private replace(reader: Reader, result: Result<unknown, QuestionFailure>): void {
    if (this.isClosed) return;
    const old = reader.worker;
    this.start(reader);
    void old.terminate();
    this.finished(reader, result);
  }

  private async stop(reader: Reader, result: Result<unknown, QuestionFailure>): Promise<void> {
    clearTimeout(reader.deadline);
    reader.job?.finish(result);
    reader.job = undefined;
    await reader.worker.terminate();
  }
}
