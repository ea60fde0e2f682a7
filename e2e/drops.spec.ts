import { readFileSync } from "node:fs";
import { expectAccessible } from "./fixtures/accessible";
import { captureOf, makeCapture } from "./fixtures/captures";
import { flowLog, lineOf } from "./fixtures/flow-log";
import { expect, test } from "./fixtures/test";
import { FlowsPage } from "./pages/flows-page";
import { OverviewPage } from "./pages/overview-page";

test("from the overview to the YAML of the missing rule in four clicks, and to its file in four", async ({
  page,
  request,
}) => {
  const id = await captureOf(request, flowLog(200));
  const overview = new OverviewPage(page);
  await overview.goto(id);
  // One: the explanation of the worst cause, which holds the rule.
  await overview
    .cause(/shop\/web cannot reach payments\/api/)
    .getByRole("link", { name: /^Explain/ })
    .click();
  const drawer = page.getByRole("complementary");
  await expect(drawer).toContainText("kind: CiliumNetworkPolicy");
  await expect(drawer).toContainText('"k8s:app": api');
  // Two: the other language of policies.
  await drawer.getByRole("button", { name: "NetworkPolicy", exact: true }).click();
  await expect(drawer).toContainText("kubernetes.io/metadata.name: payments");

  await overview.goto(id);
  await page
    .getByRole("link", { name: /^Drops/ })
    .first()
    .click();
  await page.getByRole("checkbox", { name: /^Choose for a policy/ }).click();
  await page.getByRole("button", { name: "Write the policies" }).click();
  const dialog = page.getByRole("dialog", { name: "Policies for 1 cause" });
  await expect(dialog).toContainText("shop/web");
  const [saved] = await Promise.all([
    page.waitForEvent("download"),
    dialog.getByRole("button", { name: "Save shop-web.yaml" }).click(),
  ]);
  expect(saved.suggestedFilename()).toBe("shop-web.yaml");
  expect(readFileSync(await saved.path(), "utf8")).toContain("name: allow-web-egress-api");
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
});

test("rows behind the first page of a long table are reached, and the page is in the link", async ({
  page,
  request,
}) => {
  // Each port is a cause of its own: 505 of them, a page of 500 and one of five.
  const denied = JSON.parse(lineOf(3)) as { flow: { l4: { TCP: object } } };
  const log = Array.from({ length: 505 }, (_, n) => {
    const TCP = { ...denied.flow.l4.TCP, destination_port: 1000 + n };
    return `${JSON.stringify({ ...denied, flow: { ...denied.flow, uuid: `long-${n}`, l4: { TCP } } })}\n`;
  }).join("");
  const id = await makeCapture(request, "drops-long", log);
  await page.goto(`/captures/${id}/drops?skip=500`);
  const rows = page.getByRole("region", { name: "Drops by cause", exact: true }).getByRole("row");
  const pages = page.getByRole("navigation", { name: "More causes" });
  await expect(pages).toContainText("501 to 505 of 505 causes");
  await expect(rows).toHaveCount(1 + 5);
  await pages.getByRole("button", { name: "Previous 500" }).click();
  await expect(pages).toContainText("1 to 500 of 505 causes");
  await expect(rows).toHaveCount(1 + 500);
  await pages.getByRole("button", { name: "Next 5" }).click();
  await page.waitForURL(/skip=500/);
  await expect(rows).toHaveCount(1 + 5);
});

