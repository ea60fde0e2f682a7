/** The terms that find exactly the flows of a part of the map. */

import type { MapEdge, MapNode } from "@/lib/insight/map/answer";
import type { Line } from "@/lib/insight/map/graph";
import { betweenTerm, eitherTerm, endTerm } from "@/lib/scope/edge-terms";
import { formatTerm, makeTerm, type Term } from "@/lib/scope/filter";
import type { ValueOf } from "@/lib/scope/keys";
import type { End } from "./pods";

/** Characters. Proxies cut or refuse addresses that are much longer. */
const LONGEST = 4000;

/** Flows with any of these nodes at this end. */
export function endsTerm(end: End, nodes: readonly MapNode[]): Term | undefined {
  return joined(
    end,
    nodes.map((node) => endTerm(end, node)),
  );
}

/** Flows with any of these nodes at either end. */
export function eithersTerm(nodes: readonly MapNode[]): Term | undefined {
  return joined("actor", nodes.map(eitherTerm));
}

/** Flows of a line, folds at its ends included. */
export function lineTerm({ from, to, edges }: Line): Term | undefined {
  return edgesTerm(edges, [...from.nodes, ...to.nodes]);
}

/** Flows between the two of any of these edges, at all of their ports. */
export function edgesTerm(edges: readonly MapEdge[], nodes: readonly MapNode[]): Term | undefined {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const pairs = new Map(edges.map((edge) => [JSON.stringify([edge.client, edge.server]), edge]));
  return joined(
    "edge",
    [...pairs.values()].flatMap((edge) => {
      const [client, server] = [byId.get(edge.client), byId.get(edge.server)];
      return client && server ? [betweenTerm(client, server)] : [];
    }),
  );
}

/** One term with the values of all; undefined where there is none, or there are too many names for a link. */
function joined<Key extends "client" | "server" | "actor" | "edge">(
  key: Key,
  terms: readonly Term[],
): Term | undefined {
  const term = makeTerm(
    key,
    terms.flatMap(({ values }) => values as readonly ValueOf<Key>[]),
  );
  const isFitting = terms.length > 0 && formatTerm(term).length <= LONGEST;
  return isFitting ? term : undefined;
}
