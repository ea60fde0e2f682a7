import { readFileSync } from "node:fs";
import path from "node:path";
import type { Browser } from "@playwright/test";
import { makeCapture, realLogs } from "./fixtures/captures";
import { flowLog, lineOf } from "./fixtures/flow-log";
import { expect, test } from "./fixtures/test";
import { FlowsPage } from "./pages/flows-page";
import { HomePage } from "./pages/home-page";

/** What a colleague sees who opens the link: another browser that knows nothing of this one. */
async function inCleanBrowser<T>(
  browser: Browser,
  link: string,
  look: (flows: FlowsPage) => Promise<T>,
): Promise<T> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(link);
  const seen = await look(new FlowsPage(page));
  await context.close();
  return seen;
}

test("a dropped log is read, filtered, opened down to its line, and shared by a link", async ({
  page,
  browser,
}) => {
  const home = new HomePage(page);
  const flows = new FlowsPage(page);
  await flows.watchClipboard();
  await home.goto();

  const log = [{ name: "first-flow.log", text: flowLog(400) }];
  await home.dragOver(log);
  await expect(home.overlay).toBeVisible();
  await home.drop(log);
  await expect(home.overlay).toBeHidden();
  await expect(
    page.getByText("Records: read 400, accepted 400, duplicate 0, other kinds 0, refused 0."),
  ).toBeVisible();
  await home.openWhatBecameOf("first-flow.log");
  await page.getByRole("link", { name: /^Flows/ }).click();

  await expect(flows.count).toHaveText("400 flows");
  await expect(flows.cell(0, "time")).toHaveText("05:00:00.000");
  await expect(flows.cell(0, "server")).toContainText("shop/cart");

  await flows.filterBy("verdict:DROPPED");
  await expect(flows.count).toHaveText("40 flows");
  await expect(flows.chip("verdict:DROPPED")).toBeVisible();
  await expect(flows.cell(0, "reason")).toHaveText("Policy denied");
  await expect(flows.cell(0, "client")).toContainText("shop/web");
  await expect(flows.cell(0, "server")).toContainText("payments/api");

  // Record 13 of the log is the second drop.
  await flows.open(1);
  await expect(flows.drawer).toContainText("first-flow.log, line 14");
  await expect(flows.raw).toHaveText(lineOf(13));

  await flows.drawer.getByRole("button", { name: "Copy as hubble observe" }).click();
  await expect(flows.drawer.getByRole("status").filter({ hasText: "Copied." })).toBeVisible();
  expect(await flows.copied()).toBe(
    "hubble observe --from-pod shop/web-6d5f7c-abcde --to-pod payments/api-6d5f7c-abcde --to-port 8443 --protocol tcp",
  );

  await page.getByRole("button", { name: "Copy link" }).click();
  const link = String(await flows.copied());
  expect(link).toBe(page.url());
  await inCleanBrowser(browser, link, async (clean) => {
    await expect(clean.count).toHaveText("40 flows");
    await expect(clean.chip("verdict:DROPPED")).toBeVisible();
    await expect(clean.raw).toHaveText(lineOf(13));
    await expect(clean.openRow).toHaveAttribute("aria-rowindex", "3");
  });
});

test("the protocol of ICMPv6 is not cut off, with its type and code", async ({ page, request }) => {
  const record = lineOf(1).replace(/"l4":\{.*?\}\}/, '"l4":{"ICMPv6":{"type":133}}');
  const id = await makeCapture(request, "router-solicitation", `${record}\n`);
  const flows = new FlowsPage(page);
  await page.setViewportSize({ width: 1600, height: 800 });
  await flows.goto(id);
  await expect(flows.cell(0, "protocol")).toHaveText("ICMPv6 133/0");
  const cut = await flows
    .cell(0, "protocol")
    .evaluate((cell) =>
      [cell, ...cell.querySelectorAll("*")].some(
        (part) => part.clientWidth > 0 && part.scrollWidth > part.clientWidth,
      ),
    );
  expect(cut).toBe(false);
});

test("a flow far down a long table is found again by its link", async ({ page, browser, request }) => {
  const id = await makeCapture(request, "long-table", flowLog(3000));
  const flows = new FlowsPage(page);
  await flows.goto(id);
  await expect(flows.count).toHaveText("3\u202f000 flows");
  await flows.grid.focus();
  await page.keyboard.press("End");
  await expect(flows.cell(2999, "time")).toHaveText("05:24:59.500");
  await page.keyboard.press("Enter");
  await expect(flows.raw).toHaveText(lineOf(2999));
  await inCleanBrowser(browser, page.url(), async (clean) => {
    await expect(clean.openRow).toHaveAttribute("aria-rowindex", "3001");
    await expect(clean.openRow).toBeInViewport();
  });

  // By port: 2700 records of 8080 and 300 drops of 8443, each in the order of time.
  const port = page.getByRole("columnheader", { name: "Port" });
  await port.getByRole("button").press("Enter");
  await expect(port).toHaveAttribute("aria-sort", "ascending");
  await expect(flows.openRow).toHaveAttribute("aria-rowindex", "2701");
  await expect(flows.openRow).toBeInViewport();
  await port.getByRole("button").click();
  await expect(port).toHaveAttribute("aria-sort", "descending");
  await expect(page.getByText("by Port, highest first")).toBeVisible();
  await expect(flows.openRow).toHaveAttribute("aria-rowindex", "3001");
  await inCleanBrowser(browser, page.url().replace(/flow=[^&]*&/, ""), async (clean) => {
    await expect(clean.cell(0, "port")).toHaveText("8443");
    await expect(clean.cell(0, "time")).toHaveText("05:00:01.500");
    await expect(clean.cell(1, "time")).toHaveText("05:00:06.500");
    // The keys stand on the first column, which is time.
    await clean.grid.focus();
    await clean.grid.press("s");
    await expect(clean.cell(0, "time")).toHaveText("05:00:00.000");
    expect(clean.page.url()).not.toContain("sort=");
  });
});

test("back and forward walk through scopes and drawers", async ({ page, request }) => {
  const id = await makeCapture(request, "history", flowLog(100));
  const flows = new FlowsPage(page);
  await flows.goto(id);
  await flows.filterBy("verdict:DROPPED");
  await expect(flows.count).toHaveText("10 flows");
  await flows.open(0);
  await expect(flows.raw).toHaveText(lineOf(3));
  await page.goBack();
  await expect(flows.drawer).toBeHidden();
  await expect(flows.count).toHaveText("10 flows");
  await page.goBack();
  await expect(flows.count).toHaveText("100 flows");
  await page.goForward();
  await page.goForward();
  await expect(flows.raw).toHaveText(lineOf(3));
});

const real = realLogs();
if (real.length === 0) console.log("No real logs beside the project: stories run on made-up logs only.");

for (const file of real) {
  const name = path.basename(file);
  test(`the real log ${name} opens down to its first line`, async ({ page }) => {
    const text = readFileSync(file, "utf8");
    const lines = text.split("\n").filter((line) => line.trim() !== "");
    const home = new HomePage(page);
    const flows = new FlowsPage(page);
    await home.goto();
    await home.drop([{ name, text }]);
    await expect(page.getByText(`Records: read ${lines.length},`)).toBeVisible();
    await home.openWhatBecameOf(name);
    await page.getByRole("link", { name: /^Flows/ }).click();
    await expect(flows.row(0)).toBeVisible();
    await flows.open(0);
    await expect(flows.drawer).toContainText(`${name}, line`);
    const raw = await flows.raw.textContent();
    expect(lines.map((line) => line.trim())).toContain(raw?.trim());
  });
}
