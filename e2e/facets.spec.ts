import { readFile } from "node:fs/promises";
import { captureOf } from "./fixtures/captures";
import { flowLog } from "./fixtures/flow-log";
import { expect, test } from "./fixtures/test";
import { FlowsPage } from "./pages/flows-page";

test("values are counted without their own term, included, excluded and let go", async ({
  page,
  request,
}) => {
  const id = await captureOf(request, flowLog(200));
  const flows = new FlowsPage(page);
  await flows.goto(id);
  await page.getByRole("button", { name: "Show the list of values" }).click();
  const values = page.getByRole("region", { name: "Values of the scope" });
  const verdicts = values.getByRole("region", { name: "Verdict" });
  await expect(verdicts.getByRole("button", { name: /^DROPPED/ })).toContainText("20");
  await verdicts.getByRole("button", { name: /^DROPPED/ }).click();
  await expect(flows.chip("verdict:DROPPED")).toBeVisible();
  await expect(flows.count).toHaveText("20 flows");
  // Its own term does not narrow it; the others are narrowed.
  await expect(verdicts.getByRole("button", { name: /^FORWARDED/ })).toContainText("180");
  await expect(values.getByRole("region", { name: "Server port" }).getByRole("listitem")).toHaveCount(1);
  await verdicts.getByRole("button", { name: /^DROPPED/ }).click();
  await expect(flows.count).toHaveText("200 flows");
  await verdicts.getByRole("button", { name: /^FORWARDED/ }).hover();
  await verdicts.getByRole("button", { name: "Exclude FORWARDED" }).click();
  await expect(flows.count).toHaveText("20 flows");
  await page.reload();
  await expect(verdicts.getByRole("button", { name: /^FORWARDED/ })).toBeVisible();
});

test("the columns shown are exported as CSV", async ({ page, request }) => {
  const id = await captureOf(request, flowLog(100));
  const flows = new FlowsPage(page);
  await flows.goto(id, "?q=verdict:DROPPED");
  await expect(flows.count).toHaveText("10 flows");
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export", exact: true }).click();
  await page.getByRole("menuitem", { name: "CSV of the columns shown" }).click();
  const rows = (await readFile(await (await download).path(), "utf8")).trim().split("\r\n");
  expect(rows).toHaveLength(11);
  expect(rows[0]).toMatch(/^time,node,verdict,trafficDirection,sourceNamespace,.*,id$/);
  expect(rows[1]).toContain("POLICY_DENIED");
});

test("times of rows are shown since the beginning of the range", async ({ page, request }) => {
  const id = await captureOf(request, flowLog(20));
  const flows = new FlowsPage(page);
  await flows.goto(id);
  await expect(flows.cell(0, "time")).toHaveText("05:00:00.000");
  await page.getByRole("button", { name: "UTC" }).click();
  await page.getByRole("menuitemradio", { name: "Since the beginning of the range" }).click();
  await expect(flows.cell(0, "time")).toHaveText("+00:00.000");
  await expect(flows.cell(3, "time")).toHaveText("+00:01.500");
});

test("a narrow window keeps the reason in sight and says what was left out", async ({ page, request }) => {
  const id = await captureOf(request, flowLog(20));
  const flows = new FlowsPage(page);
  await page.setViewportSize({ width: 900, height: 700 });
  await flows.goto(id);
  await expect(flows.cell(3, "reason")).toBeInViewport();
  await expect(page.getByText("5 columns left out")).toBeVisible();
  await page.getByRole("button", { name: "Columns", exact: true }).click();
  await page.getByRole("menuitemcheckbox", { name: "Node" }).click();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("columnheader", { name: "Node" })).toBeVisible();

  // A window of 1280 pixels at a zoom of 200 %.
  await page.setViewportSize({ width: 640, height: 450 });
  await expect(page.getByRole("button", { name: "Copy link" })).toBeInViewport({ ratio: 1 });
  await expect(page.getByRole("button", { name: "UTC" })).toBeInViewport({ ratio: 1 });
  // Beside the drawer what a key did not find is said, and the export is there.
  await flows.open(0);
  await page.keyboard.press("E");
  await expect(page.getByRole("status").filter({ hasText: "No error above" })).toBeVisible();
  const drawer = await flows.drawer.boundingBox();
  const exporting = await page.getByRole("button", { name: "Export" }).boundingBox();
  expect((exporting?.x ?? 0) + (exporting?.width ?? 0)).toBeLessThanOrEqual(drawer?.x ?? 0);
});

test("columns are moved by dragging their names, and sized by dragging the line between them", async ({
  page,
  request,
}) => {
  const id = await captureOf(request, flowLog(20));
  const flows = new FlowsPage(page);
  await flows.goto(id);
  await expect(flows.row(0)).toBeVisible();
  const head = (name: string) => page.getByRole("columnheader", { name });
  const order = () => page.getByRole("columnheader").allInnerTexts();
  const first = await order();
  await head("Reason").dragTo(head("Client"));
  const moved = first.filter((name) => name !== "Reason");
  moved.splice(moved.indexOf("Client"), 0, "Reason");
  await expect.poll(order).toEqual(moved);
  // Twice: a browser that was once told not to take the column along must be told again.
  for (const by of [60, 40]) {
    const before = await head("Client").boundingBox();
    if (before === null) throw new Error("no column");
    const [x, y] = [before.x + before.width - 4, before.y + before.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    for (let step = 1; step <= 4; step++) await page.mouse.move(x + (by * step) / 4, y);
    await page.mouse.up();
    await expect
      .poll(async () => Math.round((await head("Client").boundingBox())?.width ?? 0))
      .toBe(Math.round(before.width + by));
  }
  // A wider column may leave no room for others; those that stay keep their order.
  const now = await order();
  expect(now).toEqual(moved.filter((name) => now.includes(name)));
});
