/** Kinds of value about what became of requests and connections. */

import { wordKind } from "./simple-kinds";
import { statusBeginnings } from "./value-forms";
import { parsed, refused, type ValueKind } from "./value-kind";

/**
 * `answer-only`: the request itself is not in the log; `timed`: its latency is known; `unpaired`: aggregated, or without
 * ports, so that nothing says whether it was answered.
 */
export const REQUEST_WORDS = [
  "http",
  "grpc",
  "kafka",
  "ok",
  "client-error",
  "server-error",
  "error",
  "denied",
  "no-answer",
  "open",
  "unpaired",
  "answer-only",
  "timed",
] as const;
export type RequestWord = (typeof REQUEST_WORDS)[number];

export const requestKind = wordKind("a word for requests", REQUEST_WORDS);

/** What became of a connection: exactly one of them. */
export const OUTCOME_WORDS = [
  "answered",
  "refused",
  "dropped-at-client",
  "dropped-at-server",
  "dropped-somewhere",
  "no-reply",
  "gap",
  "open",
  "unknowable",
  "open-already",
] as const;
export type OutcomeWord = (typeof OUTCOME_WORDS)[number];

/** Attempts that got no reply, as far as the log can tell. */
export const UNANSWERED_WORDS = [
  "dropped-at-client",
  "dropped-at-server",
  "dropped-somewhere",
  "no-reply",
] as const satisfies readonly OutcomeWord[];

/** A reset or an end can come to a connection that was answered, too. */
export const CONNECTION_WORDS = [
  ...OUTCOME_WORDS,
  "reset-by-client",
  "reset-by-server",
  "closed",
  "timed",
] as const;
export type ConnectionWord = (typeof CONNECTION_WORDS)[number];

export const connectionKind = wordKind("a word for connections", CONNECTION_WORDS);

/** What a DNS answer has to do with an attempt; `missing`: it went to the world, and no answer that the log holds gave the address. */
export const LOOKUP_WORDS = ["fresh", "expired", "undated", "missing"] as const;
export type LookupWord = (typeof LOOKUP_WORDS)[number];

export const lookupKind = wordKind("a word for lookups", LOOKUP_WORDS);

/** As the tables of requests have it: `503`, `403 by policy`, `UNAVAILABLE`; or the beginning of an HTTP status: `5+`. */
export interface AnswerValue {
  readonly type: "answer";
  readonly status: string;
}

const LONGEST = 100;

export const answerKind: ValueKind<AnswerValue> = {
  describe:
    "an HTTP status or its beginning with a plus (`503`, `5+`), `403 by policy`, the name of a gRPC status or Kafka error",
  words: [],
  forms: statusBeginnings(["2", "3", "4", "5"]),
  parse({ text }) {
    if (text.length > LONGEST) return refused(`An answer has at most ${LONGEST} characters.`);
    return parsed({ type: "answer", status: text });
  },
  format({ status }) {
    return { text: status };
  },
};
