/** What stands beside the sentence of a cause: how much, since when, and where to look. */

import { IS_DROP, viewWith } from "@/components/frame/flows-address";
import { linkText } from "@/components/frame/link-change";
import { VIEWS, viewAddress } from "@/components/frame/views";
import { datedOver, formatDated, type Zone } from "@/components/ui/clock";
import { formatCount, formatQuantity, formatSpan } from "@/components/ui/format";
import { parseTime } from "@/lib/base/time";
import type { AllCausesAnswer } from "@/lib/questions/all-causes-answer";
import { makeTerm, type Term } from "@/lib/scope/filter";
import { encodeScope, type Scope } from "@/lib/scope/link";

export type Cause = AllCausesAnswer["rows"][number];

export const KIND_WORDS: Readonly<Record<Cause["kind"], string>> = {
  drop: "Drop",
  dns: "DNS",
  http: "HTTP",
  tcp: "TCP",
};

/** Of the classes, in the order of their rank. */
export const CLASS_TITLES: Readonly<
  Record<Cause["class"], { readonly title: string; readonly says: string }>
> = {
  "never-worked": { title: "Never worked", says: "nothing like it worked in this capture" },
  "broken-since": { title: "Worked before, broken since", says: "and not seen working again" },
  degraded: { title: "Fails now and then", says: "and works in between" },
  noise: { title: "Noise", says: "most likely harmless" },
};

const UNITS: Readonly<Record<Cause["unit"], readonly [one: string, many: string]>> = {
  drops: ["drop", "drops"],
  queries: ["DNS query", "DNS queries"],
  requests: ["request", "requests"],
  attempts: ["connection", "connections"],
  records: ["record", "records"],
};

export function countText({ count, unit }: Cause): string {
  return formatQuantity(count, ...UNITS[unit]);
}

/** `27 connections tried, every 30 s`: what the count does not say already. */
export function effectTexts({ count, countInCapture, attempts, unit, clients, rhythmNs }: Cause): string[] {
  return [
    count < countInCapture && `of ${formatCount(countInCapture)} in the capture`,
    attempts !== null && attempts > 0 && unit !== "attempts" && `in ${formatQuantity(attempts, "attempt")}`,
    clients > 1 && `of ${formatQuantity(clients, "workload")}`,
    rhythmNs !== null && `every ${formatSpan(roundedToSecond(BigInt(rhythmNs)))}`,
  ].filter((text) => text !== false);
}

function roundedToSecond(ns: bigint): bigint {
  return ((ns + 500_000_000n) / 1_000_000_000n) * 1_000_000_000n;
}

/** From when on, since when where it had worked, and until when where it had ended well before the capture did. */
export function whenText(
  cause: Cause,
  capture: { readonly first: string | null; readonly last: string | null },
  zone: Zone,
): string {
  const [first, last, from, to] = [cause.first, cause.last, capture.first, capture.last].map(instant);
  if (first === undefined || last === undefined) return "no time";
  const dated = from !== undefined && to !== undefined ? datedOver(from, to, zone) : "time";
  const clock = (ns: bigint) => formatDated(ns, zone, dated);
  const worked = instant(cause.worked.before);
  const begin =
    cause.class === "broken-since" && worked !== undefined
      ? `worked until ${clock(worked)}, broken since ${clock(first)}`
      : `first at ${clock(first)}`;
  return `${begin}${hasEnded(last, from, to) ? `, last at ${clock(last)}` : ", to the end"}`;
}

function instant(text: string | null): bigint | undefined {
  return text === null ? undefined : parseTime(text);
}

/** Nothing more in the last tenth. */
function hasEnded(last: bigint, from: bigint | undefined, to: bigint | undefined): boolean {
  return from !== undefined && to !== undefined && (to - last) * 10n > to - from;
}

/** Terms for the flows that its count counts: of a question and its answer one, of a request and its answer too. */
export function countTerms(cause: Cause): Term[] {
  const shows = showsCause(cause);
  switch (cause.unit) {
    case "drops":
      return [IS_DROP, shows];
    case "queries":
      // Of a name that fails the answers are counted.
      return [shows, cause.type === "failing-name" ? DNS_ANSWER : DNS_QUESTION];
    case "requests":
      return [shows, ANY_REQUEST];
    case "attempts":
    case "records":
      return [shows];
  }
}

function showsCause({ causeId }: Cause): Term {
  return makeTerm("cause", [{ type: "text", text: causeId }]);
}

const DNS_QUESTION = makeTerm("dns", [{ type: "word", word: "query" }]);
const DNS_ANSWER = makeTerm("dns", [{ type: "word", word: "response" }]);
const ANY_REQUEST = makeTerm(
  "request",
  (["http", "grpc", "kafka"] as const).map((word) => ({ type: "word", word })),
);

const HOME_VIEWS: Readonly<Record<Cause["kind"], string>> = {
  drop: "drops",
  dns: "dns",
  http: "l7",
  tcp: "workloads",
};

/** The view that explains it, in the same scope; the flows where that view is not there. */
export function explainAddress(captureId: string, scope: Scope, cause: Cause): string {
  const view = VIEWS.find(({ id }) => id === HOME_VIEWS[cause.kind])?.id;
  if (view === "drops" || view === "dns") {
    const params = encodeScope(scope);
    params.set("cause", cause.causeId);
    return viewAddress(captureId, view, linkText(params));
  }
  if (view === "workloads") {
    // How connections fare stands in a part of its own there.
    const params = encodeScope({
      ...scope,
      filter: { terms: [...scope.filter.terms, showsCause(cause)] },
    });
    params.set("part", "connections");
    return viewAddress(captureId, view, linkText(params));
  }
  return viewWith(captureId, view ?? "flows", scope, showsCause(cause));
}
