import { MICROSECOND, MILLISECOND, SECOND } from "../clock.ts";
import { type Party, takePort } from "../cluster.ts";
import { EDGES, type EdgeSpec } from "../connections.ts";
import { type Attempt, SYN } from "../record.ts";
import type { Source, World } from "../world.ts";
import { failedLookup, l7Denial, lookUp, lookupSteps, refusedName } from "./dns.ts";
import { type Call, type CallModel, httpConversation, logRefusedCall, pickRoute, usualCall } from "./http.ts";
import { type Connection, leave } from "./packets.ts";
import { connect, handshake, plainConversation, refusedConnection } from "./tcp.ts";
import { allowed, cilium, deny, egressPolicy, synTimes } from "./verdicts.ts";

/** The deny rule that is added in the incident. */
export const DENY_LEDGER = {
  kind: "CiliumClusterwideNetworkPolicy",
  namespace: "",
  name: "deny-direct-ledger",
} as const;

/** Client whose rule is missing after the policy change, and the server it can no longer reach. */
const BROKEN_CLIENT = "storefront/checkout";
const BROKEN_SERVER = "orders/orders-api";
export const CHANGED_POLICY = cilium("orders", "orders-api-ingress");
export const UNBALANCED = "storefront/recommendations";
const SLOW_SERVER = "search/opensearch";
const STORM_CLIENT = "reports/price-sync";

/** All edges of the shop, with what the incident makes of them. */
export function shopSources(w: World): readonly Source[] {
  return w.cluster.edges.map((edge) => ({
    perMinute: edge.perMinute,
    start: (at: number) => converse(w, at, edge),
  }));
}

/** What exists only because of the incident (and a few steady oddities). */
export function incidentSources(w: World): readonly Source[] {
  const from = w.incidentAt;
  const change = edgeBetween("payments/payments-api", "cardpay");
  return [
    { perMinute: 2.2, from, start: (at) => deniedLedger(w, at) },
    {
      perMinute: 2.4,
      from: from * 1.04,
      start: (at) => deniedName(w, at, { ...change, server: "cardpay-v2" }),
    },
    { perMinute: 5, from, start: (at) => storm(w, at) },
    { perMinute: 2, from, start: (at) => lookUpFromCanary(w, at) },
    {
      perMinute: 0.5,
      from,
      start: (at) => refusedName(w, at, w.pod(STORM_CLIENT), "paste.files.example.", "dns-rule"),
    },
    { perMinute: 0.7, start: (at) => refusedRequest(w, at) },
    {
      perMinute: 0.9,
      start: (at) =>
        lookUp(
          w,
          at,
          w.pod("storefront/catalog"),
          "",
          failedLookup("images-old.storefront.svc.cluster.local", 3),
        ),
    },
    {
      perMinute: 0.25,
      start: (at) => lookUp(w, at, w.pod("storefront/web"), "", failedLookup("ads.tracker.example", 2)),
    },
    { perMinute: 0.15, start: (at) => refusedPort(w, at) },
  ];
}

function edgeBetween(client: string, server: string): EdgeSpec {
  const edge = EDGES.find((one) => one.client === client && one.server === server);
  if (!edge) throw new Error(`no edge ${client} to ${server}`);
  return edge;
}

function converse(w: World, at: number, edge: EdgeSpec): void {
  const client = w.pod(edge.client);
  let now = at;
  if (edge.lookup && (w.random.chance(edge.lookupShare ?? 0) || needsName(client, edge))) {
    now = lookUp(w, at, client, edge.server, lookupSteps(w, client, edge.server, edge.lookup));
    if (now < 0) return;
  }
  const server = pickServer(w, edge, now);
  const c = connect(edge, client, server);
  if (edge.client === BROKEN_CLIENT && edge.server === BROKEN_SERVER && now >= w.incidentAt) {
    deniedAtServer(w, now, c);
  } else if (edge.proxy) {
    httpConversation(w, now, edge, c, callModel);
  } else {
    plainConversation(w, now, edge, c);
  }
}

/** A peer outside can only be reached by name, and the name must have been looked up. */
function needsName(client: Party, edge: EdgeSpec): boolean {
  return edge.client.includes("/") && !edge.server.includes("/") && !client.resolved.has(edge.server);
}

/** After the incident nearly all long-lived gRPC connections end up on one pod. */
function pickServer(w: World, edge: EdgeSpec, at: number): Party {
  const peers = w.cluster.peers.get(edge.server);
  if (peers) return w.random.pick(peers);
  const { pods } = w.workload(edge.server);
  const [favourite] = pods;
  if (edge.server === UNBALANCED && at >= w.incidentAt && favourite && w.random.chance(0.85))
    return favourite;
  return w.random.pick(pods);
}

