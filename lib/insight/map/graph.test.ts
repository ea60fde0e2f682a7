import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sumCounts } from "./counts";
import { domainOf } from "./domain";
import { FOLD_LIMITS } from "./fold";
import { buildGraph } from "./graph";
import { edge, nodesOf } from "./testing";

const EDGES = [
  edge("shop/web", "shop/cart", 100),
  edge("shop/web", "shop/cart", 5, { port: 9000 }),
  edge("shop/web", "payments/api", 40, { drops: 3 }),
  edge("shop/cart", "shop/cart", 7),
  edge("ip:192.0.2.7", "shop/web", 20),
  edge("shop/web", "ip:192.0.2.7", 2),
  edge("shop/web", "dns:api.cardpay.example", 11),
  edge("reserved:host", "shop/web", 9),
];
const whole = buildGraph(nodesOf(EDGES), EDGES, FOLD_LIMITS);

describe("the graph", () => {
  it("has one line for each client and server, whatever the port", () => {
    expect(whole.lines.map(({ from, to, counts }) => [from.key, to.key, counts.events])).toEqual([
      [">ip:192.0.2.7", "shop/web", 20],
      ["reserved:host", "shop/web", 9],
      ["shop/cart", "shop/cart", 7],
      ["shop/web", "<dns:api.cardpay.example", 11],
      ["shop/web", "<ip:192.0.2.7", 2],
      ["shop/web", "payments/api", 40],
      ["shop/web", "shop/cart", 105],
    ]);
  });

  it("draws the world outside, once as client and once as server, and nodes on the ground", () => {
    const zones = Object.fromEntries(whole.spots.map(({ key, zone }) => [key, zone]));
    expect(zones).toEqual({
      ">ip:192.0.2.7": "clients",
      "<ip:192.0.2.7": "servers",
      "<dns:api.cardpay.example": "servers",
      "reserved:host": "ground",
      "payments/api": "inside",
      "shop/cart": "inside",
      "shop/web": "inside",
    });
  });

  it("groups by namespace, by domain, and addresses together", () => {
    expect(whole.groups.map(({ title, spots }) => [title, spots.length])).toEqual([
      ["addresses", 1],
      ["cardpay.example", 1],
      ["addresses", 1],
      [null, 1],
      ["payments", 1],
      ["shop", 2],
    ]);
  });

  it("counts an edge of a spot to itself once", () => {
    const cart = whole.spots.find(({ key }) => key === "shop/cart");
    expect(cart?.counts.events).toBe(112);
  });
});

describe("folding", () => {
  const limits = { inside: 2, domain: 2, domains: 2 };

  it("folds the smallest of those that are well, and what hurts last", () => {
    const edges = [
      edge("shop/a", "shop/b", 1000),
      edge("shop/c", "shop/b", 500),
      edge("shop/d", "shop/e", 1, { drops: 1 }),
    ];
    const { spots } = buildGraph(nodesOf(edges), edges, limits);
    expect(spots.map(({ key, nodes }) => [key, nodes.length])).toEqual([
      ["+shop@default", 3],
      ["shop/d", 1],
      ["shop/e", 1],
    ]);
  });

  it("shows a group whole that was unfolded, and never folds a single one", () => {
    const edges = [edge("shop/a", "shop/b", 10), edge("shop/a", "shop/c", 1), edge("shop/a", "shop/d", 1)];
    const folded = buildGraph(nodesOf(edges), edges, limits);
    expect(folded.spots.map(({ key }) => key)).toEqual(["+shop@default", "shop/a", "shop/b"]);
    const unfolded = buildGraph(nodesOf(edges), edges, limits, new Set(["shop@default"]));
    expect(unfolded.spots.map(({ key }) => key)).toEqual(["shop/a", "shop/b", "shop/c", "shop/d"]);
    const three = edges.slice(0, 2);
    expect(buildGraph(nodesOf(three), three, limits).spots.map(({ key }) => key)).toEqual([
      "shop/a",
      "shop/b",
      "shop/c",
    ]);
  });

  it("keeps few names of a domain and few domains, the busiest", () => {
    const edges = [
      "x.a.example",
      "y.a.example",
      "z.a.example",
      "w.a.example",
      "b.example",
      "c.example",
      "d.example",
    ].map((name, at) => edge("shop/web", `dns:${name}`, 100 - at));
    const { groups } = buildGraph(nodesOf(edges), edges, limits);
    expect(groups.map(({ title, spots }) => [title, spots.map(({ nodes }) => nodes.length)])).toEqual([
      ["a.example", [2, 1, 1]],
      ["b.example", [1]],
      ["other names", [2]],
      ["shop", [1]],
    ]);
  });

  it("loses no event, whatever is folded or unfolded", () => {
    const names = fc.constantFrom(
      ...[
        "a/x",
        "a/y",
        "a/z",
        "b/x",
        "b/y",
        "c/x",
        "dns:p.q.example",
        "dns:r.q.example",
        "ip:192.0.2.1",
        "reserved:host",
      ],
    );
    const anyEdge = fc
      .record({
        client: names,
        server: names,
        port: fc.integer({ min: 1, max: 3 }),
        events: fc.nat(99),
        drops: fc.nat(2),
      })
      .map(({ client, server, events, ...more }) => edge(client, server, events, more));
    const small = fc.record({
      inside: fc.nat(4),
      domain: fc.nat(2),
      domains: fc.nat(2),
    });
    fc.assert(
      fc.property(fc.array(anyEdge), small, fc.boolean(), (edges, few, isOpen) => {
        const { lines, groups, spots } = buildGraph(
          nodesOf(edges),
          edges,
          few,
          new Set(isOpen ? ["a@default"] : []),
        );
        expect(sumCounts(lines.map(({ counts }) => counts))).toEqual(sumCounts(edges));
        expect(lines.flatMap((line) => line.edges).length).toBe(edges.length);
        expect(new Set(groups.flatMap((group) => group.spots))).toEqual(new Set(spots));
      }),
      { seed: 20261128 },
    );
  });
});

describe("domains", () => {
  it.each([
    ["dns:api.eu.cardpay.example", "cardpay.example"],
    ["dns:cardpay.example@shop-prod", "cardpay.example"],
    ["dns:www.shop.co.uk", "shop.co.uk"],
    ["dns:localhost", "localhost"],
    ["ip:192.0.2.7", "addresses"],
    ["cidr:10.0.0.0/8", "addresses"],
    ["reserved:world", null],
  ])("%s is of %s", (id, domain) => expect(domainOf({ id })).toBe(domain));
});
