/** Rules for one cause of each kind, with the packets that they have to let through and those beside them that they must not. By hand. */

import { describe, expect, it } from "vitest";
import type { AllowWish, Peer, SelectedPods } from "@/lib/insight/causes/allow-rule";
import { policyFiles } from "@/lib/insight/causes/policy-file";
import { line, lines } from "@/lib/jobs/testing";
import { ProofCapture } from "./captures";
import { readModel } from "./model";
import { Evaluator } from "./policy-evaluator";
import { ciliumSchema, kubernetesSchema } from "./policy-schema";
import { publishedFaults } from "./published-policies";
import { readYaml } from "./read-yaml";

const pod = (namespace: string, workload: string, identity: number, app = `k8s:app=${workload}`) => ({
  ID: identity,
  identity,
  namespace,
  pod_name: `${workload}-7d4b9c6f5-x2x7k`,
  labels: [app, "k8s:pod-template-hash=7d4b9c6f5", `k8s:io.kubernetes.pod.namespace=${namespace}`],
  workloads: [{ kind: "Deployment", name: workload }],
});
const WEB = pod("shop", "web", 300);
const CART = pod("shop", "cart", 301);
const LEDGER = pod("bank", "ledger", 302);
const LOCAL_DNS = pod("kube-system", "node-local-dns", 303, "k8s:k8s-app=node-local-dns");
const WORLD = { identity: 2, labels: ["reserved:world"] };
const WORLD6 = { identity: 10, labels: ["reserved:world-ipv6"] };
const API = { identity: 7, labels: ["reserved:kube-apiserver", "reserved:remote-node"] };
const HOST = { identity: 1, labels: ["reserved:host"] };
const ADDRESS = new Map<object, string>([
  [WEB, "10.0.1.1"],
  [CART, "10.0.1.2"],
  [LEDGER, "10.0.2.2"],
  [LOCAL_DNS, "10.0.3.3"],
  [API, "10.9.9.9"],
  [HOST, "10.0.0.1"],
]);

/** Who asks whom over what; an address is given where the side has none of its own. */
interface Packet {
  readonly from: object;
  readonly to: object;
  readonly ip?: string;
  /** Of the sender, for IPv6. */
  readonly own?: string;
  readonly way: object;
  readonly side?: "EGRESS" | "INGRESS";
  readonly l7?: object;
  /** Absent: the record leaves it out, as Hubble does for drops. */
  readonly isReply?: boolean;
}

const tcp = (port: number) => ({ TCP: { source_port: 40001, destination_port: port, flags: { SYN: true } } });
const ntp = (port: number) => ({ UDP: { source_port: port, destination_port: port } });
const udp = (port: number) => ({ UDP: { source_port: 50001, destination_port: port } });

let seconds = 0;
function record({ from, to, ip, own, way, side = "EGRESS", l7, isReply }: Packet, members: object): string {
  seconds += 100;
  const [source, destination] = [own ?? ADDRESS.get(from) ?? ip, ip ?? ADDRESS.get(to)];
  return line(seconds, {
    ...{ source: from, destination: to, l4: way, node_name: "prod/n1", traffic_direction: side },
    IP: { source, destination, ipVersion: destination?.includes(":") ? "IPv6" : "IPv4" },
    ...(l7 !== undefined && { Type: "L7", event_type: { type: 129 }, l7, is_reply: false }),
    ...(isReply !== undefined && { is_reply: isReply }),
    ...members,
  });
}
const lost = (packet: Packet, reason = "POLICY_DENIED", code = 133) =>
  record(packet, {
    verdict: "DROPPED",
    ...(packet.l7 === undefined && {
      drop_reason_desc: reason,
      event_type: { type: 1, sub_type: code },
    }),
  });
const passed = (packet: Packet) => record(packet, { verdict: "FORWARDED" });

