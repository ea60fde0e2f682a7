import { MICROSECOND } from "../clock.ts";
import type { Party } from "../cluster.ts";
import { blank, FIN, type Planned, type Protocol, SYN, TRACE } from "../record.ts";
import type { World } from "../world.ts";

/** One connection between two parties. Records are made from it packet by packet. */
export interface Connection {
  readonly client: Party;
  readonly server: Party;
  readonly clientPort: number;
  readonly port: number;
  readonly protocol: Protocol;
  /** Port of the proxy, where one sits in the way. */
  readonly proxyEgress?: number;
  readonly proxyIngress?: number;
  /** `"source_names"` and so on are known: the client looked the server up through the proxy. */
  readonly named?: boolean;
}

export const PROXY_DNS = 41953;
export const PROXY_HTTP_EGRESS = 12417;
export const PROXY_HTTP_INGRESS = 13431;

/** Interface of the overlay and of the network, the same number on every node. */
const OVERLAY = '"interface":{"index":6,"name":"cilium_vxlan"}';
const NETWORK = '"interface":{"index":2,"name":"eth0"}';
const GATEWAY_MAC = "fe:ee:0b:1a:2c:01";

/** A record of one packet, with what all kinds of records have in common. */
export function packetRecord(
  at: number,
  node: number,
  event: number,
  c: Connection,
  reply: boolean,
): Planned {
  const record = blank(at, node, event);
  record.source = reply ? c.server : c.client;
  record.destination = reply ? c.client : c.server;
  record.protocol = c.protocol;
  record.sourcePort = reply ? c.port : c.clientPort;
  record.destinationPort = reply ? c.clientPort : c.port;
  if (c.named && c.server.peer?.name && node === c.client.node) {
    record.names = `"${reply ? "source" : "destination"}_names":["${c.server.peer.name}"],`;
  }
  return record;
}

export function ethernet(source: string, destination: string): string {
  return `"ethernet":{"source":"${source}","destination":"${destination}"},`;
}

const SUB_TYPES = { TO_ENDPOINT: 0, TO_PROXY: 1, TO_STACK: 3, TO_OVERLAY: 4, TO_NETWORK: 11 } as const;
type Point = keyof typeof SUB_TYPES;

interface TraceOptions {
  readonly reply: boolean;
  readonly flags: number;
  /** Which end of the connection observes the packet: the client's (EGRESS) or the server's. */
  readonly side: "EGRESS" | "INGRESS";
  /** Sent by the proxy or the host: the datapath knows neither direction nor connection state. */
  readonly stateless?: boolean;
}

function trace(
  w: World,
  at: number,
  node: number,
  point: Point,
  c: Connection,
  options: TraceOptions,
): Planned {
  const { reply, flags } = options;
  const record = packetRecord(at, node, TRACE, c, reply);
  record.subType = SUB_TYPES[point];
  record.point = point;
  record.flags = flags;
  if (!options.stateless) {
    record.reply = reply ? "yes" : "no";
    record.traceReason = reply ? "REPLY" : firstPacket(c, flags) ? "NEW" : "ESTABLISHED";
    record.direction = options.side;
  }
  const from = reply ? c.server : c.client;
  const to = reply ? c.client : c.server;
  if (point === "TO_ENDPOINT") {
    record.device = to.device;
    record.ethernet = ethernet(to.hostMac, to.mac);
  } else if (point === "TO_NETWORK") {
    record.device = NETWORK;
    record.ethernet = ethernet(w.node(node).mac, GATEWAY_MAC);
  } else {
    if (point === "TO_OVERLAY") record.device = OVERLAY;
    record.ethernet = ethernet(from.mac, from.hostMac);
  }
  return record;
}

function firstPacket(c: Connection, flags: number): boolean {
  return c.protocol === "TCP" ? flags === SYN : true;
}

