import { describe, expect, it } from "vitest";
import { SuffixLearner } from "./learn-suffixes";
import { type Expansion, findExpansions, type Lookup, type Suffixes } from "./search-list";

const PLAIN: Suffixes = { domains: ["cluster.local"], node: [] };
const RCODES: Readonly<Record<string, number | undefined>> = { ok: 0, nx: 3, fail: 2, "-": undefined };

/** One lookup a line: `SECONDS NAME ok|nx|fail|- [TYPES]`; answered 10 ms later. The id is the number of the line, from 1. */
function lookups(drawing: string): Lookup[] {
  return drawing
    .trim()
    .split("\n")
    .map((line, at) => {
      const [seconds = "", query = "", rcode = "", qtypes = "A"] = line.trim().split(/\s+/);
      const askedNs = BigInt(Math.round(Number(seconds) * 1e9));
      const answeredNs = rcode === "-" ? undefined : askedNs + 10_000_000n;
      return { id: at + 1, query, qtypes, askedNs, answeredNs, rcode: RCODES[rcode] };
    });
}

/** `id base + suffix, what the name as it is came to, whether it begins the list`. */
function drawn(expansions: readonly Expansion[]): string[] {
  return expansions.map(
    ({ id, base, suffix, asIs, isFirst }) =>
      `${id} ${base} + ${suffix} ${asIs ?? "not asked"}${isFirst ? " first" : ""}`,
  );
}

function find(drawing: string, namespace: string | undefined = "shop", suffixes = PLAIN): string[] {
  return drawn(findExpansions({ namespace }, lookups(drawing), suffixes));
}

describe("a failed name", () => {
  it.each<[string, string, string[]]>([
    [
      "that the whole list was tried for is expansion, and the name itself resolves",
      `0 api.example.com.shop.svc.cluster.local nx
       0.02 api.example.com.svc.cluster.local nx
       0.04 api.example.com.cluster.local nx
       0.06 api.example.com.ec2.internal nx
       0.08 api.example.com ok`,
      [
        "1 api.example.com + shop.svc.cluster.local resolved first",
        "2 api.example.com + svc.cluster.local resolved",
        "3 api.example.com + cluster.local resolved",
        "4 api.example.com + ec2.internal resolved",
      ],
    ],
    [
      "of another namespace's service: the second suffix completes it, the name itself is never asked",
      `0 orders.sales.shop.svc.cluster.local nx
       0.02 orders.sales.svc.cluster.local ok`,
      ["1 orders.sales + shop.svc.cluster.local not asked first"],
    ],
    [
      "that exists nowhere: the list is expansion, the name itself really does not exist",
      `0 typo.shop.svc.cluster.local nx
       0.02 typo.svc.cluster.local nx
       0.04 typo.cluster.local nx
       0.06 typo nx`,
      [
        "1 typo + shop.svc.cluster.local failed first",
        "2 typo + svc.cluster.local failed",
        "3 typo + cluster.local failed",
      ],
    ],
    ["asked for in full is no expansion, though it ends like one", "0 gone.shop.svc.cluster.local nx", []],
    ["outside the cluster is no expansion", "0 gone.example.com nx\n0.1 other.example.com ok", []],
    [
      "asked for a name that is a whole cluster name without the final dot",
      `0 gone.shop.svc.cluster.local.shop.svc.cluster.local nx
       0.1 gone.shop.svc.cluster.local nx`,
      ["1 gone.shop.svc.cluster.local + shop.svc.cluster.local failed first"],
    ],
    [
      "with the form name.namespace.svc",
      `0 orders.sales.svc.shop.svc.cluster.local nx
       0.02 orders.sales.svc.svc.cluster.local nx
       0.04 orders.sales.svc.cluster.local ok`,
      [
        "1 orders.sales.svc + shop.svc.cluster.local not asked first",
        "2 orders.sales.svc + svc.cluster.local not asked",
      ],
    ],
    [
      "below the namespace of another client is not of this one's search list",
      `0 api.sales.svc.cluster.local nx
       0.1 api ok`,
      [],
    ],
    ["with an error other than NXDOMAIN says nothing", "0 a.shop.svc.cluster.local fail\n0.1 a ok", []],
    [
      "of which both types are asked: each of them",
      `0 a.b.shop.svc.cluster.local nx A
       0 a.b.shop.svc.cluster.local nx AAAA
       0.1 a.b ok A
       0.1 a.b ok AAAA`,
      ["1 a.b + shop.svc.cluster.local resolved first", "2 a.b + shop.svc.cluster.local resolved first"],
    ],
    [
      "with dots enough is asked as it is first, then with the list",
      `0 a.b.c nx
       0.1 a.b.c.shop.svc.cluster.local nx`,
      ["2 a.b.c + shop.svc.cluster.local failed first"],
    ],
    [
      "tried with an Azure node's domain",
      "0 a.b.x1.bx.internal.cloudapp.net nx\n0.1 a.b ok",
      ["1 a.b + x1.bx.internal.cloudapp.net resolved"],
    ],
    [
      "tried with a Google node's domain",
      "0 a.b.c.my-project.internal nx\n0.1 a.b ok",
      ["1 a.b + c.my-project.internal resolved"],
    ],
  ])("%s", (_name, drawing, expected) => {
    expect(find(drawing)).toEqual(expected);
  });

  it("two seconds after the answer, not later, is looked for", () => {
    // Asked at 0, answered at 0.01.
    expect(find("0 a.shop.svc.cluster.local nx\n2.01 a ok")).toHaveLength(1);
    expect(find("0 a.shop.svc.cluster.local nx\n2.011 a ok")).toHaveLength(0);
    // The other way: asked at 0, answered at 0.01, and the failed one at 2.01.
    expect(find("0 a ok\n2.01 a.shop.svc.cluster.local nx")).toHaveLength(1);
    expect(find("0 a ok\n2.011 a.shop.svc.cluster.local nx")).toHaveLength(0);
  });

  it("of a client without a name can be below any namespace", () => {
    expect(find("0 a.b.sales.svc.cluster.local nx\n0.1 a.b ok", undefined)).toEqual([]);
    const unknown = findExpansions(
      { namespace: undefined },
      lookups("0 a.b.sales.svc.cluster.local nx\n0.1 a.b ok"),
      PLAIN,
    );
    expect(drawn(unknown)).toEqual(["1 a.b + sales.svc.cluster.local resolved first"]);
  });

  it("is told by the cluster's own domain and by learned suffixes", () => {
    const learned: Suffixes = { domains: ["cluster.local", "k8s.corp"], node: ["dc1.corp.example"] };
    const drawing = `0 a.b.shop.svc.k8s.corp nx
       0.1 a.b.svc.k8s.corp nx
       0.2 a.b.dc1.corp.example nx
       0.3 a.b ok`;
    expect(find(drawing)).toEqual([]);
    expect(find(drawing, "shop", learned)).toEqual([
      "1 a.b + shop.svc.k8s.corp resolved first",
      "2 a.b + svc.k8s.corp resolved",
      "3 a.b + dc1.corp.example resolved",
    ]);
  });
});

