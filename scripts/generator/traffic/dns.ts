import { MICROSECOND, MILLISECOND, SECOND } from "../clock.ts";
import { type Party, takePort } from "../cluster.ts";
import type { Attempt, Denial, DnsNote, Planned } from "../record.ts";
import { PEERS } from "../shop.ts";
import type { World } from "../world.ts";
import { l7Record } from "./http.ts";
import { type Connection, PROXY_DNS, packet } from "./packets.ts";
import { allowed, cilium, deny, egressPolicy } from "./verdicts.ts";

/** What one name that is asked for gets as an answer. */
interface Step {
  /** Absolute, with the final dot. */
  readonly query: string;
  readonly rcode: number;
  readonly ips: readonly string[];
  readonly cnames: readonly string[];
  readonly ttl: number;
  /** An attempt of the resolver's search list that was bound to fail. */
  readonly expansion: boolean;
}

/** Hubble writes the largest number when an answer has no record to take the time to live from. */
const NO_TTL = 4294967295;
const NODE_DOMAIN = "eu-west.compute.internal";
const RCODE_TEXT: Readonly<Record<number, string>> = { 2: "Server Failure", 3: "Non-Existent Domain" };

/** The payments policy names the cluster's DNS pods only: the node-local cache is not among them. */
const DNS_TRAP_NAMESPACE = "payments";

function step(query: string, rest: Partial<Step> = {}): Step {
  return { query: `${query}.`, rcode: 0, ips: [], cnames: [], ttl: NO_TTL, expansion: false, ...rest };
}

function missing(query: string): Step {
  return step(query, { rcode: 3, expansion: true });
}

function suffixes(namespace: string): readonly string[] {
  return [`${namespace}.svc.cluster.local`, "svc.cluster.local", "cluster.local", NODE_DOMAIN];
}

/** The names a resolver asks for when a pod looks up a workload's service or a peer, in order. */
export function lookupSteps(w: World, client: Party, target: string, style: string): readonly Step[] {
  const namespace = client.workload?.spec.namespace ?? "";
  const peer = PEERS.find((spec) => spec.key === target);
  if (peer?.name) {
    const found = step(peer.name, {
      ips: peer.ips,
      cnames: peer.cname ? [`${peer.cname}.`] : [],
      ttl: w.random.int(5, 60),
    });
    if (style !== "relative-external") return [found];
    return [...suffixes(namespace).map((suffix) => missing(`${peer.name}.${suffix}`)), found];
  }
  const workload = w.workload(target);
  const { spec } = workload;
  const found = step(`${spec.name}.${spec.namespace}.svc.cluster.local`, {
    ips: [workload.serviceIp],
    ttl: w.random.int(3, 30),
  });
  // "name.namespace" is first tried in the client's own namespace, which has no such service.
  if (style === "cross-namespace")
    return [missing(`${spec.name}.${spec.namespace}.${namespace}.svc.cluster.local`), found];
  return [found];
}

export function failedLookup(query: string, rcode: 2 | 3): readonly Step[] {
  return [step(query, { rcode })];
}

/** Asks for the names one after the other, for A and AAAA each. Returns when the last answer is there. */
export function lookUp(w: World, at: number, client: Party, target: string, steps: readonly Step[]): number {
  const resolver = w.resolverOf(client, at);
  const namespace = client.workload?.spec.namespace;
  if (resolver.name.endsWith("node-local-dns") && namespace === DNS_TRAP_NAMESPACE) {
    trapped(w, at, client, resolver);
    return -1;
  }
  let now = at;
  for (const one of steps) {
    now = ask(w, now, client, resolver, one) + w.random.int(30, 120) * MICROSECOND;
  }
  client.resolved.add(target);
  return now;
}

function connection(client: Party, resolver: Party, proxied: boolean): Connection {
  return {
    client,
    server: resolver,
    clientPort: takePort(client),
    port: 53,
    protocol: "UDP",
    proxyEgress: proxied ? PROXY_DNS : undefined,
  };
}

function ask(w: World, at: number, client: Party, resolver: Party, one: Step): number {
  const policy = egressPolicy(client);
  const c = connection(client, resolver, policy !== null);
  if (policy) allowed(w, at, c, "EGRESS", 0, cilium(policy.namespace, "allow-dns"));
  // A and AAAA share the socket: packets of the second are not reported again.
  const arrival = packet(w, at + 8 * MICROSECOND, c, false, 0);
  const inside = one.query.includes("cluster.local.");
  const latency = w.random.spread(inside ? 0.45 : 9, 0.7) * MILLISECOND;
  if (w.random.chance(0.1)) secondHop(w, arrival, resolver);
  const unanswered = !one.expansion && w.random.chance(0.006);
  const back = unanswered ? arrival + 5 * SECOND : packet(w, arrival + latency, c, true, 0);
  if (policy) {
    const asked = at + 60 * MICROSECOND;
    logPair(w, [asked, back - 30 * MICROSECOND], c, one, "A", unanswered);
    logPair(
      w,
      [asked + w.random.int(8, 60) * MICROSECOND, back + w.random.int(5, 250) * MICROSECOND],
      c,
      one,
      "AAAA",
      unanswered,
    );
  }
  return back + 300 * MICROSECOND;
}

