import { expect, it } from "vitest";
import { Edges } from "./map-edges";
import type { ActorRow } from "./pairs";

function actor(name: string): ActorRow {
  const key = `shop/${name}`;
  const names = { key, workloadKey: key, namespaceKey: "shop", workloadName: name, name };
  return { ...names, kind: "pod", cluster: "default", namespace: "shop" };
}

/** Counts so many forwarded events of an edge, and drops beside them. */
function add(edges: Edges, from: string, to: string, port: number, events: number, drops = 0): void {
  const [client, server] = [actor(from), actor(to)];
  const sides = { client, server, source: client, destination: server };
  const edge = edges.of({ ...sides, clientBy: "ports", port, protocol: "TCP" });
  if (typeof edge === "string") throw new Error(edge);
  edge.add({ pairId: 1, kindId: 1, events, firstNs: null, lastNs: null }, { verdict: "FORWARDED" });
  if (drops > 0) edge.addDrops("POLICY_DENIED", drops);
}

it("gives edges page by page: what is wrong first, then most events, those between two together", () => {
  const edges = new Edges("workload");
  add(edges, "web", "cart", 80, 10);
  add(edges, "web", "db", 5432, 12);
  add(edges, "web", "cart", 443, 5);
  add(edges, "job", "db", 5432, 1, 1);
  const page = (limit: number, skip: number) => {
    const { edges: shown, folded, nodes } = edges.answer(limit, skip);
    return { ports: shown.map(({ port, events }) => [port, events]), folded, nodes: nodes.length };
  };
  // job -> db has a drop; web -> cart has 15 events with both ports, web -> db has 12.
  expect(page(2, 0)).toEqual({ ports: [[5432, 1]], folded: { nodes: 2, edges: 3, events: 27 }, nodes: 2 });
  expect(page(2, 1)).toEqual({
    ports: [
      [80, 10],
      [443, 5],
    ],
    folded: { nodes: 2, edges: 2, events: 13 },
    nodes: 2,
  });
  expect(page(2, 3)).toEqual({ ports: [[5432, 12]], folded: { nodes: 2, edges: 3, events: 16 }, nodes: 2 });
  expect(page(2, 4)).toEqual({ ports: [], folded: { nodes: 4, edges: 4, events: 28 }, nodes: 0 });
  // Two ports do not fit: the one with more events.
  expect(page(1, 1).ports).toEqual([[80, 10]]);
  expect(page(9, 0)).toEqual({
    ports: [
      [5432, 12],
      [80, 10],
      [443, 5],
      [5432, 1],
    ],
    folded: { nodes: 0, edges: 0, events: 0 },
    nodes: 4,
  });
});
