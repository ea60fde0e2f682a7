import { makeCapture } from "./fixtures/captures";
import { flowLog } from "./fixtures/flow-log";
import { expect, test } from "./fixtures/test";
import { FlowsPage } from "./pages/flows-page";

let id = "";

test.beforeAll(async ({ playwright, baseURL }) => {
  const request = await playwright.request.newContext({ baseURL });
  id = await makeCapture(request, "histogram", flowLog(1200));
  await request.dispose();
});

test("a brush narrows the time range, and the whole capture comes back", async ({ page }) => {
  const flows = new FlowsPage(page);
  await flows.goto(id);
  await expect(flows.histogram).toBeVisible();
  await expect(flows.count).toHaveText("1\u202f200 flows");
  await flows.brush(0.25, 0.5);
  await expect(page).toHaveURL(/from=2026-03-04T05:02:[\d.]+Z&to=2026-03-04T05:0[45]:[\d.]+Z/);
  await expect(flows.count).toHaveText(/^[23]\d\d flows$/);
  await page.getByRole("button", { name: "Whole capture" }).click();
  await expect(flows.count).toHaveText("1\u202f200 flows");
});

test("the range is zoomed, moved and given up by keys", async ({ page }) => {
  const flows = new FlowsPage(page);
  await flows.goto(id);
  await flows.histogram.focus();
  await page.keyboard.press("+");
  await expect(flows.count).toHaveText("600 flows");
  await page.keyboard.press("ArrowRight");
  await expect(page).toHaveURL(/to=2026-03-04T05:09:59/);
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  await expect(page).toHaveURL(/from=2026-03-04T05:00:00/);
  await page.keyboard.press("Escape");
  await expect(flows.count).toHaveText("1\u202f200 flows");
});

test("the picture is told in words and as a table", async ({ page }) => {
  const flows = new FlowsPage(page);
  await flows.goto(id);
  await expect(flows.histogram).toHaveAccessibleName(/FORWARDED 1\s080/);
  await expect(flows.histogram).toHaveAccessibleName(/DROPPED 120/);
  await page.getByRole("button", { name: "Show the numbers as a table" }).click();
  await expect(page.getByRole("dialog").getByRole("columnheader", { name: "DROPPED" })).toBeVisible();
});

test("a verdict in the legend shows only its events", async ({ page }) => {
  const flows = new FlowsPage(page);
  await flows.goto(id);
  await page
    .getByRole("list", { name: "Events by verdict" })
    .getByRole("button", { name: /DROPPED/ })
    .click();
  await expect(flows.chip("verdict:DROPPED")).toBeVisible();
  await expect(flows.count).toHaveText("120 flows");
});