const http = (method: string, url: string) => ({
  type: "REQUEST",
  http: { method, url: `http://ledger${url}`, protocol: "HTTP/1.1" },
});
const asks = (query: string) => ({
  type: "REQUEST",
  dns: { query, qtypes: ["A"], observation_source: "proxy" },
});
/** The answer by which the DNS proxy knows an address. */
const answered = (query: string, ip: string) =>
  line(1, {
    ...{ source: LOCAL_DNS, destination: WEB, node_name: "prod/n1", traffic_direction: "EGRESS" },
    IP: { source: "10.0.3.3", destination: "10.0.1.1", ipVersion: "IPv4" },
    l4: { UDP: { source_port: 53, destination_port: 50001 } },
    ...{ Type: "L7", event_type: { type: 129 }, is_reply: true },
    l7: {
      type: "RESPONSE",
      dns: { query, qtypes: ["A"], ips: [ip], ttl: 9000, observation_source: "proxy" },
    },
  });

type Words = string | RegExp;
interface Case {
  readonly kind: string;
  readonly dropped: string;
  /** Passed records that no rule may let through. */
  readonly beside: readonly string[];
  /** A part of the file, or why there is none. */
  readonly cilium: Words;
  readonly kubernetes: Words;
  /** Records needed to know what it was about. */
  readonly known?: readonly string[];
}

const toWorld = (ip: string, way = tcp(443), from: object = WEB): Packet => ({ from, to: WORLD, ip, way });
const toWorld6 = (ip: string, way = tcp(443)): Packet => ({
  ...{ from: WEB, to: WORLD6, ip, own: "fd00::1", way },
});
const toLedger6 = (from: object, own: string, way: object): Packet => ({
  ...{ from, to: LEDGER, own, ip: "fd00::2:2", way, side: "INGRESS" },
});
/** To ledger, whatever the addresses. */
const ping6 = (type: number, from: object = WEB): Packet => ({
  ...{ from, to: LEDGER, own: "fd00::1", ip: "fd00::2:2", way: { ICMPv6: { type } } },
});
const asked = (l7: object, from: object = WEB): Packet => ({
  ...{ from, to: LEDGER, way: tcp(80), side: "INGRESS", l7 },
});
const lookup = (query: string): Packet => ({ from: WEB, to: LOCAL_DNS, way: udp(53), l7: asks(query) });