describe("learning suffixes", () => {
  const learn = (...clients: readonly (readonly [string | undefined, string])[]): Suffixes => {
    const learner = new SuffixLearner();
    for (const [namespace, drawing] of clients) {
      const list = lookups(drawing);
      const missing = list.filter(({ rcode }) => rcode === 3);
      const names = (of: readonly Lookup[]) => new Set(of.map(({ query }) => query));
      learner.add({ namespace, names: names(list), missing: names(missing) });
    }
    return learner.result();
  };

  it.each<[string, readonly (readonly [string | undefined, string])[], Suffixes]>([
    ["knows the usual domain", [], { domains: ["cluster.local"], node: [] }],
    [
      "takes a node's domain from one walk through the list",
      [["shop", "0 a.b.shop.svc.cluster.local nx\n0.1 a.b.dc1.corp nx\n0.2 a.b ok"]],
      { domains: ["cluster.local"], node: ["dc1.corp"] },
    ],
    [
      "takes it from two names without a walk",
      [
        ["shop", "0 a.b.dc1.corp nx\n0.2 a.b ok"],
        ["bank", "0 c.d.dc1.corp nx\n0.2 c.d ok"],
      ],
      { domains: ["cluster.local"], node: ["dc1.corp"] },
    ],
    ["not from one", [["shop", "0 a.b.dc1.corp nx\n0.2 a.b ok"]], { domains: ["cluster.local"], node: [] }],
    [
      "not from one name of two clients",
      [
        ["shop", "0 a.b.dc1.corp nx\n0.2 a.b ok"],
        ["bank", "0 a.b.dc1.corp nx\n0.2 a.b ok"],
      ],
      { domains: ["cluster.local"], node: [] },
    ],
    [
      "takes a single word from three names",
      [
        [
          "shop",
          "0 a.lan nx\n0 a ok\n0 b.lan nx\n0 b ok\n0 c.lan nx\n0 c ok\n0 d.prod nx\n0 d nx\n0 e.prod nx\n0 e nx",
        ],
      ],
      { domains: ["cluster.local"], node: ["lan"] },
    ],
    [
      "not what exists",
      [["shop", "0 a.x.example ok\n0 a ok\n0 b.x.example ok\n0 b ok"]],
      { domains: ["cluster.local"], node: [] },
    ],
    [
      "takes the cluster's domain from a walk through its list",
      [["shop", "0 a.sales.shop.svc.k8s.corp nx\n0.1 a.sales.svc.k8s.corp ok"]],
      { domains: ["cluster.local", "k8s.corp"], node: [] },
    ],
    [
      "and a node's domain behind it",
      [["shop", "0 a.b.shop.svc.k8s.corp nx\n0.1 a.b.svc.k8s.corp nx\n0.2 a.b.dc1.corp nx\n0.3 a.b ok"]],
      { domains: ["cluster.local", "k8s.corp"], node: ["dc1.corp"] },
    ],
  ])("%s", (_name, clients, expected) => {
    expect(learn(...clients)).toEqual(expected);
    expect(learn(...[...clients].reverse())).toEqual(expected);
  });
});
