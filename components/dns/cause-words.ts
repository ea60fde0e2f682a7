/** Words of causes and findings. */

import type { DnsCausesAnswer } from "@/lib/questions/dns-causes-answer";

export type DnsCauseRow = DnsCausesAnswer["rows"][number];

/** What each kind is called; also docs/dns.md. */
const KINDS: Readonly<Record<string, string>> = {
  "failing-name": "Failing name",
  servfail: "SERVFAIL by resolver",
  "refused-name": "Refused by a DNS rule",
  "silent-resolver": "Silent resolver",
  "dropped-resolver": "Dropped on the way",
  "node-local-dns": "Node-local DNS",
  "stopped-walk": "Search list given up",
  "search-list": "Search list",
  retries: "Asked again",
  "answers-changed": "Addresses changed",
  "ipv6-noise": "IPv6 noise",
  "random-labels": "Suspicion",
};

export function kindText({ type, subject, class: kind, worked }: DnsCauseRow): string {
  if (isNameless({ type, subject })) return "Names left out";
  if (type === "failing-name" && kind === "broken-since" && worked.before !== null)
    return "Stopped resolving";
  return KINDS[type] ?? type;
}

const CLASSES: Readonly<Record<DnsCauseRow["class"], string>> = {
  "never-worked": "never worked",
  "broken-since": "worked before",
  degraded: "now and then",
  noise: "no failure",
};

export function classText(row: DnsCauseRow): string {
  return isNameless(row) ? "not known" : CLASSES[row.class];
}

/** Errors of names that the log left out. */
export function isNameless({ type, subject }: Pick<DnsCauseRow, "type" | "subject">): boolean {
  return type === "failing-name" && subject === null;
}

export function unitText({ unit, count }: Pick<DnsCauseRow, "unit" | "count">): string {
  const one = { queries: "query", responses: "response", drops: "drop" }[unit];
  return count === 1 ? one : unit;
}
