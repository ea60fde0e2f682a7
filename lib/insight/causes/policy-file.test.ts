import { describe, expect, it } from "vitest";
import { type AllowWish, alsoAllowed, ciliumRules, kubernetesRules, type SelectedPods } from "./allow-rule";
import { policyFiles } from "./policy-file";
import { toYaml } from "./yaml";

const pods = (
  namespace: string,
  name: string,
  labels: Record<string, string> = { app: name },
): SelectedPods & { cluster: null } => ({
  ...{ namespace, name, labels },
  ...{ alsoSelects: [], cluster: null },
});
const WISH: AllowWish = {
  side: "egress",
  owner: pods("shop", "web"),
  peer: { kind: "pods", ...pods("bank", "ledger") },
  port: 5432,
  protocol: "TCP",
  icmp: null,
  http: [],
  dns: [],
};
const yamlOf = (wish: Partial<AllowWish>, dialect: "cilium" | "kubernetes" = "cilium") =>
  policyFiles(dialect, [{ ...WISH, ...wish }]).files[0]?.yaml;
const rulesOf = (wish: Partial<AllowWish>) => {
  const rules = ciliumRules({ ...WISH, ...wish });
  return rules.ok ? rules.rules : rules.why;
};

describe("a missing rule", () => {
  it("is a CiliumNetworkPolicy of the client for egress", () => {
    expect(yamlOf({})).toBe(`apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata:
  name: allow-web-egress-ledger
  namespace: shop
spec:
  endpointSelector:
    matchLabels:
      app: web
  egress:
  - toEndpoints:
    - matchLabels:
        "k8s:io.kubernetes.pod.namespace": bank
        "k8s:app": ledger
    toPorts:
    - ports:
      - port: "5432"
        protocol: TCP
`);
  });

  it("is a NetworkPolicy too, with the label that every namespace has", () => {
    expect(
      yamlOf(
        { side: "ingress", owner: pods("bank", "ledger"), peer: { kind: "pods", ...pods("shop", "web") } },
        "kubernetes",
      ),
    ).toBe(`apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: allow-ledger-ingress-web
  namespace: bank
spec:
  podSelector:
    matchLabels:
      app: ledger
  policyTypes:
  - Ingress
  ingress:
  - from:
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: shop
      podSelector:
        matchLabels:
          app: web
    ports:
    - port: 5432
      protocol: TCP
`);
  });

  it("names a DNS name with the rule that makes its address known", () => {
    const resolver = pods("kube-system", "kube-dns", { "k8s-app": "kube-dns" });
    expect(rulesOf({ peer: { kind: "names", names: ["api.example.com"], resolver } })).toEqual([
      {
        toFQDNs: [{ matchName: "api.example.com" }],
        toPorts: [{ ports: [{ port: "5432", protocol: "TCP" }] }],
      },
      {
        toEndpoints: [
          {
            matchLabels: { "k8s:io.kubernetes.pod.namespace": "kube-system", "k8s:k8s-app": "kube-dns" },
          },
        ],
        toPorts: [
          { ports: [{ port: "53", protocol: "ANY" }], rules: { dns: [{ matchName: "api.example.com" }] } },
        ],
      },
    ]);
  });

  it.each<readonly [string, Partial<AllowWish>, object]>([
    ["a prefix", { peer: { kind: "prefix", prefix: "192.0.2.7/32" } }, { toCIDR: ["192.0.2.7/32"] }],
    [
      "an address of IPv6",
      { peer: { kind: "prefix", prefix: "2001:db8::7/128" } },
      { toCIDR: ["2001:db8::7/128"] },
    ],
    ["an entity", { peer: { kind: "entity", name: "kube-apiserver" } }, { toEntities: ["kube-apiserver"] }],
    [
      "ICMP",
      { icmp: { types: [8, 13], family: "IPv4" }, port: null, protocol: "ICMPv4" },
      {
        icmps: [
          {
            fields: [
              { type: 8, family: "IPv4" },
              { type: 13, family: "IPv4" },
            ],
          },
        ],
      },
    ],
    [
      "pods of another cluster",
      { peer: { kind: "pods", ...pods("bank", "ledger"), cluster: "prod-eu" } },
      {
        toEndpoints: [
          {
            matchLabels: {
              "k8s:io.kubernetes.pod.namespace": "bank",
              "k8s:app": "ledger",
              "k8s:io.cilium.k8s.policy.cluster": "prod-eu",
            },
          },
        ],
      },
    ],
    [
      "requests, their paths as plain texts",
      {
        http: [
          { method: "GET", path: "/a.b", isRoute: false, hasQuery: false },
          { method: "POST", path: "/c", isRoute: false, hasQuery: true },
          { method: "PATCH", path: "/d.e/{id}/f", isRoute: true, hasQuery: false },
          { method: "PUT", path: undefined, isRoute: false, hasQuery: false },
        ],
      },
      {
        toPorts: [
          {
            ports: [{ port: "5432", protocol: "TCP" }],
            rules: {
              http: [
                { method: "GET", path: "/a\\.b" },
                { method: "POST", path: "/c(\\?.*)?" },
                { method: "PATCH", path: "/d\\.e/[^/?]+/f" },
                { method: "PUT" },
              ],
            },
          },
        ],
      },
    ],
  ])("can name %s", (_name, wish, part) => {
    expect(rulesOf(wish)).toMatchObject([part]);
  });

  it.each<readonly [string, Partial<AllowWish>, RegExp]>([
    ["no label lasts", { owner: pods("shop", "web", {}) }, /No lasting label/],
    ["no label of the peer lasts", { peer: { kind: "pods", ...pods("bank", "x", {}) } }, /No lasting label/],
    [
      "the namespace is hostile",
      { owner: pods('a"\nspec: evil', "web") },
      /not a name that Kubernetes takes/,
    ],
    ["no port is known", { port: null }, /no port/],
    ["the protocol has no ports", { protocol: "VRRP" }, /no port/],
    ["no rule knows the entity", { peer: { kind: "entity", name: "x: evil" } }, /No rule can name/],
    [
      "a name sends to us",
      { side: "ingress", peer: { kind: "names", names: ["a.example"], resolver: pods("a", "b") } },
      /egress only/,
    ],
    [
      "the other cluster has a hostile name",
      { peer: { kind: "pods", ...pods("bank", "ledger"), cluster: 'a"\n- evil' } },
      /no name of the other cluster/,
    ],
    ["a name is refused on its way in", { side: "ingress", dns: ["a.example"] }, /egress only/],
    [
      "there are more types of ICMP than a list takes",
      { icmp: { family: "IPv4", types: Array.from({ length: 41 }, (_, type) => type) } },
      /40 types of ICMP, not 41/,
    ],
    [
      "the name is none",
      { peer: { kind: "names", names: ['a"\n- evil'], resolver: pods("a", "b") } },
      /characters that matchName does not take/,
    ],
  ])("is none where %s", (_name, wish, why) => {
    expect(rulesOf(wish)).toMatch(why);
  });

  it.each<readonly [string, Partial<AllowWish>, RegExp]>([
    ["names", { peer: { kind: "names", names: ["a.example"], resolver: pods("a", "b") } }, /no DNS names/],
    ["entities", { peer: { kind: "entity", name: "world" } }, /no entities/],
    [
      "requests",
      { http: [{ method: "GET", path: "/", isRoute: false, hasQuery: false }] },
      /knows ports, not requests/,
    ],
    ["questions", { dns: ["a.example"] }, /no rules about DNS/],
    [
      "pods of another cluster",
      { peer: { kind: "pods", ...pods("bank", "ledger"), cluster: "prod-eu" } },
      /pods of another cluster/,
    ],
    ["ICMP", { icmp: { types: [8], family: "IPv4" } }, /has no ICMP/],
  ])("cannot be said as NetworkPolicy for %s", (_name, wish, why) => {
    const rules = kubernetesRules({ ...WISH, ...wish });
    expect(rules.ok ? "" : rules.why).toMatch(why);
  });
});

