/**
 * Which spots are folded into "+ n more" of their group: those with the fewest events, of those that are well. What hurts
 * is folded last.
 */

import { groupBy } from "@/lib/base/group";
import type { MapNode } from "./answer";
import { hurtOf, type Sum } from "./counts";

/** Inside the cluster, outside of it by direction, or what belongs to nodes: host, health, API server. */
export type Zone = "inside" | "clients" | "servers" | "ground";

/** A node at one end of the picture before folding. */
export interface RawSpot {
  readonly key: string;
  readonly node: MapNode;
  readonly zone: Zone;
  readonly group: string;
  readonly title: string | null;
  readonly counts: Sum;
}

/** The group that takes domains beyond the limit. */
export const REST = "…";

export interface FoldLimits {
  /** Spots inside the cluster at most, folds not counted. */
  readonly inside: number;
  /** Spots of one domain at most. */
  readonly domain: number;
  /** Domains at each side at most. */
  readonly domains: number;
}

/** What can be read on one screen. */
export const FOLD_LIMITS: FoldLimits = { inside: 320, domain: 6, domains: 12 };

/** From keys of spots that are folded to the group whose fold they are in. */
export function chooseFolds(
  spots: readonly RawSpot[],
  limits: FoldLimits,
  unfolded: ReadonlySet<string>,
): Map<string, string> {
  const ranked = [...spots].sort(byWeight);
  const folds = new Map<string, string>();
  const inside = ranked.filter(({ zone }) => zone === "inside");
  const kept = new Set(inside.slice(0, limits.inside));
  for (const [group, members] of groupBy(inside, ({ group }) => group))
    if (!unfolded.has(group))
      fold(
        folds,
        group,
        members.filter((spot) => !kept.has(spot)),
      );
  for (const zone of ["clients", "servers"] as const)
    foldOutside(
      folds,
      ranked.filter((spot) => spot.zone === zone),
      limits,
      unfolded,
    );
  return folds;
}

/** Each domain keeps its first; domains beyond the limit share one fold. */
function foldOutside(
  folds: Map<string, string>,
  ranked: readonly RawSpot[],
  limits: FoldLimits,
  unfolded: ReadonlySet<string>,
): void {
  const groups = [...groupBy(ranked, ({ group }) => group)];
  for (const [group, members] of groups.slice(0, limits.domains))
    if (!unfolded.has(group)) fold(folds, group, members.slice(limits.domain));
  const rest = groups.slice(limits.domains).flatMap(([, members]) => members);
  const first = rest[0];
  if (first === undefined) return;
  const group = `${first.zone === "clients" ? ">" : "<"}${REST}`;
  if (!unfolded.has(group)) fold(folds, group, rest);
}

/** A fold of one would hide a name and save no room. */
function fold(folds: Map<string, string>, group: string, members: readonly RawSpot[]): void {
  if (members.length > 1) for (const { key } of members) folds.set(key, group);
}

function byWeight(a: RawSpot, b: RawSpot): number {
  return (
    Number(hurtOf(b.counts) > 0) - Number(hurtOf(a.counts) > 0) ||
    b.counts.events - a.counts.events ||
    (a.key < b.key ? -1 : 1)
  );
}
