/**
 * Twelve small logs that are easily read wrongly (flow-formats 1, 2, 4.2 and 8), with answers that were worked out by hand from the
 * rules of counting, before the program was asked.
 */

import { describe, expect, it } from "vitest";
import { timeAt } from "@/lib/jobs/testing";
import { type Log, ProofCapture, textOf } from "./captures";

type Members = Readonly<Record<string, unknown>>;
type Pod = keyof typeof PODS;

/** A workload is learned where its pod is local; elsewhere it is guessed from the pod's name, and differs. */
const PODS = {
  web: { node: "n1", ip: "10.0.1.1", workload: "frontend", pod: "web-7d9c6b5f4-x2k8p", namespace: "shop" },
  api: { node: "n2", ip: "10.0.2.1", workload: "orders", pod: "api-5c8f9d7b6-q4w9z", namespace: "shop" },
  dns: {
    node: "n2",
    ip: "10.0.2.9",
    workload: "coredns",
    pod: "dns-6b7c8d9f5-h2j4k",
    namespace: "kube-system",
  },
} as const;

const IDENTITIES = { web: 901, api: 902, dns: 903 } as const;

let uuids = 0;

/** A flow of a node; times are seconds behind 12:00:00, with microseconds. */
function flow(node: string, at: number, members: Members): string {
  const time = timeAt(at).replace("Z", `${String(Math.round(at * 1e6) % 1000).padStart(3, "0")}Z`);
  const uuid = `u${++uuids}`;
  return JSON.stringify({
    flow: { time, uuid, verdict: "FORWARDED", Type: "L3_L4", node_name: node, ...members },
  });
}

function side(name: Pod, node: string): Members {
  const { pod, namespace, workload, node: home } = PODS[name];
  const known = node === home ? { ID: 7, workloads: [{ name: workload, kind: "Deployment" }] } : {};
  return { namespace, pod_name: pod, identity: IDENTITIES[name], ...known };
}

/** Who sends to whom: addresses and endpoints as the node sees them. */
function between(node: string, from: Pod, to: Pod): Members {
  return {
    IP: { source: PODS[from].ip, destination: PODS[to].ip, ipVersion: "IPv4" },
    source: side(from, node),
    destination: side(to, node),
  };
}

const flags = (text: string): Members => Object.fromEntries(text.split(",").map((flag) => [flag, true]));
const tcp = (from: number, to: number, set?: string): Members => ({
  l4: {
    TCP: { source_port: from, destination_port: to, ...(set === undefined ? {} : { flags: flags(set) }) },
  },
});
const udp = (from: number, to: number): Members => ({
  l4: { UDP: { source_port: from, destination_port: to } },
});
const sctp = (from: number, to: number): Members => ({
  l4: { SCTP: { source_port: from, destination_port: to } },
});
const trace = (point: "TO_ENDPOINT" | "TO_OVERLAY", reply?: boolean): Members => ({
  event_type: { type: 4, sub_type: point === "TO_ENDPOINT" ? 0 : 4 },
  trace_observation_point: point,
  ...(reply === undefined ? {} : { is_reply: reply, reply: reply || undefined }),
});
const allowed = (direction: string): Members => ({
  event_type: { type: 5 },
  traffic_direction: direction,
  is_reply: false,
});
/** The two records of a denial. */
const verdict = (direction: string): Members => ({
  ...{ verdict: "DROPPED", drop_reason: 133, drop_reason_desc: "POLICY_DENIED" },
  ...{ event_type: { type: 5 }, traffic_direction: direction },
});
const drop = (direction: string, code = 133, name = "POLICY_DENIED"): Members => ({
  ...{ verdict: "DROPPED", drop_reason: code, drop_reason_desc: name },
  ...{ event_type: { type: 1, sub_type: code }, traffic_direction: direction },
});

interface Case {
  readonly name: string;
  readonly files: readonly (readonly string[])[];
  readonly summary: Members;
  /** `client > server:port/protocol events drops`, in the order of their texts. */
  readonly edges: readonly string[];
  readonly unplaced?: Readonly<Record<string, number>>;
  /** `kind type class count client > server`, ranked. */
  readonly causes?: readonly string[];
  readonly dns?: Members;
  readonly http?: Members;
}

const FROM = (node: string, at: number, members: Members): string =>
  flow(node, at, { ...between(node, "web", "api"), ...members });
