import { captureOf } from "./fixtures/captures";
import { flowLog } from "./fixtures/flow-log";
import { httpLog } from "./fixtures/http-log";
import { protocolsLog } from "./fixtures/protocols-log";
import { expect, test } from "./fixtures/test";
import { FlowsPage } from "./pages/flows-page";

test("a workload shows its pods with their share, and why a score cannot be given", async ({
  page,
  request,
}) => {
  const id = await captureOf(request, flowLog(200));
  const flows = new FlowsPage(page);
  await page.goto(`/captures/${id}/workloads`);
  const table = page.getByRole("region", { name: "Workloads by balance" });
  // Every tenth record is a drop on its way to payments/api; all others are between web and cart.
  const cart = table.getByRole("row").filter({ has: page.getByRole("button", { name: "shop/cart" }) });
  await expect(cart).toContainText("one pod");
  await expect(cart).toContainText("not knowable here");
  await cart.getByRole("link", { name: "180", exact: true }).first().click();
  await expect(flows.count).toHaveText("180 flows");
  await page.goBack();

  await table.getByRole("button", { name: "payments/api" }).click();
  const drawer = page.getByRole("complementary");
  await expect(drawer).toContainText("Only one of its pods is in the scope.");
  const pods = drawer.getByRole("region", { name: "Pods of the workload" });
  await pods.getByRole("link", { name: "20" }).first().click();
  await expect(flows.count).toHaveText("20 flows");
  await page.goBack();
  await expect(drawer).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(drawer).toBeHidden();
});

test("connections that never got an answer stand first, and lead to their flows", async ({
  page,
  request,
}) => {
  const id = await captureOf(request, flowLog(200));
  const flows = new FlowsPage(page);
  await page.goto(`/captures/${id}/workloads`);
  await page.getByRole("button", { name: "TCP connections" }).click();
  const table = page.getByRole("region", { name: "Connections by who to whom" });
  const first = table.getByRole("row").nth(1);
  await expect(first).toContainText("shop/web -> payments/api :8443");
  await expect(first).toContainText("never answered");
  await first.getByRole("link", { name: "20" }).first().click();
  await expect(flows.count).toHaveText("20 flows");
  await page.goBack();

  const cell = page.getByRole("link", { name: /^shop\/web-6d5f7c-abcde, .* connections?$/ }).first();
  const count = /: (\d+) connections?$/.exec((await cell.getAttribute("aria-label")) ?? "")?.[1];
  await cell.focus();
  await page.keyboard.press("Enter");
  await expect(flows.count).toHaveText(count === "1" ? "1 flow" : `${count} flows`);
});

test("services lead to their backends, drops without one, and traffic to its sender", async ({
  page,
  request,
}) => {
  const id = await captureOf(request, protocolsLog());
  const flows = new FlowsPage(page);
  await page.goto(`/captures/${id}/workloads?part=services`);
  const table = page.getByRole("region", { name: "Services" });
  const gone = table.getByRole("row").filter({ hasText: "shop/gone" });
  await expect(gone).toContainText("nobody");
  await gone.getByRole("link", { name: "2" }).first().click();
  await expect(flows.count).toHaveText("2 flows");
  await page.goBack();
  const api = table.getByRole("row").filter({ hasText: "shop/api" }).first();
  const pod = api.getByRole("cell").filter({ hasText: "shop/api-0" });
  await pod.getByRole("link", { name: "3" }).click();
  await expect(flows.count).toHaveText("3 flows");
  await page.goBack();

  // The pod web-0 sends four gRPC and four Kafka requests, six socket events and two packets that are dropped.
  await page.getByRole("button", { name: "Traffic" }).click();
  const traffic = page.getByRole("region", { name: "Events by pod" });
  const web = traffic.getByRole("row").filter({ hasText: "shop/web-0" });
  await web.getByRole("link", { name: "16", exact: true }).click();
  await expect(flows.count).toHaveText("16 flows");
  await page.goBack();
  await page.getByRole("button", { name: "drops", exact: true }).click();
  const cell = page.getByRole("link", { name: /^shop\/web-0, .*: 1 drop$/ }).first();
  await cell.focus();
  await page.keyboard.press("Enter");
  await expect(flows.count).toHaveText("1 flow");
});

test("a log without services or connections says why", async ({ page, request }) => {
  const id = await captureOf(request, httpLog(10));
  await page.goto(`/captures/${id}/workloads?part=services`);
  await expect(page.getByText("No record of the scope names a service.")).toBeVisible();
  await page.goto(`/captures/${id}/workloads?part=connections&q=protocol:dns`);
  await expect(page.getByText("No TCP connections can be followed in this scope.")).toBeVisible();
  await page.goto(`/captures/${id}/flows`);
  await expect(page.getByRole("grid", { name: "Flows" })).toBeVisible();
  await page.keyboard.press("g");
  await page.keyboard.press("w");
  await expect(page.getByRole("heading", { name: "Balance of pods", level: 1 })).toBeVisible();
});
