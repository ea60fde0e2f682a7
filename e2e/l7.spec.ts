import { captureOf, makeCapture } from "./fixtures/captures";
import { flowLog } from "./fixtures/flow-log";
import { httpLog } from "./fixtures/http-log";
import { protocolsLog } from "./fixtures/protocols-log";
import { expect, test } from "./fixtures/test";
import { FlowsPage } from "./pages/flows-page";

test("requests are counted once, and each number leads to exactly its flows", async ({ page, request }) => {
  const id = await captureOf(request, httpLog(100));
  const flows = new FlowsPage(page);
  await page.goto(`/captures/${id}/l7`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("100 HTTP requests");
  const tiles = page.getByRole("list", { name: "Requests of the scope" });
  // Twenty 503 and ten refused by a rule; ten 404 stand apart.
  await expect(tiles.getByRole("listitem").filter({ hasText: /^Errors/ })).toContainText("30");
  await expect(tiles.getByRole("listitem").filter({ hasText: /^Client error/ })).toContainText("10");

  const matrix = page.getByRole("region", { name: "Method and status" });
  await matrix.getByRole("link", { name: "DELETE, 403 by policy: 10" }).click();
  await expect(flows.count).toHaveText("10 flows");
  await page.goBack();

  const routes = page.getByRole("region", { name: "Requests by route" });
  const folded = routes.getByRole("row").filter({ hasText: "/orders/{id}" });
  await expect(folded.getByRole("cell").nth(1)).toHaveText("70");
  await folded.getByRole("link", { name: "70" }).first().click();
  await expect(flows.count).toHaveText("70 flows");
  await page.goBack();

  // Only these requests, in the same view.
  await routes.getByRole("link", { name: "POST /orders" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("20 HTTP requests");
});

test("URLs unfold a route, and the choice stands in the link", async ({ page, request }) => {
  const id = await captureOf(request, httpLog(20));
  await page.goto(`/captures/${id}/l7`);
  await page.getByRole("button", { name: "URL", exact: true }).click();
  const urls = page.getByRole("region", { name: "Requests by url" });
  await expect(urls.getByRole("row").filter({ hasText: "/orders/1000" })).toContainText("/orders/{id}");
  await page.reload();
  await expect(urls.getByRole("row").filter({ hasText: "/orders/1016" })).toBeVisible();
});

test("a cell of the heat map and an example lead to their flows", async ({ page, request }) => {
  const id = await captureOf(request, httpLog(60));
  const flows = new FlowsPage(page);
  await page.goto(`/captures/${id}/l7`);
  const cell = page.getByRole("link", { name: /^shop\/api-6d5f7c-abcde, .*: 1 request$/ }).first();
  await cell.focus();
  await page.keyboard.press("Enter");
  await expect(flows.count).toHaveText("1 flow");
  await page.goBack();
  const failing = page.getByRole("region", { name: "What fails most" });
  await failing.getByRole("link", { name: /POST/ }).click();
  await expect(flows.raw).toContainText('"POST"');
});

test("without requests the view says why, and how to get them", async ({ page, request }) => {
  const id = await captureOf(request, flowLog(20));
  await page.goto(`/captures/${id}/l7`);
  await expect(page.getByText("No HTTP requests in this capture.")).toBeVisible();
  await expect(page.getByText("No L7 policy was seen at work", { exact: false })).toBeVisible();
  await expect(page.getByText("kind: CiliumNetworkPolicy", { exact: false })).toBeVisible();

  const other = await makeCapture(request, "l7-scope", httpLog(20));
  await page.goto(`/captures/${other}/l7?q=verdict:AUDIT`);
  await expect(page.getByText("No HTTP requests in this scope.")).toBeVisible();
  await page.getByRole("button", { name: "Show the whole capture" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("20 HTTP requests");
});

test("gRPC calls and Kafka records have views of their own, with errors in words", async ({
  page,
  request,
}) => {
  const id = await captureOf(request, protocolsLog());
  const flows = new FlowsPage(page);
  await page.goto(`/captures/${id}/flows`);
  await expect(page.getByRole("grid", { name: "Flows" })).toBeVisible();
  await page.keyboard.press("g");
  await page.keyboard.press("l");
  // There is no HTTP beside them, so the first that there is stands open.
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("4 gRPC requests");
  const grpc = page.getByRole("region", { name: "Requests by method" });
  const call = grpc.getByRole("row").filter({ hasText: "shop.v1.Cart/Add" });
  await expect(call).toContainText("UNAVAILABLE 1");
  await call.getByRole("link", { name: "1", exact: true }).first().click();
  await expect(flows.count).toHaveText("1 flow");
  await page.goBack();
  const calls = page.getByRole("region", { name: "Method and status" });
  await calls.getByRole("link", { name: "shop.v1.Cart/Add, OK: 3" }).click();
  await expect(flows.count).toHaveText("3 flows");
  await page.goBack();

  await page.getByRole("button", { name: "Kafka 4" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("4 Kafka requests");
  const matrix = page.getByRole("region", { name: "API key and status" });
  await matrix.getByRole("link", { name: "produce, UNKNOWN_TOPIC_OR_PARTITION: 2" }).click();
  await expect(flows.count).toHaveText("2 flows");
  await page.goBack();
  await page.getByRole("button", { name: "Stacked" }).click();
  const stacked = page.getByRole("figure", { name: "broker's error, by server pod" });
  await stacked.getByRole("link", { name: "shop/api-0 2" }).click();
  await expect(flows.count).toHaveText("2 flows");
});