const BACK = (node: string, at: number, members: Members): string =>
  flow(node, at, { ...between(node, "api", "web"), ...members });

function bothEnds(): Case {
  const n1 = [
    FROM("n1", 0.0001, { ...tcp(50000, 8080, "SYN"), ...allowed("EGRESS") }),
    FROM("n1", 0.00012, { ...tcp(50000, 8080, "SYN"), ...trace("TO_OVERLAY", false) }),
    BACK("n1", 0.002, { ...tcp(8080, 50000, "SYN,ACK"), ...trace("TO_ENDPOINT", true) }),
    FROM("n1", 0.0021, { ...tcp(50000, 8080, "ACK"), ...trace("TO_OVERLAY", false) }),
    FROM("n1", 5, { ...tcp(50000, 8080, "ACK,FIN"), ...trace("TO_OVERLAY", false) }),
  ];
  const n2 = [
    FROM("n2", 0.0005, { ...tcp(50000, 8080, "SYN"), ...allowed("INGRESS") }),
    FROM("n2", 0.00052, { ...tcp(50000, 8080, "SYN"), ...trace("TO_ENDPOINT", false) }),
    BACK("n2", 0.001, { ...tcp(8080, 50000, "SYN,ACK"), ...trace("TO_OVERLAY", true) }),
    FROM("n2", 5.0005, { ...tcp(50000, 8080, "ACK,FIN"), ...trace("TO_ENDPOINT", false) }),
  ];
  return {
    name: "a connection on two nodes, one of whose files was opened twice",
    files: [n1, n2, n2],
    summary: { records: 9, events: 9, drops: 0, attempts: 1, requests: 0 },
    edges: ["shop/frontend > shop/orders:8080/TCP 9 0"],
  };
}

function repliesFirst(): Case {
  return {
    name: "answers before their questions: the server's clock is 40 ms ahead",
    files: [
      [
        BACK("n1", 10.042, { ...tcp(8080, 50000, "SYN,ACK"), ...trace("TO_ENDPOINT", true) }),
        FROM("n1", 10.04, { ...tcp(50000, 8080, "SYN"), ...trace("TO_OVERLAY", false) }),
        BACK("n2", 10.001, { ...tcp(8080, 50000, "SYN,ACK"), ...trace("TO_OVERLAY", true) }),
        FROM("n2", 10, { ...tcp(50000, 8080, "SYN"), ...trace("TO_ENDPOINT", false) }),
        FROM("n1", 10.043, { ...tcp(50000, 8080, "ACK"), ...trace("TO_OVERLAY", false) }),
        // Only the answer was logged: a connection that was open already, and an edge the right way round.
        BACK("n1", 11, { ...tcp(9090, 50001, "SYN,ACK"), ...trace("TO_ENDPOINT", true) }),
      ],
    ],
    summary: { events: 6, drops: 0, attempts: 1 },
    edges: ["shop/frontend > shop/orders:8080/TCP 5 0", "shop/frontend > shop/orders:9090/TCP 1 0"],
  };
}

function withoutReply(): Case {
  return {
    name: "is_reply missing: reply, flags, the connection's other records and ports tell, in this order",
    files: [
      [
        BACK("n2", 0, { ...tcp(8080, 50000, "SYN,ACK"), ...drop("INGRESS") }),
        FROM("n1", 1, { ...tcp(50001, 8080, "ACK"), ...trace("TO_OVERLAY") }),
        BACK("n1", 1.1, { ...tcp(8080, 50001, "ACK"), ...trace("TO_ENDPOINT", true) }),
        FROM("n1", 2, { ...udp(40123, 8125), ...trace("TO_OVERLAY") }),
        BACK("n1", 3, { ...udp(8125, 40124), ...trace("TO_ENDPOINT") }),
        FROM("n1", 4, { ...udp(40000, 50000), ...trace("TO_OVERLAY") }),
        FROM("n1", 5, { ...udp(5000, 6000), ...trace("TO_OVERLAY") }),
        BACK("n1", 6, { ...tcp(7000, 6999, "ACK"), ...trace("TO_ENDPOINT"), reply: true }),
      ],
    ],
    // Of UDP each question is an attempt; TCP without a SYN was open already.
    summary: { events: 8, drops: 1, dropCauses: 1, attempts: 3 },
    edges: [
      "shop/frontend > shop/orders:7000/TCP 1 0",
      "shop/frontend > shop/orders:8080/TCP 3 1",
      "shop/frontend > shop/orders:8125/UDP 2 0",
    ],
    unplaced: { "ports-alike": 2 },
    causes: ["drop default-deny degraded 1 shop/frontend > shop/orders"],
  };
}

