/**
 * How quick the pages are in a real browser: the first view of a large capture cold and warm, from a filter to the new table,
 * frames while scrolling, and how much JavaScript the first view is sent.
 *
 * `node scripts/run-ts.mjs bench/browser.ts [--records 1000000]` (needs a build: `npm run build`). `--only scripts` measures the
 * sample's JavaScript only, which needs no large capture. `--data FOLDER` keeps the captures there, so that the next run need
 * not read them again.
 */

import { createReadStream, mkdtempSync, rmSync, statSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { type Browser, chromium, type Page } from "@playwright/test";
import { chromiumArgs, findChromium } from "../e2e/browser";
import { BenchServer } from "./bench-server";
import { commit, generatedLog, machine, median } from "./measure";
import { pageThread } from "./page-thread";

const PORT = 3978;
/** JavaScript of the first view, compressed. */
const BUDGET_KB = 250;
const FRAME_MS = 50;
const FILTERS = [
  "verdict:DROPPED",
  "port:53",
  "namespace:storefront",
  "pod:storefront/web",
  "protocol:http",
  "drop:yes",
  "http-status:5+",
  "!namespace:kube-system",
  "server-port:8080",
  "dns-rcode:NXDOMAIN",
];

const { values } = parseArgs({
  options: {
    records: { type: "string", default: "1000000" },
    only: { type: "string" },
    data: { type: "string" },
  },
});

const folder = values.data ?? mkdtempSync(path.join(tmpdir(), "eyepiece-bench-"));
const browser = await chromium.launch({ executablePath: await findChromium(), args: chromiumArgs });
let server = await BenchServer.start(PORT, folder);
try {
  console.log(`machine  ${machine()}, load ${load()}; commit ${commit()}`);
  const sample = await server.openSample();
  await scripts(browser, "sample", `/captures/${sample}/overview`);
  await scripts(browser, "sample", `/captures/${sample}/flows`);
  if (values.only !== "scripts") await large(browser);
} finally {
  await browser.close();
  await server.stop();
  if (values.data === undefined) rmSync(folder, { recursive: true });
  console.log(`load     ${load()} at the end`);
}

function load(): string {
  return loadavg()[0]?.toFixed(1) ?? "unknown";
}

async function large(browser: Browser): Promise<void> {
  const name = `large ${values.records}`;
  const id = (await server.captureNamed(name)) ?? (await read(name));
  for (const view of ["overview", "flows"] as const) {
    await server.stop();
    server = await BenchServer.start(PORT, folder);
    await firstView(id, view);
  }
  await filterChanges(browser, id);
  await scrolling(browser, id);
}

async function read(name: string): Promise<string> {
  const file = await generatedLog(Number(values.records));
  const id = await server.createCapture(name);
  const report = await server.upload(id, "large.log", createReadStream(file), statSync(file).size);
  console.log(`capture  ${report.accepted} flows`);
  return id;
}

/** What the first view is sent, each script compressed as the server could send it at best. */
async function scripts(browser: Browser, name: string, address: string): Promise<void> {
  const page = await browser.newPage();
  const sizes: Promise<number>[] = [];
  page.on("response", (response) => {
    if (response.request().resourceType() === "script")
      sizes.push(response.body().then((body) => gzipSync(body, { level: 9 }).length));
  });
  await page.goto(server.address + address, { waitUntil: "networkidle" });
  const all = await Promise.all(sizes);
  const kb = all.reduce((sum, size) => sum + size, 0) / 1000;
  const verdict = kb <= BUDGET_KB ? "within" : "OVER";
  console.log(
    `scripts  ${name} ${address}: ${kb.toFixed(1)} KB gzip in ${all.length} files, ${verdict} ${BUDGET_KB} KB`,
  );
  await page.close();
}

/** Cold: a server that has just started, and a browser that has nothing. Warm: the same again, with all a browser keeps on disk. */
async function firstView(id: string, view: "overview" | "flows"): Promise<void> {
  const profile = mkdtempSync(path.join(tmpdir(), "eyepiece-profile-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: await findChromium(),
    args: chromiumArgs,
    viewport: { width: 1440, height: 900 },
  });
  const page = await context.newPage();
  await page.addInitScript(tellWhenDrawn, { isFirst: true, before: "" });
  const times: number[] = [];
  for (let turn = 0; turn < 6; turn++) {
    // What the page before still asks for must not stand in the way.
    await page.goto("about:blank");
    const drawn = drawnMs(page);
    await page.goto(`${server.address}/captures/${id}/${view}`, { waitUntil: "commit" });
    times.push(await drawn);
    await page.waitForLoadState("networkidle");
  }
  const [cold = 0, ...warm] = times;
  console.log(
    `first    ${view}: cold ${cold.toFixed(0)} ms, warm ${median(warm).toFixed(0)} ms (median of ${warm.length})`,
  );
  await context.close();
  rmSync(profile, { recursive: true });
}

/**
 * Runs in the page, so that nothing of it waits for the next look from outside: tells the milliseconds from the beginning of the page, or from Enter, until the
 * first frame behind the one that had what was waited for. `before` is the heading that has to be replaced.
 */
function tellWhenDrawn({ isFirst, before }: { readonly isFirst: boolean; readonly before: string }): void {
  if (window.location.protocol === "about:") return;
  const isDrawn = () => {
    const heading = document.querySelector("main h1")?.textContent ?? "";
    if (heading === before) return false;
    if (window.location.pathname.endsWith("/overview")) return heading.includes(" wrong here");
    const row = document.querySelector(
      '[role=grid]:not([aria-busy]) [role=row][aria-rowindex="2"]:not([aria-busy])',
    );
    return row !== null && (isFirst || /^\d/.test(heading));
  };
  const watch = (since: number) => {
    const look = () => {
      if (!isDrawn()) requestAnimationFrame(look);
      else requestAnimationFrame((now) => console.info(`drawn ${now - since}`));
    };
    requestAnimationFrame(look);
  };
  if (isFirst) watch(0);
  else
    addEventListener("keydown", ({ key, timeStamp }) => key === "Enter" && watch(timeStamp), {
      once: true,
      capture: true,
    });
}

async function drawnMs(page: Page): Promise<number> {
  const said = await page.waitForEvent("console", (message) => message.text().startsWith("drawn "));
  return Number(said.text().slice("drawn ".length));
}

function firstRow(page: Page): Promise<void> {
  return page.locator('[role=row][aria-rowindex="2"]:not([aria-busy])').waitFor();
}

/** From Enter in the filter's line to the first row and the count of the new table, server time included; each filter once, on a page at rest. */
async function filterChanges(browser: Browser, id: string): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const line = page.getByRole("combobox", { name: "Filter" });
  const times: (readonly [ms: number, filter: string])[] = [];
  for (const filter of FILTERS) {
    await page.goto("about:blank");
    await page.goto(`${server.address}/captures/${id}/flows`);
    await firstRow(page);
    await page.waitForLoadState("networkidle");
    await line.fill(filter);
    await page.waitForLoadState("networkidle");
    const before = (await page.locator("main h1").textContent()) ?? "";
    await page.evaluate(tellWhenDrawn, { isFirst: false, before });
    const drawn = drawnMs(page);
    await line.press("Enter");
    times.push([await drawn, filter]);
  }
  times.sort(([a], [b]) => a - b);
  const all = times.map(([ms]) => ms);
  const [p95, slowest] = times[Math.ceil(times.length * 0.95) - 1] ?? [0, ""];
  console.log(
    `filter   ${all.length} changes: median ${median(all).toFixed(0)} ms, p95 ${p95.toFixed(0)} ms (${slowest}), quickest ${all[0]?.toFixed(0)} ms`,
  );
  console.log(`         ${times.map(([ms, filter]) => `${filter} ${ms.toFixed(0)}`).join(", ")}`);
  await page.close();
}

