/**
 * Search-list expansion, told apart from names that really do not exist (flow-formats 8.5).
 *
 * With Kubernetes' `ndots:5` a resolver library tries `name.<ns>.svc.<domain>`, `name.svc.<domain>`,
 * `name.<domain>` and the search domains of the node before the name as it is. Each fails with NXDOMAIN, and none
 * of these failures means anything. A failed query is such an attempt when it equals X + a search suffix, and the
 * same client asked X, or X with another suffix, within two seconds. (Another, not only an earlier one: of a name
 * that its second suffix completes, only the first attempt fails, and X itself is never asked.)
 *
 * Suffixes: the three of the cluster; search domains that clouds give to nodes; and what the log itself teaches
 * (`learnSuffixes`). A suffix alone proves nothing, because names below it can be asked for in full.
 */

import { groupBy } from "@/lib/base/group";
import { firstAtOrAfter } from "./in-time";
import type { ClientNames } from "./learn-suffixes";

/** Lookups that far away can change what one means: a walk, a time-out and the longest answer. */
export const CONTEXT_NS = 30_000_000_000n;

/** One name that a client asked for. Times of the question and of its answer. */
export interface Lookup {
  /** Number of the exchange, for the caller. */
  readonly id: number;
  /** Lower case, without the final dot. */
  readonly query: string;
  readonly qtypes: string;
  readonly askedNs: bigint;
  readonly answeredNs: bigint | undefined;
  /** undefined: no answer, or one whose code is not known. */
  readonly rcode: number | undefined;
}

/** A failed lookup that only the search list brought about. */
export interface Expansion {
  readonly id: number;
  /** The name that was meant. */
  readonly base: string;
  readonly suffix: string;
  /** What the name as it is came to: undefined when it was not asked for (a suffix completed it). */
  readonly asIs: "resolved" | "failed" | undefined;
  /** By the first suffix of the list, which begins a walk through it. */
  readonly isFirst: boolean;
}

export interface Suffixes {
  /** Domains of the cluster, such as `cluster.local`. */
  readonly domains: readonly string[];
  /** Learned search domains of the nodes. */
  readonly node: readonly string[];
}

const NXDOMAIN = 3;
const NEAR_NS = 2_000_000_000n;

/**
 * Search domains that cloud providers hand to their machines: AWS (`ec2.internal`, `REGION.compute.internal`),
 * Azure (`ID.ZONE.internal.cloudapp.net`, before that `reddog.microsoft.com`), Google (`c.PROJECT.internal`,
 * `google.internal`). Source: the providers' documentation of DNS in virtual networks.
 */
const CLOUD_SUFFIXES: readonly RegExp[] = [
  /^ec2\.internal$/,
  /^[a-z0-9-]+\.compute\.internal$/,
  /^(?:[a-z0-9-]+\.){1,3}internal\.cloudapp\.net$/,
  /^reddog\.microsoft\.com$/,
  /^(?:[a-z0-9-]+\.)?c\.[a-z0-9.-]+\.internal$/,
  /^google\.internal$/,
];

/** The three suffixes that the kubelet writes for a pod, most specific first. */
export function clusterSuffixes(namespace: string | undefined, domains: readonly string[]): string[] {
  return domains.flatMap((domain) => [
    ...(namespace === undefined ? [] : [`${namespace}.svc.${domain}`]),
    `svc.${domain}`,
    domain,
  ]);
}

/** All ways to read a name as X + suffix, the longest suffix first. */
export function* splits(query: string): Generator<{ readonly base: string; readonly suffix: string }> {
  for (let dot = query.indexOf("."); dot >= 0; dot = query.indexOf(".", dot + 1)) {
    yield { base: query.slice(0, dot), suffix: query.slice(dot + 1) };
  }
}

/** Of one client, in any order. Out: the expansions among its lookups. */
export function findExpansions(
  client: ClientNames,
  lookups: readonly Lookup[],
  suffixes: Suffixes,
): Expansion[] {
  const list = new SearchList(client.namespace, suffixes);
  const asked = new Names(lookups);
  return lookups
    .filter(({ rcode }) => rcode === NXDOMAIN)
    .map((lookup) => readAsExpansion(lookup, list, asked))
    .filter((expansion) => expansion !== undefined);
}

