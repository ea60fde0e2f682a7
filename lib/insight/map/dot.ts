/** The map as a graph that Graphviz draws (https://graphviz.org/doc/info/lang.html). */

import { groupBy } from "@/lib/base/group";
import type { MapEdge, MapNode } from "./answer";
import { type Tone, toneOf } from "./measure";

const LOOKS: Readonly<Record<Tone, string>> = {
  good: 'color="#18713a"',
  calm: 'color="#5a6575"',
  warn: 'color="#875200", style=dashed',
  bad: 'color="#bd2419", style=dotted, penwidth=2',
  both: 'color="#bd2419", style=dashed, penwidth=2',
};

/** One edge for each client, server, port and protocol; namespaces are clusters of Graphviz. */
export function toDot(nodes: readonly MapNode[], edges: readonly MapEdge[]): string {
  const groups = groupBy(nodes, ({ cluster, namespace, kind }) =>
    namespace === null || kind === "namespace" ? "" : JSON.stringify([cluster, namespace]),
  );
  const blocks = [...groups].map(([key, members], at) => {
    const lines = members.map((node) => `    ${quoted(node.id)} [label=${quoted(node.name)}];`);
    if (key === "") return lines.map((line) => line.slice(2)).join("\n");
    const title = members[0]?.namespace ?? "";
    return [`  subgraph cluster_${at} {`, `    label=${quoted(title)};`, ...lines, "  }"].join("\n");
  });
  return ["digraph map {", "  rankdir=LR;", ...blocks, ...edges.map(edgeLine), "}", ""].join("\n");
}

function edgeLine(edge: MapEdge): string {
  const { client, server, port, protocol, events, drops } = edge;
  const where = [port, protocol].filter((part) => part !== null).join(" ");
  const counts = `${events} ${events === 1 ? "event" : "events"}${drops > 0 ? `, ${drops} ${drops === 1 ? "drop" : "drops"}` : ""}`;
  const label = [where, counts].filter(Boolean).join("\n");
  return `  ${quoted(client)} -> ${quoted(server)} [label=${quoted(label)}, ${LOOKS[toneOf([edge])]}];`;
}

/** Names come from logs: nothing in them may end the quotes, nor mean more than itself. */
function quoted(text: string): string {
  const safe = text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
  return `"${safe.replaceAll(/\p{Cc}/gu, " ")}"`;
}
