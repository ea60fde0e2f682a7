/** Who talks to whom in the invented cluster (shop.ts), how often, and what is logged of it: data, as there. */

export interface RouteSpec {
  readonly method: string;
  readonly path: string;
  readonly weight: number;
  readonly status?: readonly number[];
}

export interface EdgeSpec {
  readonly client: string;
  /** A workload (`namespace/name`) or the key of a peer. */
  readonly server: string;
  readonly port: number;
  readonly kind: "http" | "grpc" | "tcp";
  /** Connections a minute at rate 1. */
  readonly perMinute: number;
  /** Requests on one connection, from and to. */
  readonly requests: readonly [number, number];
  /** Median time of an answer in milliseconds. */
  readonly latencyMs: number;
  /** Where an HTTP-aware policy puts the proxy. Absent: no L7 records. */
  readonly proxy?: "ingress" | "egress" | "both";
  readonly routes?: readonly RouteSpec[];
  /** How the client spells the name it looks up. Absent: no lookup is seen. */
  readonly lookup?: "short" | "cross-namespace" | "absolute" | "relative-external";
  /** Share of the connections that a lookup goes before. */
  readonly lookupShare?: number;
  /** Socket events of the service translation are logged (`trace-sock`). */
  readonly sock?: boolean;
  /** Trace context travels in the headers. */
  readonly traced?: boolean;
  /** Policy audit mode is on at the server: nothing allows the edge, yet it passes. */
  readonly audited?: boolean;
}

const get = (path: string, weight = 1, status: readonly number[] = [200]): RouteSpec => ({
  method: "GET",
  path,
  weight,
  status,
});
const post = (path: string, weight = 1, status: readonly number[] = [200]): RouteSpec => ({
  method: "POST",
  path,
  weight,
  status,
});

