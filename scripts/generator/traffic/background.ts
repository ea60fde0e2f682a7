import { MICROSECOND, MILLISECOND, SECOND } from "../clock.ts";
import { type Party, strayAddress, takePort } from "../cluster.ts";
import {
  ACK,
  type Attempt,
  blank,
  type Denial,
  DROP,
  FIN,
  type Planned,
  type Protocol,
  PSH,
  SYN,
  TRACE,
} from "../record.ts";
import type { Source, World } from "../world.ts";
import { type Connection, ethernet, packet } from "./packets.ts";
import { close, handshake } from "./tcp.ts";
import { deny } from "./verdicts.ts";

/** Shoppers, probes, scrapes, health checks and the noise that every cluster has. */
export function backgroundSources(w: World): readonly Source[] {
  return [
    { perMinute: 3.4, start: (at) => visit(w, at) },
    ...probes(w),
    ...scrapes(w),
    ...w.cluster.nodes.map(
      (node): Source => ({ perMinute: 1, fixed: true, start: (at) => healthCheck(w, at, node.index) }),
    ),
    { perMinute: 0.35, fixed: true, start: (at) => routerSolicitation(w, at) },
    { perMinute: 0.25, fixed: true, start: (at) => multicast(w, at) },
    { perMinute: 0.5, from: w.incidentAt * 1.1, to: w.incidentAt * 1.4, start: (at) => staleAddress(w, at) },
  ];
}

/** A shopper's browser reaches the ingress. TLS, so no HTTP records here. */
function visit(w: World, at: number): void {
  const client = w.random.pick(w.cluster.visitors);
  const server = w.pod("edge/ingress-nginx-controller");
  const c: Connection = { client, server, clientPort: takePort(client), port: 443, protocol: "TCP" };
  let now = handshake(w, at, c) + 5 * MILLISECOND;
  now = packet(w, now, c, false, PSH | ACK);
  now = packet(w, now + w.random.spread(35) * MILLISECOND, c, true, PSH | ACK);
  close(w, now + w.random.exponential(4) * SECOND, c);
}

/** The kubelet asks each pod with a probe, once in 90 s. */
function probes(w: World): readonly Source[] {
  const out: Source[] = [];
  for (const workload of w.cluster.workloads.values()) {
    const { probe } = workload.spec;
    if (!probe) continue;
    out.push({
      perMinute: workload.pods.length / 1.5,
      fixed: true,
      start: (at) => probePod(w, at, w.random.pick(workload.pods), probe),
    });
  }
  return out;
}

function probePod(w: World, at: number, server: Party, port: number): void {
  const { host } = w.node(server.node);
  const c: Connection = { client: host, server, clientPort: takePort(host), port, protocol: "TCP" };
  const arrival = packet(w, at, c, false, SYN);
  packet(w, arrival + 20 * MICROSECOND, c, true, SYN | ACK);
  packet(w, arrival + 300 * MICROSECOND, c, false, PSH | ACK);
  packet(w, arrival + w.random.spread(2) * MILLISECOND, c, true, PSH | ACK);
  packet(w, arrival + 9 * MILLISECOND, c, false, FIN | ACK);
}

/** Prometheus keeps its connections open: the capture holds no SYN of them. */
function scrapes(w: World): readonly Source[] {
  const client = w.pod("monitoring/prometheus");
  const out: Source[] = [];
  for (const workload of w.cluster.workloads.values()) {
    const port = workload.spec.metrics;
    if (!port) continue;
    for (const server of workload.pods) {
      const c: Connection = { client, server, clientPort: takePort(client), port, protocol: "TCP" };
      out.push({ perMinute: 0.8, fixed: true, start: (at) => scrape(w, at, c) });
    }
  }
  return out;
}

function scrape(w: World, at: number, c: Connection): void {
  const arrival = packet(w, at, c, false, PSH | ACK);
  packet(w, arrival + w.random.spread(12) * MILLISECOND, c, true, PSH | ACK);
}

