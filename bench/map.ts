/**
 * The map in a real browser, and in the same run its rival, d3-force into SVG (`map-rival.ts`): from the answer to the picture,
 * the longest time for which the page could not answer, and frames while the picture is moved. 300 workloads and 2,000 edges;
 * 3,000 pods and 20,000 edges, folded, and with every fold opened.
 *
 * `node scripts/run-ts.mjs bench/map.ts [--rounds 3]` (needs a build: `npm run build`)
 */

import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { type Browser, chromium, type Page } from "@playwright/test";
import { chromiumArgs, findChromium } from "../e2e/browser";
import { startServer } from "../e2e/fixtures/server";
import { mapLog } from "./map-log";
import { drawRival } from "./map-rival";
import { commit, machine, median } from "./measure";
import { pageThread } from "./page-thread";

interface Case {
  readonly name: string;
  readonly log: string;
  readonly level: "workload" | "pod";
  /** Names of namespaces that are not folded. */
  readonly unfolded?: readonly string[];
}

const pods = mapLog({ workloads: 300, pods: 3000, edges: 20_000 });
const CASES: readonly Case[] = [
  {
    name: "300 workloads, 2,000 edges",
    log: mapLog({ workloads: 300, pods: 300, edges: 2000 }),
    level: "workload",
  },
  { name: "3,000 pods, 20,000 edges, folded", log: pods, level: "pod" },
  {
    name: "3,000 pods, 20,000 edges, all opened",
    log: pods,
    level: "pod",
    unfolded: Array.from({ length: 20 }, (_, team) => `team-${team}@default`),
  },
];
/** At most; a rival that takes a second for each is stopped earlier. */
const MOVED_FRAMES = 180;
const MOVED_MS = 15_000;
const { values } = parseArgs({ options: { rounds: { type: "string", default: "3" } } });

interface Figures {
  /** From the answer's last byte to the finished picture. */
  readonly drawnMs: number;
  readonly longestTaskMs: number;
  readonly frameMs: readonly number[];
  /** Processor time of the page's thread for each frame of moving; says something on a loaded machine, too. */
  readonly threadMs: number;
}

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

async function openPage(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1600, height: 900 }, bypassCSP: true });
  const page = await context.newPage();
  await page.addInitScript(watch);
  return page;
}

async function measureMap(browser: Browser, address: string): Promise<Figures> {
  const page = await openPage(browser);
  await page.goto(address);
  await page.locator("canvas[data-drawn=true]").waitFor({ timeout: 120_000 });
  const figures = { drawnMs: await page.evaluate(readDrawn), ...(await measureMoves(page)) };
  await page.context().close();
  return figures;
}

async function measureRival(browser: Browser, address: string): Promise<Figures> {
  const page = await openPage(browser);
  const drawnMs = await drawRival(page, address);
  const figures = { drawnMs, ...(await measureMoves(page)) };
  await page.context().close();
  return figures;
}