/** How far the incident has gone, from 0 at its start to 1 at the end of the capture. */
function progress(w: World, at: number): number {
  return at < w.incidentAt ? 0 : Math.min(1, (at - w.incidentAt) / (w.end - w.incidentAt));
}

/** The search store slows down and answers 503 more and more; its callers feel it. */
const callModel: CallModel = (w, edge, at): Call => {
  const done = progress(w, at);
  if (done > 0 && edge.server === SLOW_SERVER) {
    const failed = w.random.chance(0.12 + 0.4 * done);
    const latency = w.random.spread(edge.latencyMs * (3 + 70 * done), 0.35) * MILLISECOND;
    return { route: pickRoute(w, edge), status: failed ? 503 : 200, latency: Math.min(latency, 8 * SECOND) };
  }
  if (done > 0 && edge.server === "search/search-api") {
    const latency = w.random.spread(edge.latencyMs * (2 + 40 * done), 0.35) * MILLISECOND;
    return {
      route: pickRoute(w, edge),
      status: w.random.chance(0.25 * done) ? 504 : 200,
      latency: Math.min(latency, 10 * SECOND),
    };
  }
  return usualCall(w, edge, at);
};

/** The client's side lets the SYN out, the server's side drops it: default deny on ingress. */
function deniedAtServer(w: World, at: number, c: Connection): void {
  const egress = egressPolicy(c.client);
  if (egress) allowed(w, at, c, "EGRESS", SYN, egress);
  const attempt: Attempt = { counted: false };
  for (const [i, time] of synTimes(at).entries()) {
    // The client's node reports the retries again only after the aggregation interval.
    if (i === 0 || i === 3) leave(w, time + 6 * MICROSECOND, c, SYN);
    deny(w, time + 300 * MICROSECOND, c, {
      cause: "orders-api-default-deny",
      direction: "INGRESS",
      code: 133,
      flags: SYN,
      attempt,
    });
  }
}

function deniedLedger(w: World, at: number): void {
  const client = w.pod(STORM_CLIENT);
  const server = w.pod("payments/ledger-db");
  const c: Connection = { client, server, clientPort: takePort(client), port: 5432, protocol: "TCP" };
  const attempt: Attempt = { counted: false };
  for (const time of synTimes(at)) {
    deny(w, time, c, {
      cause: "ledger-explicit-deny",
      direction: "EGRESS",
      code: 181,
      flags: SYN,
      attempt,
      policy: DENY_LEDGER,
    });
  }
}

/** The name resolves, but no rule allows it: its address stays plain world. */
function deniedName(w: World, at: number, edge: EdgeSpec): void {
  const client = w.pod(edge.client);
  const now = lookUp(w, at, client, edge.server, lookupSteps(w, client, edge.server, "absolute"));
  if (now < 0) return;
  const c = connect(edge, client, pickServer(w, edge, now));
  const attempt: Attempt = { counted: false };
  for (const time of synTimes(now)) {
    deny(w, time, c, { cause: "cardpay-next-fqdn", direction: "EGRESS", code: 133, flags: SYN, attempt });
  }
}

function storm(w: World, at: number): void {
  const client = w.pod(STORM_CLIENT);
  lookUp(w, at, client, "supplier", lookupSteps(w, client, "supplier", "relative-external"));
}

/** The one fraud-check pod on the canary node asks for names in vain. */
function lookUpFromCanary(w: World, at: number): void {
  const client = w.workload("payments/fraud-check").pods[1];
  if (!client) throw new Error("fraud-check needs two pods");
  lookUp(w, at, client, "payments/ledger-db", lookupSteps(w, client, "payments/ledger-db", "absolute"));
}

/** Somebody tries the admin route: the HTTP rule at checkout refuses it. */
function refusedRequest(w: World, at: number): void {
  const edge = edgeBetween("storefront/web", "storefront/checkout");
  const client = w.pod(edge.client);
  const c = connect(edge, client, w.pod(edge.server));
  const ready = handshake(w, at, c) + 200 * MICROSECOND;
  const route = { method: "DELETE", path: "/admin/orders/{id}", weight: 1 };
  const [request] = logRefusedCall(w, ready, edge, c, route);
  request.denial = l7Denial(request.time, c, "checkout-http-rule", { counted: false }, "INGRESS");
}

function refusedPort(w: World, at: number): void {
  const client = w.pod("search/indexer");
  const server = w.pod("search/opensearch");
  refusedConnection(w, at, { client, server, clientPort: takePort(client), port: 9300, protocol: "TCP" });
}