function icmp(): Case {
  const echo = { l4: { ICMPv4: { type: 8 } } };
  const outside = {
    IP: { source: "10.0.1.1", destination: "192.0.2.9" },
    source: side("web", "n1"),
    destination: { identity: 2, labels: ["reserved:world"] },
  };
  return {
    name: "ICMP has no ports: no attempts, and drops are told by type and code",
    files: [
      [
        flow("n1", 0, { ...outside, ...echo, ...verdict("EGRESS") }),
        flow("n1", 0.0005, { ...outside, ...echo, ...drop("EGRESS") }),
        flow("n1", 1, { ...outside, ...echo, ...drop("EGRESS") }),
        FROM("n1", 2, { ...echo, ...trace("TO_OVERLAY", false) }),
        BACK("n1", 2.01, { l4: { ICMPv4: {} }, ...trace("TO_ENDPOINT", true) }),
        BACK("n1", 3, { l4: { ICMPv4: { type: 3, code: 3 } }, ...trace("TO_ENDPOINT") }),
        flow("n1", 4, {
          ...{ IP: { source: "fe80::1", destination: "ff02::2", ipVersion: "IPv6" } },
          ...{ source: side("web", "n1"), destination: {}, l4: { ICMPv6: { type: 133 } } },
          ...drop("EGRESS", 139, "UNSUPPORTED_L3_PROTOCOL"),
        }),
      ],
    ],
    summary: { events: 7, drops: 3, dropCauses: 2, attempts: null },
    edges: ["shop/frontend > shop/api:null/ICMPv4 2 0"],
    unplaced: { "no-ports": 5 },
    causes: ["drop default-deny never-worked 2 null > null", "drop datapath noise 1 null > null"],
  };
}

function sctpDenied(): Case {
  return {
    name: "SCTP, and a verdict record exactly 1 ms away from its drop, and one a microsecond further",
    files: [
      [
        FROM("n1", 0, { ...sctp(36000, 3868), ...trace("TO_OVERLAY", false) }),
        FROM("n2", 0.001, { ...sctp(36000, 3868), ...trace("TO_ENDPOINT", false) }),
        BACK("n2", 0.003, { ...sctp(3868, 36000), ...trace("TO_OVERLAY", true) }),
        BACK("n1", 0.004, { ...sctp(3868, 36000), ...trace("TO_ENDPOINT", true) }),
        FROM("n2", 1, { ...sctp(36001, 3868), ...verdict("INGRESS") }),
        FROM("n2", 1.001, { ...sctp(36001, 3868), ...drop("INGRESS") }),
        FROM("n2", 20, { ...sctp(36001, 3868), ...verdict("INGRESS") }),
        FROM("n2", 20.001001, { ...sctp(36001, 3868), ...drop("INGRESS") }),
      ],
    ],
    summary: { events: 8, drops: 3, dropCauses: 1, attempts: 2 },
    edges: ["shop/frontend > shop/orders:3868/SCTP 8 3"],
    causes: ["drop default-deny broken-since 3 shop/frontend > shop/orders"],
  };
}

