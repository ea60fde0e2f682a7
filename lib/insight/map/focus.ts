/** A part of the map round a spot, or between two, as it stands in the link. */

import type { MapEdge } from "./answer";
import type { Graph } from "./graph";
import { waysBetween, within } from "./reach";

export type Focus =
  | { readonly kind: "near"; readonly key: string; readonly steps: number }
  | { readonly kind: "ways"; readonly from: string; readonly to: string };

/** `["a",1]`: within one step of a. `["a","b"]`: the ways from a to b. */
export function readFocus(text: string | undefined): Focus | undefined {
  const parsed = parsedOr(text, undefined);
  if (!Array.isArray(parsed) || parsed.length !== 2) return undefined;
  const [first, second] = parsed as unknown[];
  if (typeof first !== "string") return undefined;
  if (second === 1 || second === 2) return { kind: "near", key: first, steps: second };
  return typeof second === "string" ? { kind: "ways", from: first, to: second } : undefined;
}

export function writeFocus(focus: Focus): string {
  return JSON.stringify(focus.kind === "near" ? [focus.key, focus.steps] : [focus.from, focus.to]);
}

/** Groups that are shown whole. */
export function readUnfolded(text: string | undefined): ReadonlySet<string> {
  const parsed = parsedOr(text, []);
  return new Set(Array.isArray(parsed) ? parsed.map(String) : []);
}

export function writeUnfolded(groups: Iterable<string>): string {
  return JSON.stringify([...new Set(groups)].sort());
}

/** What a text of the link holds as JSON. */
export function parsedOr(text: string | undefined, fallback: unknown): unknown {
  if (text === undefined) return fallback;
  try {
    return JSON.parse(text);
  } catch {
    return fallback;
  }
}

/** The edges that a focus keeps. */
export function edgesNear(graph: Graph, focus: Focus): ReadonlySet<MapEdge> {
  const links = graph.lines.map(({ from, to, edges }) => ({ from: from.key, to: to.key, edges }));
  if (focus.kind === "ways")
    return new Set(waysBetween(links, focus.from, focus.to).flatMap(({ edges }) => edges));
  const reached = within(links, focus.key, focus.steps);
  const closest = focus.steps === 1 ? new Set([focus.key]) : within(links, focus.key, focus.steps - 1);
  return new Set(
    links.flatMap(({ from, to, edges }) =>
      reached.has(from) && reached.has(to) && (closest.has(from) || closest.has(to)) ? edges : [],
    ),
  );
}
