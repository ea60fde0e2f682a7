/**
 * The invented cluster as data: who lives where, which policy is in force. Who talks to whom is in connections.ts.
 * Nothing here is computed; change these tables to change the story.
 */
export const CLUSTER = "shop-prod";
/** The Hubble version whose records are imitated. */
export const HUBBLE_VERSION = "1.19.4";

type WorkloadKind = "Deployment" | "StatefulSet" | "DaemonSet" | "CronJob";

export interface WorkloadSpec {
  readonly namespace: string;
  readonly name: string;
  readonly kind: WorkloadKind;
  /** Node (0-based) of each pod; taken modulo the number of nodes. */
  readonly nodes: readonly number[];
  /** Key of the label that names the application. */
  readonly appLabel?: "app" | "app.kubernetes.io/name" | "k8s-app";
  readonly app?: string;
  readonly labels?: readonly string[];
  readonly serviceAccount?: string;
  /** CiliumNetworkPolicy that selects the pods for egress. DNS then goes through the proxy. */
  readonly egress?: string;
  /** Policy that selects the pods for ingress. */
  readonly ingress?: string;
  /** More replicas on larger clusters. */
  readonly scales?: boolean;
  /** Port of the liveness probe, when there is one. */
  readonly probe?: number;
  /** Port that Prometheus scrapes, when there is one. */
  readonly metrics?: number;
}

const NAME = "app.kubernetes.io/name";

/** The canary of the node-local DNS cache runs on this node only ("node-2"). */
export const CANARY_NODE = 1;

