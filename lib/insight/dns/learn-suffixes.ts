/**
 * Search suffixes that a log teaches: the cluster's domain where it is not `cluster.local`, and search domains of
 * the nodes.
 *
 * Names count here, not times, so that the answer depends on what was asked and on nothing else.
 *
 * - D is a cluster's domain when a client of namespace `ns` asked for P.ns.svc.D in vain and for P.svc.D too.
 * - S is a search domain when a client asked for X.S in vain and for X too, and either X with the suffix
 *   of its namespace as well (the walk through a search list), or the same for another X. A suffix of one label
 *   needs three: single words are asked for one below the other by chance.
 */

import { type Suffixes, splits } from "./search-list";

const DEFAULT_DOMAIN = "cluster.local";

export interface ClientNames {
  /** undefined when the client is known by its address only. */
  readonly namespace: string | undefined;
}

/** Names that one client asked for. */
export interface AskedNames extends ClientNames {
  readonly names: ReadonlySet<string>;
  /** Those of them that were answered with NXDOMAIN at least once. */
  readonly missing: ReadonlySet<string>;
}

/** Takes one client at a time, so that the names of all need not be held at once. */
export class SuffixLearner {
  private readonly domains = new Set([DEFAULT_DOMAIN]);
  /** Suffix -> names X that speak for it; true when the client walked through its search list. */
  private readonly evidence = new Map<string, { readonly bases: Set<string>; walked: boolean }>();

  add(client: AskedNames): void {
    const own = new Set([DEFAULT_DOMAIN]);
    for (const name of client.missing) {
      const domain = domainOf(name, client);
      if (domain !== undefined) own.add(domain);
    }
    for (const domain of own) this.domains.add(domain);
    for (const name of client.missing) this.learnNode(name, client, own);
  }

  result(): Suffixes {
    const domains = [...this.domains].sort();
    const node = [...this.evidence]
      .filter(([suffix, { bases, walked }]) => walked || bases.size >= (suffix.includes(".") ? 2 : 3))
      .map(([suffix]) => suffix)
      .filter((suffix) => !domains.some((domain) => `.${suffix}`.endsWith(`.${domain}`)));
    return { domains, node: node.sort() };
  }

  private learnNode(name: string, client: AskedNames, domains: ReadonlySet<string>): void {
    for (const { base, suffix } of splits(name)) {
      if (!client.names.has(base)) continue;
      let known = this.evidence.get(suffix);
      if (known === undefined) {
        if (this.evidence.size >= SUFFIXES) continue;
        known = { bases: new Set(), walked: false };
        this.evidence.set(suffix, known);
      }
      if (known.bases.size < 3) known.bases.add(base);
      known.walked ||= walked(base, domains, client);
    }
  }
}

function domainOf(name: string, { namespace, names }: AskedNames): string | undefined {
  const marker = `.${namespace}.svc.`;
  const at = namespace === undefined ? -1 : name.indexOf(marker);
  if (at <= 0) return undefined;
  const domain = name.slice(at + marker.length);
  return domain !== "" && names.has(`${name.slice(0, at)}.svc.${domain}`) ? domain : undefined;
}

/** Suffixes looked at: a log that is written to fill memory must not. */
const SUFFIXES = 10_000;

/** Did the client try the name below its namespace too? */
function walked(base: string, domains: Iterable<string>, { namespace, missing }: AskedNames): boolean {
  if (namespace === undefined) return false;
  for (const domain of domains) if (missing.has(`${base}.${namespace}.svc.${domain}`)) return true;
  return false;
}
