/**
 * Search lists that are given up after a refusal.
 *
 * A DNS rule that allows a name does not allow the name with a search suffix, so the proxy refuses the first attempt.
 * glibc goes on with the next suffix; musl (Alpine) takes a refusal for the end and never asks for the name itself
 * (flow-formats 8.5). What shows it: the client was refused X + its own first suffix, and asked neither for X nor for X with
 * another suffix soon after.
 */

import { groupBy } from "@/lib/base/group";
import { clusterSuffixes } from "./search-list";

export interface WalkLookup {
  /** Who asked: equal for equal pods. */
  readonly client: string;
  readonly namespace: string | undefined;
  /** Lower case, without the final dot. */
  readonly query: string;
  readonly askedNs: bigint;
}

export interface StoppedWalk {
  readonly client: string;
  /** The name that was refused, and the one that was meant. */
  readonly query: string;
  readonly base: string;
  /** What the library would have asked next, X itself last. */
  readonly next: readonly string[];
}

/** A library goes on at once; this is slow for one. */
const SOON_NS = 5_000_000_000n;

/** Names that a client asks for when it goes on after one of these refusals. */
export function namesBehind(refused: readonly WalkLookup[], domains: readonly string[]): string[] {
  return [...new Set(refused.flatMap((lookup) => beginningOf(lookup, domains)?.next ?? []))];
}

/** `lookups` are those of the names behind the refusals, others among them or not; both in any order. */
export function findStoppedWalks(
  refused: readonly WalkLookup[],
  lookups: readonly WalkLookup[],
  domains: readonly string[],
): StoppedWalk[] {
  const times = groupBy(lookups, ({ client, query }) => `${client} ${query}`);
  const found = new Map<string, StoppedWalk>();
  const goesOn = new Set<string>();
  for (const lookup of refused) {
    const walk = beginningOf(lookup, domains);
    if (walk === undefined) continue;
    const key = `${walk.client} ${walk.query}`;
    const isFollowed = walk.next.some((name) =>
      (times.get(`${walk.client} ${name}`) ?? []).some(
        ({ askedNs }) => askedNs >= lookup.askedNs && askedNs - lookup.askedNs <= SOON_NS,
      ),
    );
    if (isFollowed) goesOn.add(key);
    found.set(key, walk);
  }
  return [...found].filter(([key]) => !goesOn.has(key)).map(([, walk]) => walk);
}

/** X + the suffix of the client's namespace, where X has a dot: `web.shop.svc.cluster.local` is a name in full. */
function beginningOf(
  { client, namespace, query }: WalkLookup,
  domains: readonly string[],
): StoppedWalk | undefined {
  if (namespace === undefined) return undefined;
  for (const domain of domains) {
    const [first = "", ...others] = clusterSuffixes(namespace, [domain]);
    if (!query.endsWith(`.${first}`)) continue;
    const base = query.slice(0, -first.length - 1);
    if (base.includes("."))
      return { client, query, base, next: [...others.map((suffix) => `${base}.${suffix}`), base] };
  }
  return undefined;
}
