/** Filter text that finds exactly what a row of the DNS tables counts, beside the scope's own terms. */

import type { ActorLevel } from "@/lib/scope/actor-kinds";
import { formatFilter, makeTerm, type Term } from "@/lib/scope/filter";
import type { DnsKey } from "./dns-answers";
import { exactPattern } from "./facets/table";

export function keyFilter(key: DnsKey): string {
  if ("query" in key)
    return key.query === null ? "dns-query:?,-" : `dns-query:${exactPattern("dns-query", key.query)}`;
  return formatFilter({ terms: [termOf(key)] });
}

const UNKNOWN = { type: "unknown" } as const;
const NONE = { type: "none" } as const;

function termOf(key: Exclude<DnsKey, { query: unknown }>): Term {
  if ("rcode" in key)
    return key.name === null
      ? makeTerm("dns-rcode", [UNKNOWN, NONE])
      : makeTerm("dns-rcode", [{ type: "enum", name: key.name }]);
  if ("root" in key) return makeTerm("dns-root", [orUnknown(key.root, textOf)]);
  if ("client" in key) return makeTerm("client", [actorOf(key.client.id, "workload")]);
  if ("pod" in key) return makeTerm("client", [actorOf(key.pod, "pod")]);
  if ("server" in key) return makeTerm("server", [actorOf(key.server.id, "workload")]);
  if ("node" in key) return makeTerm("node-name", [orUnknown(key.node, nodeOf)]);
  if ("qtype" in key) return makeTerm("dns-qtype", [orUnknown(key.qtype, textOf)]);
  return makeTerm("dns-answers", [orUnknown(key.answers, (count) => ({ type: "count", count }) as const)]);
}

function orUnknown<From, To>(value: From | null, of: (value: From) => To): To | typeof UNKNOWN {
  return value === null ? UNKNOWN : of(value);
}

const textOf = (text: string) => ({ type: "text", text }) as const;
const actorOf = (key: string, level: ActorLevel) => ({ type: "actor", key: [key], level }) as const;

/** `cluster/node` as Hubble writes it. */
function nodeOf(node: string) {
  const slash = node.indexOf("/");
  return slash < 0
    ? ({ type: "node", cluster: ["default"], node: [node] } as const)
    : ({ type: "node", cluster: [node.slice(0, slash)], node: [node.slice(slash + 1)] } as const);
}
