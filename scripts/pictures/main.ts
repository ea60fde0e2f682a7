/**
 * Takes the pictures of the guide anew, from the sample capture on a server of its own:
 *
 * `node scripts/run-ts.mjs scripts/pictures/main.ts [--out docs/pictures]` (needs a build: `npm run build`)
 */
import { mkdirSync, statSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { type Browser, chromium, type Page } from "@playwright/test";
import { chromiumArgs, findChromium } from "../../e2e/browser";
import { startServer } from "../../e2e/fixtures/server";

const { values } = parseArgs({ options: { out: { type: "string", default: "docs/pictures" } } });
const out = path.resolve(values.out);
/** They are part of every clone. */
const LARGEST_BYTES = 300 * 1024;

/** The incident of the sample: a policy change cuts `storefront/checkout` off `orders/orders-api`. */
const INCIDENT = "verdict:DROPPED from-namespace:storefront";

interface Picture {
  readonly name: string;
  readonly scheme: "light" | "dark";
  readonly take: (page: Page, address: string) => Promise<void>;
}

async function openFlows(
  page: Page,
  address: string,
  query: Readonly<Record<string, string>>,
): Promise<void> {
  await page.goto(`${address}captures/samplecapture/flows?${new URLSearchParams(query)}`);
  await page.getByRole("row").nth(5).waitFor();
}

/** One of its drops with all fields beside it. */
async function takeFlows(page: Page, address: string): Promise<void> {
  await openFlows(page, address, { q: INCIDENT, flow: await firstFlow(address, `${INCIDENT} type:drop`) });
  await page.getByRole("row", { selected: true }).waitFor();
}

/** The whole capture: where it hurts. */
async function takeMap(page: Page, address: string): Promise<void> {
  await page.goto(`${address}captures/samplecapture/map?hide=dns,host,health,prometheus`);
  await page.locator("canvas[data-drawn=true]").waitFor();
}

const pictures: readonly Picture[] = [
  { name: "map-light", scheme: "light", take: takeMap },
  { name: "flows-light", scheme: "light", take: takeFlows },
  { name: "flows-dark", scheme: "dark", take: takeFlows },
];

async function firstFlow(address: string, q: string): Promise<string> {
  const query = new URLSearchParams({ q, limit: "1" });
  const answer = await fetch(`${address}api/v1/captures/samplecapture/flows?${query}`);
  const { flows } = (await answer.json()) as { flows: { id: string }[] };
  if (flows[0] === undefined) throw new Error(`the sample has no flow for ${q}`);
  return flows[0].id;
}

async function takeOne(browser: Browser, address: string, { name, scheme, take }: Picture): Promise<void> {
  const context = await browser.newContext({
    viewport: { width: 1360, height: 800 },
    colorScheme: scheme,
    reducedMotion: "reduce",
    locale: "en-GB",
    timezoneId: "UTC",
  });
  const page = await context.newPage();
  await take(page, address);
  await page.waitForLoadState("networkidle");
  const file = path.join(out, `${name}.png`);
  await page.screenshot({ path: file });
  await context.close();
  const { size } = statSync(file);
  console.log(`${path.relative(process.cwd(), file)} ${Math.round(size / 1024)} KiB`);
  if (size > LARGEST_BYTES) throw new Error(`${name}.png is larger than ${LARGEST_BYTES / 1024} KiB`);
}

async function openSample(address: string): Promise<void> {
  await fetch(`${address}api/v1/captures/sample`, { method: "POST" });
  for (;;) {
    const answer = await fetch(`${address}api/v1/captures/samplecapture`);
    const { state } = (await answer.json()) as { state: string };
    if (state === "ready") return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

mkdirSync(out, { recursive: true });
const server = await startServer();
if (server.address === "") throw new Error(server.output());
const browser = await chromium.launch({ executablePath: await findChromium(), args: [...chromiumArgs] });
try {
  await openSample(server.address);
  for (const picture of pictures) await takeOne(browser, server.address, picture);
} finally {
  await browser.close();
  await server.remove();
}
