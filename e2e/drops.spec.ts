import { makeCapture } from "./fixtures/captures";
import { flowLog, lineOf } from "./fixtures/flow-log";
import { expect, test } from "./fixtures/test";
import { FlowsPage } from "./pages/flows-page";

test("a cause of drops is explained, and leads to exactly its flows", async ({ page, request }) => {
  const id = await makeCapture(request, "drops", flowLog(200));
  const flows = new FlowsPage(page);
  await page.goto(`/captures/${id}/drops`);
  // Every tenth record is the one drop of this log, always the same edge.
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("20 drops");
  const row = page.getByRole("region", { name: "Drops by cause" }).getByRole("row").nth(1);
  await expect(row).toContainText("shop/web cannot reach payments/api");
  await expect(row).toContainText("100 %");
  await row.getByRole("button").click();
  const drawer = page.getByRole("complementary");
  await expect(drawer).toContainText("POLICY_DENIED (133)");
  await expect(drawer).toContainText("Did it ever work");
  const link = page.url();
  await drawer.getByRole("link", { name: /^20 drops/ }).click();
  await expect(flows.count).toHaveText("20 flows");
  await flows.open(1);
  await expect(flows.raw).toHaveText(lineOf(13));

  await page.goto(link);
  await expect(drawer).toContainText("Why it was dropped");
  await page.keyboard.press("Escape");
  await expect(drawer).toBeHidden();
});

test("drops are grouped another way, by the link too, and the keys lead between views", async ({
  page,
  request,
}) => {
  const id = await makeCapture(request, "drops-by", flowLog(100));
  await page.goto(`/captures/${id}/drops`);
  await page.getByRole("button", { name: "Client", exact: true }).click();
  const table = page.getByRole("region", { name: "Drops by client" });
  await expect(table.getByRole("row").nth(1)).toContainText("shop/web");
  await page.reload();
  await expect(table.getByRole("row").nth(1)).toContainText("10");
  await page.keyboard.press("g");
  await page.keyboard.press("f");
  await expect(page.getByRole("grid", { name: "Flows" })).toBeVisible();
});

test("a scope without drops says so", async ({ page, request }) => {
  const id = await makeCapture(request, "drops-none", flowLog(100));
  await page.goto(`/captures/${id}/drops?q=verdict:FORWARDED`);
  await expect(page.getByText("Nothing was dropped in this scope.")).toBeVisible();
});
