/** Left to right by who asks whom, as hubble-ui users know it. Each call gives the same places for the same graph. */

import { layout as dagre, Graph } from "@dagrejs/dagre";
import { columns } from "./columns";
import type { LayoutInput, Places } from "./layout";

/** Beyond, dagre takes seconds, and minutes for two thousand lines. */
const MOST_LINES = 120;

export function layered(input: LayoutInput): Places {
  const { spots, lines } = input;
  if (lines.length > MOST_LINES || spots.length > MOST_LINES) return columns(input);
  const graph = new Graph().setGraph({ rankdir: "LR", nodesep: 34, ranksep: 190, ranker: "longest-path" });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { key } of spots) graph.setNode(key, { width: 120, height: 26 });
  for (const [from, to] of lines)
    if (from !== to) graph.setEdge(spots[from]?.key ?? "", spots[to]?.key ?? "");
  dagre(graph);
  return new Map(
    spots.map(({ key }) => {
      const { x = 0, y = 0 } = graph.node(key);
      return [key, { x, y }];
    }),
  );
}