/** Scrolls through 100,000 rows in 600 steps, one a frame. */
async function scrolling(browser: Browser, id: string): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(`${server.address}/captures/${id}/flows`);
  await firstRow(page);
  const threadMs = await pageThread(page);
  const before = await threadMs();
  const frames = await page.evaluate(async () => {
    const grid = document.querySelector('[role="grid"]');
    if (grid === null) throw new Error("no grid");
    const most = Math.min(grid.scrollHeight - grid.clientHeight, 100_000 * 28);
    const times: number[] = [];
    let before = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
    for (let step = 1; step <= 600; step++) {
      grid.scrollTop = (most * step) / 600;
      const now = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
      times.push(now - before);
      before = now;
    }
    return times;
  });
  const perFrame = ((await threadMs()) - before) / frames.length;
  frames.sort((a, b) => a - b);
  const long = frames.filter((ms) => ms > FRAME_MS).length;
  const p95 = frames[Math.ceil(frames.length * 0.95) - 1] ?? 0;
  console.log(
    `scroll   ${frames.length} frames over 100,000 rows: median ${median(frames).toFixed(1)} ms, p95 ${p95.toFixed(1)} ms, longest ${frames.at(-1)?.toFixed(1)} ms, ${long} over ${FRAME_MS} ms; page's thread ${perFrame.toFixed(1)} ms for each`,
  );
  await page.close();
}