function ipv6(): Case {
  const ip = (source: string, destination: string): Members => ({
    IP: { source, destination, ipVersion: "IPv6" },
  });
  const [short, long] = [ip("fd00::1", "fd00::2"), ip("FD00:0:0:0::1", "fd00:0000::0002")];
  const world = (node: string, label: string, address: string): Members => ({
    ...ip("fd00::1", address),
    ...{ source: side("web", node), destination: { identity: 16777217, labels: [label] } },
  });
  return {
    name: "IPv6 that two nodes spell differently, and a number that means another prefix on each node",
    files: [
      [
        FROM("n1", 0, { ...short, ...tcp(50000, 443, "SYN"), ...trace("TO_OVERLAY", false) }),
        FROM("n2", 0.001, { ...long, ...tcp(50000, 443, "SYN"), ...trace("TO_ENDPOINT", false) }),
        BACK("n2", 0.002, {
          ...ip("fd00::2", "fd00::1"),
          ...tcp(443, 50000, "SYN,ACK"),
          ...trace("TO_OVERLAY", true),
        }),
        FROM("n1", 1, { ...long, ...tcp(50001, 443, "SYN"), ...verdict("EGRESS") }),
        FROM("n1", 1, { ...short, ...tcp(50001, 443, "SYN"), ...drop("EGRESS") }),
        flow("n1", 2, {
          ...world("n1", "cidr:2001-db8--/32", "2001:db8::5"),
          ...tcp(50002, 443, "SYN"),
          ...drop("EGRESS"),
        }),
        flow("n3", 2, {
          ...world("n3", "cidr:2a00--/16", "2a00::7"),
          ...tcp(50003, 443, "SYN"),
          ...drop("EGRESS"),
        }),
      ],
    ],
    summary: { events: 7, drops: 3, dropCauses: 3, attempts: 4 },
    edges: [
      "shop/frontend > cidr:2001:db8::/32:443/TCP 1 1",
      "shop/frontend > cidr:2a00::/16:443/TCP 1 1",
      "shop/frontend > shop/orders:443/TCP 5 1",
    ],
  };
}

function translated(): Case {
  const service = (address: string, name: string): Members => ({
    IP: { source: "10.0.1.1", destination: address },
    ...{ source: side("web", "n1"), destination: {}, destination_service: { name, namespace: "shop" } },
  });
  const socket = (verdict: string, sub: number): Members => ({
    ...{ verdict, Type: "SOCK", event_type: { type: 7, sub_type: sub }, traffic_direction: "EGRESS" },
  });
  return {
    name: "translated at the socket, and a service without a backend",
    files: [
      [
        flow("n1", 0, {
          ...service("10.96.0.20", "api"),
          ...socket("TRACED", 1),
          l4: { TCP: { destination_port: 80 } },
        }),
        FROM("n1", 0.00001, { ...socket("TRANSLATED", 2), l4: { TCP: { destination_port: 8080 } } }),
        FROM("n1", 0.001, { ...tcp(50000, 8080, "SYN"), ...trace("TO_OVERLAY", false) }),
        BACK("n1", 0.002, { ...tcp(8080, 50000, "SYN,ACK"), ...trace("TO_ENDPOINT", true) }),
        // The socket's address is not the packet's: the service has no backend, and the client tries twice.
        ...[1, 2].map((at) =>
          flow("n1", at, {
            ...service("10.96.0.21", "empty"),
            ...tcp(50001, 80, "SYN"),
            ...drop("EGRESS", 158, "SERVICE_BACKEND_NOT_FOUND"),
          }),
        ),
        // The node's log goes on.
        FROM("n1", 100, { ...udp(40000, 8125), ...trace("TO_OVERLAY", false) }),
      ],
    ],
    summary: { events: 7, drops: 2, dropCauses: 1, attempts: 3 },
    edges: [
      "shop/frontend > service:shop/api:80/TCP 1 0",
      "shop/frontend > service:shop/empty:80/TCP 2 2",
      "shop/frontend > shop/api:8080/TCP 3 0",
      "shop/frontend > shop/api:8125/UDP 1 0",
    ],
    causes: ["drop datapath never-worked 2 shop/frontend > service:shop/empty"],
  };
}

