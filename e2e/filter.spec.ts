import { captureOf } from "./fixtures/captures";
import { flowLog } from "./fixtures/flow-log";
import { expect, test } from "./fixtures/test";
import { FlowsPage } from "./pages/flows-page";

let id = "";

test.beforeAll(async ({ playwright, baseURL }) => {
  const request = await playwright.request.newContext({ baseURL });
  id = await captureOf(request, flowLog(200));
  await request.dispose();
});

test("a filter that cannot be read is told in its place, shows no rows, and is put right by one click", async ({
  page,
}) => {
  const flows = new FlowsPage(page);
  await flows.goto(id);
  await expect(flows.count).toHaveText("200 flows");
  await flows.filterBy("verdct:DROPPED port:8443");
  const problem = page.getByRole("alert").filter({ hasText: "is not a key" });
  await expect(problem.locator("mark")).toHaveText("verdct");
  await expect(page.getByText("No rows: the filter cannot be read.")).toBeVisible();
  await expect(flows.grid).toBeHidden();
  // No number of another scope stands beside it, neither in tabs nor over time nor below.
  await expect(page.getByText("No time line: the filter or the link cannot be read.")).toBeVisible();
  await expect(page.getByRole("navigation", { name: "Views" })).not.toContainText(/(?:Drops|DNS|L7|Flows)\d/);
  await expect(page.getByRole("contentinfo").getByText(/events?$|gaps?$/)).toHaveCount(0);
  await problem.getByRole("button", { name: "Use verdict" }).click();
  await expect(flows.count).toHaveText("20 flows");
  await expect(flows.chip("verdict:DROPPED")).toBeVisible();
  await expect(flows.chip("port:8443")).toBeVisible();
});

test("terms that are switched off, and a filter that cannot be read, stay from view to view", async ({
  page,
}) => {
  const flows = new FlowsPage(page);
  await flows.goto(id, "?q=verdict:DROPPED&off=port:53");
  await expect(flows.count).toHaveText("20 flows");
  await page.getByRole("link", { name: /^Drops/ }).click();
  await expect(page).toHaveURL(/\/drops\?q=verdict:DROPPED&off=port:53$/);
  await expect(flows.chip("port:53, switched off")).toBeVisible();
  await flows.filterBy("verdct:DROPPED");
  await expect(page.getByRole("alert").filter({ hasText: "is not a key" })).toBeVisible();
  await flows.filter.blur();
  await page.keyboard.press("g");
  await page.keyboard.press("f");
  await expect(page).toHaveURL(/\/flows\?/);
  await expect(page.getByText("No rows: the filter cannot be read.")).toBeVisible();
});

test("a damaged part of a link is named and can be taken out", async ({ page }) => {
  const flows = new FlowsPage(page);
  await flows.goto(id, "?q=verdict:DROPPED&from=yesterday");
  await expect(page.getByRole("alert").filter({ hasText: "is not a time" })).toBeVisible();
  await expect(flows.grid).toBeHidden();
  await page.getByRole("button", { name: "Remove it from the link" }).click();
  await expect(flows.count).toHaveText("20 flows");
});

test("a term can be negated, switched off, edited and removed on its chip", async ({ page }) => {
  const flows = new FlowsPage(page);
  await flows.goto(id, "?q=verdict:DROPPED");
  await flows.chooseOnChip("verdict:DROPPED", "Exclude instead of include");
  await expect(flows.count).toHaveText("180 flows");
  await flows.chooseOnChip("!verdict:DROPPED", "Switch off");
  await expect(flows.count).toHaveText("200 flows");
  await flows.chooseOnChip("!verdict:DROPPED, switched off", "Switch on");
  await expect(flows.count).toHaveText("180 flows");
  await flows.chooseOnChip("!verdict:DROPPED", "Edit");
  await expect(flows.filter).toBeFocused();
  await expect(flows.filter).toHaveValue("!verdict:DROPPED");
  await flows.filterBy("to-port:8443");
  await expect(flows.count).toHaveText("20 flows");
  await page.getByRole("button", { name: "Remove to-port:8443" }).click();
  await expect(flows.count).toHaveText("200 flows");
});

test("keys and values are completed while typing", async ({ page }) => {
  const flows = new FlowsPage(page);
  await flows.goto(id);
  await expect(flows.count).toHaveText("200 flows");
  await page.keyboard.press("/");
  await expect(flows.filter).toBeFocused();
  await page.keyboard.type("verd");
  await expect(page.getByRole("option", { name: /^verdict:/ })).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(flows.filter).toHaveValue("verdict:");
  await page.keyboard.type("dro");
  await expect(page.getByRole("option", { name: /^DROPPED/ })).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(flows.filter).toHaveValue("verdict:DROPPED");
  await page.keyboard.press("Enter");
  await expect(flows.chip("verdict:DROPPED")).toBeVisible();
  await expect(flows.count).toHaveText("20 flows");
});

