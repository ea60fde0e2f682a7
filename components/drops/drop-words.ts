/** Words of the drop tables. What the log does not say is said to be unknown, never left empty. */

import { visible } from "@/components/ui/text";
import { DROP_REASON } from "@/lib/flow/enums";
import type { DropRow, DropsBy } from "@/lib/questions/answers-drops";
import { parseFilter, type Term } from "@/lib/scope/filter";

export const BY_LABELS: Readonly<Record<DropsBy, string>> = {
  cause: "Cause",
  policy: "Policy",
  reason: "Reason",
  client: "Client",
  server: "Server",
  pod: "Pod",
  node: "Node",
};

/** In the order of the switch. */
export const DROPS_BY = Object.keys(BY_LABELS) as DropsBy[];

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
  if (decidedBy === "policy") return "a deny rule; the log does not name its policy";
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
export function directionText({ direction, key }: DropRow): string {
  if (direction === "EGRESS") return key.client ? `egress of ${visible(key.client)}` : "egress";
  if (direction === "INGRESS") return key.server ? `ingress of ${visible(key.server)}` : "ingress";
  return direction === null ? "several" : "not known";
}

/** What a row is called. */
export function rowTitle(row: DropRow, by: DropsBy): string {
  const { key } = row;
  switch (by) {
    case "cause":
      return visible(row.sentence ?? row.reasonText ?? "reason not said");
    case "policy":
      return decidedText(row);
    case "reason":
      return reasonLabel(row);
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

/** The terms that lead to exactly the drops of a row. */
export function rowTerms({ filter }: Pick<DropRow, "filter">): readonly Term[] {
  const parsed = parseFilter(filter);
  return parsed.ok ? parsed.value.terms : [];
}
