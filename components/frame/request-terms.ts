/** The terms of a filter that lead from a number of the L7 view to exactly what it counts. */

import type { RequestClass } from "@/lib/insight/request-class";
import type { L7Protocol, L7Row, L7TimelineOf } from "@/lib/questions/answers-l7";
import { makeTerm, type Term } from "@/lib/scope/filter";
import { LONGEST_PATTERN } from "@/lib/scope/http-kinds";
import type { RequestWord } from "@/lib/scope/outcome-kinds";
import type { SpecialValue } from "@/lib/scope/value-kind";
import { actorOf } from "./actor-terms";

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
export function classTerms(name: RequestClass): readonly Term[] {
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
export function rowTerms(protocol: L7Protocol, key: L7Row["key"]): readonly Term[] | undefined {
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
  protocol: L7Protocol,
  of: L7TimelineOf,
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

function methodTerm(protocol: L7Protocol, method: string | null): Term {
  if (protocol === "kafka")
    return makeTerm("kafka-api", method === null ? MISSING : [{ type: "text", text: method }]);
  return makeTerm("http-method", method === null ? MISSING : [{ type: "method", method }]);
}

function urlTerm(url: string | null): Term | undefined {
  if (url === null) return makeTerm("http-url", MISSING);
  const pattern = `^${url.replaceAll(/[\\^$.|?*+()[\]{}]/g, "\\$&")}$`;
  return pattern.length > LONGEST_PATTERN ? undefined : makeTerm("http-url", [{ type: "pattern", pattern }]);
}
