/**
 * The terms that find exactly the flows of a part of the map: by its names, or, where these are too many for a link, by what
 * the map was drawn from.
 */

import type { MapEdge, MapNode } from "@/lib/insight/map/answer";
import type { Line, Spot } from "@/lib/insight/map/graph";
import { betweenTerm, eitherTerm, endTerm } from "@/lib/scope/edge-terms";
import { formatTerm, makeTerm, type Term } from "@/lib/scope/filter";
import type { ValueOf } from "@/lib/scope/keys";
import { encodeScope, type Scope } from "@/lib/scope/link";
import type { MapPartValue, MapPlace } from "@/lib/scope/map-part-kind";
import type { End } from "./pods";

/** Characters. Proxies cut or refuse addresses that are much longer. */
const LONGEST = 4000;

/** A part of a map, whatever its names. */
export type PartTerm = (place: MapPlace, isFocused?: boolean) => Term;

interface DrawnFrom {
  /** As the map shows it. */
  readonly scope: Scope;
  readonly level: MapPartValue["level"];
  readonly focus: string | undefined;
  readonly unfold: string | undefined;
  readonly skip: number;
}

export function partTermOf({ scope, level, focus, unfold, skip }: DrawnFrom): PartTerm {
  const { revision: _revision, ...range } = scope;
  const more = {
    unfold,
    skip: skip > 0 ? String(skip) : undefined,
    ...Object.fromEntries(encodeScope(range)),
  };
  return (place, isFocused = true) => {
    const given = Object.entries({ ...more, focus: isFocused ? focus : undefined });
    const known = Object.fromEntries(given.filter(([, text]) => text !== undefined));
    return makeTerm("map-part", [{ type: "map-part", level, place, ...known }]);
  };
}

/** Flows with any of these nodes at this end. */
export function endsTerm(end: End, nodes: readonly MapNode[]): Term | undefined {
  return joined(
    end,
    nodes.map((node) => endTerm(end, node)),
  );
}

/** Flows of a spot, and for each of its ends those in which it stands there; of the whole map, where a part is shown. */
export function spotTerms(
  { key, zone, nodes }: Spot,
  part: PartTerm,
): { readonly only: Term; readonly ends: ReadonlyMap<End, Term> } {
  // Outside, who asks and who is asked are two spots.
  const known: readonly End[] =
    zone === "clients" ? ["client"] : zone === "servers" ? ["server"] : ["client", "server"];
  const ends = new Map(
    known.map((end) => [end, endsTerm(end, nodes) ?? part({ kind: end, key }, false)] as const),
  );
  const [first] = ends.values();
  const both = joined("actor", nodes.map(eitherTerm)) ?? part({ kind: "either", key }, false);
  return { only: ends.size === 1 && first !== undefined ? first : both, ends };
}

/** Flows of a line, folds at its ends included. */
export function lineTerm({ from, to, edges }: Line, part: PartTerm): Term {
  return (
    edgesTerm(edges, [...from.nodes, ...to.nodes]) ?? part({ kind: "line", client: from.key, server: to.key })
  );
}

/** Flows of the lines with this spot at this end. `isPart`: there may be others, which are not shown. */
export function linesTerm(
  spot: Spot,
  end: End,
  lines: readonly Line[],
  isPart: boolean,
  part: PartTerm,
): Term {
  const named = isPart ? edgesTerm(edgesOf(lines), nodesOf(lines)) : endsTerm(end, spot.nodes);
  return named ?? part({ kind: end, key: spot.key });
}

export function edgesOf(lines: readonly Line[]): MapEdge[] {
  return lines.flatMap(({ edges }) => edges);
}

export function nodesOf(lines: readonly Line[]): MapNode[] {
  return lines.flatMap(({ from, to }) => [...from.nodes, ...to.nodes]);
}

/** Flows between the two of any of these edges, at all of their ports; undefined where there are too many names. */
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
  // What is much too long is not written to be measured.
  if (terms.length === 0 || terms.length > LONGEST / 8) return undefined;
  const term = makeTerm(
    key,
    terms.flatMap(({ values }) => values as readonly ValueOf<Key>[]),
  );
  return formatTerm(term).length <= LONGEST ? term : undefined;
}