function requests(): Case {
  /** One proxy's record of a request, or with a code of its answer. */
  const http = (
    at: number,
    end: "EGRESS" | "INGRESS",
    id: string,
    what: string,
    code?: number,
    more?: Members,
  ): string => {
    const [method, path] = what.split(" ");
    const node = end === "EGRESS" ? "n1" : "n2";
    return (code === undefined ? FROM : BACK)(node, at, {
      ...(code === undefined ? tcp(50000, 8080) : tcp(8080, 50000)),
      ...{ Type: "L7", event_type: { type: 129 }, traffic_direction: end, is_reply: code !== undefined },
      l7: {
        type: code === undefined ? "REQUEST" : "RESPONSE",
        http: {
          method,
          url: `http://api${path}`,
          protocol: "HTTP/1.1",
          code,
          headers: [{ key: "X-Request-Id", value: id }],
        },
      },
      ...more,
    });
  };
  const pair = (
    at: number,
    end: "EGRESS" | "INGRESS",
    id: string,
    what: string,
    code: number,
    more?: Members,
  ) => [http(at, end, id, what, undefined, more), http(at + 0.03, end, id, what, code)];
  return {
    name: "requests that one or both proxies logged, retried, refused by a rule, not found by the server",
    files: [
      [
        ...pair(0, "EGRESS", "r1", "GET /orders/1", 200),
        ...pair(0.002, "INGRESS", "r1", "GET /orders/1", 200),
        ...pair(1, "EGRESS", "r2", "GET /orders/2", 503),
        // The retry is another request, with an id of its own.
        ...pair(2, "EGRESS", "r3", "GET /orders/2", 200),
        ...pair(3, "EGRESS", "r4", "DELETE /admin", 403),
        ...pair(3.002, "INGRESS", "r4", "DELETE /admin", 403, { verdict: "DROPPED" }),
        ...pair(4, "EGRESS", "r5", "GET /nothing", 404),
        ...pair(4.002, "INGRESS", "r5", "GET /nothing", 404),
      ],
    ],
    summary: { events: 16, drops: 1, dropCauses: 1, requests: 5, l7Errors: 2, attempts: 0 },
    edges: ["shop/frontend > shop/orders:8080/TCP 16 1"],
    causes: ["drop l7-rule degraded 1 shop/frontend > shop/orders"],
    http: {
      ...{
        requests: 5,
        responses: 5,
        errors: 2,
        denied: 1,
        clientErrors: 1,
        succeeded: 3,
        unanswered: 0,
        open: 0,
      },
      status: { "200": 2, "404": 1, "503": 1, "403 by policy": 1 },
    },
  };
}

function policyChanged(): Case {
  const syn = tcp(50000, 8080, "SYN");
  const denied = [0, 1, 3, 7].flatMap((at) => [
    FROM("n1", at, { ...syn, ...trace("TO_OVERLAY", false) }),
    FROM("n2", at + 0.02, { ...syn, ...verdict("INGRESS") }),
    FROM("n2", at + 0.0202, { ...syn, ...drop("INGRESS") }),
  ]);
  const update = JSON.stringify({
    agent_event: {
      type: "POLICY_UPDATED",
      policy_update: { labels: ["k8s:io.cilium.k8s.policy.name=allow"], revision: "9" },
    },
    node_name: "n2",
    time: timeAt(10),
  });
  return {
    name: "one attempt that was denied four times and let in when the policy changed; the server's clock is 20 ms late",
    files: [
      [
        FROM("n1", 0, { ...syn, ...allowed("EGRESS") }),
        ...denied,
        update,
        FROM("n1", 15, { ...syn, ...trace("TO_OVERLAY", false) }),
        BACK("n1", 15.002, { ...tcp(8080, 50000, "SYN,ACK"), ...trace("TO_ENDPOINT", true) }),
        FROM("n2", 15.021, { ...syn, ...allowed("INGRESS") }),
        FROM("n2", 15.02101, { ...syn, ...trace("TO_ENDPOINT", false) }),
        BACK("n2", 15.0215, { ...tcp(8080, 50000, "SYN,ACK"), ...trace("TO_OVERLAY", true) }),
      ],
    ],
    summary: { events: 18, drops: 4, dropCauses: 1, attempts: 1 },
    edges: ["shop/frontend > shop/orders:8080/TCP 18 4"],
    causes: ["drop default-deny degraded 4 shop/frontend > shop/orders"],
  };
}

