/** Every number of the map has terms of the filter that lead to exactly what it counts, at every level. */

import { describe, expect, it } from "vitest";
import { mapLog } from "@/bench/map-log";
import { groupBy } from "@/lib/base/group";
import { FOLD_LIMITS } from "@/lib/insight/map/fold";
import { buildGraph, type Graph } from "@/lib/insight/map/graph";
import { MAP_LEVELS, type MapAnswer } from "@/lib/questions/answers-map";
import { betweenTerm, endTerm, MEASURE_TERMS, portTerms } from "@/lib/scope/edge-terms";
import { formatFilter, makeTerm, parseFilter, type Term } from "@/lib/scope/filter";
import type { Scope } from "@/lib/scope/link";
import { hiddenScopes, readHide, withoutHidden } from "@/lib/scope/map-hide";
import type { MapPlace } from "@/lib/scope/map-part-kind";
import { generateLogs, type Log, REAL_LOGS, sharedProofs } from "./captures";

const proofOf = sharedProofs();
const generated = await generateLogs(11, 1200);
/** A workload without a pod's name beside its pods, and a world without name or address beside one that has a name. */
const odd = [
  [
    { namespace: "shop", workloads: [{ name: "web" }], identity: 300 },
    { identity: 2, labels: ["reserved:world"] },
  ],
  [
    { namespace: "shop", pod_name: "web-5d9c7b-x2x7k", workloads: [{ name: "web" }], identity: 300 },
    { identity: 2 },
  ],
  [
    { namespace: "shop", pod_name: "web-5d9c7b-x2x7k", identity: 300 },
    { identity: 2, labels: ["reserved:world"] },
    ["api.example.com"],
  ],
  [{}, {}],
].map(([source, destination, destination_names], n) =>
  JSON.stringify({
    flow: {
      time: `2026-08-21T12:00:0${n}Z`,
      verdict: "FORWARDED",
      source,
      destination,
      ...(destination_names && { destination_names }),
      is_reply: false,
      l4: { TCP: { source_port: 40_000 + n, destination_port: 443 } },
      event_type: { type: 4 },
      Type: "L3_L4",
    },
  }),
);
const captures: readonly (readonly [string, readonly Log[]])[] = [
  ["a generated log", generated.logs],
  ["masked sides", [{ name: "odd.log", text: `${odd.join("\n")}\n` }]],
  ...REAL_LOGS.map((log): [string, Log[]] => [log.name, [log]]),
];

const sumOf = (rows: readonly { readonly events: number }[]) =>
  rows.reduce((total, row) => total + row.events, 0);