function readAsExpansion(lookup: Lookup, list: SearchList, asked: Names): Expansion | undefined {
  for (const { base, suffix } of splits(lookup.query)) {
    if (!list.has(suffix)) continue;
    const others = [base, ...list.others(suffix).map((other) => `${base}.${other}`)];
    if (!others.some((name) => asked.isNear(name, lookup))) continue;
    return { id: lookup.id, base, suffix, asIs: asked.outcome(base, lookup), isFirst: list.isFirst(suffix) };
  }
  return undefined;
}

/** What a client's resolver library appends. */
class SearchList {
  private readonly suffixes: readonly string[];

  constructor(
    private readonly namespace: string | undefined,
    private readonly known: Suffixes,
  ) {
    this.suffixes = [...clusterSuffixes(namespace, known.domains), ...known.node];
  }

  has(suffix: string): boolean {
    return (
      this.suffixes.includes(suffix) ||
      CLOUD_SUFFIXES.some((pattern) => pattern.test(suffix)) ||
      // The namespace of a client that is known by its address only can be any.
      (this.namespace === undefined && this.isOfNamespace(suffix))
    );
  }

  others(suffix: string): string[] {
    return this.suffixes.filter((other) => other !== suffix);
  }

  /** The list begins with the suffix of the client's namespace. */
  isFirst(suffix: string): boolean {
    return this.namespace === undefined
      ? this.isOfNamespace(suffix)
      : this.known.domains.some((domain) => suffix === `${this.namespace}.svc.${domain}`);
  }

  private isOfNamespace(suffix: string): boolean {
    const name = suffix.slice(0, suffix.indexOf("."));
    return this.known.domains.some((domain) => suffix === `${name}.svc.${domain}`);
  }
}

/** When a client asked for which name. */
class Names {
  private readonly lookups: ReadonlyMap<string, readonly Lookup[]>;

  constructor(lookups: readonly Lookup[]) {
    const grouped = groupBy(lookups, ({ query }) => query);
    for (const list of grouped.values()) list.sort(byAsked);
    this.lookups = grouped;
  }

  /**
   * What the name as it is came to. A library asks for it after its suffixes, or before them when it has dots enough.
   */
  outcome(base: string, { askedNs }: Lookup): Expansion["asIs"] {
    const list = this.of(base);
    const behind = firstAtOrAfter(list, askedNs);
    const [next, before] = [list[behind], list[behind - 1]];
    const own =
      next !== undefined && next.askedNs - askedNs <= WALK_NS
        ? next
        : before !== undefined && askedNs - endOf(before) <= NEAR_NS
          ? before
          : undefined;
    if (own === undefined) return undefined;
    return own.rcode === 0 ? "resolved" : "failed";
  }

  private of(name: string): readonly Lookup[] {
    return this.lookups.get(name) ?? [];
  }

  /** Was the name asked for at most two seconds before or after the lookup, from question to answer? */
  isNear(name: string, lookup: Lookup): boolean {
    const list = this.of(name);
    const from = lookup.askedNs - LONGEST_NS - NEAR_NS;
    for (let at = firstAtOrAfter(list, from); at < list.length; at++) {
      const other = list[at] as Lookup;
      if (other.askedNs > endOf(lookup) + NEAR_NS) return false;
      if (endOf(other) >= lookup.askedNs - NEAR_NS) return true;
    }
    return false;
  }
}

/** No answer counts that is later (pairing.ts, LATE_NS). */
const LONGEST_NS = 10_000_000_000n;
/** A walk through the search list takes at most this long, unless each step times out. */
const WALK_NS = 15_000_000_000n;

function endOf({ askedNs, answeredNs }: Lookup): bigint {
  return answeredNs ?? askedNs;
}

function byAsked(a: Lookup, b: Lookup): number {
  if (a.askedNs !== b.askedNs) return a.askedNs < b.askedNs ? -1 : 1;
  return a.qtypes < b.qtypes ? -1 : Number(a.qtypes > b.qtypes);
}