export const WORKLOADS: readonly WorkloadSpec[] = [
  {
    namespace: "edge",
    name: "ingress-nginx-controller",
    kind: "Deployment",
    nodes: [0, 2],
    appLabel: NAME,
    app: "ingress-nginx",
    labels: ["app.kubernetes.io/instance=ingress-nginx"],
    scales: true,
    probe: 10254,
    metrics: 10254,
  },
  {
    namespace: "storefront",
    name: "web",
    kind: "Deployment",
    nodes: [0, 1, 2],
    appLabel: NAME,
    egress: "web-egress",
    ingress: "web-ingress",
    scales: true,
    probe: 8080,
    metrics: 9102,
  },
  {
    namespace: "storefront",
    name: "cart",
    kind: "Deployment",
    nodes: [1, 2],
    appLabel: NAME,
    egress: "cart-egress",
    ingress: "cart-ingress",
    scales: true,
    probe: 8080,
  },
  {
    namespace: "storefront",
    name: "catalog",
    kind: "Deployment",
    nodes: [0, 2],
    appLabel: NAME,
    egress: "catalog-egress",
    ingress: "catalog-ingress",
    scales: true,
    probe: 8080,
  },
  {
    namespace: "storefront",
    name: "checkout",
    kind: "Deployment",
    nodes: [0, 1, 2],
    appLabel: NAME,
    egress: "checkout-egress",
    ingress: "checkout-ingress",
    scales: true,
    probe: 8080,
    metrics: 9102,
  },
  {
    namespace: "storefront",
    name: "recommendations",
    kind: "Deployment",
    nodes: [0, 1, 2],
    appLabel: NAME,
    ingress: "recommendations-ingress",
    probe: 8086,
  },
  {
    namespace: "payments",
    name: "payments-api",
    kind: "Deployment",
    nodes: [0, 2],
    appLabel: "app",
    labels: ["tier=api"],
    egress: "payments-egress",
    ingress: "payments-api-ingress",
    probe: 8443,
    metrics: 9102,
  },
  {
    namespace: "payments",
    name: "fraud-check",
    kind: "Deployment",
    nodes: [0, 1],
    appLabel: "app",
    labels: ["tier=internal"],
    egress: "payments-egress",
    ingress: "fraud-check-ingress",
  },
  {
    namespace: "payments",
    name: "ledger-db",
    kind: "StatefulSet",
    nodes: [2],
    appLabel: "app",
    labels: ["tier=data"],
    ingress: "ledger-db-ingress",
  },
  {
    namespace: "orders",
    name: "orders-api",
    kind: "Deployment",
    nodes: [1, 2],
    appLabel: "app",
    egress: "orders-egress",
    ingress: "orders-api-ingress",
    probe: 8080,
    metrics: 9102,
  },
  {
    namespace: "orders",
    name: "orders-worker",
    kind: "Deployment",
    nodes: [0],
    appLabel: "app",
    egress: "orders-egress",
  },
  {
    namespace: "orders",
    name: "orders-db",
    kind: "StatefulSet",
    nodes: [1],
    appLabel: "app",
    ingress: "orders-db-ingress",
  },
  {
    namespace: "orders",
    name: "event-bus",
    kind: "StatefulSet",
    nodes: [0, 2],
    appLabel: NAME,
    app: "nats",
    labels: ["app.kubernetes.io/instance=event-bus"],
  },
  {
    namespace: "search",
    name: "search-api",
    kind: "Deployment",
    nodes: [1, 2],
    appLabel: "app",
    egress: "search-egress",
    ingress: "search-api-ingress",
    scales: true,
    probe: 8080,
  },
  {
    namespace: "search",
    name: "opensearch",
    kind: "StatefulSet",
    nodes: [0, 1, 2],
    appLabel: NAME,
    labels: ["app.kubernetes.io/component=data"],
  },
  { namespace: "search", name: "indexer", kind: "Deployment", nodes: [0], appLabel: "app" },
  {
    namespace: "reports",
    name: "price-sync",
    kind: "CronJob",
    nodes: [2],
    appLabel: "app",
    egress: "reports-egress",
  },
  {
    namespace: "monitoring",
    name: "prometheus",
    kind: "StatefulSet",
    nodes: [1],
    appLabel: NAME,
    serviceAccount: "prometheus",
  },
  {
    namespace: "monitoring",
    name: "grafana",
    kind: "Deployment",
    nodes: [0],
    appLabel: NAME,
    serviceAccount: "grafana",
    probe: 3000,
  },
  {
    namespace: "monitoring",
    name: "kube-state-metrics",
    kind: "Deployment",
    nodes: [2],
    appLabel: NAME,
    serviceAccount: "kube-state-metrics",
    metrics: 8080,
  },
  {
    namespace: "kube-system",
    name: "coredns",
    kind: "Deployment",
    nodes: [0, 2],
    appLabel: "k8s-app",
    app: "kube-dns",
    serviceAccount: "coredns",
    probe: 8181,
    metrics: 9153,
  },
  {
    namespace: "kube-system",
    name: "node-local-dns",
    kind: "DaemonSet",
    nodes: [CANARY_NODE],
    appLabel: "k8s-app",
    serviceAccount: "node-local-dns",
  },
  {
    namespace: "kube-system",
    name: "metrics-server",
    kind: "Deployment",
    nodes: [1],
    appLabel: "k8s-app",
    serviceAccount: "metrics-server",
  },
];

/** Labels that the namespaces carry besides their name. */
export const NAMESPACE_LABELS: Readonly<Record<string, readonly string[]>> = {
  payments: ["pci=true"],
};

export interface PeerSpec {
  readonly key: string;
  readonly ips: readonly string[];
  /** DNS name; resolved through the proxy by the pods that call it. */
  readonly name?: string;
  /** Canonical name that the answer goes through. */
  readonly cname?: string;
  /** Label besides `reserved:world` that gives the peer its own node-local identity. */
  readonly label?: string;
}

export const PEERS: readonly PeerSpec[] = [
  {
    key: "cardpay",
    ips: ["203.0.113.20", "203.0.113.21"],
    name: "api.cardpay.example",
    label: "fqdn:api.cardpay.example",
  },
  {
    key: "cardpay-v2",
    ips: ["203.0.113.77"],
    name: "api-v2.cardpay-next.example",
    cname: "edge.cardpay-next.example",
  },
  {
    key: "supplier",
    ips: ["198.51.100.40"],
    name: "prices.supplier.example",
    cname: "lb-3.supplier.example",
    label: "fqdn:*.supplier.example",
  },
  {
    key: "shipping",
    ips: ["198.51.100.61", "198.51.100.62"],
    name: "hooks.shipping.example",
    label: "fqdn:hooks.shipping.example",
  },
  { key: "mail-relay", ips: ["192.0.2.25"], label: "cidr:192.0.2.0/24" },
];
