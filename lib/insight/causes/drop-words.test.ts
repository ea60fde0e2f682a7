import { describe, expect, it } from "vitest";
import { type CauseSide, type DropFacts, dropHints, dropRemedy, dropSentence } from "./drop-words";

const pods = (
  namespace: string,
  name: string,
  labels: readonly string[] = [`k8s:app=${name}`],
): CauseSide => ({
  key: `${namespace}/${name}@prod`,
  kind: "pod",
  namespace,
  name,
  labels,
});
const world = (key: string): CauseSide => ({
  key,
  kind: "world",
  namespace: null,
  name: key.slice(key.indexOf(":") + 1),
  labels: [],
});

const DENIED: DropFacts = {
  decidedBy: "default-deny",
  direction: "EGRESS",
  code: 133,
  reason: "POLICY_DENIED",
  policies: [],
  client: pods("shop", "web"),
  server: pods("bank", "ledger"),
  port: 5432,
  protocol: "TCP",
  icmp: null,
  request: null,
  resolvedAs: [],
  hasClientDns: false,
};

describe("the sentence", () => {
  it.each<readonly [Partial<DropFacts>, string]>([
    [
      {},
      "shop/web cannot reach bank/ledger on TCP 5432: no rule allows it, and a policy selects the pod (default deny, egress of the client's side).",
    ],
    [
      {
        decidedBy: "policy",
        code: 181,
        direction: "INGRESS",
        policies: [{ kind: "CiliumNetworkPolicy", namespace: "bank", name: "no" }],
      },
      "shop/web cannot reach bank/ledger on TCP 5432: forbidden by CiliumNetworkPolicy bank/no (ingress of the server's side).",
    ],
    [
      { decidedBy: "policy", code: 181 },
      "shop/web cannot reach bank/ledger on TCP 5432: a deny rule forbids it (egress of the client's side); the log does not say of which policy.",
    ],
    [
      { decidedBy: "datapath", code: 158, reason: "SERVICE_BACKEND_NOT_FOUND" },
      "shop/web cannot reach bank/ledger on TCP 5432: the service has no backend that is ready.",
    ],
    [
      { decidedBy: "datapath", code: 250, reason: "250" },
      "shop/web cannot reach bank/ledger on TCP 5432: 250.",
    ],
    [
      { decidedBy: "unknown", code: null, client: null, server: null, port: null },
      "Packets of TCP are lost: the log does not say why.",
    ],
    [
      {
        decidedBy: "l7-rule",
        code: null,
        direction: "INGRESS",
        request: { protocol: "http", method: "DELETE", text: "/admin" },
      },
      "shop/web cannot reach bank/ledger on TCP 5432: DELETE /admin is refused by the L7 rules (ingress of the server's side).",
    ],
  ])("%j", (facts, sentence) => {
    expect(dropSentence({ ...DENIED, ...facts })).toBe(sentence);
  });
});