describe.each(captures)("in %s", (_name, logs) => {
  it.each(MAP_LEVELS)("edges at the level of a %s", (level) => {
    const proof = proofOf(logs);
    const total = (terms: readonly Term[]) =>
      proof.ask("flows", { q: formatFilter({ terms: [...terms] }), limit: "1" }).total;
    const map = proof.ask("map", { level, limit: "10000" });
    const nodes = new Map(map.nodes.map((node) => [node.id, node]));
    const node = (id: string) => nodes.get(id) as MapAnswer["nodes"][number];
    expect(map.edges.length + map.unplaced.events).toBeGreaterThan(0);
    // Each link is a question of its own; where there are many edges, every third has all that can differ.
    const asked = map.edges.filter((_, at) => map.edges.length < 60 || at % 3 === 0);
    for (const { client, server, port, protocol, ...edge } of asked) {
      const terms = [betweenTerm(node(client), node(server)), ...portTerms(port, protocol)];
      const where = `${client} -> ${server} :${port} ${protocol}`;
      expect({ where, ...total(terms) }).toMatchObject({ where, events: edge.events, drops: edge.drops });
      expect({ where, drops: total([...terms, ...MEASURE_TERMS.drops])?.drops }).toEqual({
        where,
        drops: edge.drops,
      });
      for (const measure of ["l7Errors", "dnsErrors", "unanswered"] as const)
        expect({ where, measure, n: total([...terms, ...MEASURE_TERMS[measure]])?.events }).toEqual({
          where,
          measure,
          n: edge[measure],
        });
    }
    for (const { id, level: own } of map.nodes) {
      const asks = total([endTerm("client", { id, level: own })])?.events;
      expect({ id, asks }).toEqual({
        id,
        asks: map.edges.reduce((sum, { client, events }) => (client === id ? sum + events : sum), 0),
      });
    }
  });

  it("all edges are on the pages of the map, those between two on one page", () => {
    const proof = proofOf(logs);
    const [level, limit] = ["pod", 40];
    const whole = proof.ask("map", { level, limit: "10000" });
    const pairOf = ({ client, server }: MapAnswer["edges"][number]) => `${client} -> ${server}`;
    const edges: MapAnswer["edges"] = [];
    const pages: Set<string>[] = [];
    for (;;) {
      const page = proof.ask("map", { level, limit: String(limit), skip: String(edges.length) });
      expect(sumOf(page.edges) + page.folded.events).toBe(sumOf(whole.edges));
      expect(page.edges.length + page.folded.edges).toBe(whole.edges.length);
      if (page.edges.length === 0) break;
      edges.push(...page.edges);
      pages.push(new Set(page.edges.map(pairOf)));
    }
    const sorted = (all: MapAnswer["edges"]) => all.map((edge) => JSON.stringify(edge)).sort();
    expect(sorted(edges)).toEqual(sorted(whole.edges));
    const most = Math.max(0, ...[...groupBy(whole.edges, pairOf).values()].map(({ length }) => length));
    expect(most).toBeLessThanOrEqual(limit);
    expect(pages.reduce((sum, { size }) => sum + size, 0)).toBe(new Set(whole.edges.map(pairOf)).size);
    const isWrong = ({ drops, audited, l7Errors, dnsErrors, unanswered }: MapAnswer["edges"][number]) =>
      drops + audited + l7Errors + dnsErrors + unanswered > 0;
    const wrong = new Set(whole.edges.filter(isWrong).map(pairOf));
    const lastWrong = pages.findLastIndex((page) => [...page].some((pair) => wrong.has(pair)));
    expect(
      pages.slice(0, Math.max(0, lastWrong)).every((page) => [...page].every((pair) => wrong.has(pair))),
    ).toBe(true);
  });

  it("names whoever is outside alike at the levels of namespaces and workloads", () => {
    const proof = proofOf(logs);
    const outside = (level: string) => {
      const { nodes, edges } = proof.ask("map", { level, limit: "10000" });
      const events = (id: string, end: "client" | "server") =>
        sumOf(edges.filter((edge) => edge[end] === id));
      return nodes
        .filter(({ kind }) => kind === "world")
        .map((node) => ({ ...node, asks: events(node.id, "client"), isAsked: events(node.id, "server") }));
    };
    expect(outside("namespace")).toEqual(outside("workload"));
  });

  it.each(["", "verdict:FORWARDED", "!protocol:udp"])("what is hidden in %j, term by term", (q) => {
    const proof = proofOf(logs);
    const parsed = parseFilter(q);
    if (!parsed.ok) throw new Error(parsed.failure.message);
    const scope = { filter: parsed.value };
    const events = (own: Scope) => proof.ask("summary", { q: formatFilter(own.filter) }).events;
    const whole = proof.ask("map", { limit: "10000", q });
    for (const text of [
      "dns",
      "dns,host,health,prometheus",
      "host traffic-direction:ingress server-port:80,443",
    ]) {
      const hide = readHide(text);
      const shown = proof.ask("map", { limit: "10000", q: formatFilter(withoutHidden(scope, hide).filter) });
      const hidden = hiddenScopes(scope, hide).map((part) => ({ events: events(part.scope) }));
      expect(sumOf([...shown.edges, shown.unplaced, ...hidden])).toBe(
        sumOf([...whole.edges, whole.unplaced]),
      );
      expect(shown.edges.filter(({ port }) => hide.noise.has("dns") && port === 53)).toEqual([]);
      const isHost = (id: string) => /^reserved:(host|remote-node)(@|$)/.test(id);
      if (hide.noise.has("host"))
        expect(shown.edges.filter(({ client, server }) => isHost(client) || isHost(server))).toEqual([]);
    }
    const scraped = whole.edges.filter(({ client }) => /^[^:]*\/(kube-)?prometheus/.test(client));
    expect(events(withoutHidden(scope, readHide("prometheus")))).toBe(events(scope) - sumOf(scraped));
  });

  it("what has no edge, by its reason", () => {
    const proof = proofOf(logs);
    const { unplaced } = proof.ask("map", {});
    for (const [reason, events] of Object.entries(unplaced.reasons))
      expect({
        reason,
        events: proof.ask("flows", { q: `unplaced:${reason}`, limit: "1" }).total?.events,
      }).toEqual({
        reason,
        events,
      });
    const placed = proof.ask("flows", { q: "unplaced:-", limit: "1" }).total?.events ?? 0;
    expect(placed + unplaced.events).toBe(proof.ask("summary", {}).events);
  });
});

