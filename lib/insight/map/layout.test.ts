import { describe, expect, it } from "vitest";
import { FOLD_LIMITS } from "./fold";
import { hullAround, isInside } from "./geometry";
import { buildGraph, type Graph } from "./graph";
import { layered } from "./layered";
import { type LayoutInput, layout, type Place } from "./layout";
import { edge, nodesOf } from "./testing";

function inputOf({ spots, lines }: Graph): LayoutInput {
  const at = new Map(spots.map(({ key }, n) => [key, n]));
  return {
    spots: spots.map(({ key, zone, group, cluster }) => ({ key, zone, group, cluster })),
    lines: lines.map(({ from, to }) => [at.get(from.key) ?? 0, at.get(to.key) ?? 0, 1]),
  };
}

/** Five namespaces of eight, each asking the next; clients, servers and a host. */
const names = (namespace: number) => Array.from({ length: 8 }, (_, n) => `n${namespace}/w${n}`);
const EDGES = [
  ...[0, 1, 2, 3, 4].flatMap((n) =>
    names(n).flatMap((name, at) => [
      edge(name, names(n)[(at + 1) % 8] ?? "", 10),
      edge(name, names((n + 1) % 5)[at] ?? "", 5),
    ]),
  ),
  edge("ip:192.0.2.7", "n0/w0", 1),
  edge("ip:192.0.2.8", "n3/w0", 1),
  edge("n1/w1", "dns:api.cardpay.example", 1),
  edge("reserved:host", "n2/w2", 1),
];
const whole = inputOf(buildGraph(nodesOf(EDGES), EDGES, FOLD_LIMITS));
const home = layout(whole);

const placesOf = (group: string): Place[] =>
  whole.spots.flatMap((spot) => (spot.group === group ? [home.get(spot.key) as Place] : []));

describe("the layout", () => {
  it("gives every spot a place, the same each time", () => {
    expect([...home.keys()].sort()).toEqual(whole.spots.map(({ key }) => key).sort());
    expect([...home.values()].every(({ x, y }) => Number.isFinite(x) && Number.isFinite(y))).toBe(true);
    expect(layout(whole)).toEqual(home);
  });

  it("keeps namespaces apart: nobody stands within the hull of another", () => {
    for (const group of ["n0@default", "n1@default", "n2@default", "n3@default", "n4@default"]) {
      const hull = hullAround(placesOf(group), 20);
      const strangers = whole.spots.filter((spot) => spot.group !== group);
      expect(strangers.filter(({ key }) => isInside(hull, home.get(key) as Place))).toEqual([]);
    }
  });

  it("leaves room between spots for their names", () => {
    const places = [...home.values()];
    const nearest = places.map((a, at) =>
      Math.min(...places.flatMap((b, other) => (other === at ? [] : [Math.hypot(a.x - b.x, a.y - b.y)]))),
    );
    expect(Math.min(...nearest)).toBeGreaterThan(30);
  });

  it("stands clients left, servers right and nodes below the cluster", () => {
    const inside = whole.spots
      .filter(({ zone }) => zone === "inside")
      .map(({ key }) => home.get(key) as Place);
    const [left, right] = [Math.min(...inside.map(({ x }) => x)), Math.max(...inside.map(({ x }) => x))];
    const bottom = Math.max(...inside.map(({ y }) => y));
    expect(home.get(">ip:192.0.2.7")?.x).toBeLessThan(left);
    expect(home.get("<dns:api.cardpay.example")?.x).toBeGreaterThan(right);
    expect(home.get("reserved:host")?.y).toBeGreaterThan(bottom);
  });

  it("moves nobody inside when a filter leaves most of them", () => {
    const few = EDGES.filter((_, at) => at % 5 !== 0);
    const part = inputOf(buildGraph(nodesOf(few), few, FOLD_LIMITS));
    const places = layout(part, home);
    for (const { key, zone } of part.spots)
      if (zone === "inside") expect(places.get(key)).toEqual(home.get(key));
  });

  it("gives what is left of a large one a picture of its own, the same whatever was seen before", () => {
    const few = EDGES.filter(({ client, server }) => client.startsWith("n1/w") && server.startsWith("n1/w"));
    const part = inputOf(buildGraph(nodesOf(few), few, FOLD_LIMITS));
    const places = layout(part, home);
    expect(places).toEqual(layout(part, home));
    expect(places.size).toBe(8);
  });

  it("puts clusters side by side", () => {
    const nodes = nodesOf(EDGES).map((node) => ({
      ...node,
      cluster: node.namespace === "n4" ? "west" : "east",
    }));
    const places = layout(inputOf(buildGraph(nodes, EDGES, FOLD_LIMITS)));
    const xs = (test: (name: string) => boolean) =>
      [...places].flatMap(([key, { x }]) => (/^n\d\//.test(key) && test(key) ? [x] : []));
    expect(Math.max(...xs((key) => !key.startsWith("n4")))).toBeLessThan(
      Math.min(...xs((key) => key.startsWith("n4"))),
    );
  });

  it("has nothing to place in an empty graph", () => {
    expect(layout({ spots: [], lines: [] }).size).toBe(0);
  });
});

describe("the layout by layers", () => {
  it("stands who is asked right of who asks", () => {
    const edges = [
      edge("a/a", "a/b", 1),
      edge("a/b", "a/c", 1),
      edge("a/a", "a/c", 1),
      edge("a/c", "a/c", 1),
    ];
    const places = layered(inputOf(buildGraph(nodesOf(edges), edges, FOLD_LIMITS)));
    const [a, b, c] = ["a/a", "a/b", "a/c"].map((key) => places.get(key)?.x ?? Number.NaN);
    expect(a).toBeLessThan(b as number);
    expect(b).toBeLessThan(c as number);
  });

  const graphOf = (edges: typeof EDGES) => inputOf(buildGraph(nodesOf(edges), edges, FOLD_LIMITS));
  /** Five thousand lines between two hundred, there and back. */
  const crowd = graphOf(
    Array.from({ length: 5000 }, (_, n) => edge(`n/${n % 200}`, `n/${(n * 7 + 3) % 200}`, 1)),
  );

  it("has room of its own for each spot of a large graph, the same each time", () => {
    const places = layered(crowd);
    const taken = new Set([...places.values()].map(({ x, y }) => `${Math.round(x)} ${Math.round(y)}`));
    expect([places.size, taken.size]).toEqual([200, 200]);
    expect(layered(crowd)).toEqual(places);
  });

  it("squeezes a long way into few columns, and keeps its direction", () => {
    const chain = Array.from({ length: 150 }, (_, n) => edge(`c/${200 - n}`, `c/${199 - n}`, 1));
    const places = layered(graphOf(chain));
    const xs = chain.flatMap(({ client }) => places.get(client)?.x ?? []);
    expect(xs).toEqual([...xs].sort((a, b) => a - b));
    expect(new Set(xs).size).toBe(10);
  });
});
