/**
 * The rival of `map.ts`: the same nodes and lines as SVG elements, laid out by d3-force on the page's own thread, as its example
 * of a static layout does. So do service maps that keep each line as an element of the page.
 */

import { readFileSync } from "node:fs";
import path from "node:path";
import type { Page } from "@playwright/test";
import { projectRoot } from "@/lib/base/project-root";

const PARTS = ["d3-dispatch", "d3-quadtree", "d3-timer", "d3-force"];

/** Draws the map of an answer. Resolves with how long it took from the answer's text to the picture. */
export async function drawRival(page: Page, address: string): Promise<number> {
  await page.goto(new URL("/api/v1/health", address).href);
  for (const part of PARTS) {
    const file = path.join(projectRoot(), "node_modules", part, "dist", `${part}.js`);
    await page.addScriptTag({ content: readFileSync(file, "utf8") });
  }
  return page.evaluate(draw, address);
}

/** In the page. */
async function draw(address: string): Promise<number> {
  interface Spot {
    readonly id: string;
    readonly name: string;
    x: number;
    y: number;
  }
  /** Ends are ids until the layout puts the spots in their place. */
  interface Line {
    source: Spot | string;
    target: Spot | string;
    readonly drops: number;
  }
  const { d3 } = window as Window & typeof globalThis & { readonly d3: typeof import("d3-force") };
  const text = await (await fetch(address)).text();
  const started = performance.now();
  const { nodes, edges } = JSON.parse(text) as {
    nodes: Spot[];
    edges: { client: string; server: string; drops: number }[];
  };
  const lines: Line[] = edges.map(({ client, server, drops }) => ({ source: client, target: server, drops }));
  d3.forceSimulation(nodes)
    .force(
      "link",
      d3.forceLink<Spot, Line>(lines).id(({ id }) => id),
    )
    .force("charge", d3.forceManyBody())
    .force("x", d3.forceX())
    .force("y", d3.forceY())
    .stop()
    .tick(300);
  const create = <Name extends keyof SVGElementTagNameMap>(
    name: Name,
    parent: Element,
    attributes: Readonly<Record<string, string | number>>,
  ) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
    parent.append(element);
    return element;
  };
  document.body.textContent = "";
  document.body.style.margin = "0";
  const svg = create("svg", document.body, { width: innerWidth, height: innerHeight });
  const xs = nodes.map(({ x }) => x);
  const ys = nodes.map(({ y }) => y);
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const scale = Math.min(innerWidth / (Math.max(...xs) - left), innerHeight / (Math.max(...ys) - top));
  const moved = create("g", svg, { class: "moved" });
  const scaled = create("g", moved, { transform: `scale(${scale}) translate(${-left} ${-top})` });
  for (const { source, target, drops } of lines) {
    if (typeof source === "string" || typeof target === "string") continue;
    create("path", scaled, {
      d: `M${source.x} ${source.y}Q${(source.x + target.x) / 2 + 8} ${(source.y + target.y) / 2 + 8} ${target.x} ${target.y}`,
      fill: "none",
      stroke: drops > 0 ? "#b3261e" : "#3d9b5f",
      "stroke-opacity": 0.4,
      ...(drops > 0 && { "stroke-dasharray": "2 4" }),
    });
  }
  for (const { x, y, name } of nodes) {
    create("circle", scaled, { cx: x, cy: y, r: 4, fill: "#fff", stroke: "#555" });
    create("text", scaled, { x, y: y + 12, "text-anchor": "middle", "font-size": 8 }).textContent = name;
  }
  // The frame after the one in which it is painted.
  for (let frame = 0; frame < 2; frame++)
    await new Promise((resolve) => requestAnimationFrame(() => resolve(undefined)));
  return performance.now() - started;
}