export const EDGES: readonly EdgeSpec[] = [
  {
    client: "edge/ingress-nginx-controller",
    server: "storefront/web",
    port: 8080,
    kind: "http",
    perMinute: 5,
    requests: [1, 5],
    latencyMs: 28,
    proxy: "ingress",
    traced: true,
    routes: [
      get("/", 4),
      get("/products/{id}", 6, [200, 200, 200, 304]),
      get("/search?q=running+shoes&page={id}", 3),
      get("/assets/app.css", 2, [200, 304]),
      get("/favicon.ico", 1, [404]),
    ],
  },
  {
    client: "storefront/web",
    server: "storefront/cart",
    port: 8080,
    kind: "http",
    perMinute: 2.4,
    requests: [1, 4],
    latencyMs: 9,
    proxy: "ingress",
    lookup: "short",
    lookupShare: 0.3,
    traced: true,
    routes: [
      get("/api/cart/{id}", 5),
      post("/api/cart/{id}/items", 2, [201]),
      { method: "DELETE", path: "/api/cart/{id}/items/3", weight: 1, status: [204] },
    ],
  },
  {
    client: "storefront/web",
    server: "storefront/catalog",
    port: 8080,
    kind: "http",
    perMinute: 2.4,
    requests: [1, 4],
    latencyMs: 14,
    proxy: "ingress",
    lookup: "short",
    lookupShare: 0.3,
    routes: [
      get("/api/products/{id}", 6, [200, 200, 200, 200, 404]),
      get("/api/products?category=shoes&sort=price", 2),
    ],
  },
  {
    client: "storefront/web",
    server: "storefront/recommendations",
    port: 8086,
    kind: "grpc",
    perMinute: 2,
    requests: [3, 8],
    latencyMs: 6,
    proxy: "ingress",
    lookup: "short",
    lookupShare: 0.3,
    routes: [post("/shop.recs.v1.Recommender/ForProduct", 4), post("/shop.recs.v1.Recommender/ForCart", 1)],
  },
  {
    client: "storefront/web",
    server: "storefront/checkout",
    port: 8080,
    kind: "http",
    perMinute: 1.5,
    requests: [1, 2],
    latencyMs: 40,
    proxy: "ingress",
    lookup: "short",
    lookupShare: 0.3,
    traced: true,
    routes: [post("/api/checkout", 3, [200, 200, 200, 200, 409])],
  },
  {
    client: "storefront/web",
    server: "search/search-api",
    port: 8080,
    kind: "http",
    perMinute: 1.6,
    requests: [1, 3],
    latencyMs: 30,
    proxy: "egress",
    lookup: "cross-namespace",
    lookupShare: 0.4,
    routes: [get("/v1/search?q=running+shoes&size=20", 3), get("/v1/suggest?q=run", 2)],
  },
  {
    client: "storefront/web",
    server: "orders/orders-api",
    port: 8080,
    kind: "tcp",
    perMinute: 1,
    requests: [1, 2],
    latencyMs: 12,
    lookup: "cross-namespace",
    lookupShare: 0.4,
  },
  {
    client: "storefront/checkout",
    server: "orders/orders-api",
    port: 8080,
    kind: "tcp",
    perMinute: 2.2,
    requests: [1, 1],
    latencyMs: 15,
    lookup: "cross-namespace",
    lookupShare: 0.3,
  },
  {
    client: "storefront/checkout",
    server: "payments/payments-api",
    port: 8443,
    kind: "http",
    perMinute: 1.4,
    requests: [1, 2],
    latencyMs: 85,
    proxy: "both",
    lookup: "cross-namespace",
    lookupShare: 0.4,
    routes: [post("/v1/authorize", 4, [200, 200, 200, 402]), post("/v1/capture", 2)],
  },
  {
    client: "storefront/cart",
    server: "orders/event-bus",
    port: 4222,
    kind: "tcp",
    perMinute: 0.6,
    requests: [2, 5],
    latencyMs: 2,
    lookup: "cross-namespace",
    lookupShare: 0.5,
  },
  {
    client: "payments/payments-api",
    server: "payments/fraud-check",
    port: 9000,
    kind: "tcp",
    perMinute: 1.2,
    requests: [1, 2],
    latencyMs: 20,
    lookup: "absolute",
    lookupShare: 0.3,
  },
  {
    client: "payments/payments-api",
    server: "payments/ledger-db",
    port: 5432,
    kind: "tcp",
    perMinute: 1.2,
    requests: [1, 4],
    latencyMs: 4,
    lookup: "absolute",
    lookupShare: 0.3,
  },
  {
    client: "payments/payments-api",
    server: "cardpay",
    port: 443,
    kind: "tcp",
    perMinute: 1.5,
    requests: [1, 2],
    latencyMs: 120,
    lookup: "absolute",
    lookupShare: 0.6,
  },
  {
    client: "payments/fraud-check",
    server: "payments/ledger-db",
    port: 5432,
    kind: "tcp",
    perMinute: 0.8,
    requests: [1, 2],
    latencyMs: 4,
  },
  {
    client: "orders/orders-api",
    server: "orders/orders-db",
    port: 5432,
    kind: "tcp",
    perMinute: 1.6,
    requests: [1, 4],
    latencyMs: 3,
    lookup: "absolute",
    lookupShare: 0.3,
  },
  {
    client: "orders/orders-worker",
    server: "orders/orders-db",
    port: 5432,
    kind: "tcp",
    perMinute: 0.8,
    requests: [1, 4],
    latencyMs: 3,
  },
  {
    client: "orders/orders-worker",
    server: "orders/event-bus",
    port: 4222,
    kind: "tcp",
    perMinute: 0.8,
    requests: [1, 3],
    latencyMs: 2,
  },
  {
    client: "orders/orders-worker",
    server: "shipping",
    port: 443,
    kind: "tcp",
    perMinute: 0.7,
    requests: [1, 1],
    latencyMs: 150,
    lookup: "absolute",
    lookupShare: 0.7,
  },
  {
    client: "orders/orders-worker",
    server: "mail-relay",
    port: 587,
    kind: "tcp",
    perMinute: 0.4,
    requests: [1, 1],
    latencyMs: 60,
  },
  {
    client: "search/search-api",
    server: "search/opensearch",
    port: 9200,
    kind: "http",
    perMinute: 3,
    requests: [2, 5],
    latencyMs: 18,
    proxy: "egress",
    lookup: "short",
    lookupShare: 0.3,
    routes: [post("/products/_search", 5), get("/_cluster/health", 1)],
  },
  {
    client: "search/indexer",
    server: "search/opensearch",
    port: 9200,
    kind: "tcp",
    perMinute: 0.8,
    requests: [2, 4],
    latencyMs: 45,
    lookup: "short",
    lookupShare: 0.4,
  },
  {
    client: "search/indexer",
    server: "orders/event-bus",
    port: 4222,
    kind: "tcp",
    perMinute: 0.4,
    requests: [1, 2],
    latencyMs: 2,
    lookup: "cross-namespace",
    lookupShare: 0.4,
  },
  {
    client: "reports/price-sync",
    server: "supplier",
    port: 443,
    kind: "tcp",
    perMinute: 0.5,
    requests: [1, 2],
    latencyMs: 180,
    lookup: "relative-external",
    lookupShare: 1,
  },
  {
    client: "monitoring/grafana",
    server: "monitoring/prometheus",
    port: 9090,
    kind: "tcp",
    perMinute: 0.7,
    requests: [1, 3],
    latencyMs: 12,
    sock: true,
    lookup: "short",
    lookupShare: 0.4,
  },
  {
    client: "monitoring/grafana",
    server: "orders/orders-db",
    port: 5432,
    kind: "tcp",
    perMinute: 0.5,
    requests: [1, 2],
    latencyMs: 6,
    audited: true,
  },
  {
    client: "monitoring/kube-state-metrics",
    server: "kube-apiserver",
    port: 6443,
    kind: "tcp",
    perMinute: 0.5,
    requests: [1, 3],
    latencyMs: 8,
    sock: true,
  },
];
