import { MICROSECOND, MILLISECOND, SECOND } from "../clock.ts";
import type { EdgeSpec, RouteSpec } from "../connections.ts";
import { blank, type HttpNote, L7, type Planned } from "../record.ts";
import type { World } from "../world.ts";
import { type Connection, travel } from "./packets.ts";
import { close, exchange, handshake } from "./tcp.ts";

/** How one request goes. */
export interface Call {
  readonly route: RouteSpec;
  readonly status: number;
  /** Nanoseconds from request to answer at the server's side. */
  readonly latency: number;
}

/** Decides how the calls of an edge go at a moment; the incident bends it. */
export type CallModel = (w: World, edge: EdgeSpec, at: number) => Call;

export const usualCall: CallModel = (w, edge) => {
  const route = pickRoute(w, edge);
  return {
    route,
    status: w.random.pick(route.status ?? [200]),
    latency: w.random.spread(edge.latencyMs) * MILLISECOND,
  };
};

export function pickRoute(w: World, edge: EdgeSpec): RouteSpec {
  const routes = edge.routes ?? [];
  let left = w.random.unit() * routes.reduce((sum, route) => sum + route.weight, 0);
  for (const route of routes) {
    left -= route.weight;
    if (left < 0) return route;
  }
  throw new Error(`no routes for ${edge.client} to ${edge.server}`);
}

/** A connection whose requests a proxy sees. */
export function httpConversation(
  w: World,
  at: number,
  edge: EdgeSpec,
  c: Connection,
  model: CallModel,
): void {
  let now = handshake(w, at, c) + w.random.int(80, 500) * MICROSECOND;
  let reported = -Number.MAX_VALUE;
  const count = w.random.int(edge.requests[0], edge.requests[1]);
  for (let i = 0; i < count; i++) {
    const call = model(w, edge, now);
    const sent = now;
    now = logCall(w, sent, edge, c, call);
    if (sent - reported > 5 * SECOND) {
      reported = sent;
      exchange(w, sent - 60 * MICROSECOND, c, call.latency);
    }
    now += w.random.exponential(1200 * MILLISECOND);
  }
  close(w, now, c);
}

/** The L7 records of one request and its answer, on every side that has a proxy. Returns when it is over. */
function logCall(w: World, at: number, edge: EdgeSpec, c: Connection, call: Call): number {
  const text = callText(w, edge, c, call);
  const note = {
    client: c.client.name,
    server: c.server.name,
    serverPod: c.server.podName,
    grpc: edge.kind === "grpc",
  };
  const shared = { requestCounted: false, responseCounted: false };
  const way = travel(w, c);
  const done = at + way + call.latency;
  if (c.proxyIngress) logSide(w, [at + way, done], c, { side: "INGRESS", call, text, note, shared });
  if (c.proxyEgress) logSide(w, [at, done + way], c, { side: "EGRESS", call, text, note, shared });
  return done + 2 * way;
}

/** A request that an HTTP rule refuses: the proxy answers 403 itself. Returns the two records. */
export function logRefusedCall(
  w: World,
  at: number,
  edge: EdgeSpec,
  c: Connection,
  route: RouteSpec,
): readonly [Planned, Planned] {
  const call: Call = { route, status: 403, latency: w.random.int(60, 400) * MICROSECOND };
  const text = callText(w, edge, c, call);
  const note = { client: c.client.name, server: c.server.name, serverPod: c.server.podName, grpc: false };
  const shared = { requestCounted: false, responseCounted: false };
  const records = logSide(w, [at, at + call.latency], c, { side: "INGRESS", call, text, note, shared });
  records[0].verdict = "DROPPED";
  return records;
}

interface CallText {
  readonly requestId: string;
  readonly traceId: string;
  /** `"method":...,"url":...,"protocol":...`. */
  readonly line: string;
  readonly summary: string;
  readonly protocol: string;
  readonly headers: string;
  readonly answerHeaders: string;
  /** Only answers that carry the request id have a latency. */
  readonly timed: boolean;
}

interface SideOptions {
  readonly side: "EGRESS" | "INGRESS";
  readonly call: Call;
  readonly text: CallText;
  readonly note: Pick<HttpNote, "client" | "server" | "serverPod" | "grpc">;
  readonly shared: HttpNote["exchange"];
}

