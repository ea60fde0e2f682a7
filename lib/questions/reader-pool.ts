/**
 * The pool of reader threads. The SQLite driver is synchronous: a question runs in a thread, with a deadline.
 *
 * A thread is never ended while it may be inside the driver: that makes the driver abort the whole process
 * (seen), and would not stop the query either. A cancelled question is answered at once; its thread goes on to
 * the end of the statement it is in and gives up before the next (docs/adr/0017). A thread that is still at it when others have waited
 * for a second, and one that misses its deadline, is retired: another takes its place, and it ends by itself when
 * the driver returns. Only so many can be retired at a time.
 */

import path from "node:path";
import { Worker } from "node:worker_threads";
import { projectRoot } from "@/lib/base/project-root";
import { fail, type Result } from "@/lib/base/result";
import type { QuestionFailure } from "./failure";
import type { Answer, Ask, QuestionName } from "./questions";
import { RANKS, USUAL } from "./ranks";
import type { FromReader, ReaderData, ToReader } from "./reader-worker";
import { QuestionStatistics } from "./statistics";
import { WaitingQuestions } from "./waiting";

export interface PoolOptions {
  readonly threads: number;
  readonly deadlineMs: number;
  /** Questions that may wait. */
  readonly queue: number;
  /** The threads' program. Tests put a slow one in its place. */
  readonly program?: string;
}

interface Job {
  readonly id: number;
  readonly file: string;
  readonly question: QuestionName;
  readonly ask: unknown;
  readonly rank: number;
  readonly askedAt: number;
  /** It was answered, whatever its thread still does. */
  isEnded: boolean;
  /** Answers the asker. */
  finish(result: Result<unknown, QuestionFailure>): void;
}

class Reader {
  readonly worker: Worker;
  job: Job | undefined;
  /** When the asker of its question went away. */
  abandonedAt: number | undefined;
  private deadline: NodeJS.Timeout | undefined;
  /** The number of the question that is no longer wanted; the thread looks before each statement. */
  private readonly unwanted = new Int32Array(new SharedArrayBuffer(4));
  readonly ended: Promise<void>;
  /** Captures that it may hold open. */
  private readonly files = new Set<string>();

  constructor(
    program: string,
    onAnswer: (job: Job | undefined, result: Result<unknown, QuestionFailure>) => void,
    onBroken: (reader: Reader, error: unknown) => void,
  ) {
    this.worker = new Worker(program, {
      resourceLimits: { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 256 },
      workerData: { unwanted: this.unwanted } satisfies ReaderData,
    });
    this.worker.on("message", ({ result }: FromReader) => onAnswer(this.release(), result));
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

  /** The answer is not wanted any more. */
  abandon(): void {
    if (this.job === undefined) return;
    Atomics.store(this.unwanted, 0, this.job.id);
    this.abandonedAt ??= performance.now();
  }

  mayHold(file: string): boolean {
    return this.files.has(file);
  }

  release(): Job | undefined {
    clearTimeout(this.deadline);
    const { job } = this;
    this.job = undefined;
    this.abandonedAt = undefined;
    return job;
  }

  tell(message: ToReader): void {
    this.worker.postMessage(message);
  }
}

/** Threads that may be stuck in the driver beside the pool. More would eat the machine; then questions wait. */
const RETIRED = 4;
const CLOSE_MS = 3000;
/** So long may a thread go on with a question that nobody wants while others wait. */
const ABANDONED_MS = 1000;
/** Numbers of questions begin anew: they must fit 32 bits. */
const IDS = 2 ** 31 - 1;

export class ReaderPool {
  /** A place without a reader gets one with the next question. */
  private readers: (Reader | undefined)[];
  private readonly retired = new Set<Reader>();
  private readonly waiting: WaitingQuestions<Job>;
  readonly statistics = new QuestionStatistics();
  private refusedCount = 0;
  private lastId = 0;
  private readonly unreadable = new Map<string, QuestionFailure>();
  private isClosed = false;

