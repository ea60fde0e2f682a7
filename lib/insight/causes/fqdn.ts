/**
 * Why toFQDNs did not cover an address (flow-formats 8.6). It allows addresses that the DNS proxy learned from look-ups of the
 * pod's own, for as long as the record lives.
 */

/** An answer that gave the address. */
export interface Lookup {
  readonly name: string;
  /** Key of the pod that asked. */
  readonly pod: string;
  readonly atNs: bigint;
  readonly ips: readonly string[];
  /** Null: the answer did not say. */
  readonly ttlSeconds: number | null;
}

export interface FqdnFacts {
  /** The drop that is looked at. */
  readonly droppedNs: bigint | null;
  readonly pod: string | null;
  readonly ip: string | null;
  /** Of any pod, in the order of time. */
  readonly lookups: readonly Lookup[];
  /** Pods of the client got DNS answers through the proxy. */
  readonly hasClientDns: boolean;
  readonly client: string;
}

export type FqdnState = "name-not-allowed" | "expired" | "later" | "other-pod" | "elsewhere" | "not-seen";

export function explainFqdn(facts: FqdnFacts): { readonly state: FqdnState; readonly says: string } {
  const { droppedNs, pod, lookups, hasClientDns, client } = facts;
  const ip = facts.ip ?? "this address";
  const own = lookups.filter((lookup) => lookup.pod === pod);
  const before = own.filter(({ atNs }) => droppedNs === null || atNs <= droppedNs).at(-1);
  if (before !== undefined) {
    const age = droppedNs === null ? 0 : Number((droppedNs - before.atNs) / 1_000_000n) / 1000;
    const ttl = before.ttlSeconds;
    const when = `The pod asked for ${before.name} ${duration(age)} before the drop and was given ${ip}${ttl === null ? "" : ` (TTL ${ttl} s)`}.`;
    if (ttl !== null && age > ttl)
      return {
        state: "expired",
        says: `${when} By then the record had expired, and the application still used it: toFQDNs forgets an address with its TTL, unless tofqdns-min-ttl keeps it longer. If it does, no toFQDNs rule fits the name on this port.`,
      };
    return {
      state: "name-not-allowed",
      says: `${when} The DNS proxy knew the address by this name, so no toFQDNs rule of the workload fits the name on this port.`,
    };
  }
  const [later] = own;
  if (later !== undefined)
    return {
      state: "later",
      says: `The pod was given ${ip} for ${later.name} only after the drop: what it used before came from elsewhere, such as a cache or a look-up before the log began.`,
    };
  const [other] = lookups;
  if (other !== undefined)
    return {
      state: "other-pod",
      says: `${ip} was given to ${other.pod} for ${other.name}, not to the pod that was dropped: toFQDNs learns for each pod by its own look-ups.`,
    };
  if (hasClientDns)
    return {
      state: "elsewhere",
      says: `Look-ups of ${client} went through the DNS proxy, but none of them gave ${ip}. It came from elsewhere: a cache, a fixed address, or an answer before the log began.`,
    };
  return {
    state: "not-seen",
    says: `No DNS answer for ${ip} to ${client} is in the log: its look-ups did not go through the DNS proxy (node-local cache, DNS over HTTPS, hosts file), or were not exported. Then no toFQDNs rule can know the address; a DNS rule on the egress to the resolver is needed.`,
  };
}

function duration(seconds: number): string {
  if (seconds < 1) return `${Math.max(1, Math.round(seconds * 1000))} ms`;
  if (seconds < 120) return `${Number(seconds.toPrecision(3))} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}
