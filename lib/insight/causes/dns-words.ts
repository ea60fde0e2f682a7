/**
 * What a cause of DNS trouble says to a reader: the sentence and what to do.
 *
 * Sources: flow-formats 8.5 (codes, search lists, refusals) and 8.7 (node-local DNS); RFC 1035 and RFC 2136 for the codes.
 */

import { formatCount, formatQuantity } from "@/lib/base/count";
import { DNS_RCODE, enumName } from "@/lib/flow/enums";

export const DNS_CAUSE_TYPES = [
  "search-list",
  "failing-name",
  "silent-resolver",
  "refused-name",
  "node-local-dns",
] as const;
export type DnsCauseType = (typeof DNS_CAUSE_TYPES)[number];

export interface DnsFacts {
  readonly type: DnsCauseType;
  /** As a reader says them; null when several or unknown. */
  readonly client: string | null;
  readonly server: string | null;
  readonly clients: number;
  /** The name. */
  readonly subject: string | null;
  readonly code: number | null;
  /** Questions, answers or drops that show it. */
  readonly count: number;
  /** All questions of the client (search-list) or to the server (silent-resolver). */
  readonly queries: number | null;
}

export interface DnsRemedy {
  readonly text: string;
  /** A piece of a policy or of a pod's spec to start from. */
  readonly yaml: string | null;
}

/** Fewer attempts of the search list than this, or less than half of what a workload asks, are no storm. */
const STORM = 50;

export function isStorm(queries: number, expansion: number): boolean {
  return expansion >= STORM && expansion * 2 >= queries;
}

export function dnsSentence(facts: DnsFacts): string {
  const { count, subject, server } = facts;
  const [bad, all] = [formatCount(count), formatCount(facts.queries ?? count)];
  const who = whoText(facts);
  switch (facts.type) {
    case "search-list":
      return `${bad} of ${all} questions of ${who} are attempts of the search list that were bound to fail.`;
    case "failing-name":
      return subject === null
        ? `${who} got ${codeText(facts.code)} in ${formatQuantity(count, "answer")}, to names that the log left out${facts.code === 3 ? ": attempts of a search list can be among them" : ""}.`
        : `${failure(facts.code, subject)} (${formatQuantity(count, "answer")}, asked by ${who}).`;
    case "silent-resolver":
      return `${server ?? "The resolver"} gave no answer within 5 s to ${bad} of ${all} questions, asked by ${who}.`;
    case "refused-name":
      return `A DNS rule refuses ${subject ?? "a name"} to ${who} (${formatQuantity(count, "question")}). Programs report it as "not found" or "temporary failure".`;
    case "node-local-dns":
      return `${who} cannot ask the node-local DNS cache ${server ?? ""}: a policy drops it before it is asked (${formatQuantity(count, "drop")}).`.replace(
        " :",
        ":",
      );
  }
}

function whoText({ client, clients }: DnsFacts): string {
  return client ?? (clients === 0 ? "an unknown client" : formatQuantity(clients, "workload"));
}

function failure(code: number | null, name: string): string {
  switch (code) {
    case 2:
      return `The resolver fails on ${name} (SERVFAIL)`;
    case 3:
      return `${name} does not exist (NXDOMAIN)`;
    case 5:
      return `The resolver refuses ${name} (REFUSED)`;
    default:
      return `${name} fails (${codeText(code)})`;
  }
}

function codeText(code: number | null): string {
  return code === null ? "an error" : enumName(DNS_RCODE, code);
}

export function dnsRemedy(facts: DnsFacts): DnsRemedy {
  switch (facts.type) {
    case "search-list":
      return {
        text: "Write full names with a final dot, or lower ndots in the pod's spec. The view DNS tells under Search lists what each saves.",
        yaml: 'spec:\n  dnsConfig:\n    options:\n    - name: ndots\n      value: "2"\n',
      };
    case "failing-name":
      return { text: facts.subject === null ? NAMELESS_REMEDY : failureRemedy(facts.code), yaml: null };
    case "silent-resolver":
      return {
        text: "Look at the resolver's pods: restarts, CPU limits, errors towards its upstream, drops on port 53, a full table of connections on the node.",
        yaml: null,
      };
    case "refused-name":
      return {
        text: "Add the name to the DNS rules of the client's egress policy, if it may be asked for. On musl (Alpine) the names with search suffixes need a pattern too.",
        yaml: facts.subject === null ? null : refusedYaml(facts.subject),
      };
    case "node-local-dns":
      return {
        text: "Allow egress to the pods of node-local-dns on port 53, with the DNS rules on that same rule: traffic to kube-dns is redirected there before policy is checked.",
        yaml: NODE_LOCAL_YAML,
      };
  }
}

/** Whether it matters cannot be said without the names. */
const NAMELESS_REMEDY =
  "Have the names logged before you act: a log that is not aggregated, and a DNS rule in the policy of these pods. The views DNS and Quality tell how.";

function failureRemedy(code: number | null): string {
  switch (code) {
    case 2:
      return "Look at the resolver's upstream: forwarders that are down, a zone that does not load, DNSSEC, a name server that does not answer.";
    case 3:
      return "Correct the name where it is configured: a typing error, a service that was renamed or deleted, a wrong namespace.";
    case 5:
      return "The resolver's access list or a DNS proxy refuses the question: see who may ask it, and for which zones.";
    default:
      return "Ask the resolver for the name by hand and read its log.";
  }
}

/** Text of a log is quoted: it can be anything. JSON's texts are YAML's double-quoted ones. */
function refusedYaml(name: string): string {
  return `toPorts:\n- ports:\n  - port: "53"\n    protocol: ANY\n  rules:\n    dns:\n    - matchName: ${quoted(name)}\n`;
}

/** What would act on a terminal or an editor is written out. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

const NODE_LOCAL_YAML = `egress:
- toEndpoints:
  - matchLabels:
      "k8s:io.kubernetes.pod.namespace": kube-system
      "k8s:k8s-app": node-local-dns
  toPorts:
  - ports:
    - port: "53"
      protocol: ANY
    rules:
      dns:
      - matchPattern: "*"
`;