describe("the rule to start from", () => {
  const yaml = (facts: Partial<DropFacts>) => dropRemedy({ ...DENIED, ...facts }).yaml;

  it("allows egress on the client's side, where egress was denied", () => {
    const remedy = dropRemedy(DENIED);
    expect(remedy.side).toBe("client egress");
    expect(remedy.yaml).toBe(`apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata:
  name: allow-web-egress-ledger
  namespace: "shop"
spec:
  endpointSelector:
    matchLabels:
      "app": "web"
  egress:
  - toEndpoints:
    - matchLabels:
        "k8s:io.kubernetes.pod.namespace": "bank"
        "k8s:app": "ledger"
    toPorts:
    - ports:
      - port: "5432"
        protocol: TCP
`);
  });

  it("allows ingress on the server's side, where ingress was denied", () => {
    const text = yaml({ direction: "INGRESS" });
    expect(dropRemedy({ ...DENIED, direction: "INGRESS" }).side).toBe("server ingress");
    expect(text).toContain('namespace: "bank"');
    expect(text).toContain("fromEndpoints");
    expect(text).toContain('"k8s:app": "web"');
  });

  it.each<readonly [string, Partial<DropFacts>, string]>([
    [
      "a name of the world",
      { server: world("dns:api.example.com") },
      '- toFQDNs:\n    - matchName: "api.example.com"',
    ],
    ["a prefix", { server: world("cidr:192.0.2.0/24") }, '- toCIDR:\n    - "192.0.2.0/24"'],
    ["an address", { server: world("ip:192.0.2.7") }, '- toCIDR:\n    - "192.0.2.7/32"'],
    ["an address of IPv6", { server: world("ip:2001:db8::7") }, '- toCIDR:\n    - "2001:db8::7/128"'],
    [
      "an address that the client had asked for by name",
      { server: world("ip:192.0.2.7"), resolvedAs: ["api.example.com"] },
      '- toFQDNs:\n    - matchName: "api.example.com"',
    ],
    [
      "a reserved identity",
      { server: { ...world("reserved:kube-apiserver"), kind: "reserved" } },
      "- toEntities:\n    - kube-apiserver",
    ],
    [
      "ICMP",
      { port: null, protocol: "ICMPv4", icmp: { type: 8, family: "IPv4" } },
      "    icmps:\n    - fields:\n      - type: 8\n        family: IPv4",
    ],
    [
      "an HTTP request, its path as a plain text",
      {
        decidedBy: "l7-rule",
        direction: "INGRESS",
        request: { protocol: "http", method: "GET", text: "http://x/a.b?c=d" },
      },
      '        http:\n        - method: "GET"\n          path: "/a\\\\.b"',
    ],
    [
      "a DNS name",
      {
        decidedBy: "l7-rule",
        port: 53,
        protocol: "UDP",
        request: { protocol: "dns", method: null, text: "a.example" },
      },
      '        dns:\n        - matchName: "a.example"',
    ],
  ])("can name %s", (_name, facts, part) => {
    expect(yaml(facts)).toContain(part);
  });

  it.each<readonly [string, Partial<DropFacts>]>([
    ["a deny rule: an allow rule does not help", { decidedBy: "policy", code: 181 }],
    ["no policy is at fault", { decidedBy: "datapath", code: 158 }],
    ["the direction is not known", { direction: "TRAFFIC_DIRECTION_UNKNOWN" }],
    ["the client is not known", { client: null, server: null }],
    ["no label selects the pods", { client: pods("shop", "web", ["k8s:pod-template-hash=5"]) }],
    ["no port is known", { port: null }],
    [
      "an entity is none that a rule can name",
      { server: { ...world("reserved:x: evil"), kind: "reserved" } },
    ],
    [
      "a name sends to us: names are for egress only",
      { direction: "INGRESS", client: world("dns:a.example") },
    ],
  ])("is none where %s", (_name, facts) => {
    expect(yaml(facts)).toBeNull();
  });

  it("holds hostile text as text", () => {
    const text = yaml({ client: pods('a"\nspec: evil', "web\u202e", ["k8s:app=x\nkind: Evil"]) });
    expect(text).toContain('namespace: "a\\"\\nspec: evil"');
    expect(text).not.toMatch(/^(spec: evil|kind: Evil)/m);
    expect(text).not.toContain("\u202e");
  });
});

describe("hints", () => {
  const dns = pods("kube-system", "node-local-dns", ["k8s:k8s-app=node-local-dns"]);

  it.each<readonly [string, Partial<DropFacts>, RegExp[]]>([
    ["a plain denial has none", {}, []],
    ["node-local DNS", { server: dns, port: 53, protocol: "UDP" }, [/^Node-local DNS/]],
    [
      "a cache on the host",
      { server: { ...world("reserved:host"), kind: "reserved" }, port: 53 },
      [/link-local/],
    ],
    [
      "a name that was looked up",
      { server: world("ip:192.0.2.7"), resolvedAs: ["a.example"] },
      [/looked up a\.example/],
    ],
    [
      "an address from elsewhere",
      { server: world("ip:192.0.2.7"), hasClientDns: true },
      [/none of them gave this address/],
    ],
    ["lookups past the proxy", { server: world("ip:192.0.2.7") }, [/did not go through the DNS proxy/]],
    ["a deny rule has none", { decidedBy: "policy", code: 181, server: world("ip:192.0.2.7") }, []],
    [
      "newer Cilium names policies on default deny",
      { policies: [{ kind: null, namespace: "shop", name: "p" }] },
      [/policy shop\/p/],
    ],
  ])("%s", (_name, facts, expected) => {
    const hints = dropHints({ ...DENIED, ...facts });
    expect(hints).toHaveLength(expected.length);
    for (const [at, pattern] of expected.entries()) expect(hints[at]).toMatch(pattern);
  });

  it("of node-local DNS change the remedy, too: its rule has the DNS rules on it", () => {
    const remedy = dropRemedy({ ...DENIED, server: dns, port: 53, protocol: "UDP" });
    expect(remedy.text).toContain("k8s-app: node-local-dns");
    expect(remedy.yaml).toContain('"k8s:k8s-app": "node-local-dns"');
    expect(remedy.yaml).toContain('dns:\n        - matchPattern: "*"');
  });
});
