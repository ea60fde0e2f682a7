/** What causes of kind tcp and http say: a sentence and a remedy each. Names come from logs: they are text, never markup. */

import { formatCount } from "@/lib/base/count";
import { CAUSE_CLASSES, type CauseClass } from "./cause";

export const CONNECTION_TYPES = ["refused", "unanswered", "errors", "slow", "silent"] as const;
export type ConnectionType = (typeof CONNECTION_TYPES)[number];

export interface ConnectionFacts {
  readonly type: ConnectionType;
  /** Names of the sides; null = unknown, or (http) several clients. */
  readonly client: string | null;
  readonly server: string | null;
  readonly port: number | null;
  /** TCP, http, grpc, kafka. */
  readonly protocol: string;
  /** Method and route, for http. */
  readonly subject: string | null;
  /** How many of all are bad. */
  readonly count: number;
  readonly total: number;
  readonly clients: number;
  readonly class: CauseClass;
}

export function connectionSentence(facts: ConnectionFacts): string {
  const [count, total] = [formatCount(facts.count), formatCount(facts.total)];
  const server = `${facts.server ?? "a server that the log does not name"}${facts.port === null ? "" : `:${facts.port}`}`;
  const client = facts.client ?? "an unknown client";
  switch (facts.type) {
    case "refused":
      return `${server} refuses ${count} of ${total} connections of ${client} with a reset${since(facts)}.`;
    case "unanswered":
      return `${server} does not answer ${count} of ${total} connections of ${client}, retries included, and no drop was logged${since(facts)}.`;
    case "errors":
      return `${server} answers ${count} of ${total} requests for ${subjectOf(facts)} with an error${ofClients(facts)}${since(facts)}.`;
    case "slow":
      return `${server} takes a second or longer for ${count} of ${total} requests for ${subjectOf(facts)}${ofClients(facts)}.`;
    case "silent":
      return `${server} leaves ${count} of ${total} requests for ${subjectOf(facts)} without an answer${ofClients(facts)}.`;
  }
}

const subjectOf = ({ subject }: ConnectionFacts): string => subject ?? "routes that the log does not name";
const ofClients = ({ clients }: ConnectionFacts): string =>
  clients > 1 ? `, asked by ${formatCount(clients)} workloads` : "";

function since({ class: kind }: ConnectionFacts): string {
  if (kind === CAUSE_CLASSES.neverWorked) return "; none was answered in this log";
  return kind === CAUSE_CLASSES.brokenSince ? "; it worked before" : "; others are answered";
}

export function connectionRemedy({ type, port, protocol }: ConnectionFacts): string {
  switch (type) {
    case "refused":
      return `Nothing listens on port ${port ?? "?"} of the server's pods, or they are starting: check the container's port, the Service's targetPort, and whether the pods were ready.`;
    case "unanswered":
      return "The packets left and nothing came back, though no policy dropped them here: look at the server's own node and host firewall, at network security groups on the way, and at whether the address is still in use.";
    case "errors":
      return `The ${protocol === "kafka" ? "broker" : "server"} itself answers so; no policy is involved. Look at its log at the times given, and at the servers it calls in turn.`;
    case "slow":
      return "Look at what this server waits for (its own calls stand in the same tables), at its CPU limits, and at how evenly requests are spread over its pods.";
    case "silent":
      return "The request reached the proxy and no answer did: look for restarts of the server's pods and for time limits of the client that are shorter than the server takes.";
  }
}