const CASES: readonly Case[] = [
  {
    kind: "an address of IPv4 of which no name is known",
    dropped: lost(toWorld("198.51.100.9", tcp(5432))),
    beside: [
      passed(toWorld("198.51.100.10", tcp(5432))),
      passed(toWorld("198.51.100.9", tcp(5433))),
      passed(toWorld("198.51.100.9", tcp(5432), CART)),
    ],
    cilium: '- toCIDR:\n    - "198.51.100.9/32"',
    kubernetes: 'cidr: "198.51.100.9/32"',
  },
  {
    kind: "an address of IPv6",
    dropped: lost(toWorld6("2001:db8::7")),
    beside: [passed(toWorld6("2001:db8::8")), passed(toWorld6("2001:db8::7", tcp(80)))],
    cilium: '- "2001:db8::7/128"',
    kubernetes: 'cidr: "2001:db8::7/128"',
  },
  {
    kind: "pods that speak IPv6",
    dropped: lost(toLedger6(WEB, "fd00::1", tcp(5432))),
    beside: [
      passed(toLedger6(CART, "fd00::1:2", tcp(5432))),
      passed(toLedger6(WEB, "fd00::1", tcp(5433))),
      passed(toLedger6(WEB, "fd00::1", udp(5432))),
    ],
    cilium: '- fromEndpoints:\n    - matchLabels:\n        "k8s:io.kubernetes.pod.namespace": shop',
    kubernetes: "kubernetes.io/metadata.name: shop",
  },
  {
    kind: "a name",
    known: [answered("api.example.com.", "192.0.2.7"), answered("cdn.example.com.", "192.0.2.8")],
    dropped: lost(toWorld("192.0.2.7")),
    beside: [passed(toWorld("192.0.2.8")), passed(toWorld("192.0.2.7", tcp(80)))],
    cilium: "- toFQDNs:\n    - matchName: api.example.com",
    kubernetes: /no DNS names/,
  },
  {
    kind: "the API server",
    dropped: lost({ from: WEB, to: API, way: tcp(6443) }),
    beside: [
      passed({ from: WEB, to: API, way: tcp(10250) }),
      passed({ from: CART, to: API, way: tcp(6443) }),
    ],
    cilium: "- toEntities:\n    - kube-apiserver",
    kubernetes: /no entities/,
  },
  {
    kind: "the host on its way in",
    dropped: lost({ from: HOST, to: LEDGER, way: tcp(8080), side: "INGRESS" }),
    beside: [
      passed({ from: HOST, to: LEDGER, way: tcp(9090), side: "INGRESS" }),
      passed({ from: HOST, to: WEB, way: tcp(8080), side: "INGRESS" }),
    ],
    cilium: "- fromEntities:\n    - host",
    kubernetes: /no entities/,
  },
  {
    kind: "an echo request of ICMPv6 that says it is no reply",
    dropped: lost({ ...ping6(128), isReply: false }),
    beside: [passed(ping6(129)), passed({ ...ping6(128, CART), isReply: false })],
    cilium: "    icmps:\n    - fields:\n      - type: 128\n        family: IPv6",
    kubernetes: /has no ICMP/,
  },
  {
    kind: "an echo request whose record does not say whether it is a reply, as Hubble has it",
    dropped: lost({ ...ping6(128, CART), to: WEB }),
    beside: [passed({ ...ping6(129, CART), to: WEB }), passed({ ...ping6(1, CART), to: WEB })],
    cilium: "    icmps:\n    - fields:\n      - type: 128\n        family: IPv6",
    kubernetes: /has no ICMP/,
  },
  {
    kind: "an echo request to an address outside, on its way out",
    dropped: lost({ from: CART, to: WORLD, ip: "198.51.100.9", way: { ICMPv4: { type: 8 } } }),
    beside: [
      passed({ from: CART, to: WORLD, ip: "198.51.100.10", way: { ICMPv4: { type: 8 } } }),
      passed({ from: CART, to: WORLD, ip: "198.51.100.9", way: { ICMPv4: {} } }),
    ],
    cilium:
      '- toCIDR:\n    - "198.51.100.9/32"\n    icmps:\n    - fields:\n      - type: 8\n        family: IPv4',
    kubernetes: /has no ICMP/,
  },
  {
    kind: "an echo reply that is taken for a new connection",
    dropped: lost({ from: LEDGER, to: CART, way: { ICMPv4: {} } }),
    beside: [],
    cilium: /These are answers, which need no rule/,
    kubernetes: /These are answers, which need no rule/,
  },
  {
    kind: "the node-local DNS cache",
    dropped: lost({ from: CART, to: LOCAL_DNS, way: udp(53) }),
    beside: [passed({ from: CART, to: LOCAL_DNS, way: tcp(9253) })],
    cilium: '"k8s:k8s-app": node-local-dns',
    kubernetes: /no rules about DNS names/,
  },
  {
    kind: "a request that an HTTP rule refused",
    dropped: lost(asked(http("DELETE", "/accounts/7"))),
    beside: [
      passed(asked(http("POST", "/accounts/7"))),
      passed(asked(http("DELETE", "/accounts/77"))),
      passed(asked(http("DELETE", "/accounts/7"), CART)),
    ],
    cilium: '- method: DELETE\n          path: "/accounts/7"',
    kubernetes: /knows ports, not requests/,
  },
  {
    kind: "a name that a DNS rule refused",
    dropped: lost(lookup("new.example.com.")),
    beside: [passed(lookup("other.example.com.")), passed(lookup("x.new.example.com."))],
    cilium: "- matchName: new.example.com",
    kubernetes: /no rules about DNS names/,
  },
  {
    kind: "NTP, whose two ports are the same, on its way in",
    dropped: lost({ from: CART, to: WEB, way: ntp(123), side: "INGRESS" }),
    beside: [
      passed({ from: CART, to: WEB, way: ntp(124), side: "INGRESS" }),
      passed({ from: LEDGER, to: WEB, way: ntp(123), side: "INGRESS" }),
      passed({ from: CART, to: WEB, way: ntp(123) }),
    ],
    cilium: '- port: "123"\n        protocol: UDP',
    kubernetes: "- port: 123\n      protocol: UDP",
  },
  {
    kind: "router solicitations",
    dropped: lost({
      from: CART,
      to: { identity: 0 },
      ip: "ff02::2",
      own: "fe80::1",
      way: { ICMPv6: { type: 133 } },
    }),
    beside: [],
    cilium: /Router solicitations need no rule/,
    kubernetes: /Router solicitations need no rule/,
  },
  {
    kind: "a deny rule",
    dropped: lost({ from: CART, to: LEDGER, way: tcp(5432), side: "INGRESS" }, "POLICY_DENY", 181),
    beside: [],
    cilium: /A deny rule wins over every allow rule/,
    kubernetes: /A deny rule wins over every allow rule/,
  },
  {
    kind: "a service without backends",
    dropped: lost({ from: CART, to: LEDGER, way: tcp(80) }, "SERVICE_BACKEND_NOT_FOUND", 158),
    beside: [],
    cilium: /No policy dropped it, so no rule can allow it/,
    kubernetes: /No policy dropped it, so no rule can allow it/,
  },
  {
    kind: "authentication that fails",
    dropped: lost({ from: CART, to: LEDGER, way: tcp(443) }, "AUTH_REQUIRED", 189),
    beside: [],
    cilium: /have to authenticate each other/,
    kubernetes: /have to authenticate each other/,
  },
];

