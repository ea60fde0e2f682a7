import { expect, it } from "vitest";
import { edge, node, nodesOf } from "@/lib/insight/map/testing";
import { formatTerm } from "@/lib/scope/filter";
import { edgesTerm, endsTerm } from "./part-terms";

const EDGES = [
  edge("shop/web", "shop/cart", 1),
  edge("shop/web", "shop/cart", 1, { port: 9090 }),
  edge("shop/cart", "shop/db", 1),
];

it("names each pair of a part once, whatever its ports", () => {
  const term = edgesTerm(EDGES, nodesOf(EDGES));
  expect(term && formatTerm(term)).toBe(
    'edge:"workload=shop/web -> workload=shop/cart","workload=shop/cart -> workload=shop/db"',
  );
});

it("names every node at one end", () => {
  const term = endsTerm("server", [node("shop/web"), node("shop/cart")]);
  expect(term && formatTerm(term)).toBe("server:workload=shop/web,workload=shop/cart");
});

it("gives no term for nothing, and none that an address cannot hold", () => {
  expect(endsTerm("client", [])).toBeUndefined();
  const many = Array.from({ length: 400 }, (_, n) => node(`shop/workload-${n}`));
  expect(endsTerm("client", many)).toBeUndefined();
  expect(endsTerm("client", many.slice(0, 40))).toBeDefined();
});
