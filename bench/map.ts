/**
 * The map in a real browser: from the answer to the finished picture, frames while it is moved, and the longest time for
 * which the page could not answer. 300 workloads and 2,000 edges; 3,000 pods and 20,000 edges.
 *
 * `node scripts/run-ts.mjs bench/map.ts` (needs a build: `npm run build`)
 */

import { type Browser, chromium, type Page } from "@playwright/test";
import { chromiumArgs, findChromium } from "../e2e/browser";
import { startServer } from "../e2e/fixtures/server";
import { mapLog } from "./map-log";
import { commit, machine, median } from "./measure";

interface Case {
  readonly name: string;
  readonly log: string;
  readonly query: string;
}

const CASES: readonly Case[] = [
  { name: "300 workloads, 2,000 edges", log: mapLog({ workloads: 300, pods: 300, edges: 2000 }), query: "" },
  {
    name: "3,000 pods, 20,000 edges",
    log: mapLog({ workloads: 300, pods: 3000, edges: 20_000 }),
    query: "?level=pod",
  },
];
const ROUNDS = 3;
const MOVED_FRAMES = 180;

async function makeCapture(address: string, { name, log }: Case): Promise<string> {
  const made = await fetch(`${address}api/v1/captures`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name }),
  });
  const { id } = (await made.json()) as { id: string };
  const sent = await fetch(`${address}api/v1/captures/${id}/files/events.log?wait=true`, {
    method: "PUT",
    body: log,
  });
  if (!sent.ok) throw new Error(await sent.text());
  return id;
}

interface Figures {
  /** From the answer's last byte to the finished picture. */
  readonly drawnMs: number;
  readonly longestTaskMs: number;
  readonly frameMs: readonly number[];
}

async function measure(browser: Browser, address: string): Promise<Figures> {
  const page = await browser.newPage({ viewport: { width: 1600, height: 900 } });
  await page.addInitScript(watch);
  await page.goto(address);
  const canvas = page.locator("canvas[data-drawn=true]");
  await canvas.waitFor({ timeout: 60_000 });
  const { drawnMs, longestTaskMs } = await page.evaluate(readTimes);
  const frameMs = await page.evaluate(pan, MOVED_FRAMES);
  await page.close();
  return { drawnMs, longestTaskMs, frameMs };
}

/** In the page: when the picture was first finished, and tasks that held the page up. */
function watch(): void {
  const times = { drawn: 0, longest: 0 };
  Reflect.set(window, "mapTimes", times);
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) times.longest = Math.max(times.longest, duration);
  }).observe({ type: "longtask", buffered: true });
  const look = () => {
    if (document.querySelector("canvas[data-drawn=true]") === null) requestAnimationFrame(look);
    else times.drawn = performance.now();
  };
  requestAnimationFrame(look);
}

function readTimes(): { drawnMs: number; longestTaskMs: number } {
  const times = Reflect.get(window, "mapTimes") as { drawn: number; longest: number };
  const answers = performance
    .getEntriesByType("resource")
    .filter(({ name }) => name.includes("/map?")) as PerformanceResourceTiming[];
  const answered = Math.max(...answers.map(({ responseEnd }) => responseEnd));
  return { drawnMs: times.drawn - answered, longestTaskMs: times.longest };
}

/** In the page: drags the picture in a circle, one step a frame; the time between frames. */
async function pan(frames: number): Promise<number[]> {
  const canvas = document.querySelector("canvas");
  if (canvas === null) return [];
  const { left, top } = canvas.getBoundingClientRect();
  const send = (type: string, step: number) =>
    canvas.dispatchEvent(
      new PointerEvent(type, {
        bubbles: true,
        pointerId: 1,
        button: 0,
        clientX: left + 20 + 150 * Math.sin(step / 20),
        clientY: top + 20 + 80 * (1 - Math.cos(step / 20)),
      }),
    );
  canvas.setPointerCapture = () => undefined;
  const times: number[] = [];
  send("pointerdown", 0);
  for (let step = 1; step <= frames; step++) {
    times.push(await new Promise<number>((resolve) => requestAnimationFrame(resolve)));
    send("pointermove", step);
  }
  send("pointerup", frames);
  return times.slice(1).map((time, at) => time - (times[at] ?? time));
}

function report(name: string, all: readonly Figures[]): void {
  const frames = all.flatMap(({ frameMs }) => frameMs).sort((a, b) => a - b);
  const late = frames.filter((ms) => ms > 25).length;
  console.log(`${name}
  drawn ${Math.round(median(all.map(({ drawnMs }) => drawnMs)))} ms after the answer (median of ${all.length})
  longest task ${Math.round(median(all.map(({ longestTaskMs }) => longestTaskMs)))} ms
  moved: median frame ${median(frames).toFixed(1)} ms, 95 % below ${(frames[Math.floor(frames.length * 0.95)] ?? 0).toFixed(1)} ms, ${late} of ${frames.length} frames late`);
}

async function settle(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await page.locator("canvas[data-drawn=true]").waitFor({ timeout: 60_000 });
  await page.close();
}

console.log(`${machine()}, ${commit()}`);
const server = await startServer();
if (server.address === "") throw new Error(server.output());
const browser = await chromium.launch({ executablePath: await findChromium(), args: [...chromiumArgs] });
try {
  for (const one of CASES) {
    const address = `${server.address}captures/${await makeCapture(server.address, one)}/map${one.query}`;
    await settle(await browser.newPage(), address);
    const all: Figures[] = [];
    for (let round = 0; round < ROUNDS; round++) all.push(await measure(browser, address));
    report(one.name, all);
  }
} finally {
  await browser.close();
  await server.remove();
}