/** More pods than are drawn, in every namespace: names that a link cannot list when they are hundreds. */
describe("parts of a large map", () => {
  const q = "verdict:FORWARDED";
  const log = { name: "pods.log", text: mapLog({ workloads: 45, pods: 360, edges: 700 }) };
  const proof = () => proofOf([log]);
  const read = (): { map: MapAnswer; graph: Graph } => {
    const map = proof().ask("map", { level: "pod", limit: "20000", q });
    return { map, graph: buildGraph(map.nodes, map.edges, FOLD_LIMITS) };
  };
  const partOf = (place: MapPlace, more: { focus?: string; unfold?: string; negated?: true } = {}) => {
    const { negated = false, ...words } = more;
    const part = makeTerm("map-part", [{ type: "map-part", level: "pod", place, q, ...words }], { negated });
    return formatFilter({ terms: [part] });
  };
  const total = (part: string) => proof().ask("flows", { q: `${q} ${part}`, limit: "1" }).total?.events;

  it("each fold at each end, and lines between folds", () => {
    const { map, graph } = read();
    const folds = graph.spots.filter(({ isFold }) => isFold);
    expect(folds.length).toBeGreaterThan(1);
    for (const { key, nodes } of folds) {
      const behind = new Set(nodes.map(({ id }) => id));
      for (const end of ["client", "server"] as const)
        expect(total(partOf({ kind: end, key }))).toBe(
          sumOf(map.edges.filter((edge) => behind.has(edge[end]))),
        );
    }
    const between = graph.lines.filter(({ from, to }) => from.isFold || to.isFold).slice(-2);
    for (const { from, to, edges } of between)
      expect(total(partOf({ kind: "line", client: from.key, server: to.key }))).toBe(sumOf(edges));
  });

  it("what a focus leaves out, and what it keeps", () => {
    const { map, graph } = read();
    const key = graph.lines.find(({ from }) => !from.isFold)?.from.key ?? "";
    const focus = JSON.stringify([key, 1]);
    const kept = map.edges.filter(({ client, server }) => client === key || server === key);
    expect(kept.length).toBeGreaterThan(1);
    expect(total(partOf({ kind: "either", key }, { focus }))).toBe(sumOf(kept));
    expect(total(partOf({ kind: "rest" }, { focus }))).toBe(sumOf(map.edges) - sumOf(kept));
  });

  it("nothing of a fold that was opened; negated, all the others", () => {
    const { map, graph } = read();
    const [fold] = graph.spots.filter(({ isFold }) => isFold);
    const { key = "", group = "", nodes = [] } = fold ?? {};
    expect(nodes.length).toBeGreaterThan(1);
    const place = { kind: "client", key } as const;
    expect(total(partOf(place, { unfold: JSON.stringify([group]) }))).toBe(0);
    const behind = new Set(nodes.map(({ id }) => id));
    expect(total(partOf(place, { negated: true }))).toBe(
      sumOf(map.edges.filter(({ client }) => !behind.has(client))),
    );
  });

  it("nothing is beyond a map that holds all, and a scope that cannot be read has no part", () => {
    expect(total(partOf({ kind: "beyond" }))).toBe(0);
    expect(() => total("map-part:level=pod&client=a&q=verdict%3ANO")).toThrow("filter_invalid");
  });
});