const DIALECTS = ["cilium", "kubernetes"] as const;

/** The policies of all causes of a log, and whether they let a record pass. */
function write(dialect: (typeof DIALECTS)[number], texts: readonly string[]) {
  const proof = new ProofCapture([{ name: "a.log", text: lines(...texts) }]);
  const causes = proof.ask("drops", { by: "cause" }).rows.map(({ key }) => key.causeId ?? "");
  const { files, leftOut } = proof.policies(causes, dialect);
  const model = readModel([lines(...texts)]);
  const evaluator = new Evaluator(model);
  const documents = files.map(({ yaml }) => readYaml(yaml));
  const [cilium, kubernetes] =
    dialect === "cilium"
      ? [documents.map((document) => ciliumSchema.parse(document)), []]
      : [[], documents.map((document) => kubernetesSchema.parse(document))];
  const allowed = new Set(
    model
      .filter((flow) => evaluator.cilium(cilium, flow) || evaluator.kubernetes(kubernetes, flow))
      .map(({ text }) => text),
  );
  return { yaml: files.map(({ yaml }) => yaml).join("---\n"), files, leftOut, allowed };
}

describe.each(DIALECTS)("the %s rule for", (dialect) => {
  it.each(CASES)("$kind allows what was dropped, nothing beside it, or says why there is none", (one) => {
    const { dropped, beside, known = [] } = one;
    const { yaml, leftOut, allowed } = write(dialect, [...known, ...beside, dropped]);
    const words = one[dialect];
    if (typeof words === "string") {
      expect(yaml).toContain(words);
      expect(leftOut).toEqual([]);
      expect([...allowed]).toEqual([dropped]);
    } else {
      expect(yaml).toBe("");
      expect(leftOut.map(({ why }) => why)).toEqual([expect.stringMatching(words)]);
      expect([...allowed]).toEqual([]);
    }
  });

  it("all of them together is a file for each workload, which allows no more than each alone", () => {
    const texts = CASES.flatMap(({ known = [], beside, dropped }) => [...known, ...beside, dropped]);
    const { files, leftOut, allowed } = write(dialect, texts);
    const able = CASES.filter((one) => typeof one[dialect] === "string");
    expect([...allowed].sort()).toEqual(able.map(({ dropped }) => dropped).sort());
    expect(leftOut).toHaveLength(CASES.length - able.length);
    expect(files.map(({ workload }) => workload).sort()).toEqual(
      dialect === "cilium" ? ["bank/ledger", "shop/cart", "shop/web"] : ["bank/ledger", "shop/web"],
    );
  });
});

