import { expect, it } from "vitest";
import { edge, node, nodesOf } from "@/lib/insight/map/testing";
import { formatTerm, makeTerm } from "@/lib/scope/filter";
import { edgesTerm, endsTerm, partTermOf } from "./part-terms";

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

it("says a part by what the map was drawn from", () => {
  const filter = { terms: [makeTerm("namespace", [{ type: "text", text: "shop" }])] };
  const drawn = { level: "pod", focus: '["a",1]', unfold: undefined, skip: 0 } as const;
  const part = partTermOf({ ...drawn, scope: { filter, from: 0n, revision: 4 } });
  const time = "from=1970-01-01T00%3A00%3A00.000000000Z";
  expect(formatTerm(part({ kind: "line", client: "+a@b", server: "c" }))).toBe(
    `map-part:level=pod&client=%2Ba%40b&server=c&focus=%5B%22a%22%2C1%5D&q=namespace%3Ashop&${time}`,
  );
  expect(formatTerm(part({ kind: "server", key: "c" }, false))).toBe(
    `map-part:level=pod&server=c&q=namespace%3Ashop&${time}`,
  );
});
