/** A reader thread: answers one question after the other over a bounded set of open captures. */

import { parentPort } from "node:worker_threads";
import { Lru } from "@/lib/base/lru";
import { fail, type Result } from "@/lib/base/result";
import type { QuestionFailure } from "./failure";
import { OpenCapture } from "./open-capture";
import { QUESTIONS, type QuestionName } from "./questions";

export type ToReader =
  | { readonly id: number; readonly file: string; readonly question: QuestionName; readonly ask: unknown }
  | { readonly forget: string }
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
  if ("forget" in message) {
    captures.delete(message.forget);
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
    captures.delete(file);
    return fail("internal", error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
}
