import { expect, it } from "vitest";
import { toDot } from "./dot";
import { edge, node } from "./testing";

it("draws namespaces as clusters and edges by their worst", () => {
  const nodes = [node("shop/web"), node("payments/api"), node("dns:api.example.com")];
  const edges = [
    edge("shop/web", "payments/api", 20, { port: 8443, drops: 20 }),
    edge("shop/web", "dns:api.example.com", 1, { port: null, protocol: "ICMPv4" }),
  ];
  expect(toDot(nodes, edges)).toBe(`digraph map {
  rankdir=LR;
  subgraph cluster_0 {
    label="shop";
    "shop/web" [label="web"];
  }
  subgraph cluster_1 {
    label="payments";
    "payments/api" [label="api"];
  }
  "dns:api.example.com" [label="api.example.com"];
  "shop/web" -> "payments/api" [label="8443 TCP\\n20 events, 20 drops", color="#bd2419", style=dotted, penwidth=2];
  "shop/web" -> "dns:api.example.com" [label="ICMPv4\\n1 event", color="#18713a"];
}
`);
});

it("keeps hostile names within their quotes", () => {
  const name = 'a"]; evil [label="\\\n\u0007';
  const dot = toDot([node("x", { name })], []);
  expect(dot).toContain('"x" [label="a\\"]; evil [label=\\"\\\\\\n "];');
});
