/** The filter that finds exactly the drops of a row: `drop:yes` with what its key says. */

import type { DecidedBy } from "@/lib/insight/causes/drop-key";
import type { ActorLevel } from "@/lib/scope/actor-kinds";
import { formatFilter, makeTerm, type Term } from "@/lib/scope/filter";
import { splitNodeName } from "@/lib/scope/name-kinds";
import { policySet } from "@/lib/scope/policy-set-kind";
import type { DropRow, DropsBy } from "./answers-drops";

const DROP = makeTerm("drop", [{ type: "word", word: "yes" }]);

/** Text of the filter. */
export function rowFilter(by: DropsBy, key: DropRow["key"]): string {
  return formatFilter({ terms: [DROP, ...rowTerms(by, key)] });
}

export function decidedFilter(decidedBy: DecidedBy): string {
  return formatFilter({ terms: [DROP, makeTerm("decided-by", [{ type: "word", word: decidedBy }])] });
}

function rowTerms(by: DropsBy, key: DropRow["key"]): Term[] {
  switch (by) {
    case "cause":
      return [makeTerm("cause", [{ type: "text", text: key.causeId ?? "" }])];
    case "policy": {
      const { policies = [], decidedBy = "unknown" } = key;
      return [
        makeTerm("decided-by", [{ type: "word", word: decidedBy }]),
        makeTerm("denied-by", [policies.length === 0 ? { type: "none" } : policySet(policies)]),
      ];
    }
    case "reason":
      return [reasonTerm(key.reason ?? null)];
    case "client":
    case "server":
      return [makeTerm(by, [actorValue(key[by], "workload")])];
    case "pod":
      return [makeTerm("dropped-at", [actorValue(key.pod, "pod")])];
    case "node":
      return [nodeTerm(key.node ?? null)];
  }
}

/** With its level: a pod can be called as a workload of others is. */
function actorValue(key: string | null | undefined, level: ActorLevel) {
  return key === null || key === undefined
    ? { type: "unknown" as const }
    : { type: "actor" as const, key: [key], level };
}

/** A refused request has no reason; a record of a drop without one left it out. */
export function reasonTerm(reason: string | null): Term {
  if (reason !== null) return makeTerm("drop-reason-desc", [{ type: "enum", name: reason }]);
  return makeTerm("drop-reason-desc", [{ type: "none" }, { type: "unknown" }]);
}

export function nodeTerm(node: string | null): Term {
  if (node === null) return makeTerm("node-name", [{ type: "unknown" }]);
  const [cluster, name] = splitNodeName(node);
  return makeTerm("node-name", [{ type: "node", cluster: [cluster], node: [name] }]);
}

/** One name for what a filter cannot tell apart: `default/n1` is `n1`. */
export function plainNode(node: string | null): string | null {
  if (node === null) return null;
  const [cluster, name] = splitNodeName(node);
  return cluster === "default" ? name : node;
}
