/** Filters of what a cause of drops is about. */

import type { DropCauseAnswer, DropRow } from "@/lib/questions/answers-drops";
import { makeTerm, type Term } from "@/lib/scope/filter";
import { splitNodeName } from "@/lib/scope/name-kinds";

/** Drops of one pod of the client or of the server. */
export function podTerms(end: "client" | "server", name: string | null): Term[] {
  return [
    makeTerm(end, [name === null ? { type: "unknown" } : { type: "actor", key: [name], level: "pod" }]),
  ];
}

/** Drops of one pod, or of what else dropped. */
export function droppedAtTerms(name: string | null): Term[] {
  return [
    makeTerm("dropped-at", [
      name === null ? { type: "unknown" } : { type: "actor", key: [name], level: "pod" },
    ]),
  ];
}

/** Whatever names the policy, by all of its reference that the record has. */
export function policyTerm({ kind, namespace, name }: DropRow["policies"][number]): Term {
  const value = {
    type: "policy" as const,
    ...(kind !== null && { kind }),
    ...(namespace !== null && { namespace }),
    ...(name !== null && { name }),
  };
  return makeTerm("policy", [value]);
}

export function nodeTerms(node: string | null): Term[] {
  if (node === null) return [makeTerm("node-name", [{ type: "unknown" }])];
  const [cluster, name] = splitNodeName(node);
  return [makeTerm("node-name", [{ type: "node", cluster: [cluster], node: [name] }])];
}

/** Client, server, port and protocol of the cause. */
export function edgeTerms({ cause: { key } }: DropCauseAnswer): Term[] {
  if (!key.client || !key.server) return [makeTerm("client", [{ type: "unknown" }])];
  return [
    makeTerm("edge", [
      {
        type: "edge",
        client: [key.client],
        clientLevel: "workload",
        server: [key.server],
        serverLevel: "workload",
      },
    ]),
    ...(key.port === null || key.port === undefined
      ? []
      : [makeTerm("server-port", [{ type: "port" as const, port: key.port }])]),
  ];
}
