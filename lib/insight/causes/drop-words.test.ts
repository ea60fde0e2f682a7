import { describe, expect, it } from "vitest";
import { type CauseSide, type DropFacts, placeText } from "./drop-ends";
import { dropHints, dropRemedy, dropSentence } from "./drop-words";

const pods = (
  namespace: string,
  name: string,
  labels: readonly string[] = [`k8s:app=${name}`],
): CauseSide => ({
  key: `${namespace}/${name}@prod`,
  kind: "pod",
  namespace,
  cluster: "prod",
  name,
  labels,
});
const world = (key: string): CauseSide => ({
  key,
  kind: "world",
  namespace: null,
  cluster: "prod",
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
  packet: null,
  request: null,
  isReply: false,
};

describe("the sentence", () => {
  it.each<readonly [Partial<DropFacts>, string]>([
    [
      {},
      "shop/web cannot reach bank/ledger on TCP 5432: no rule allows it, and a policy selects the pod (default deny, egress of shop/web).",
    ],
    [
      {
        decidedBy: "policy",
        code: 181,
        direction: "INGRESS",
        policies: [{ kind: "CiliumNetworkPolicy", namespace: "bank", name: "no" }],
      },
      "shop/web cannot reach bank/ledger on TCP 5432: forbidden by CiliumNetworkPolicy bank/no (ingress of bank/ledger).",
    ],
    [
      { decidedBy: "policy", code: 181 },
      "shop/web cannot reach bank/ledger on TCP 5432: a deny rule forbids it (egress of shop/web); the log does not say of which policy.",
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
      "shop/web cannot reach bank/ledger on TCP 5432: DELETE /admin is refused by the L7 rules (ingress of bank/ledger).",
    ],
  ])("%j", (facts, sentence) => {
    expect(dropSentence({ ...DENIED, ...facts })).toBe(sentence);
  });
});

describe("answers that are lost", () => {
  const reply: DropFacts = { ...DENIED, isReply: true };

  it("are dropped at the other ends: egress at the server, ingress at the client", () => {
    expect(placeText(reply)).toBe("egress of bank/ledger");
    expect(placeText({ ...reply, direction: "INGRESS" })).toBe("ingress of shop/web");
    expect(placeText({ ...reply, direction: "TRAFFIC_DIRECTION_UNKNOWN" })).toBe("direction unknown");
  });

  it("need no rule", () => {
    expect(dropSentence(reply)).toBe(
      "Answers of bank/ledger to shop/web on TCP 5432 are lost: they were taken for a new connection, which no rule allows (default deny, egress of bank/ledger).",
    );
    expect(dropRemedy(reply)).toMatchObject({ side: null, fix: "no rule: replies need none" });
    expect(dropRemedy(reply).text).toContain("No rule is missing");
  });
});

describe("packets of which it is not known who asked", () => {
  const ping: DropFacts = {
    ...DENIED,
    ...{ client: null, server: null, port: null, protocol: "ICMPv4" },
    icmp: { family: "IPv4", types: [8] },
    packet: { sender: pods("shop", "web"), receiver: pods("bank", "ledger"), port: null },
  };

  it("are told by their ends, and the rule is that of the end which dropped", () => {
    expect(dropSentence(ping)).toBe(
      "Packets from shop/web to bank/ledger on ICMPv4 (echo request) are lost: no rule allows it, and a policy selects the pod (default deny, egress of shop/web).",
    );
    expect(dropRemedy(ping)).toMatchObject({ fix: "allow egress to bank/ledger", side: "client egress" });
    expect(dropRemedy({ ...ping, direction: "INGRESS" }).text).toContain(
      "allows ingress of bank/ledger from shop/web on ICMPv4 (echo request)",
    );
  });

  it("say no more than all of them have in common", () => {
    const several = { ...ping, packet: { sender: null, receiver: pods("bank", "ledger"), port: null } };
    expect(dropSentence(several)).toContain("Packets to bank/ledger on ICMPv4 (echo request) are lost: ");
    expect(placeText(several)).toBe("egress");
    expect(dropRemedy(several).fix).toBe("allow it to each pod that dropped it");
    // Packets with ports of which nothing tells who asked may be answers: no end is said to need a rule.
    const masked = { ...ping, protocol: "UDP", icmp: null };
    expect(dropSentence(masked)).toContain("Packets from shop/web to bank/ledger on UDP are lost: ");
    expect(dropRemedy(masked)).toMatchObject({
      fix: "allow it where the pod is selected",
      text: "Find the policy that selects the pod which dropped it, and allow UDP there.",
    });
    expect(
      dropSentence({ ...ping, packet: null, icmp: { family: "IPv6", types: [1, 2, 3, 200] } }),
    ).toContain("Packets of ICMPv4 (4 types) are lost: ");
  });

  it.each<readonly ["IPv4" | "IPv6", number[], boolean]>([
    ["IPv4", [0], true],
    ["IPv4", [8], false],
    ["IPv4", [0, 8], false],
    ["IPv4", [129], false],
    ["IPv6", [129], true],
    ["IPv6", [128], false],
    ["IPv6", [], false],
  ])("of %s and the types %j are answers: %s", (family, types, expected) => {
    const fix = dropRemedy({ ...ping, icmp: { family, types } }).fix;
    expect(fix === "no rule: replies need none").toBe(expected);
  });
});

describe("what to do, in a few words", () => {
  it.each<readonly [Partial<DropFacts>, string]>([
    [{}, "allow egress to bank/ledger"],
    [{ direction: "INGRESS" }, "allow ingress from shop/web"],
    [{ direction: "TRAFFIC_DIRECTION_UNKNOWN" }, "allow it where the pod is selected"],
    [{ decidedBy: "policy", code: 181 }, "change the deny rule"],
    [
      { decidedBy: "l7-rule", request: { protocol: "http", method: "GET", text: "/" } },
      "add the request to the HTTP rules",
    ],
    [
      { decidedBy: "l7-rule", request: { protocol: "dns", method: null, text: "a.example" } },
      "add the name to the DNS rules",
    ],
    [{ decidedBy: "authentication", code: 189 }, "let both sides authenticate"],
    [{ decidedBy: "datapath", code: 158 }, "make a backend ready"],
    [{ decidedBy: "datapath", code: 132 }, "nothing to do"],
    [{ decidedBy: "unknown", code: null }, "export the reason"],
  ])("%j", (facts, fix) => {
    expect(dropRemedy({ ...DENIED, ...facts }).fix).toBe(fix);
  });
});

describe("what is said of the other side", () => {
  it("is that it may deny too, where it is in the cluster", () => {
    expect(dropRemedy(DENIED).text).toContain("Both sides must allow it");
    const outside = dropRemedy({ ...DENIED, server: world("ip:192.0.2.7") }).text;
    expect(outside).toBe("Add a rule that allows egress of shop/web to 192.0.2.7 on TCP 5432.");
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

  it("of node-local DNS change the remedy, too", () => {
    const remedy = dropRemedy({ ...DENIED, server: dns, port: 53, protocol: "UDP" });
    expect(remedy.text).toContain("k8s-app: node-local-dns");
  });
});
