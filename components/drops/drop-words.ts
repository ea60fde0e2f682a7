/** Words of the drop tables. What the log does not say is said to be unknown, never left empty. */

import { visible } from "@/components/ui/text";
import { DROP_REASON } from "@/lib/flow/enums";
import type { DropRow, DropsBy, NotDropKind } from "@/lib/questions/answers-drops";
import { parseFilter, type Term } from "@/lib/scope/filter";
import type { Scope } from "@/lib/scope/link";

export const BY_LABELS: Readonly<Record<DropsBy, string>> = {
  cause: "Cause",
  policy: "Policy",
  reason: "Reason",
  client: "Client",
  server: "Server",
  pod: "Pod",
  node: "Node",
};

/** Several of them, below the table. */
export const BY_PLURALS: Readonly<Record<DropsBy, string>> = {
  cause: "causes",
  policy: "policies",
  reason: "reasons",
  client: "clients",
  server: "servers",
  pod: "pods",
  node: "nodes",
};

export const NOT_DROP_LABELS: Readonly<Record<NotDropKind, string>> = {
  audited: "Audited",
  "not-a-loss": "Not a loss",
};
export const NOT_DROP_WORDS = Object.keys(NOT_DROP_LABELS) as NotDropKind[];

/** In the order of the switch. */
export const DROPS_BY = Object.keys(BY_LABELS) as DropsBy[];

/** What decided, as a heading. */
export const DECIDED_LABELS: Readonly<Record<NonNullable<DropRow["decidedBy"]>, string>> = {
  "default-deny": "Default deny",
  policy: "Deny rule",
  "l7-rule": "L7 rule",
  authentication: "Authentication",
  datapath: "Datapath",
  unknown: "Not known",
};

const DECIDED: Readonly<Record<NonNullable<DropRow["decidedBy"]>, string>> = {
  "default-deny": "default deny: no rule matched",
  policy: "an explicit deny rule",
  "l7-rule": "an L7 rule",
  authentication: "mutual authentication",
  datapath: "the datapath, not a policy",
  unknown: "not known",
};

/** Which policy, or what else decided. */
export function decidedText({ decidedBy, policies }: DropRow): string {
  if (policies.length > 0) return policies.map(policyText).join(", ");
  if (decidedBy === null) return "several";
  if (decidedBy === "policy") return "a deny rule of an unknown policy";
  return DECIDED[decidedBy];
}

export function policyText({ kind, namespace, name }: DropRow["policies"][number]): string {
  const path = [namespace, name].filter((part) => part !== null).join("/");
  return visible([kind, path].filter((part) => part).join(" ") || "unnamed policy");
}

export function reasonLabel({ reason, decidedBy, key }: DropRow): string {
  if (reason !== null) return reason;
  if (decidedBy === "l7-rule") return "L7 rule";
  return key.reason === null ? "not said" : "several";
}

/** The datapath's number of the reason; undefined where the row has none. */
export function reasonCode({ reason, key }: DropRow): number | undefined {
  return key.code ?? (reason === null ? undefined : DROP_REASON.numberOf.get(reason));
}

/** "egress of storefront/web", "ingress of payments/api". */
export function placeOf({ place, direction }: DropRow): string {
  if (place !== null) return visible(place);
  if (direction === "EGRESS" || direction === "INGRESS") return direction.toLowerCase();
  return direction === null ? "several" : "not known";
}

const WORKED: Readonly<Record<NonNullable<DropRow["class"]>, string>> = {
  "never-worked": "never",
  "broken-since": "before",
  degraded: "now and then",
  noise: "noise",
};

/** Whether the edge of a cause was seen to work. */
export function workedText({ class: kind, key }: DropRow): string {
  if (kind === null) return "several";
  return kind === "never-worked" && key.client === null ? "not known" : WORKED[kind];
}

/** Said beside rules with ports. */
export const PORT_NAMES =
  "Flow logs hold numbers of ports, no names, so rules name the number. Where your pods give the port a name and your rules go by it, write the name instead.";

export const DIALECTS = { cilium: "CiliumNetworkPolicy", kubernetes: "NetworkPolicy" } as const;
export const DIALECT_WORDS = Object.keys(DIALECTS) as (keyof typeof DIALECTS)[];

/** What a row is called. */
export function rowTitle(row: DropRow, by: DropsBy): string {
  const { key } = row;
  switch (by) {
    case "cause":
      return visible(row.sentence ?? row.reasonText ?? "reason not said");
    case "policy":
      return decidedText(row);
    case "reason":
      return row.reasonText === null || row.reason === null
        ? visible(reasonLabel(row))
        : `${visible(row.reasonText)} (${visible(row.reason)})`;
    case "client":
      return visible(key.client ?? "client not known");
    case "server":
      return visible(key.server ?? "server not known");
    case "pod":
      return visible(key.pod ?? "pod not known");
    case "node":
      return visible(key.node ?? "node not known");
  }
}

/** In the table of causes what happened to whom: columns behind it say why, but for what was refused of a request. */
export function causeTitle(row: DropRow): string {
  return row.decidedBy === "l7-rule" ? rowTitle(row, "cause") : rowName(row, "cause");
}

/** A name for a picture: without the cluster, and of a sentence what stands before its colon. */
export function rowName(row: DropRow, by: DropsBy): string {
  const title = rowTitle(row, by);
  if (by === "cause") return title.split(": ")[0] ?? title;
  return by === "client" || by === "server" || by === "pod" ? title.replace(/@[^@/]*$/, "") : title;
}

/** The terms that lead to exactly the drops of a row. */
export function rowTerms({ filter }: Pick<DropRow, "filter">): readonly Term[] {
  return filterTerms(filter);
}

export function filterTerms(filter: string): readonly Term[] {
  const parsed = parseFilter(filter);
  return parsed.ok ? parsed.value.terms : [];
}

/** The part of a scope that lies in one bucket. */
export function bucketScope(scope: Scope, startNs: string, bucketNs: string): Scope {
  const [start, end] = [BigInt(startNs), BigInt(startNs) + BigInt(bucketNs)];
  return {
    ...scope,
    from: scope.from !== undefined && scope.from > start ? scope.from : start,
    to: scope.to !== undefined && scope.to < end ? scope.to : end,
  };
}
