/** A reader thread: answers one question after the other over a bounded set of open captures. */

import { parentPort, workerData } from "node:worker_threads";
import { Lru } from "@/lib/base/lru";
import { fail, type Result } from "@/lib/base/result";
import { standBehind } from "@/lib/base/thread-priority";
import { SearchTimeout } from "@/lib/capture/dictionary-search";
import { freeDropped } from "@/lib/capture/driver";
import type { QuestionFailure } from "./failure";
import { OpenCapture } from "./open-capture";
import { QUESTIONS, type QuestionName } from "./questions";

export type ToReader =
  | { readonly id: number; readonly file: string; readonly question: QuestionName; readonly ask: unknown }
  | { readonly close: true };

export interface ReaderData {
  /** Shared: the number of the question that nobody wants any more. */
  readonly unwanted: Int32Array;
}

export interface FromReader {
  readonly id: number;
  readonly result: Result<unknown, QuestionFailure>;
}

/** Captures held open per thread. */
const OPEN = 8;

standBehind("question");

const { unwanted } = workerData as ReaderData;
/** Number of the question being answered. */
let current = 0;

/** Thrown out of a question before its next statement. */
class Unwanted extends Error {}

function stopIfUnwanted(): void {
  if (Atomics.load(unwanted, 0) === current) throw new Unwanted();
}

const captures = new Lru<string, OpenCapture>(OPEN, (capture) => capture.close());

parentPort?.on("message", (message: ToReader) => {
  if ("close" in message) {
    captures.clear();
    parentPort?.close();
    return;
  }
  parentPort?.postMessage({ id: message.id, result: answer(message) } satisfies FromReader);
  // The answer is under way.
  freeDropped();
});

function answer({
  id,
  file,
  question,
  ask,
}: Extract<ToReader, { id: number }>): Result<unknown, QuestionFailure> {
  current = id;
  try {
    let capture = captures.get(file);
    if (capture === undefined) {
      const opened = OpenCapture.open(file, stopIfUnwanted);
      if (!opened.ok) return opened;
      capture = opened.value;
      captures.set(file, capture);
    }
    // The pool pairs each name with its own parameters; across the thread border only the name remains.
    const read = QUESTIONS[question] as (
      capture: OpenCapture,
      ask: unknown,
    ) => Result<unknown, QuestionFailure>;
    return capture.ask((open) => read(open, ask));
  } catch (error) {
    if (error instanceof SearchTimeout)
      return fail("question_timeout", error.message, "Narrow the filter, or write a simpler pattern.");
    if (error instanceof Unwanted) return fail("question_timeout", "The question was cancelled.");
    captures.delete(file);
    if (isDamage(error)) {
      return fail(
        "capture_damaged",
        `The capture's file cannot be read: ${error.message}.`,
        "Restore the file from a copy, or delete the capture.",
      );
    }
    return fail("internal", error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
}

/** What SQLite says of a file that is none of its own, or no longer whole. */
function isDamage(error: unknown): error is Error {
  return (
    error instanceof Error && "code" in error && /^SQLITE_(?:CORRUPT|NOTADB|IOERR)/.test(String(error.code))
  );
}