/** How long a packet travels between two parties, in nanoseconds. */
export function travel(w: World, c: Connection): number {
  if (c.client.node === c.server.node) return w.random.int(12, 60) * MICROSECOND;
  if (c.client.node < 0 || c.server.node < 0) return w.random.int(4_000, 14_000) * MICROSECOND;
  return w.random.int(140, 480) * MICROSECOND;
}

/** The trace records of one packet, at the points that monitor aggregation "medium" lets through. Returns its arrival. */
export function packet(w: World, at: number, c: Connection, reply: boolean, flags: number): number {
  if (reply) return answer(w, at, c, flags);
  leave(w, at, c, flags);
  const arrival = at + travel(w, c);
  if (c.server.kind !== "pod") return arrival;
  const point = c.proxyIngress ? "TO_PROXY" : "TO_ENDPOINT";
  const record = trace(w, arrival, c.server.node, point, c, { reply: false, flags, side: "INGRESS" });
  if (c.proxyIngress) {
    record.proxyPort = c.proxyIngress;
    record.device = c.server.device;
    if (flags === SYN || flags & FIN) behindProxy(w, arrival + 90 * MICROSECOND, c, flags);
  }
  w.add(record, arrival);
  return arrival;
}

/** What the client's node sees of a packet that leaves. */
export function leave(w: World, at: number, c: Connection, flags: number): void {
  const { client, server } = c;
  if (client.kind !== "pod") return;
  if (c.proxyEgress) {
    const record = trace(w, at, client.node, "TO_PROXY", c, { reply: false, flags, side: "EGRESS" });
    record.proxyPort = c.proxyEgress;
    w.add(record, at);
  }
  if (server.node === client.node) return;
  const later = at + w.random.int(4, 30) * MICROSECOND;
  if (server.kind === "pod") {
    const stateless = c.proxyEgress !== undefined;
    w.add(
      trace(w, later, client.node, "TO_OVERLAY", c, { reply: false, flags, side: "EGRESS", stateless }),
      later,
    );
    return;
  }
  w.add(trace(w, later, client.node, "TO_STACK", c, { reply: false, flags, side: "EGRESS" }), later);
  if (flags !== SYN && !(flags & FIN)) return;
  // Masqueraded on the way out: Hubble shows the pod's address, and the node's as translated.
  const out = trace(w, later + 9 * MICROSECOND, client.node, "TO_NETWORK", c, {
    reply: false,
    flags,
    side: "EGRESS",
  });
  out.translated = w.node(client.node).ip;
  w.add(out, later + 9 * MICROSECOND);
}

function answer(w: World, at: number, c: Connection, flags: number): number {
  const { client, server } = c;
  if (server.kind === "pod" && server.node !== client.node) {
    const point = client.kind === "pod" ? "TO_OVERLAY" : "TO_STACK";
    const stateless = c.proxyIngress !== undefined;
    w.add(trace(w, at, server.node, point, c, { reply: true, flags, side: "INGRESS", stateless }), at);
  } else if (server.kind === "pod" && client.kind === "host") {
    w.add(trace(w, at, server.node, "TO_STACK", c, { reply: true, flags, side: "INGRESS" }), at);
  }
  const arrival = at + travel(w, c);
  if (client.kind === "pod") {
    const record = trace(w, arrival, client.node, "TO_ENDPOINT", c, { reply: true, flags, side: "EGRESS" });
    w.add(record, arrival);
  }
  return arrival;
}

/** The second leg of a proxied connection: from the node's own address, with the client's identity. */
function behindProxy(w: World, at: number, c: Connection, flags: number): void {
  const record = trace(w, at, c.server.node, "TO_ENDPOINT", c, { reply: false, flags, side: "INGRESS" });
  record.sourceJson = c.client.bare;
  record.sourceIp = w.node(c.server.node).host.ip;
  record.sourcePort = 32768 + ((c.clientPort * 31) % 28232);
  w.add(record, at);
}
