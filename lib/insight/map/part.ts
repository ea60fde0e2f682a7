/**
 * Which edges a part of a map has, when it is said by what the map was drawn from. The page draws by the same functions and
 * limits, so that a number on it and the records behind it cannot differ; other limits would give old links another meaning.
 */

import type { MapEdge, MapNode } from "./answer";
import { edgesNear, readFocus, readUnfolded } from "./focus";
import { FOLD_LIMITS } from "./fold";
import { buildGraph } from "./graph";

/** Edges of one map: more than a picture can hold; below it stands what is beyond, and the way there. */
export const MOST_EDGES = 20_000;

/** By keys of spots; `rest`: what the focus leaves out. */
export type Place =
  | { readonly kind: "line"; readonly client: string; readonly server: string }
  | { readonly kind: "client" | "server" | "either"; readonly key: string }
  | { readonly kind: "rest" };

export interface PartOfMap {
  readonly place: Place;
  readonly focus?: string;
  readonly unfold?: string;
}

export function edgesOfPart(
  nodes: readonly MapNode[],
  edges: readonly MapEdge[],
  { place, focus: focusText, unfold }: PartOfMap,
): readonly MapEdge[] {
  const unfolded = readUnfolded(unfold);
  const whole = buildGraph(nodes, edges, FOLD_LIMITS, unfolded);
  const focus = readFocus(focusText);
  const near = focus && edgesNear(whole, focus);
  if (place.kind === "rest") return near === undefined ? [] : edges.filter((edge) => !near.has(edge));
  const kept = near && edges.filter((edge) => near.has(edge));
  const { lines } = kept === undefined ? whole : buildGraph(nodes, kept, FOLD_LIMITS, unfolded);
  return lines.flatMap((line) => (isAt(place, line.from.key, line.to.key) ? line.edges : []));
}

function isAt(place: Exclude<Place, { kind: "rest" }>, from: string, to: string): boolean {
  switch (place.kind) {
    case "line":
      return from === place.client && to === place.server;
    case "client":
      return from === place.key;
    case "server":
      return to === place.key;
    case "either":
      return from === place.key || to === place.key;
  }
}