describe("the published structures", () => {
  const cilium = (rule: object, more: object = {}) => ({
    ...{
      apiVersion: "cilium.io/v2",
      kind: "CiliumNetworkPolicy",
      metadata: { name: "x", namespace: "shop" },
    },
    spec: { endpointSelector: { matchLabels: { app: "web" } }, egress: [rule], ...more },
  });
  const kubernetes = (rule: object, more: object = {}) => ({
    ...{
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name: "x", namespace: "shop" },
    },
    spec: { podSelector: { matchLabels: { app: "web" } }, policyTypes: ["Egress"], egress: [rule], ...more },
  });
  const port = (members: object) => ({ toPorts: [{ ports: [{ port: "80", protocol: "TCP", ...members }] }] });

  it("take what is known to be good", () => {
    expect(publishedFaults("cilium", cilium({ toEntities: ["world"], ...port({ endPort: 90 }) }))).toEqual(
      [],
    );
    expect(
      publishedFaults("cilium", cilium({ icmps: [{ fields: [{ type: 8 }, { type: "EchoReply" }] }] })),
    ).toEqual([]);
    expect(publishedFaults("kubernetes", kubernetes({ ports: [{ port: 80 }, { port: "http" }] }))).toEqual(
      [],
    );
  });

  it.each<readonly ["cilium" | "kubernetes", string, object, RegExp]>([
    ["cilium", "an unknown member", cilium({ toPods: [] }), /no member toPods/],
    ["cilium", "an entity that none is", cilium({ toEntities: ["world-ipv4"] }), /toEntities\[0\]: enum/],
    ["cilium", "a port as a number", cilium(port({ port: 80 })), /port: type "string"/],
    ["cilium", "a protocol that none is", cilium(port({ protocol: "tcp" })), /protocol: enum/],
    ["cilium", "a name with a blank", cilium({ toFQDNs: [{ matchName: "a b" }] }), /matchName: pattern/],
    ["cilium", "no selector", { ...cilium({}), spec: { egress: [] } }, /policy.spec: oneOf/],
    ["cilium", "no direction", cilium({}, { egress: undefined, ingress: 1 }), /ingress: type "array"/],
    ["cilium", "two kinds of L7 rules", cilium(l7({ http: [], dns: [] })), /rules: oneOf/],
    [
      "cilium",
      "41 types of ICMP",
      cilium({ icmps: [{ fields: Array(41).fill({ type: 8 }) }] }),
      /fields: maxItems 40/,
    ],
    ["kubernetes", "an unknown member", kubernetes({ toPorts: [] }), /no member toPorts/],
    ["kubernetes", "a list as a peer", kubernetes({ to: [[]] }), /to\[0\]: type "object"/],
    [
      "kubernetes",
      "a block without a prefix",
      kubernetes({ to: [{ ipBlock: {} }] }),
      /ipBlock: required \["cidr"\]/,
    ],
    ["kubernetes", "ANY as a protocol", kubernetes({ ports: [{ protocol: "ANY" }] }), /protocol: enum/],
    [
      "kubernetes",
      "a direction in small letters",
      kubernetes({}, { policyTypes: ["egress"] }),
      /policyTypes\[0\]: enum/,
    ],
    ["kubernetes", "another kind", { ...kubernetes({}), kind: "Policy" }, /policy.kind: enum/],
  ])("of %s do not take %s", (kind, _name, document, fault) => {
    expect(publishedFaults(kind, document).join("\n")).toMatch(fault);
  });

  function l7(rules: object) {
    return { toPorts: [{ ports: [{ port: "80", protocol: "TCP" }], rules }] };
  }
});

