/** Words of the DNS view. What the log does not say is said to be unknown, never left empty. */

import { formatSpan } from "@/components/ui/format";
import { visible } from "@/components/ui/text";
import { DNS_RCODE } from "@/lib/flow/enums";
import type { DnsKey, DnsWorkload } from "@/lib/questions/dns-answers";

export type DnsBy = "root" | "query" | "client" | "pod" | "server" | "rcode" | "node" | "qtype" | "answers";

/** In the order of the switch. */
export const BY_LABELS: Readonly<Record<DnsBy, string>> = {
  root: "Name",
  query: "Name as asked",
  client: "Workload",
  pod: "Pod",
  server: "Resolver",
  rcode: "Response code",
  node: "Node",
  qtype: "Query type",
  answers: "Answers",
};

/** As Hubble's text and the dashboards write them (miekg/dns and IANA, "DNS RCODEs"). */
const RCODE_TEXT: Readonly<Record<string, string>> = {
  NOERROR: "No Error",
  FORMERR: "Format Error",
  SERVFAIL: "Server Failure",
  NXDOMAIN: "Non-Existent Domain",
  NOTIMP: "Not Implemented",
  REFUSED: "Query Refused",
  YXDOMAIN: "Name Exists when it should not",
  YXRRSET: "RR Set Exists when it should not",
  NXRRSET: "RR Set that should exist does not",
  NOTAUTH: "Server Not Authoritative",
  NOTZONE: "Name not contained in zone",
};

/** `NXDOMAIN (3, Non-Existent Domain)`; a code without a name is its number. */
export function rcodeText(name: string): string {
  const more = [DNS_RCODE.numberOf.get(name), RCODE_TEXT[name]].filter((part) => part !== undefined);
  return more.length === 0 ? `code ${visible(name)}` : `${name} (${more.join(", ")})`;
}

/** `NXDOMAIN (3)`. */
export function rcodeShort(name: string): string {
  const number = DNS_RCODE.numberOf.get(name);
  return number === undefined ? rcodeText(name) : `${name} (${number})`;
}

/** `Non-Existent Domain`. */
export function rcodeLong(name: string): string {
  return RCODE_TEXT[name] ?? "a code without a name";
}

/** Without cluster and kind, as a reader says it. */
export function workloadText({ namespace, name }: DnsWorkload): string {
  return visible(namespace === null ? name : `${namespace}/${name}`);
}

export function keyText(key: DnsKey): string {
  if ("root" in key) return nameText(key.root);
  if ("query" in key) return nameText(key.query);
  if ("client" in key) return workloadText(key.client);
  if ("server" in key) return workloadText(key.server);
  if ("pod" in key) return visible(key.pod.replace(/@[^@/]*$/, ""));
  if ("node" in key) return key.node === null ? "node not known" : visible(key.node);
  if ("qtype" in key) return key.qtype === null ? "type not known" : visible(key.qtype);
  if ("answers" in key) return answersText(key.answers);
  return key.name === null ? "no answer, or no code in it" : rcodeText(key.name);
}

export function nameText(name: string | null): string {
  if (name === null) return "name left out by the log";
  return name === "" ? "." : visible(name);
}

function answersText(answers: number | null): string {
  if (answers === null) return "no answer, or not said";
  return answers === 0 ? "no address" : answers === 1 ? "1 address" : `${answers} addresses`;
}

export function latencyText(ns: string | null): string {
  return ns === null ? "unknown" : formatSpan(BigInt(ns));
}

export function percentText(part: number, whole: number): string {
  const percent = whole === 0 ? 0 : (part / whole) * 100;
  if (percent > 0 && percent < 0.1) return "< 0.1 %";
  return `${percent >= 10 ? Math.round(percent) : Number(percent.toFixed(1))} %`;
}

const SERIES_LABELS: Readonly<Record<string, string>> = {
  answered: "answered",
  unanswered: "unanswered",
  open: "open",
  refused: "refused by a DNS rule",
  unpaired: "not known",
  NODATA: "NODATA (no record of this type)",
  "search-list": "NXDOMAIN of a search list",
  unknown: "code not known",
};

/** Key of the series of all that has none of its own, and of what the log does not say. */
export const OTHERS = "others";
const NOT_KNOWN = "?";

export function seriesLabel(by: "outcome" | "node" | "qtype" | "answers", key: string): string {
  if (by === "outcome") return SERIES_LABELS[key] ?? rcodeText(key);
  if (key === OTHERS) return OTHERS;
  const value = key === NOT_KNOWN ? null : key;
  if (by === "node") return keyText({ node: value });
  if (by === "qtype") return keyText({ qtype: value });
  return value === null ? "not said" : answersText(Number(value));
}