async function measureMoves(page: Page): Promise<Omit<Figures, "drawnMs">> {
  // Long tasks are told some time after their end.
  await page.waitForTimeout(500);
  const longestTaskMs = await page.evaluate(() => Reflect.get(window, "mapTimes").longest as number);
  const threadMs = await pageThread(page);
  const before = await threadMs();
  const frameMs = await page.evaluate(pan, { frames: MOVED_FRAMES, mostMs: MOVED_MS });
  const after = await threadMs();
  return { longestTaskMs, frameMs, threadMs: (after - before) / frameMs.length };
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

function readDrawn(): number {
  const answers = performance
    .getEntriesByType("resource")
    .filter(({ name }) => name.includes("/map?")) as PerformanceResourceTiming[];
  const answered = Math.max(...answers.map(({ responseEnd }) => responseEnd));
  return (Reflect.get(window, "mapTimes").drawn as number) - answered;
}

/** In the page: moves the picture in a circle, one step a frame, wider than what is drawn beyond the screen; time between frames. */
async function pan({ frames, mostMs }: { frames: number; mostMs: number }): Promise<number[]> {
  const [across, down] = [500, 250];
  const moved = document.querySelector("g.moved");
  const canvas = document.querySelector("canvas[data-drawn]");
  const { left, top } = canvas?.getBoundingClientRect() ?? { left: 0, top: 0 };
  const move = (type: string, step: number) => {
    const x = across * Math.sin(step / 20);
    const y = down * (1 - Math.cos(step / 20));
    moved?.setAttribute("transform", `translate(${x} ${y})`);
    canvas?.dispatchEvent(
      new PointerEvent(type, {
        bubbles: true,
        pointerId: 1,
        button: 0,
        clientX: left + 20 + x,
        clientY: top + 20 + y,
      }),
    );
  };
  if (canvas !== null) canvas.setPointerCapture = () => undefined;
  const times: number[] = [];
  move("pointerdown", 0);
  const end = performance.now() + mostMs;
  for (let step = 1; step <= frames && performance.now() < end; step++) {
    times.push(await new Promise<number>((resolve) => requestAnimationFrame(resolve)));
    move("pointermove", step);
  }
  move("pointerup", frames);
  return times.slice(1).map((time, at) => time - (times[at] ?? time));
}

/** A 60th of a second, with a little room. */
const ON_TIME_MS = 17.5;

function report(name: string, all: readonly Figures[]): void {
  const frames = all.flatMap(({ frameMs }) => frameMs).sort((a, b) => a - b);
  const share = frames.filter((ms) => ms <= ON_TIME_MS).length / frames.length;
  const of = (read: (figures: Figures) => number) => median(all.map(read));
  const p95 = frames[Math.floor(frames.length * 0.95)] ?? 0;
  console.log(
    `  ${name.padEnd(9)} drawn ${Math.round(of(({ drawnMs }) => drawnMs))} ms, longest task ${Math.round(of(({ longestTaskMs }) => longestTaskMs))} ms, ` +
      `moving: median frame ${median(frames).toFixed(1)} ms, p95 ${p95.toFixed(1)} ms, ${Math.round(100 * share)} % of frames in time, ` +
      `${of(({ threadMs: ms }) => ms).toFixed(1)} ms of the page's thread a frame`,
  );
}

console.log(`${machine()}, ${commit()}, load ${loadavg()[0]?.toFixed(1)}`);
const server = await startServer();
if (server.address === "") throw new Error(server.output());
const browser = await chromium.launch({ executablePath: await findChromium(), args: [...chromiumArgs] });
try {
  for (const one of CASES) {
    const id = await makeCapture(server.address, one);
    const view = new URLSearchParams({
      level: one.level,
      ...(one.unfolded && { unfold: JSON.stringify(one.unfolded) }),
    });
    const address = `${server.address}captures/${id}/map?${view}`;
    const answer = `${server.address}api/v1/captures/${id}/map?level=${one.level}&limit=20000`;
    await measureMap(browser, address);
    const [own, rival]: [Figures[], Figures[]] = [[], []];
    for (let round = 0; round < Number(values.rounds); round++) {
      own.push(await measureMap(browser, address));
      rival.push(await measureRival(browser, answer));
    }
    console.log(`${one.name} (load ${loadavg()[0]?.toFixed(1)})`);
    report("Eyepiece", own);
    report("d3 + SVG", rival);
    const ratio = (read: (figures: Figures) => number) =>
      (median(own.map(read)) / median(rival.map(read))).toFixed(2);
    console.log(
      `  ratio     drawn ${ratio(({ drawnMs }) => drawnMs)}, median frame ${ratio(({ frameMs }) => median(frameMs))}, thread ${ratio(({ threadMs: ms }) => ms)}`,
    );
  }
} finally {
  await browser.close();
  await server.remove();
}
