import { describe, expect, it } from "vitest";
import { FOLD_LIMITS } from "@/lib/insight/map/fold";
import { buildGraph, type Line } from "@/lib/insight/map/graph";
import { toReplay } from "@/lib/insight/map/replay";
import { edge, node, nodesOf } from "@/lib/insight/map/testing";
import type { Colours } from "./colours";
import { placeLabels } from "./labels";
import { pick } from "./pick";
import { sceneAt, toScene } from "./scene";
import { toSvg } from "./svg";

const EDGES = [
  {
    ...edge("shop/web", "shop/cart", 100),
    trend: [
      ["0", 60, 0],
      ["10", 40, 0],
    ] as [string, number, number][],
  },
  {
    ...edge("shop/web", "payments/api", 20, { drops: 20, verdicts: { DROPPED: 20 } }),
    trend: [["10", 20, 20]] as [string, number, number][],
  },
];
const graph = buildGraph(nodesOf(EDGES), EDGES, FOLD_LIMITS);
const places = new Map([
  ["shop/web", { x: 0, y: 0 }],
  ["shop/cart", { x: 0, y: 100 }],
  ["payments/api", { x: 200, y: 0 }],
]);
const options = { measure: "events", isNew: () => false, hasHulls: true } as const;
const scene = toScene(graph, places, options);
const camera = { k: 1, x: 300, y: 200 };
const size = { width: 800, height: 500 };
const lineTo = (key: string, of = scene) => of.lines.find(({ to }) => to.spot.key === key);

describe("the picture", () => {
  it("draws what hurts last, with its drops in words, and marks what is blocked", () => {
    expect(scene.lines.map(({ tone }) => tone)).toEqual(["good", "bad"]);
    expect(lineTo("payments/api")).toMatchObject({ label: "20 drops", isBlocked: true });
    expect(lineTo("shop/cart")?.label).toBeUndefined();
    expect(lineTo("shop/cart")?.width).toBeGreaterThan(lineTo("payments/api")?.width ?? 0);
  });

  it("dims what does not have what is measured, or is not found", () => {
    const drops = toScene(graph, places, { ...options, measure: "drops" });
    expect(drops.lines.map(({ isDim }) => isDim)).toEqual([true, false]);
    const found = { spots: new Set(["shop/cart"]), lines: new Set<Line>() };
    const looked = toScene(graph, places, { ...options, found });
    expect(looked.spots.filter(({ isDim }) => !isDim).map(({ label }) => label)).toEqual(["cart"]);
    expect(looked.lines.every(({ isDim }) => isDim)).toBe(true);
  });

  it("shows one moment: lines without events are dim", () => {
    const replay = toReplay(EDGES, "10");
    if (replay === undefined) throw new Error("no replay");
    const [before, after] = [sceneAt(scene, replay, 0), sceneAt(scene, replay, 1)];
    expect(lineTo("payments/api", before)).toMatchObject({ isDim: true, tone: "calm" });
    expect(lineTo("payments/api", after)).toMatchObject({ isDim: false, tone: "bad", label: "20 drops" });
    expect(lineTo("shop/cart", after)).toMatchObject({ isDim: false, tone: "good" });
  });

  it("is picked: spots before lines, lines along their curve, nothing beside them", () => {
    expect(pick(scene, camera, { x: 301, y: 199 }).spot?.label).toBe("web");
    expect(pick(scene, camera, { x: 400, y: 191 }).line?.to.label).toBe("api");
    expect(pick(scene, camera, { x: 400, y: 300 })).toEqual({});
  });

  it("places no two words on each other", () => {
    const labels = placeLabels(scene, camera, (text) => 7 * text.length, size);
    expect(labels.map(({ text }) => text).sort()).toEqual([
      "api",
      "cart",
      "payments",
      "shop",
      "web",
      "× 20 drops",
    ]);
    const boxes = labels.map(({ text, at, align }) => {
      const width = 7 * text.length;
      const left = align === "center" ? at.x - width / 2 : align === "right" ? at.x - width : at.x;
      return { left, right: left + width, top: at.y - 11, bottom: at.y + 3 };
    });
    for (const [at, a] of boxes.entries())
      for (const b of boxes.slice(at + 1))
        expect(a.left < b.right && a.right > b.left && a.top < b.bottom && a.bottom > b.top).toBe(false);
  });
});

describe("the picture as SVG", () => {
  const colours = new Proxy({}, { get: () => "#123" }) as Colours;
  const svg = (of = scene, title = "a <map>") =>
    toSvg({ scene: of, camera, colours, size, widthOfText: (text) => 7 * text.length, title });

  it("has a mark for each line, spot and word, and dots where something was dropped", () => {
    expect(svg().match(/<path /g)).toHaveLength(2);
    expect(svg().match(/<circle /g)).toHaveLength(3);
    expect(svg()).toContain('stroke-dasharray="2 4"');
    expect(svg()).toContain("<title>a &lt;map&gt;</title>");
  });

  it("holds hostile names as text", () => {
    const nodes = nodesOf(EDGES).map((one) =>
      one.id === "shop/cart" ? node("shop/cart", { name: '<script>&"' }) : one,
    );
    const hostile = svg(toScene(buildGraph(nodes, EDGES, FOLD_LIMITS), places, options));
    expect(hostile).not.toContain("<script");
    expect(hostile).toContain("&lt;script&gt;&amp;&quot;");
  });

  it("is XML, whatever its title holds", () => {
    // A control character, half a letter and a code that stands for none; a whole letter stays.
    const title = /<title>(.*)<\/title>/.exec(svg(scene, "a\u0001\ud800\uffff\u{1f600}"))?.[1];
    expect(title).toBe("a\ufffd\ufffd\ufffd\u{1f600}");
  });
});