function logSide(
  w: World,
  times: readonly [number, number],
  c: Connection,
  options: SideOptions,
): [Planned, Planned] {
  const { side, call, text, shared } = options;
  const node = side === "EGRESS" ? c.client.node : c.server.node;
  const request = l7Record(times[0], node, c, side, false);
  const response = l7Record(times[1], node, c, side, true);
  const elapsed = w.proxyTime(times[1], node) - w.proxyTime(times[0], node);
  const latency = text.timed ? elapsed : 0;
  request.l7 = `"l7":{"type":"REQUEST","http":{${text.line},"headers":[${text.headers}]}},`;
  request.summary = `${text.protocol} ${text.summary}`;
  const latencyText = latency ? `"latency_ns":"${latency}",` : "";
  response.l7 = `"l7":{"type":"RESPONSE",${latencyText}"http":{"code":${call.status},${text.line},"headers":[${text.answerHeaders}]}},`;
  response.summary = `${text.protocol} ${call.status} ${Math.floor(latency / MILLISECOND)}ms (${text.summary})`;
  request.traceId = text.traceId;
  response.traceId = "";
  const note = { type: "http", exchange: shared, ...options.note } as const;
  request.note = { ...note, response: false, status: 0, latency: 0 };
  response.note = { ...note, response: true, status: call.status, latency };
  w.add(request, times[0]);
  w.add(response, times[1]);
  return [request, response];
}

/** An access-log record: ports without flags, no ethernet, no interface. */
export function l7Record(
  at: number,
  node: number,
  c: Connection,
  side: "EGRESS" | "INGRESS",
  reply: boolean,
): Planned {
  const record = blank(at, node, L7);
  record.source = reply ? c.server : c.client;
  record.destination = reply ? c.client : c.server;
  record.protocol = c.protocol;
  record.sourcePort = reply ? c.port : c.clientPort;
  record.destinationPort = reply ? c.clientPort : c.port;
  record.direction = side;
  record.reply = reply ? "yes" : "no";
  return record;
}

const HEADER_NAMES = {
  agent: "User-Agent",
  id: "X-Request-Id",
  type: "Content-Type",
  length: "Content-Length",
} as const;

function header(key: string, value: string): string {
  return `{"key":"${key}","value":"${value}"}`;
}

/** `&`, `<` and `>` are written as Go's encoder does. */
function goText(text: string): string {
  return text.replaceAll("&", "\\u0026").replaceAll("<", "\\u003c").replaceAll(">", "\\u003e");
}

function callText(w: World, edge: EdgeSpec, c: Connection, call: Call): CallText {
  const { route, status } = call;
  const requestId = w.random.uuid();
  const grpc = edge.kind === "grpc";
  const traceId = edge.traced ? `${w.random.uuid()}`.replaceAll("-", "") : "";
  const host = edge.server === "storefront/web" ? "shop.example" : `${hostName(edge.server)}:${c.port}`;
  const url = goText(`http://${host}${route.path.replace("{id}", String(w.random.int(1, 4000)))}`);
  const protocol = grpc ? "HTTP/2" : "HTTP/1.1";
  const headers = [header(":scheme", "http"), header("Accept", grpc ? "application/grpc" : "*/*")];
  if (route.method === "POST" || grpc)
    headers.push(header(HEADER_NAMES.type, grpc ? "application/grpc" : "application/json"));
  if (traceId) headers.push(header("Traceparent", `00-${traceId}-${traceId.slice(0, 16)}-01`));
  headers.push(
    header(HEADER_NAMES.agent, grpc ? "grpc-go/1.71.0" : "shop-client/2.14"),
    header(HEADER_NAMES.id, requestId),
  );
  const byProxy = status === 403 || status === 503 || status === 504;
  const answer = [header(HEADER_NAMES.length, String(byProxy ? 15 : w.random.int(40, 48_000)))];
  answer.push(
    header(HEADER_NAMES.type, grpc ? "application/grpc" : "application/json"),
    header("Server", byProxy ? "envoy" : "shop"),
  );
  // gRPC answers of this shop do not repeat the id, so Hubble cannot tell their latency.
  if (!grpc) answer.push(header(HEADER_NAMES.id, requestId));
  return {
    requestId,
    traceId,
    line: `"method":"${route.method}","url":"${url}","protocol":"${protocol}"`,
    summary: `${route.method} ${url}`,
    protocol,
    headers: headers.join(","),
    answerHeaders: answer.join(","),
    timed: !grpc,
  };
}

function hostName(key: string): string {
  const [namespace = "", name = ""] = key.split("/");
  return `${name}.${namespace}`;
}