describe("every kind of peer, over every way and at both sides", () => {
  const pods = (namespace: string, name: string): SelectedPods => ({
    ...{ namespace, name, alsoSelects: [] },
    labels: { app: name, "app.kubernetes.io/part-of": "the-shop" },
  });
  const ENTITIES = [
    ...["world", "host", "remote-node", "kube-apiserver"],
    ...["health", "ingress", "init", "unmanaged"],
  ];
  const PEERS: readonly Peer[] = [
    { kind: "pods", ...pods("shop", "cart"), cluster: null },
    { kind: "pods", ...pods("bank", "ledger"), cluster: null },
    { kind: "pods", ...pods("bank", "ledger"), cluster: "prod-eu" },
    ...ENTITIES.map((name): Peer => ({ kind: "entity", name })),
    {
      ...{ kind: "names", names: ["api.example.com", "_srv.example.com"] },
      resolver: pods("kube-system", "coredns"),
    },
    ...["198.51.100.0/24", "198.51.100.9/32", "2001:db8::/32", "2001:db8::7/128"].map(
      (prefix): Peer => ({ kind: "prefix", prefix }),
    ),
  ];
  const WISH = { owner: pods("shop", "web"), port: 5432, protocol: "TCP", icmp: null, http: [], dns: [] };
  const request = { path: "/accounts/{id}", isRoute: true, hasQuery: true };
  const WAYS: readonly Omit<AllowWish, "side" | "peer">[] = [
    WISH,
    { ...WISH, protocol: "UDP", port: 65535 },
    { ...WISH, protocol: "SCTP", port: 1 },
    { ...WISH, port: null, protocol: "ICMPv4", icmp: { family: "IPv4", types: [0, 8, 255] } },
    { ...WISH, port: null, protocol: "ICMPv6", icmp: { family: "IPv6", types: [128] } },
    {
      ...WISH,
      http: [
        { method: "GET", ...request },
        { ...request, method: "POST", path: undefined },
      ],
    },
    { ...WISH, port: 53, protocol: "UDP", dns: ["api.example.com", "*"] },
  ];
  const wishes = (["egress", "ingress"] as const).flatMap((side) =>
    PEERS.flatMap((peer) => WAYS.map((way): AllowWish => ({ ...way, side, peer }))),
  );

  it.each([
    // Of 16 peers, 7 ways and 2 sides: names are for egress, and so are rules about names that are asked for.
    ["cilium", ciliumSchema, 2 * 16 * 7 - 7 - 15],
    // Pods of the same cluster and prefixes, over what has ports and no requests.
    ["kubernetes", kubernetesSchema, 2 * 6 * 3],
  ] as const)(
    "is a policy that the published structure of %s takes, or is said not to be one",
    (dialect, schema, able) => {
      const written = wishes.flatMap((wish) => policyFiles(dialect, [wish]).files.map(({ yaml }) => yaml));
      for (const yaml of written) {
        schema.parse(readYaml(yaml));
        expect([yaml, publishedFaults(dialect, readYaml(yaml))]).toEqual([yaml, []]);
      }
      expect(written).toHaveLength(able);
      const { files, leftOut } = policyFiles(dialect, wishes);
      expect([files.length, leftOut.size]).toEqual([1, wishes.length - able]);
      for (const { yaml } of files) expect(publishedFaults(dialect, readYaml(yaml))).toEqual([]);
      for (const why of leftOut.values()) expect(why).toMatch(/^[A-Z].*\.$/);
    },
  );
});
