/** A slow and obvious answer about DNS, from the lines alone, for tests against the store. Imported by tests only. */

interface Side {
  readonly namespace?: string;
  readonly pod_name?: string;
  readonly workloads?: readonly { readonly name?: string }[];
}

/** A DNS record as it stands in a line. */
export interface DnsLine {
  readonly time: string;
  readonly verdict: string;
  readonly node_name: string;
  readonly source: Side;
  readonly destination: Side;
  readonly l4: { readonly UDP: { readonly source_port: number; readonly destination_port: number } };
  readonly l7: {
    readonly type: "REQUEST" | "RESPONSE";
    readonly dns: {
      readonly query: string;
      readonly rcode?: number;
      readonly qtypes: readonly string[];
      readonly ips?: readonly string[];
      readonly cnames?: readonly string[];
    };
  };
}

/** One question and what became of it. */
export interface SlowExchange {
  readonly request: DnsLine;
  readonly response: DnsLine | undefined;
  readonly asked: bigint;
  readonly answered: bigint | undefined;
  readonly client: string;
  readonly clientNamespace: string;
  readonly server: string;
  readonly query: string;
  readonly isExpansion: boolean;
}

export function dnsLines(texts: readonly string[]): DnsLine[] {
  return texts
    .map((text) => (JSON.parse(text) as { flow?: Partial<DnsLine> }).flow)
    .filter((flow) => flow?.l7?.dns !== undefined) as DnsLine[];
}

export function slowTime(time: string): bigint {
  const [whole = "", fraction = ""] = time.slice(0, -1).split(".");
  return BigInt(Date.parse(`${whole}Z`)) * 1_000_000n + BigInt(fraction.padEnd(9, "0"));
}

const name = (query: string): string => query.toLowerCase().replace(/[.]$/, "");

/** Pod names without the two random ends, or the ordinal of a StatefulSet's or the end of a DaemonSet's or Job's. */
export function slowWorkload({ namespace, pod_name = "", workloads }: Side): string {
  const own = workloads?.[0]?.name;
  return `${namespace}/${own ?? pod_name.replace(/-[a-z0-9]{8,10}-[a-z0-9]{5}$|-\d+$/, "")}`;
}

/** Every question with the first answer on the same pod, port, name and types within five seconds that no other has. */
export function slowExchanges(records: readonly DnsLine[], nodeSuffixes: readonly string[]): SlowExchange[] {
  const sorted = [...records].sort((a, b) => (slowTime(a.time) < slowTime(b.time) ? -1 : 1));
  const used = new Set<DnsLine>();
  const pairs = sorted
    .filter(({ l7 }) => l7.type === "REQUEST")
    .map((request) => {
      const asked = slowTime(request.time);
      const response = sorted.find(
        (one) =>
          one.l7.type === "RESPONSE" &&
          !used.has(one) &&
          request.verdict !== "DROPPED" &&
          one.destination.pod_name === request.source.pod_name &&
          one.l4.UDP.destination_port === request.l4.UDP.source_port &&
          one.l7.dns.query === request.l7.dns.query &&
          one.l7.dns.qtypes.join() === request.l7.dns.qtypes.join() &&
          slowTime(one.time) >= asked &&
          slowTime(one.time) <= asked + 5_000_000_000n,
      );
      if (response !== undefined) used.add(response);
      return { request, response, asked };
    });
  return pairs.map(({ request, response, asked }) => ({
    request,
    response,
    asked,
    answered: response === undefined ? undefined : slowTime(response.time),
    client: slowWorkload(request.source),
    clientNamespace: String(request.source.namespace),
    server: slowWorkload(request.destination),
    query: name(request.l7.dns.query),
    isExpansion: response?.l7.dns.rcode === 3 && isExpansion(request, response, pairs, nodeSuffixes),
  }));
}

function isExpansion(
  request: DnsLine,
  response: DnsLine,
  all: readonly { readonly request: DnsLine; readonly response: DnsLine | undefined }[],
  nodeSuffixes: readonly string[],
): boolean {
  const suffixes = [
    `${request.source.namespace}.svc.cluster.local`,
    "svc.cluster.local",
    "cluster.local",
    ...nodeSuffixes,
  ];
  const near = all.filter(
    (one) =>
      one.request.source.pod_name === request.source.pod_name &&
      slowTime(one.request.time) <= slowTime(response.time) + 2_000_000_000n &&
      slowTime((one.response ?? one.request).time) >= slowTime(request.time) - 2_000_000_000n,
  );
  const asked = new Set(near.map((one) => name(one.request.l7.dns.query)));
  const query = name(request.l7.dns.query);
  return suffixes.some((suffix) => {
    if (!query.endsWith(`.${suffix}`)) return false;
    const base = query.slice(0, -suffix.length - 1);
    return [base, ...suffixes.filter((s) => s !== suffix).map((s) => `${base}.${s}`)].some((one) =>
      asked.has(one),
    );
  });
}