/** The agents ping each other's health endpoint. */
function healthCheck(w: World, at: number, index: number): void {
  const to = w.node(index);
  const from = w.node((index + 1) % w.cluster.nodes.length).host;
  w.add(echo(w, at, index, from, to.health, 8), at);
  const back = at + 40 * MICROSECOND;
  w.add(echo(w, back, index, to.health, from, 0), back);
}

function echo(w: World, at: number, node: number, source: Party, destination: Party, type: number): Planned {
  const record = blank(at, node, TRACE);
  const reply = type === 0;
  record.source = source;
  record.destination = destination;
  record.protocol = "ICMPv4";
  record.flags = type;
  record.subType = reply ? 4 : 0;
  record.point = reply ? "TO_OVERLAY" : "TO_ENDPOINT";
  record.ethernet = ethernet(source.mac, destination.mac);
  if (reply) {
    record.device = '"interface":{"index":6,"name":"cilium_vxlan"}';
  } else {
    record.direction = "INGRESS";
    record.reply = "no";
    record.traceReason = "NEW";
    record.device = `"interface":{"index":${8 + w.node(node).index},"name":"lxc_health"}`;
  }
  return record;
}

/** A drop that belongs to nobody's connection: no client, no server, no attempt. */
function plainDenial(cause: string, reason: string, protocol: Protocol, at: number): Denial {
  return {
    cause,
    direction: "INGRESS",
    reason,
    decidedBy: "datapath",
    policies: [],
    client: null,
    server: null,
    port: null,
    protocol,
    attempt: null,
    at,
    seen: false,
  };
}

/** A pod asks for an IPv6 router. Cilium drops it: harmless, and in every capture. */
function routerSolicitation(w: World, at: number): void {
  const workload = w.random.pick([...w.cluster.workloads.values()]);
  const pod = w.random.pick(workload.pods);
  const record = blank(at, pod.node, DROP);
  const old = w.random.chance(0.4);
  record.verdict = "DROPPED";
  record.subType = old ? 139 : 132;
  record.dropReason = record.subType;
  record.dropText = old ? "UNSUPPORTED_L3_PROTOCOL" : "INVALID_SOURCE_IP";
  record.dropFile = `"file":{"name":"bpf_lxc.c","line":${old ? 1596 : 1002}},`;
  record.protocol = "ICMPv6";
  record.flags = 133;
  record.sourceJson = pod.bare;
  const suffix = pod.mac.split(":");
  record.sourceIp = `fe80::${suffix[0]}${suffix[1]}:${suffix[2]}ff:fe${suffix[3]}:${suffix[4]}${suffix[5]}`;
  record.direction = "INGRESS";
  record.ethernet = ethernet(pod.mac, "33:33:00:00:00:02");
  record.denial = plainDenial(
    "ipv6-router-solicitation",
    record.dropText,
    "ICMPv6",
    w.nodeTime(at, pod.node),
  );
  w.add(record, at);
}

/** Multicast that Cilium consumes: verdict DROPPED, nothing is lost. */
function multicast(w: World, at: number): void {
  const source = w.pod("orders/event-bus");
  const record = blank(at, source.node, DROP);
  record.verdict = "DROPPED";
  record.subType = 201;
  record.dropReason = 201;
  record.dropText = "MULTICAST_HANDLED";
  record.dropFile = '"file":{"name":"bpf_lxc.c","line":1127},';
  record.source = source;
  record.destination = strayAddress(w.cluster, "239.1.2.3");
  record.protocol = "UDP";
  record.sourcePort = 7946;
  record.destinationPort = 7946;
  record.direction = "EGRESS";
  record.ethernet = ethernet(source.mac, "01:00:5e:01:02:03");
  w.add(record, at);
}

/** A client holds on to the address of a pod that is gone. No policy is asked. */
function staleAddress(w: World, at: number): void {
  const client = w.pod("storefront/cart");
  const gone = strayAddress(w.cluster, "10.244.0.251");
  const c: Connection = { client, server: gone, clientPort: takePort(client), port: 4222, protocol: "TCP" };
  const attempt: Attempt = { counted: false };
  for (const time of [at, at + SECOND, at + 3 * SECOND]) {
    deny(w, time, c, { cause: "stale-address", direction: "EGRESS", code: 151, flags: SYN, attempt });
  }
}