  constructor(private readonly options: PoolOptions) {
    this.waiting = new WaitingQuestions(options.queue);
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
    const failure = this.unreadable.get(file);
    if (failure !== undefined) return Promise.resolve({ ok: false, failure });
    if (!this.waiting.hasRoom(file)) {
      this.refusedCount++;
      return Promise.resolve(fail("too_busy", "Too many questions are waiting.", "Try again in a moment."));
    }
    return new Promise((resolve) => {
      this.lastId = (this.lastId % IDS) + 1;
      const job: Job = {
        id: this.lastId,
        file,
        question,
        ask,
        rank: RANKS[question] ?? USUAL,
        askedAt: performance.now(),
        isEnded: false,
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

  /** No thread opens this file: every question over it gets this answer, until it is forgotten. */
  refuse(file: string, failure: QuestionFailure): void {
    this.unreadable.set(file, failure);
  }

  /** Why no thread opens this file. */
  whyRefused(file: string): QuestionFailure | undefined {
    return this.unreadable.get(file);
  }

  /**
   * Lets go of a file that is about to be deleted. The driver keeps a closed file open until its thread ends
   * (driver.ts), and with it the space on disk: so threads that hold it are ended, when they have answered.
   */
  async forget(file: string): Promise<void> {
    this.unreadable.delete(file);
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
    for (const job of this.waiting.clear()) this.end(job, STOPPING);
    const all = [...this.readers.filter((reader) => reader !== undefined), ...this.retired];
    for (const reader of all) {
      if (reader.job !== undefined) this.end(reader.job, STOPPING);
      reader.abandon();
      reader.tell({ close: true });
    }
    const bound = new Promise<void>((resolve) => setTimeout(resolve, CLOSE_MS).unref());
    await Promise.race([Promise.all(all.map(({ ended }) => ended)), bound]);
  }

  /** For operators. */
  state(): {
    readonly waiting: number;
    readonly running: number;
    readonly retired: number;
    readonly refused: number;
  } {
    return {
      waiting: this.waiting.size,
      running: this.readers.filter((reader) => reader?.job !== undefined).length,
      retired: this.retired.size,
      refused: this.refusedCount,
    };
  }

  private start(): Reader {
    return new Reader(
      this.options.program ?? path.join(projectRoot(), "build", "reader-worker.mjs"),
      (job, result) => this.answered(job, result),
      (reader, error) => this.broken(reader, error),
    );
  }

  private answered(job: Job | undefined, result: Result<unknown, QuestionFailure>): void {
    if (job !== undefined) this.end(job, result);
    this.assign();
  }

  /** Only the first answer counts. */
  private end(job: Job, result: Result<unknown, QuestionFailure>, outcome?: string): void {
    if (job.isEnded) return;
    job.isEnded = true;
    const seconds = (performance.now() - job.askedAt) / 1000;
    this.statistics.ended(job.question, outcome ?? (result.ok ? "answered" : result.failure.code), seconds);
    job.finish(result);
  }

  private assign(): void {
    if (this.isClosed) return;
    if (this.waiting.size > 0) this.retireAbandoned();
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
    this.end(job, fail("question_timeout", "The question was cancelled."), "cancelled");
    if (this.waiting.remove(job)) return;
    const reader = this.readers.find((one) => one?.job === job);
    if (reader === undefined) return;
    reader.abandon();
    setTimeout(() => this.assign(), ABANDONED_MS + 1).unref();
  }

  private retireAbandoned(): void {
    const longAgo = performance.now() - ABANDONED_MS;
    for (const [place, reader] of this.readers.entries()) {
      if (reader?.abandonedAt !== undefined && reader.abandonedAt <= longAgo && this.retire(reader))
        this.readers[place] = undefined;
    }
  }

  private timedOut(reader: Reader): void {
    const seconds = Math.round(this.options.deadlineMs / 1000);
    const late = fail(
      "question_timeout",
      `No answer within ${seconds} s.`,
      "Narrow the time range or the filter.",
    );
    if (reader.job !== undefined) this.end(reader.job, late);
    reader.abandon();
    if (!this.isClosed && this.retire(reader)) this.vacate(reader);
  }

  /** True when the thread has left the pool and ends by itself; false when too many have. */
  private retire(reader: Reader): boolean {
    if (this.retired.size >= RETIRED) return false;
    this.retired.add(reader);
    void reader.ended.then(() => this.retired.delete(reader));
    reader.tell({ close: true });
    return true;
  }

  /** A thread that died by itself, for example out of memory. */
  private broken(reader: Reader, error: unknown): void {
    const job = reader.release();
    if (job !== undefined)
      this.end(job, fail("internal", error instanceof Error ? error.message : String(error)));
    this.vacate(reader);
  }

  private vacate(reader: Reader): void {
    this.readers = this.readers.map((other) => (other === reader ? undefined : other));
    this.assign();
  }
}

const STOPPING = fail("too_busy", "The server is stopping.");
