/** The terms of a filter that lead from a number about requests to exactly what it counts. */

import { actorOf } from "./actor-terms";
import { makeTerm, type Term } from "./filter";
import { LONGEST_PATTERN } from "./http-kinds";
import type { RequestWord } from "./outcome-kinds";
import type { SpecialValue } from "./value-kind";

type Protocol = "http" | "grpc" | "kafka";
/** Of which exactly one holds (lib/insight/request-class.ts). */
type ClassWord = Exclude<RequestWord, Protocol | "error" | "answer-only" | "timed">;

/** What a row of requests stands for; which members there are depends on the table. null: not known. */
interface RequestKey {
  readonly class?: ClassWord | undefined;
  readonly client?: string | null | undefined;
  readonly clientPod?: string | null | undefined;
  readonly server?: string | null | undefined;
  readonly pod?: string | null | undefined;
  readonly method?: string | null | undefined;
  readonly status?: string | undefined;
  readonly url?: string | null | undefined;
  readonly route?: string | null | undefined;
}

const UNKNOWN: SpecialValue = { type: "unknown" };
const NONE: SpecialValue = { type: "none" };
/** The record has no such value, whatever the reason. */
const MISSING = [UNKNOWN, NONE] as const;

export function requestTerm(word: RequestWord, negated = false): Term {
  return makeTerm("request", [{ type: "word", word }], { negated });
}

/** A number of a row: which of its requests it counts. */
export type Measure =
  | "requests"
  | "responses"
  | "errors"
  | "serverErrors"
  | "clientErrors"
  | "denied"
  | "unanswered"
  | "open"
  | "samples"
  | "answersOnly";

const NOT_ANSWERED = makeTerm("answer", [NONE]);
const ANSWERED = makeTerm("answer", [NONE], { negated: true });

const MEASURES: Readonly<Record<Measure, readonly Term[]>> = {
  requests: [requestTerm("answer-only", true)],
  responses: [ANSWERED],
  errors: [requestTerm("error")],
  serverErrors: [requestTerm("server-error")],
  clientErrors: [requestTerm("client-error")],
  denied: [requestTerm("denied")],
  unanswered: [requestTerm("no-answer")],
  open: [requestTerm("open")],
  samples: [requestTerm("timed")],
  answersOnly: [requestTerm("answer-only")],
};

export function measureTerms(measure: Measure): readonly Term[] {
  return MEASURES[measure];
}

/** Of one class, to which no other belongs. */
export function classTerms(name: ClassWord): readonly Term[] {
  const isSilent = name === "no-answer" || name === "open" || name === "unpaired";
  return isSilent ? [requestTerm(name), NOT_ANSWERED, requestTerm("error", true)] : [requestTerm(name)];
}

/** What an answer is called in the tables; with what stands there for requests that have none. */
export function statusTerms(status: string): readonly Term[] {
  switch (status) {
    case "denied":
      return [requestTerm("denied"), makeTerm("answer", [NONE, { type: "answer", status }])];
    case "no answer":
      return [requestTerm("no-answer")];
    case "open":
      return [requestTerm("open")];
    case "unpaired":
      return [requestTerm("unpaired"), requestTerm("denied", true), NOT_ANSWERED];
    case "unknown":
      return [makeTerm("answer", [UNKNOWN])];
    default:
      return [makeTerm("answer", [{ type: "answer", status }])];
  }
}

/** The requests of a row, whatever became of them; undefined where a name is too long for a filter. */
export function rowTerms(protocol: Protocol, key: RequestKey): readonly Term[] | undefined {
  const terms: Term[] = [requestTerm(protocol)];
  if (key.class !== undefined) terms.push(...classTerms(key.class));
  if (key.client !== undefined) terms.push(makeTerm("client", [actorOf("workload", key.client)]));
  if (key.clientPod !== undefined) terms.push(makeTerm("client", [actorOf("pod", key.clientPod)]));
  if (key.server !== undefined) terms.push(makeTerm("server", [actorOf("workload", key.server)]));
  if (key.pod !== undefined) terms.push(makeTerm("server", [actorOf("pod", key.pod)]));
  if (key.method !== undefined) terms.push(methodTerm(protocol, key.method));
  if (key.status !== undefined) terms.push(...statusTerms(key.status));
  // A topic has no URL: it is its own route.
  if (key.url !== undefined && protocol !== "kafka") {
    const url = urlTerm(key.url);
    if (url === undefined) return undefined;
    terms.push(url);
  } else if (key.route !== undefined) {
    const { route } = key;
    terms.push(makeTerm("route", route === null ? MISSING : [{ type: "text", text: route }]));
  }
  return terms;
}

/** Requests of a class at these pods; turned round, at all others. */
export function podsTerms(
  protocol: Protocol,
  of: ClassWord | "all",
  by: "pod" | "client-pod",
  keys: readonly (string | null)[],
  negated: boolean,
): readonly Term[] {
  const pods = keys.map((key) => actorOf("pod", key));
  return [
    requestTerm(protocol),
    ...(of === "all" ? [] : classTerms(of)),
    makeTerm(by === "pod" ? "server" : "client", pods, { negated }),
  ];
}

function methodTerm(protocol: Protocol, method: string | null): Term {
  if (protocol === "kafka")
    return makeTerm("kafka-api", method === null ? MISSING : [{ type: "text", text: method }]);
  return makeTerm("http-method", method === null ? MISSING : [{ type: "method", method }]);
}

function urlTerm(url: string | null): Term | undefined {
  if (url === null) return makeTerm("http-url", MISSING);
  const pattern = `^${url.replaceAll(/[\\^$.|?*+()[\]{}]/g, "\\$&")}$`;
  return pattern.length > LONGEST_PATTERN ? undefined : makeTerm("http-url", [{ type: "pattern", pattern }]);
}