function aggregated(): Case {
  const of = (namespace: string, name: string) => ({ namespace, workloads: [{ name, kind: "Deployment" }] });
  const [web, api] = [of("shop", "frontend"), of("shop", "orders")];
  const record = (at: number, members: Members): string =>
    JSON.stringify({ flow: { time: timeAt(at), verdict: "FORWARDED", ...members } });
  return {
    name: "aggregated records: counters as numbers and texts, in all three places, and absent",
    files: [
      [
        record(0, {
          ...{ source: web, destination: api, is_reply: false, l4: { TCP: { destination_port: 8080 } } },
          aggregate: { egress_flow_count: 40, ingress_flow_count: "2" },
        }),
        record(0, {
          ...{ source: api, destination: web, is_reply: true, l4: { TCP: { destination_port: 50000 } } },
          aggregate: { ingress_flow_count: 20 },
        }),
        record(30, {
          ...{
            source: web,
            destination: of("kube-system", "node-local-dns"),
            l4: { UDP: { destination_port: 53 } },
          },
          ...{
            verdict: "DROPPED",
            drop_reason_desc: "POLICY_DENIED",
            extensions: { egress_flow_count: "6" },
          },
        }),
        record(30, {
          ...{ source: of("kube-system", "coredns"), destination: web, is_reply: true },
          ...{ l4: { UDP: { destination_port: 41000 } }, l7: { dns: { rcode: 3 } } },
          extensions: { value: { unknown_direction_flow_count: 5 } },
        }),
        record(60, {
          source: web,
          destination: api,
          is_reply: false,
          l4: { TCP: { destination_port: 8080 } },
          aggregate: {},
        }),
      ],
    ],
    summary: { records: 5, events: 74, drops: 6, dropCauses: 1, attempts: null, dnsErrors: 5 },
    edges: [
      // Of a reply the record has the client's port only.
      "shop/frontend > kube-system/coredns:null/UDP 5 0",
      "shop/frontend > kube-system/node-local-dns:53/UDP 6 6",
      "shop/frontend > shop/orders:8080/TCP 43 0",
      "shop/frontend > shop/orders:null/TCP 20 0",
    ],
    dns: {
      queries: 0,
      responses: 5,
      errors: { NXDOMAIN: 5 },
      namelessResponses: 5,
      expansion: 0,
      unanswered: 0,
    },
  };
}

function names(): Case {
  const dns = (
    at: number,
    port: number,
    query: string,
    answer?: Members,
    type = "A",
    more: Members = {},
  ): string =>
    flow("n1", at, {
      ...(answer === undefined ? between("n1", "web", "dns") : between("n1", "dns", "web")),
      ...(answer === undefined ? udp(port, 53) : udp(53, port)),
      ...{
        Type: "L7",
        event_type: { type: 129 },
        traffic_direction: "EGRESS",
        is_reply: answer !== undefined,
      },
      l7: { type: answer === undefined ? "REQUEST" : "RESPONSE", dns: { query, qtypes: [type], ...answer } },
      ...more,
    });
  const asked = (at: number, port: number, query: string, answer: Members, type?: string) => [
    dns(at, port, query, undefined, type),
    dns(at + 0.001, port, query, answer, type),
  ];
  const none = { rcode: 3 };
  return {
    name: "DNS: the search list, no record of the type, a name that is not there, a retry, a refusal, and the log's end",
    files: [
      [
        ...asked(0, 41000, "api.example.com.shop.svc.cluster.local.", none),
        ...asked(0.01, 41001, "api.example.com.svc.cluster.local.", none),
        ...asked(0.02, 41002, "api.example.com.cluster.local.", none),
        ...asked(0.03, 41003, "API.example.com.", { ips: ["192.0.2.7"], ttl: 30 }),
        ...asked(0.04, 41004, "api.example.com.", {}, "AAAA"),
        ...asked(20, 41005, "gone.example.com.", none),
        dns(30, 41006, "slow.example.com."),
        dns(35.1, 41006, "slow.example.com."),
        dns(35.2, 41006, "slow.example.com.", { ips: ["192.0.2.8"] }),
        dns(40, 41007, "blocked.example.com.", undefined, "A", { verdict: "DROPPED" }),
        dns(40.001, 41007, "blocked.example.com.", { rcode: 5 }),
        dns(98, 41008, "last.example.com."),
        FROM("n1", 100, { ...udp(40000, 8125), ...trace("TO_OVERLAY", false) }),
      ],
    ],
    summary: { events: 19, drops: 1, dropCauses: 1, requests: 0, dnsErrors: 2 },
    edges: ["shop/frontend > kube-system/dns:53/UDP 18 1", "shop/frontend > shop/api:8125/UDP 1 0"],
    dns: {
      ...{ queries: 10, responses: 8, errors: { NXDOMAIN: 4, REFUSED: 1 }, expansion: 3, noData: 1 },
      ...{ unanswered: 1, open: 1, refused: 1, retries: 1, names: 8, clients: 1 },
    },
  };
}

