import { expectAccessible } from "./fixtures/accessible";
import { captureOf } from "./fixtures/captures";
import { blockedLog, connectionLog, dnsLog } from "./fixtures/dns-log";
import { flowLog } from "./fixtures/flow-log";
import { expect, test } from "./fixtures/test";
import { FlowsPage } from "./pages/flows-page";
import { OverviewPage } from "./pages/overview-page";

/** 20 walks of three attempts and the name itself, one name that is missing, one question at the end. */
const WALKS = 20;

test("from the share of search-list attempts to the workload, to its flows, to the piece of its spec", async ({
  page,
  request,
}) => {
  const id = await captureOf(request, dnsLog(WALKS));
  const flows = new FlowsPage(page);
  const overview = new OverviewPage(page);
  await overview.goto(id);
  const cause = overview.cause(/60 of 82 questions of shop\/web are attempts of the search list/);
  await cause.getByRole("link", { name: /^Explain/ }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("82 DNS queries");
  await page.getByRole("button", { name: "What each setting saves" }).click();
  await expect(page.getByText("73 % of DNS queries are search-list attempts")).toBeVisible();
  const row = page.getByRole("region", { name: "Search lists by workload" }).getByRole("row").nth(1);
  await expect(row).toContainText("shop/web");
  await expect(row.getByRole("link", { name: "60", exact: true })).toBeVisible();
  await expect(row.getByRole("link", { name: "1", exact: true })).toBeVisible();

  await row.getByRole("button", { name: "pod spec" }).click();
  await expect(page.getByText('value: "2"')).toBeVisible();
  const link = page.url();

  await row.getByRole("link", { name: "60", exact: true }).click();
  await expect(flows.count).toHaveText("60 flows");
  await page.goto(link);
  await expect(page.getByText('value: "2"')).toBeVisible();
  await row.getByRole("link", { name: "1", exact: true }).click();
  await expect(flows.count).toHaveText("1 flow");
});

test("a cause is explained in the drawer, and leads to what it counts", async ({ page, request }) => {
  const id = await captureOf(request, dnsLog(WALKS));
  const flows = new FlowsPage(page);
  await page.goto(`/captures/${id}/dns`);
  await page.getByRole("button", { name: "gone.shop.svc.cluster.local does not exist" }).click();
  const drawer = page.getByRole("complementary");
  await expect(drawer).toContainText("Failing name");
  await expect(drawer).toContainText("Correct the name where it is configured");
  await expect(drawer).toContainText("shop/web");
  await page.keyboard.press("Escape");
  await expect(drawer).toBeHidden();
  await page.goBack();
  await drawer.getByRole("link", { name: "1 response" }).click();
  await expect(flows.count).toHaveText("1 flow");
});

test("names are folded, unfolded, found and exported, and lead to the connections that followed", async ({
  page,
  request,
}) => {
  const id = await captureOf(request, dnsLog(WALKS) + connectionLog());
  await page.goto(`/captures/${id}/dns?part=tables`);
  const table = page.getByRole("region", { name: "DNS by name" });
  const row = table.getByRole("row").filter({ hasText: "api.pay.example" }).first();
  await expect(row).toContainText("×4");
  await row.getByRole("button", { name: "4 names" }).click();
  const names = page.getByRole("region", { name: "Names as they were asked for" });
  await expect(names.getByRole("row")).toHaveCount(5);
  await page.getByRole("searchbox", { name: "Find name" }).fill("gone");
  await expect(table.getByRole("row")).toHaveCount(2);
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "CSV" }).click();
  expect((await download).suggestedFilename()).toBe("name.csv");
  await page.getByRole("group", { name: "Show" }).getByRole("button", { name: "Responses" }).click();
  await expect(page.getByRole("region", { name: "DNS responses" })).toContainText("192.0.2.7");

  await page.getByRole("group", { name: "Show" }).getByRole("button", { name: "Connections" }).click();
  const unexplained = page.getByRole("region", { name: "Connections that no answer explains" });
  await expect(unexplained).toContainText("198.51.100.9");
  await page.getByRole("button", { name: "Name and address" }).click();
  const followed = page.getByRole("region", { name: "Connections that followed an answer" });
  await page.getByRole("searchbox", { name: "Find name, workload or address" }).fill("198.51");
  await expect(page.getByText("No row has what is looked for.")).toBeVisible();
  const unexplainedRows = page.waitForEvent("download");
  await page.getByRole("button", { name: "CSV" }).last().click();
  expect((await unexplainedRows).suggestedFilename()).toBe("connections-that-no-answer-explains.csv");
  await page.getByRole("searchbox", { name: "Find name, workload or address" }).fill("");
  await expect(followed.getByRole("row").nth(1)).toContainText("192.0.2.7");
  await expect(followed.getByRole("row").nth(1)).toContainText("api.pay.example");
  await followed.getByRole("link", { name: "1", exact: true }).first().click();
  const flows = new FlowsPage(page);
  await expect(flows.count).toHaveText("1 flow");
  await expect(flows.cell(0, "port")).toHaveText("443");
});

test("a log without DNS messages says why, who cannot reach a resolver, and how to have them", async ({
  page,
  request,
}) => {
  const id = await captureOf(request, flowLog(60) + blockedLog());
  await page.goto(`/captures/${id}/dns`);
  await expect(page.getByText("No DNS messages in this scope.")).toBeVisible();
  await page.getByRole("button", { name: "shop/web cannot reach kube-system/coredns on UDP 53" }).click();
  await expect(page.getByRole("complementary")).toContainText("Add a rule that allows egress of shop/web");
  await expect(page.getByRole("heading", { name: "See DNS names and errors" })).toBeVisible();
});

test("the DNS view has no violations of WCAG", async ({ page, request }) => {
  const id = await captureOf(request, dnsLog(WALKS));
  await page.goto(`/captures/${id}/dns`);
  await page.getByRole("button", { name: "gone.shop.svc.cluster.local does not exist" }).click();
  await expect(page.getByRole("complementary")).toContainText("What to do");
  await expectAccessible(page, "heading-order");
  await page.keyboard.press("Escape");
  for (const part of ["Tables", "Search lists", "Responses", "Connections", "Latency"]) {
    await page.getByRole("group", { name: "Show" }).getByRole("button", { name: part }).click();
    await expect(page.getByRole("region", { name: part, exact: true })).toBeVisible();
    await expectAccessible(page, "heading-order");
  }
});
