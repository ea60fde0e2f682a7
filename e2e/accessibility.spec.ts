import { expectAccessible } from "./fixtures/accessible";
import { captureOf, makeCapture, uniqueName } from "./fixtures/captures";
import { flowLog } from "./fixtures/flow-log";
import { httpLog } from "./fixtures/http-log";
import { expect, test } from "./fixtures/test";
import { FlowsPage } from "./pages/flows-page";
import { HomePage } from "./pages/home-page";
import { OverviewPage } from "./pages/overview-page";

test("home, its menu and its dialogs have no violations", async ({ page, request }) => {
  const name = uniqueName("axe");
  await makeCapture(request, name, flowLog(20));
  const home = new HomePage(page);
  await home.goto();
  await expect(home.link(name)).toBeVisible();
  await expectAccessible(page);
  await home.choose(name, "Rename");
  await expect(page.getByRole("dialog")).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await home.choose(name, "Files and refused records");
  await expect(page.getByRole("dialog")).toBeVisible();
  await expectAccessible(page);
});

test("flows and the drawer have no violations", async ({ page, request }) => {
  const id = await captureOf(request, flowLog(100));
  const flows = new FlowsPage(page);
  await flows.goto(id, "?q=!port:53&off=verdict:DROPPED");
  await expect(flows.row(0)).toBeVisible();
  await expect(flows.histogram).toBeVisible();
  await expectAccessible(page);
  await flows.open(3);
  await expect(flows.raw).toBeVisible();
  await expectAccessible(page);
});

test("menus, dialogs and completion over the flows have no violations", async ({ page, request }) => {
  // Ten rows, a drop among them: axe looks at each of them six times over, and the long table is the story above.
  const id = await captureOf(request, flowLog(10));
  const flows = new FlowsPage(page);
  await flows.goto(id);
  await flows.cell(0, "client").locator("[data-value]").click();
  await expect(page.getByRole("menu")).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog")).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await flows.filter.click();
  await expect(page.getByRole("listbox")).toBeVisible();
  await expectAccessible(page);
});

test("the overview, what to do, and the commands have no violations", async ({ page, request }) => {
  const id = await captureOf(request, flowLog(200));
  const overview = new OverviewPage(page);
  await overview.goto(id);
  await overview.causes.first().getByRole("button", { name: "What to do" }).click();
  await expect(
    overview
      .part(/^Busiest connections/)
      .getByRole("link")
      .first(),
  ).toBeVisible();
  await expect(page.getByRole("heading", { name: "How far to trust this capture" })).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("option").first()).toBeVisible();
  await expectAccessible(page);
});

test("values with counts and a flow's connection have no violations", async ({ page, request }) => {
  const id = await captureOf(request, flowLog(100));
  const flows = new FlowsPage(page);
  await flows.goto(id, "?q=verdict:DROPPED");
  await page.getByRole("button", { name: "Show the list of values" }).click();
  const values = page.getByRole("region", { name: "Values of the scope" });
  await expect(values.getByRole("button", { name: /^DROPPED/ })).toHaveAttribute("aria-pressed", "true");
  await flows.open(0);
  await expect(
    flows.drawer.getByRole("region", { name: "Connection" }).getByRole("listitem").first(),
  ).toBeVisible();
  await expectAccessible(page);
});

test("the quality report has no violations", async ({ page, request }) => {
  const id = await makeCapture(request, "axe-quality", `${flowLog(100)}no record\n`);
  await page.goto(`/captures/${id}/quality`);
  await expect(page.getByRole("heading", { name: "Nodes" })).toBeVisible();
  await page.getByText("See HTTP requests").click();
  await expectAccessible(page);
});

test("requests, and why there are none, have no violations", async ({ page, request }) => {
  const id = await captureOf(request, httpLog(40));
  await page.goto(`/captures/${id}/l7`);
  await expect(page.getByRole("heading", { name: "Slowest requests" })).toBeVisible();
  await expectAccessible(page);
  await page.goto(`/captures/${id}/l7?protocol=kafka`);
  await expect(page.getByText("No Kafka requests in this capture.")).toBeVisible();
  await expectAccessible(page);
  const time = "2026-03-04T05:00:00Z";
  const l7 = { http: { code: 503 } };
  const flow = {
    time,
    Type: "L7",
    verdict: "FORWARDED",
    is_reply: true,
    l7,
    aggregate: { ingress_flow_count: 7 },
  };
  const aggregated = await makeCapture(request, "axe-l7-at-most", `${JSON.stringify({ flow, time })}\n`);
  await page.goto(`/captures/${aggregated}/l7`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("At most 7 HTTP answers");
  await expectAccessible(page);
});

test("workloads, their drawer, connections and services have no violations", async ({ page, request }) => {
  const id = await captureOf(request, flowLog(100));
  await page.goto(`/captures/${id}/workloads`);
  await page.getByRole("button", { name: "payments/api" }).click();
  await expect(page.getByRole("heading", { name: "TCP connections to it" })).toBeVisible();
  await expectAccessible(page);
  await page.goto(`/captures/${id}/workloads?part=connections`);
  await expect(page.getByRole("heading", { name: "Over time" })).toBeVisible();
  await expectAccessible(page);
  await page.goto(`/captures/${id}/workloads?part=services`);
  await expect(page.getByText("No record of the scope names a service.")).toBeVisible();
  await expectAccessible(page);
});

test("a link that cannot be read has no violations", async ({ page, request }) => {
  const id = await captureOf(request, flowLog(10));
  const flows = new FlowsPage(page);
  await flows.goto(id, "?q=verdct:DROPPED");
  await expect(page.getByText("No rows: the filter cannot be read.")).toBeVisible();
  await expectAccessible(page);
});

test("the choice of light or dark is there with the first paint", async ({ page }) => {
  const home = new HomePage(page);
  await home.goto();
  await page.getByRole("button", { name: "Light or dark" }).click();
  await page.getByRole("menuitemradio", { name: "Dark" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  const html = (await page.reload())?.text();
  expect(await html).toContain('data-theme="dark"');
});
