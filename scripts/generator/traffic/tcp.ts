import { MICROSECOND, MILLISECOND, SECOND } from "../clock.ts";
import { type Party, takePort } from "../cluster.ts";
import type { EdgeSpec } from "../connections.ts";
import { ACK, FIN, PSH, RST, SYN } from "../record.ts";
import type { World } from "../world.ts";
import { type Connection, PROXY_HTTP_EGRESS, PROXY_HTTP_INGRESS, packet, travel } from "./packets.ts";
import { allowed, audited, egressPolicy, ingressPolicy, socketEvents } from "./verdicts.ts";

/** A TCP connection along an edge, with a fresh client port. */
export function connect(edge: EdgeSpec, client: Party, server: Party): Connection {
  return {
    client,
    server,
    clientPort: takePort(client),
    port: edge.port,
    protocol: "TCP",
    proxyEgress: edge.proxy === "egress" || edge.proxy === "both" ? PROXY_HTTP_EGRESS : undefined,
    proxyIngress: edge.proxy === "ingress" || edge.proxy === "both" ? PROXY_HTTP_INGRESS : undefined,
    named: client.resolved.has(edge.server),
  };
}

interface HandshakeOptions {
  readonly audited?: boolean;
  readonly sock?: boolean;
}

/** SYN, SYN+ACK, ACK with the verdict records of the policies in force. Returns when data can flow. */
export function handshake(w: World, at: number, c: Connection, options: HandshakeOptions = {}): number {
  if (options.sock) socketEvents(w, at - 40 * MICROSECOND, c);
  const egress = egressPolicy(c.client);
  if (egress) allowed(w, at, c, "EGRESS", SYN, egress);
  const arrival = packet(w, at + 6 * MICROSECOND, c, false, SYN);
  const ingress = ingressPolicy(c.server);
  // The verdict comes a moment before the packet is handed on.
  if (options.audited) audited(w, arrival - 5 * MICROSECOND, c, "INGRESS", SYN);
  else if (ingress) allowed(w, arrival - 5 * MICROSECOND, c, "INGRESS", SYN, ingress);
  const back = packet(w, arrival + 25 * MICROSECOND, c, true, SYN | ACK);
  return packet(w, back + 15 * MICROSECOND, c, false, ACK);
}

/** One exchange of data as conntrack reports it. Returns when the answer is there. */
export function exchange(w: World, at: number, c: Connection, latency: number): number {
  const arrival = packet(w, at, c, false, PSH | ACK);
  return packet(w, arrival + latency, c, true, PSH | ACK);
}

/** The end of a connection: FIN from both, now and then a reset by the server. */
export function close(w: World, at: number, c: Connection): void {
  if (w.random.chance(0.015)) {
    packet(w, at, c, true, RST | ACK);
    return;
  }
  const arrival = packet(w, at, c, false, FIN | ACK);
  packet(w, arrival + w.random.int(20, 300) * MICROSECOND, c, true, FIN | ACK);
}

/** A connection without L7 records: handshake, a few exchanges, end. */
export function plainConversation(w: World, at: number, edge: EdgeSpec, c: Connection): void {
  let now = handshake(w, at, c, edge) + w.random.int(100, 900) * MICROSECOND;
  let reported = -Number.MAX_VALUE;
  const count = w.random.int(edge.requests[0], edge.requests[1]);
  for (let i = 0; i < count; i++) {
    const latency = w.random.spread(edge.latencyMs) * MILLISECOND;
    // With monitor aggregation a flag combination is reported again only after the interval of 5 s.
    if (now - reported > 5 * SECOND) {
      reported = now;
      now = exchange(w, now, c, latency);
    } else {
      now += latency + travel(w, c);
    }
    now += w.random.exponential(900 * MILLISECOND);
  }
  close(w, now, c);
}

/** A port that nobody listens on: the server's kernel answers with a reset. */
export function refusedConnection(w: World, at: number, c: Connection): void {
  const egress = egressPolicy(c.client);
  if (egress) allowed(w, at, c, "EGRESS", SYN, egress);
  const arrival = packet(w, at, c, false, SYN);
  packet(w, arrival + 20 * MICROSECOND, c, true, RST | ACK);
}