function notDrops(): Case {
  const camel = JSON.stringify({
    flow: {
      ...{
        time: timeAt(9),
        uuid: "camel",
        verdict: "DROPPED",
        nodeName: "n1",
        Type: "L3_L4",
        trafficDirection: "EGRESS",
      },
      ...{ dropReasonDesc: "POLICY_DENY", eventType: { type: 1, subType: 181 } },
      ...{
        IP: { source: "10.0.1.1", destination: "10.0.2.1" },
        source: { namespace: "shop", podName: PODS.web.pod },
      },
      destination: { namespace: "shop", podName: PODS.api.pod },
      l4: { TCP: { sourcePort: 50009, destinationPort: 8080, flags: { SYN: true } } },
    },
    nodeName: "n1",
  });
  const syn = (port: number) => tcp(port, 8080, "SYN");
  return {
    name: "what is no drop: audit, error, retransmission, not a loss; and a deny rule told by a number, by a name, in camelCase",
    files: [
      [
        FROM("n1", 0, { ...syn(50000), ...verdict("EGRESS"), verdict: "AUDIT" }),
        FROM("n1", 1, {
          ...tcp(50001, 8080),
          verdict: "ERROR",
          Type: "L7",
          is_reply: false,
          traffic_direction: "EGRESS",
          event_type: { type: 129 },
          l7: { type: "REQUEST", http: { method: "GET", url: "http://api/" } },
        }),
        FROM("n1", 2, { ...syn(50002), verdict: 15, event_type: { type: 1 } }),
        FROM("n1", 3, { ...syn(50003), ...drop("EGRESS", 173, "NAT_NOT_NEEDED") }),
        FROM("n1", 4, { ...syn(50004), ...drop("EGRESS", 205, "DROP_PUNT_PROXY") }),
        FROM("n1", 5, { ...syn(50005), verdict: undefined, event_type: { type: 3, sub_type: 4 } }),
        FROM("n1", 6, { ...syn(50006), ...drop("EGRESS", 181), drop_reason_desc: undefined }),
        camel,
        FROM("n1", 10, { ...syn(50010), ...trace("TO_OVERLAY", false) }),
        FROM("n2", 10.001, { ...syn(50010), ...trace("TO_ENDPOINT", false) }),
      ],
    ],
    summary: {
      ...{ events: 10, drops: 2, dropCauses: 1, audited: 1, notLosses: 2, requests: 1, l7Errors: 1 },
      verdicts: { "15": 1, AUDIT: 1, DROPPED: 4, ERROR: 1, FORWARDED: 2, VERDICT_UNKNOWN: 1 },
    },
    edges: ["shop/frontend > shop/orders:8080/TCP 10 2"],
    causes: ["drop policy degraded 2 shop/frontend > shop/orders"],
  };
}

const CASES = [
  ...[bothEnds(), repliesFirst(), withoutReply(), icmp(), sctpDenied(), ipv6(), translated()],
  ...[requests(), policyChanged(), aggregated(), names(), notDrops()],
];

describe("a log that was worked out by hand", () => {
  it.each(CASES.map((one) => [one.name, one] as const))("%s", (_name, expected) => {
    const logs: Log[] = expected.files.map((texts, n) => ({ name: `${n}.log`, text: textOf(texts) }));
    const proof = new ProofCapture(logs);
    const map = proof.ask("map", { level: "workload" });
    const edges = map.edges.map(
      ({ client, server, port, protocol, events, drops }) =>
        `${client} > ${server}:${port}/${protocol} ${events} ${drops}`,
    );
    const causes = proof
      .ask("causes", { kind: "drop", limit: "100" })
      .rows.map(
        (cause) =>
          `${cause.kind} ${cause.type} ${cause.class} ${cause.count} ${cause.client?.id ?? null} > ${cause.server?.id ?? null}`,
      );
    expect({
      summary: proof.ask("summary"),
      edges: edges.sort(),
      unplaced: map.unplaced.reasons,
    }).toMatchObject({
      summary: expected.summary,
      edges: expected.edges,
      unplaced: expected.unplaced ?? {},
    });
    if (expected.causes !== undefined) expect(causes).toEqual(expected.causes);
    if (expected.dns !== undefined)
      expect(proof.ask("dns", { by: "query" }).total).toMatchObject(expected.dns);
    if (expected.http !== undefined)
      expect(proof.ask("l7", { by: "route", protocol: "http" }).total).toMatchObject(expected.http);
  });
});