/** What the node-local cache does not know it asks CoreDNS for. */
function secondHop(w: World, at: number, resolver: Party): void {
  if (!resolver.name.endsWith("node-local-dns")) return;
  const c = connection(resolver, w.pod("kube-system/coredns"), false);
  const arrival = packet(w, at, c, false, 0);
  packet(w, arrival + w.random.spread(0.6) * MILLISECOND, c, true, 0);
}

function logPair(
  w: World,
  times: readonly [number, number],
  c: Connection,
  one: Step,
  type: "A" | "AAAA",
  unanswered: boolean,
): void {
  const node = c.client.node;
  const exchange = {};
  const note = {
    type: "dns",
    exchange,
    client: c.client.name,
    query: one.query,
    expansion: one.expansion,
    refused: false,
  } as const;
  const request = questionRecord(times[0], c, one.query, type);
  request.note = { ...note, response: false, rcode: 0, latency: 0 };
  w.add(request, times[0]);
  if (unanswered) return;
  const response = l7Record(times[1], node, c, "EGRESS", true);
  const ips = type === "A" ? one.ips : [];
  const { cnames, rcode } = one;
  const ttl = ips.length > 0 || cnames.length > 0 ? one.ttl : NO_TTL;
  const types = [...cnames.map(() => "CNAME"), ...ips.map(() => type)];
  const code = rcode ? `"rcode":${rcode},` : "";
  response.l7 = `"l7":{"type":"RESPONSE","dns":{"query":"${one.query}",${list("ips", ips)}"ttl":${ttl},${list("cnames", cnames)}"observation_source":"proxy",${code}"qtypes":["${type}"]${types.length > 0 ? `,"rrtypes":${JSON.stringify(types)}` : ""}}},`;
  const answer = rcode ? `RCode: ${RCODE_TEXT[rcode] ?? rcode}` : answerText(ips, cnames);
  response.summary = `DNS Answer ${answer} TTL: ${ttl} (Proxy ${one.query} ${type})`;
  const latency = w.proxyTime(times[1], node) - w.proxyTime(times[0], node);
  response.note = { ...note, response: true, rcode, latency } satisfies DnsNote;
  w.add(response, times[1]);
}

function questionRecord(at: number, c: Connection, query: string, type: string): Planned {
  const record = l7Record(at, c.client.node, c, "EGRESS", false);
  record.l7 = `"l7":{"type":"REQUEST","dns":{"query":"${query}","observation_source":"proxy","qtypes":["${type}"]}},`;
  record.summary = `DNS Query ${query} ${type}`;
  return record;
}

function list(key: string, values: readonly string[]): string {
  return values.length > 0 ? `"${key}":${JSON.stringify(values)},` : "";
}

function answerText(ips: readonly string[], cnames: readonly string[]): string {
  const parts = ips.length > 0 ? [`\\"${ips.join(",")}\\"`] : [];
  if (cnames.length > 0) parts.push(`CNAMEs: \\"${cnames.join(",")}\\"`);
  return parts.join(" ");
}

/** A name that the DNS rules of the policy do not allow: the proxy refuses the question. */
export function refusedName(w: World, at: number, client: Party, query: string, cause: string): void {
  const policy = egressPolicy(client);
  if (!policy) return;
  const resolver = w.resolverOf(client, at);
  const c = connection(client, resolver, true);
  allowed(w, at, c, "EGRESS", 0, cilium(policy.namespace, "allow-dns"));
  const attempt: Attempt = { counted: false };
  for (const [index, type] of ["A", "AAAA"].entries()) {
    const time = at + (60 + index * 20) * MICROSECOND;
    const record = questionRecord(time, c, query, type);
    record.verdict = "DROPPED";
    record.denial = l7Denial(w.proxyTime(time, client.node), c, cause, attempt, "EGRESS");
    record.note = {
      type: "dns",
      exchange: {},
      client: client.name,
      query,
      response: false,
      rcode: 0,
      expansion: false,
      latency: 0,
      refused: true,
    };
    w.add(record, time);
  }
}

/** A request refused by an L7 rule: one record, no reason, no policy named. */
export function l7Denial(
  at: number,
  c: Connection,
  cause: string,
  attempt: Attempt,
  direction: "EGRESS" | "INGRESS",
): Denial {
  return {
    cause,
    direction,
    reason: "",
    decidedBy: "l7-rule",
    policies: [],
    client: c.client.name,
    server: c.server.name,
    port: c.port,
    protocol: c.protocol,
    attempt,
    at,
    seen: false,
  };
}

/** Every question to the node-local cache is dropped; the resolver library asks again after 5 s. */
function trapped(w: World, at: number, client: Party, resolver: Party): void {
  const c = connection(client, resolver, false);
  const attempt: Attempt = { counted: false };
  for (const time of [at, at + 5 * SECOND]) {
    for (const offset of [0, w.random.int(70, 160) * MICROSECOND]) {
      deny(w, time + offset, c, {
        cause: "node-local-dns",
        direction: "EGRESS",
        code: 133,
        flags: 0,
        attempt,
      });
    }
  }
}
