import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { makeCapture, uniqueName } from "./fixtures/captures";
import { flowLog } from "./fixtures/flow-log";
import { httpLog } from "./fixtures/http-log";
import { expect, test } from "./fixtures/test";
import { FlowsPage } from "./pages/flows-page";
import { HomePage } from "./pages/home-page";
import { OverviewPage } from "./pages/overview-page";

/** What breaks WCAG 2 at levels A and AA, each with the first place where it does. */
async function violations(page: Page): Promise<readonly string[]> {
  const { violations: found } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa"]).analyze();
  return found.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`in ${colorScheme}`, () => {
    test.use({ colorScheme });

    test("home, its menu and its dialogs have no violations", async ({ page, request }) => {
      const name = uniqueName("axe");
      await makeCapture(request, name, flowLog(20));
      const home = new HomePage(page);
      await home.goto();
      await expect(home.link(name)).toBeVisible();
      expect(await violations(page)).toEqual([]);
      await home.choose(name, "Rename");
      await expect(page.getByRole("dialog")).toBeVisible();
      expect(await violations(page)).toEqual([]);
      await page.keyboard.press("Escape");
      await home.choose(name, "Files and refused records");
      await expect(page.getByRole("dialog")).toBeVisible();
      expect(await violations(page)).toEqual([]);
    });

    test("flows, drawer, menus and dialogs have no violations", async ({ page, request }) => {
      const id = await makeCapture(request, `axe-flows-${colorScheme}`, flowLog(100));
      const flows = new FlowsPage(page);
      await flows.goto(id, "?q=!port:53&off=verdict:DROPPED");
      await expect(flows.row(0)).toBeVisible();
      await expect(flows.histogram).toBeVisible();
      expect(await violations(page)).toEqual([]);
      await flows.open(3);
      await expect(flows.raw).toBeVisible();
      expect(await violations(page)).toEqual([]);
      await flows.cell(0, "client").locator("[data-value]").click();
      await expect(page.getByRole("menu")).toBeVisible();
      expect(await violations(page)).toEqual([]);
      await page.keyboard.press("Escape");
      await page.keyboard.press("?");
      await expect(page.getByRole("dialog")).toBeVisible();
      expect(await violations(page)).toEqual([]);
      await page.keyboard.press("Escape");
      await flows.filter.click();
      await expect(page.getByRole("listbox")).toBeVisible();
      expect(await violations(page)).toEqual([]);
    });

    test("the overview, what to do, and the commands have no violations", async ({ page, request }) => {
      const id = await makeCapture(request, `axe-overview-${colorScheme}`, flowLog(200));
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
      expect(await violations(page)).toEqual([]);
      await page.keyboard.press("Control+k");
      await expect(page.getByRole("option").first()).toBeVisible();
      expect(await violations(page)).toEqual([]);
    });

    test("values with counts and a flow's connection have no violations", async ({ page, request }) => {
      const id = await makeCapture(request, `axe-values-${colorScheme}`, flowLog(100));
      const flows = new FlowsPage(page);
      await flows.goto(id, "?q=verdict:DROPPED");
      await page.getByRole("button", { name: "Show the list of values" }).click();
      const values = page.getByRole("region", { name: "Values of the scope" });
      await expect(values.getByRole("button", { name: /^DROPPED/ })).toHaveAttribute("aria-pressed", "true");
      await flows.open(0);
      await expect(
        flows.drawer.getByRole("region", { name: "Connection" }).getByRole("listitem").first(),
      ).toBeVisible();
      expect(await violations(page)).toEqual([]);
    });

    test("the quality report has no violations", async ({ page, request }) => {
      const id = await makeCapture(request, `axe-quality-${colorScheme}`, `${flowLog(100)}no record\n`);
      await page.goto(`/captures/${id}/quality`);
      await expect(page.getByRole("heading", { name: "Nodes" })).toBeVisible();
      await page.getByText("See HTTP requests").click();
      expect(await violations(page)).toEqual([]);
    });

    test("drops and an explained cause have no violations", async ({ page, request }) => {
      const id = await makeCapture(request, `axe-drops-${colorScheme}`, flowLog(100));
      await page.goto(`/captures/${id}/drops`);
      await page
        .getByRole("region", { name: "Drops by cause" })
        .getByRole("button", { name: /cannot reach/ })
        .click();
      await expect(page.getByRole("heading", { name: "Did it ever work" })).toBeVisible();
      expect(await violations(page)).toEqual([]);
    });

    test("requests, and why there are none, have no violations", async ({ page, request }) => {
      const id = await makeCapture(request, `axe-l7-${colorScheme}`, httpLog(40));
      await page.goto(`/captures/${id}/l7`);
      await expect(page.getByRole("heading", { name: "Slowest requests" })).toBeVisible();
      expect(await violations(page)).toEqual([]);
      await page.goto(`/captures/${id}/l7?protocol=kafka`);
      await expect(page.getByText("No Kafka requests in this capture.")).toBeVisible();
      expect(await violations(page)).toEqual([]);
    });

    test("workloads, their drawer, connections and services have no violations", async ({
      page,
      request,
    }) => {
      const id = await makeCapture(request, `axe-workloads-${colorScheme}`, flowLog(100));
      await page.goto(`/captures/${id}/workloads`);
      await page.getByRole("button", { name: "payments/api" }).click();
      await expect(page.getByRole("heading", { name: "TCP connections to it" })).toBeVisible();
      expect(await violations(page)).toEqual([]);
      await page.goto(`/captures/${id}/workloads?part=connections`);
      await expect(page.getByRole("heading", { name: "Over time" })).toBeVisible();
      expect(await violations(page)).toEqual([]);
      await page.goto(`/captures/${id}/workloads?part=services`);
      await expect(page.getByText("No record of the scope names a service.")).toBeVisible();
      expect(await violations(page)).toEqual([]);
    });

    test("a link that cannot be read has no violations", async ({ page, request }) => {
      const id = await makeCapture(request, `axe-bad-${colorScheme}`, flowLog(10));
      const flows = new FlowsPage(page);
      await flows.goto(id, "?q=verdct:DROPPED");
      await expect(page.getByText("No rows: the filter cannot be read.")).toBeVisible();
      expect(await violations(page)).toEqual([]);
    });
  });
}

test("the choice of light or dark is there with the first paint", async ({ page }) => {
  const home = new HomePage(page);
  await home.goto();
  await page.getByRole("button", { name: "Light or dark" }).click();
  await page.getByRole("menuitemradio", { name: "Dark" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  const html = (await page.reload())?.text();
  expect(await html).toContain('data-theme="dark"');
});