test("comparisons, what may follow and a search are completed by the keyboard like values", async ({
  page,
}) => {
  const flows = new FlowsPage(page);
  await flows.goto(id);
  await expect(flows.count).toHaveText("200 flows");
  const option = (name: RegExp) => page.getByRole("option", { name });
  const chosen = async (name: RegExp) => {
    for (let tries = 0; tries < 80; tries++) {
      if ((await option(name).getAttribute("aria-selected")) === "true") break;
      await flows.filter.press("ArrowDown");
    }
    await expect(option(name)).toHaveAttribute(
      "id",
      (await flows.filter.getAttribute("aria-activedescendant")) ?? "",
    );
    await flows.filter.press("Enter");
  };
  await flows.filter.click();
  // Operators that could stand there do not make the one key uncertain.
  await page.keyboard.type("latency");
  await expect(option(/^text:latency/)).toBeVisible();
  await flows.filter.press("Tab");
  await expect(flows.filter).toHaveValue("latency-ms:");
  await chosen(/^>= ?so many or more milliseconds/);
  await page.keyboard.type("2");
  await chosen(/^latency-ms:< ?a second term/);
  await page.keyboard.type("9");
  await chosen(/^Space ?The next term/);
  await page.keyboard.type("payments");
  await chosen(/^text:payments/);
  await expect(flows.filter).toHaveValue("latency-ms:>=2 latency-ms:<9 text:payments");
  await flows.filter.press("Enter");
  for (const term of ["latency-ms:>=2", "latency-ms:<9", "text:payments"])
    await expect(flows.chip(term)).toBeVisible();
});

test("a pasted hubble observe command becomes terms, with a word about what differs", async ({ page }) => {
  const flows = new FlowsPage(page);
  await flows.goto(id);
  await flows.filterBy("hubble observe --from-pod shop/web --verdict DROPPED --since 5m");
  await expect(flows.chip("from-pod:shop/web")).toBeVisible();
  await expect(flows.chip("verdict:DROPPED")).toBeVisible();
  await expect(page.getByRole("status").filter({ hasText: "counts from now" })).toBeVisible();
  await expect(flows.count).toHaveText("20 flows");
});

test("a pasted command that cannot be read stays in the line, where it can be mended", async ({ page }) => {
  const flows = new FlowsPage(page);
  await flows.goto(id);
  await flows.filter.evaluate((line) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", "hubble observe \\\n  --verdict DROPED \\\n  --from-pod shop/web");
    line.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  });
  await expect(page.getByRole("alert").filter({ hasText: "DROPED is not a verdict" })).toBeVisible();
  await expect(flows.filter).toHaveValue(/^hubble observe +--verdict DROPED +--from-pod shop\/web$/);
  await flows.filter.fill((await flows.filter.inputValue()).replace("DROPED", "DROPPED"));
  await flows.filter.press("Enter");
  await expect(flows.chip("verdict:DROPPED")).toBeVisible();
  await expect(flows.filter).toHaveValue("");
});

test("a value in a row filters by include, exclude and only", async ({ page }) => {
  const flows = new FlowsPage(page);
  await flows.goto(id);
  await flows.chooseOnValue(3, "verdict", "Exclude");
  await expect(flows.chip("!verdict:DROPPED")).toBeVisible();
  await expect(flows.count).toHaveText("180 flows");
  await flows.chooseOnValue(0, "node", "Include");
  await expect(flows.chip("node-name:node-1")).toBeVisible();
  await expect(flows.count).toHaveText("100 flows");
});

test("a value in the drawer filters too", async ({ page, problems }) => {
  const flows = new FlowsPage(page);
  await flows.goto(id);
  await flows.open(3);
  await flows.drawer.getByRole("button", { name: "Include drop-reason-desc:POLICY_DENIED" }).click();
  await expect(flows.count).toHaveText("20 flows");
  await expect(flows.drawer).toBeVisible();
  // One label of several.
  await flows.drawer.getByRole("button", { name: "Exclude to-label:k8s:app=api" }).click();
  await expect(flows.count).toHaveText("0 flows");
  // Where the open flow stands now is asked for: nowhere, which the browser notes in its console.
  await expect.poll(() => problems.filter((problem) => problem.includes("404")).length).toBe(1);
  problems.length = 0;
});

test("a value in the drawer can be the only one of its key", async ({ page }) => {
  const flows = new FlowsPage(page);
  await flows.goto(id, "?q=drop-reason-desc:POLICY_DENIED,-");
  await flows.open(3);
  await flows.drawer.getByRole("button", { name: "Only drop-reason-desc:POLICY_DENIED" }).click();
  await expect(flows.count).toHaveText("20 flows");
  await expect(flows.chip("drop-reason-desc:POLICY_DENIED")).toBeVisible();
  await expect(flows.chip("drop-reason-desc:POLICY_DENIED,-")).toBeHidden();
  await expect(flows.drawer).toBeVisible();
});

test("nothing that matches names the cause and the way out", async ({ page }) => {
  const flows = new FlowsPage(page);
  await flows.goto(id, "?q=pod:nosuchpod");
  await expect(page.getByText("No flow matches.")).toBeVisible();
  await page.getByRole("button", { name: "Remove the filter" }).click();
  await expect(flows.count).toHaveText("200 flows");
});