test("a cause of drops is explained, with its records, and leads to exactly its flows", async ({
  page,
  request,
}) => {
  const id = await captureOf(request, flowLog(200));
  const flows = new FlowsPage(page);
  await page.goto(`/captures/${id}/drops`);
  // Every tenth record is the one drop of this log, always the same edge.
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("20 drops");
  const row = page.getByRole("region", { name: "Drops by cause" }).getByRole("row").nth(1);
  await expect(row).toContainText("shop/web cannot reach payments/api");
  await expect(row).toContainText("100 %");
  await expect(row).toContainText("egress of shop/web");
  await expect(row).toContainText("allow egress to payments/api");
  await row.getByRole("button").click();
  const drawer = page.getByRole("complementary");
  await expect(drawer).toContainText("POLICY_DENIED (133)");
  await expect(drawer).toContainText("Did it ever work");
  await expect(drawer).toContainText("no policy-verdict record confirms it");
  await drawer.getByText("Drop record").first().click();
  await expect(drawer).toContainText(lineOf(3));
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

test("whatever drops are grouped by, a row's number leads to its flows", async ({ page, request }) => {
  const id = await captureOf(request, flowLog(100));
  const flows = new FlowsPage(page);
  for (const [by, name] of [
    ["Policy", "default deny"],
    ["Reason", "POLICY_DENIED"],
    ["Client", "shop/web"],
    ["Server", "payments/api"],
    ["Pod", "shop/web"],
    ["Node", "node-2"],
  ] as const) {
    await page.goto(`/captures/${id}/drops`);
    // The table has headings of the same names.
    const choices = page.getByRole("group", { name: "Group by" });
    await choices.getByRole("button", { name: by, exact: true }).click();
    const row = page
      .getByRole("region", { name: `Drops by ${by.toLowerCase()}`, exact: true })
      .getByRole("row")
      .nth(1);
    await expect(row).toContainText(name);
    await row.getByRole("link", { name: "10", exact: true }).first().click();
    await page.waitForURL(/\/flows\?/);
    await expect(flows.drops).toHaveText("10 drops");
  }
  await page.goBack();
  await page.reload();
  await expect(page.getByRole("region", { name: "Drops by node", exact: true })).toBeVisible();
  const nodes = page.getByRole("region", { name: "Drops by node", exact: true });
  await nodes.getByRole("link", { name: "node-2", exact: true }).click();
  await expect(page.getByRole("region", { name: "Drops by cause", exact: true })).toContainText("shop/web");
  await page.keyboard.press("g");
  await page.keyboard.press("f");
  await expect(page.getByRole("grid", { name: "Flows" })).toBeVisible();
});

test("a cell of the heat map is reached by keys and leads to the drops of its pod and time", async ({
  page,
  request,
}) => {
  // Ten records are five seconds: one drop in each bucket of five.
  const id = await captureOf(request, flowLog(100));
  const flows = new FlowsPage(page);
  await page.goto(`/captures/${id}/drops`);
  const cells = page
    .getByRole("region", { name: "Drops by pod over time" })
    .getByRole("link", { name: /: 1 drop$/ });
  await expect(cells.first()).toBeVisible();
  await cells.first().focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/flows\?/);
  await expect(flows.drops).toHaveText("1 drop");
});

test("audited events and what lost nothing have lists of their own", async ({ page, request }) => {
  const first = JSON.parse(lineOf(3)) as { flow: Record<string, unknown>; node_name: string; time: string };
  const other = (uuid: string, members: object) =>
    `${JSON.stringify({ ...first, flow: { ...first.flow, uuid, ...members } })}\n`;
  const log = [
    flowLog(10),
    other("a", {
      verdict: "AUDIT",
      event_type: { type: 5 },
      egress_denied_by: [{ kind: "CiliumNetworkPolicy", namespace: "shop", name: "soon" }],
    }),
    other("b", {
      drop_reason: 199,
      drop_reason_desc: "IGMP_HANDLED",
      event_type: { type: 1, sub_type: 199 },
    }),
  ].join("");
  const id = await makeCapture(request, "drops-none-lost", log);
  const flows = new FlowsPage(page);
  await page.goto(`/captures/${id}/drops`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("1 drop");
  await page.getByRole("button", { name: "Not a loss", exact: true }).click();
  await expect(page.getByRole("region", { name: "Records that lost nothing" })).toContainText(
    "IGMP_HANDLED 199",
  );
  await page.getByRole("button", { name: "What reasons mean" }).click();
  const reasons = page.getByRole("dialog", { name: "Drop reasons of Cilium" });
  await expect(reasons.getByRole("row").filter({ hasText: "SERVICE_BACKEND_NOT_FOUND" })).toContainText(
    "158",
  );
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Audited", exact: true }).click();
  const audited = page.getByRole("region", { name: "Audited events" });
  await expect(audited).toContainText("CiliumNetworkPolicy shop/soon");
  await audited.getByRole("link", { name: "1", exact: true }).click();
  await expect(flows.count).toHaveText("1 flow");
  await page.goBack();
  await audited.getByRole("link", { name: "CiliumNetworkPolicy shop/soon" }).click();
  await page.waitForURL(/policy/);
  await expect(flows.count).toHaveText("1 flow");
});

test("a scope without drops says so, with the way out", async ({ page, request }) => {
  const id = await captureOf(request, flowLog(100));
  await page.goto(`/captures/${id}/drops?q=verdict:FORWARDED`);
  await expect(page.getByText("Nothing was dropped in this scope.")).toBeVisible();
  await page.getByRole("button", { name: "Show the whole capture" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("10 drops");
});

test("drops, a cause and its policies have no accessibility violations", async ({ page, request }) => {
  const id = await captureOf(request, flowLog(100));
  await page.goto(`/captures/${id}/drops`);
  await expect(page.getByRole("region", { name: "Drops by pod over time" })).toBeVisible();
  await expectAccessible(page);
  await page
    .getByRole("region", { name: "Drops by cause" })
    .getByRole("button", { name: /cannot reach/ })
    .click();
  await expect(page.getByRole("heading", { name: "Did it ever work" })).toBeVisible();
  await expect(page.getByRole("complementary")).toContainText("Evidence");
  await expectAccessible(page);
  await page.getByRole("checkbox", { name: /^Choose for a policy/ }).check();
  await page.getByRole("button", { name: "Write the policies" }).click();
  await expect(page.getByRole("dialog")).toContainText("shop-web.yaml");
  await expectAccessible(page);
});
