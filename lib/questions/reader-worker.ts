/** A reader thread: answers one question after the other over a bounded set of open captures. */

import { parentPort } from "node:worker_threads";
import { Lru } from "@/lib/base/lru";
import { fail, type Result } from "@/lib/base/result";
import { SearchTimeout } from "@/lib/capture/dictionary-search";
import type { QuestionFailure } from "./failure";
import { OpenCapture } from "./open-capture";
import { QUESTIONS, type QuestionName } from "./questions";

export type ToReader =
  | { readonly id: number; readonly file: string; readonly question: QuestionName; readonly ask: unknown }
  | { readonly close: true };

export interface FromReader {
  readonly id: number;
  readonly result: Result<unknown, QuestionFailure>;
}

/** Captures held open per thread. */
const OPEN = 8;

const captures = new Lru<string, OpenCapture>(OPEN, (capture) => capture.close());

parentPort?.on("message", (message: ToReader) => {
  if ("close" in message) {
    captures.clear();
    parentPort?.close();
    return;
  }
  parentPort?.postMessage({ id: message.id, result: answer(message) } satisfies FromReader);
});

function answer({
  file,
  question,
  ask,
}: Extract<ToReader, { id: number }>): Result<unknown, QuestionFailure> {
  try {
    let capture = captures.get(file);
    if (capture === undefined) {
      const opened = OpenCapture.open(file);
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