describe("rules of several causes", () => {
  it("are one policy for each workload, each rule once, both directions in it", () => {
    const second: AllowWish = { ...WISH, peer: { kind: "pods", ...pods("bank", "cards") } };
    const ingress: AllowWish = {
      ...WISH,
      side: "ingress",
      peer: { kind: "pods", ...pods("edge", "proxy") },
      port: 80,
    };
    const other: AllowWish = { ...WISH, owner: pods("edge", "proxy") };
    const { files } = policyFiles("cilium", [WISH, second, ingress, WISH, other]);
    expect(files.map(({ workload, fileName }) => [workload, fileName])).toEqual([
      ["shop/web", "shop-web.yaml"],
      ["edge/proxy", "edge-proxy.yaml"],
    ]);
    expect(files[0]?.policy).toMatchObject({
      metadata: { name: "allow-web" },
      spec: { ingress: [{}], egress: [{}, {}] },
    });
    expect(files[0]?.wishes).toHaveLength(4);
  });

  it("leave out what the language cannot say, with the reason", () => {
    const icmp: AllowWish = { ...WISH, icmp: { types: [8], family: "IPv4" } };
    const { files, leftOut } = policyFiles("kubernetes", [WISH, icmp]);
    expect(files).toHaveLength(1);
    expect([...leftOut.keys()]).toEqual([icmp]);
  });
});

describe("what else a rule lets through", () => {
  it("is other workloads with the same labels, for the peer and for who is selected", () => {
    const shared = { ...pods("shop", "web"), alsoSelects: ["web-canary"] };
    expect(alsoAllowed({ ...WISH, owner: shared }, true)[0]).toContain(
      "also select web-canary: the policy would hold",
    );
    expect(alsoAllowed({ ...WISH, peer: { kind: "pods", ...shared } }, true)[0]).toContain(
      "would be allowed as well",
    );
  });

  it("is any name, where the resolver was blocked; and any code of a message", () => {
    expect(alsoAllowed({ ...WISH, port: 53, dns: ["*"] }, true)).toContain(
      "It lets any name be asked for, and sends these look-ups through the DNS proxy.",
    );
    const ping = { protocol: "ICMPv4", icmp: { family: "IPv4", types: [8] } } as const;
    expect(alsoAllowed({ ...WISH, ...ping }, true)).toContain(
      "It allows echo request of ICMPv4 with any code.",
    );
  });

  it("is every address of a name; that the resolver is assumed is said", () => {
    const wish: AllowWish = {
      ...WISH,
      peer: { kind: "names", names: ["a.example"], resolver: pods("a", "b") },
    };
    expect(alsoAllowed(wish, true)).toHaveLength(1);
    expect(alsoAllowed(wish, false)[1]).toContain("assumed");
  });
});

describe("texts of a log in YAML", () => {
  it.each([
    ["plain", "plain"],
    ["no", '"no"'],
    ["5432", '"5432"'],
    ["a: b", '"a: b"'],
    ["- x", '"- x"'],
    ["x\nspec: evil", '"x\\nspec: evil"'],
    ["web\u202e", '"web\\u202e"'],
    ["", '""'],
  ])("%j is %s", (text, yaml) => {
    expect(toYaml({ key: text })).toBe(`key: ${yaml}\n`);
  });
});
