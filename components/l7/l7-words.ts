/** Words of the L7 view. What the log does not say is said to be unknown, never left empty. */

import { actorOfRow } from "@/components/frame/actor-names";
import { formatSpan } from "@/components/ui/format";
import { visible } from "@/components/ui/text";
import { GRPC_SERVER_ERRORS, grpcStatusNumber } from "@/lib/flow/l7-words";
import type { RequestClass } from "@/lib/insight/request-class";
import type { L7By, L7Counts, L7Protocol, L7Row } from "@/lib/questions/answers-l7";

export const PROTOCOL_LABELS: Readonly<Record<L7Protocol, string>> = {
  http: "HTTP",
  grpc: "gRPC",
  kafka: "Kafka",
};

const ROUTE_LABELS: Readonly<Record<L7Protocol, string>> = {
  http: "Route",
  grpc: "Method",
  kafka: "Topic",
};

const BY_LABELS: Readonly<Record<Exclude<L7By, "route" | "edge">, string>> = {
  url: "URL",
  method: "Method",
  status: "Status",
  client: "Client",
  "client-pod": "Client pod",
  server: "Server",
  pod: "Server pod",
};

export function byLabel(by: L7By, protocol: L7Protocol): string {
  if (by === "route") return ROUTE_LABELS[protocol];
  if (by === "edge") return `Client and ${ROUTE_LABELS[protocol].toLowerCase()}`;
  return BY_LABELS[by];
}

/** Tables that a reader can choose: a topic has no URL, a gRPC method no ids. */
const TABLES: Readonly<Record<L7Protocol, readonly L7By[]>> = {
  http: ["route", "url", "edge", "status", "client", "client-pod", "server", "pod"],
  grpc: ["route", "edge", "status", "client", "client-pod", "server", "pod"],
  kafka: ["route", "edge", "status", "client", "client-pod", "server", "pod"],
};

export function tablesOf(protocol: L7Protocol): readonly L7By[] {
  return TABLES[protocol];
}

/** The rows of the matrix with statuses: nearly all gRPC is POST, so its own methods stand there. */
export function matrixBy(protocol: L7Protocol): "method" | "route" {
  return protocol === "grpc" ? "route" : "method";
}

export const CLASS_LABELS: Readonly<Record<L7Protocol, Readonly<Record<RequestClass, string>>>> = {
  http: classLabels("client error (4xx)", "server error (5xx)"),
  grpc: classLabels("caller's error", "server's error"),
  kafka: classLabels("client's error", "broker's error"),
};

function classLabels(client: string, server: string): Readonly<Record<RequestClass, string>> {
  return {
    ok: "answered",
    unpaired: "answer not known (aggregated, or without ports)",
    open: "open when the log ended or lost events",
    "no-answer": "no answer",
    "client-error": client,
    "server-error": server,
    denied: "denied by policy",
  };
}

/** What a row is called, beside the method where it has one. */
export function rowName(key: L7Row["key"], by: L7By, name: (key: string | null) => string): string {
  switch (by) {
    case "route":
    case "edge":
      return routeText(key.route);
    case "url":
      return key.url === null || key.url === undefined ? "URL not in the record" : urlText(key.url);
    case "method":
      return key.method === null || key.method === undefined ? "method not known" : urlText(key.method);
    case "status":
      return visible(key.status ?? "unknown");
    default:
      return name(actorOfRow(by, key));
  }
}

export function routeText(route: string | null | undefined): string {
  return route === null || route === undefined ? "not in the record" : visible(route);
}

/** What Hubble redacted is no value of anybody, and is said to be none. */
export function urlText(url: string): string {
  return visible(url).replaceAll("HUBBLE_REDACTED", "(redacted)");
}

/** No request is in the log, as with aggregation: what a request alone says is not known then. */
export function isAnswersOnly({ requests, answersOnly }: L7Counts): boolean {
  return requests === 0 && answersOnly > 0;
}

export function latencyText(ns: string | null): string {
  return ns === null ? "not in this capture" : formatSpan(BigInt(ns));
}

/** Where the latencies come from, or why there are none. */
export function latencyOrigin(protocol: L7Protocol, { latencyNs, responses }: L7Counts): string {
  const { samples, computed } = latencyNs;
  if (samples === 0) {
    const why =
      protocol === "kafka"
        ? "Hubble records none for Kafka"
        : "Hubble records it only where request and answer carry X-Request-Id";
    return responses === 0 ? "no answers" : `${why}, and no answer could be paired`;
  }
  if (computed === samples) return "computed: time from request to answer at the proxy";
  return computed === 0 ? "as the records say" : "partly as the records say, partly computed";
}

/** What only a request says is not known where its answers alone are in the log: no 0 is a count then. */
export function countedOf(of: "denied" | "unanswered", counts: L7Counts): number | null {
  return counts[of] === 0 && isAnswersOnly(counts) ? null : counts[of];
}

/** Kafka's error codes blame nobody: all of them stand as the broker's. */
export function hasClientErrors(protocol: L7Protocol): boolean {
  return protocol !== "kafka";
}

/** Statuses in the order of a table: codes by number, then words. */
export function sortStatuses(statuses: Iterable<string>): string[] {
  const place = (status: string): number => {
    const code = /^(\d+)( by policy)?$/.exec(status);
    if (code === null) return status === "OK" || status === "NONE" ? 0 : 100_000;
    return Number(code[1]) + (code[2] === undefined ? 0 : 0.5);
  };
  return [...statuses].sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1));
}

export type Tone = "bad" | "warn" | "good" | "calm";

/** How a status is drawn; the words beside the colour say the same. */
export function toneOfStatus(protocol: L7Protocol, status: string): Tone {
  if (status.includes("by policy") || status === "denied") return "bad";
  if (status === "no answer") return "warn";
  if (status === "open" || status === "unpaired" || status === "unknown") return "calm";
  // Cilium's records say NONE whatever the broker answered.
  if (protocol === "kafka") return status === "NONE" ? "calm" : "bad";
  if (status === "OK") return "good";

  const grpc = protocol === "grpc" && !/^\d+$/.test(status) ? grpcStatusNumber(status) : undefined;
  if (grpc !== undefined) return GRPC_SERVER_ERRORS.includes(grpc) ? "bad" : "warn";
  if (/^5\d\d$/.test(status)) return "bad";
  if (/^4\d\d$/.test(status)) return "warn";
  return /^[1-3]\d\d$/.test(status) ? "good" : "calm";
}
