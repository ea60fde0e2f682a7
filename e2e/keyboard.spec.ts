import { captureOf, makeCapture, uniqueName } from "./fixtures/captures";
import { flowLog, lineOf } from "./fixtures/flow-log";
import { expect, test } from "./fixtures/test";
import { FlowsPage } from "./pages/flows-page";
import { HomePage } from "./pages/home-page";

test("from the list of captures to the raw line without a mouse", async ({ page, request }) => {
  const name = uniqueName("by-keys");
  await makeCapture(request, name, flowLog(300));
  const home = new HomePage(page);
  const flows = new FlowsPage(page);
  await home.goto();
  await home.link(name).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("1 thing goes wrong here.");
  await page.keyboard.press("g");
  await page.keyboard.press("f");
  await expect(flows.count).toHaveText("300 flows");

  // Rows that come late: a key that opens one is not lost.
  await page.route(/\/flows\?.*position=/, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 700));
    await route.continue();
  });
  await page.keyboard.press("/");
  await page.keyboard.type("verdict:DROPPED");
  await page.keyboard.press("Enter");
  await expect(flows.count).toHaveText("30 flows");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");

  await page.keyboard.press("j");
  await expect(flows.grid).toBeFocused();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(flows.raw).toHaveText(lineOf(13));
  await page.keyboard.press("j");
  await expect(flows.raw).toHaveText(lineOf(23));
  await page.keyboard.press("Escape");
  await expect(flows.drawer).toBeHidden();
  await expect(flows.grid).toBeFocused();
});

test("a value is filtered and its menu opened by keys", async ({ page, request }) => {
  const id = await captureOf(request, flowLog(100));
  const flows = new FlowsPage(page);
  await flows.goto(id);
  await expect(flows.row(0)).toBeVisible();
  await page.keyboard.press("/");
  await expect(page.getByRole("listbox")).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "Commands" })).toBeFocused();
  await flows.grid.focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press(".");
  await expect(flows.chip("node-name:node-1")).toBeVisible();
  await expect(flows.count).toHaveText("50 flows");
  await flows.grid.focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press(" ");
  await expect(page.getByRole("menuitem", { name: "Only this" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(flows.grid).toBeFocused();

  // A chip that changes its text or its place keeps the focus.
  const choose = async (text: string, action: string) => {
    await flows.chip(text).press("Enter");
    for (;;) {
      await expect(page.getByRole("menuitem").and(page.locator(":focus"))).toBeVisible();
      if (await page.getByRole("menuitem", { name: action }).and(page.locator(":focus")).isVisible()) break;
      await page.keyboard.press("ArrowDown");
    }
    await page.keyboard.press("Enter");
  };
  await choose("node-name:node-1", "Exclude instead of include");
  await expect(flows.chip("!node-name:node-1")).toBeFocused();
  await choose("!node-name:node-1", "Switch off");
  await expect(flows.chip("!node-name:node-1, switched off")).toBeFocused();
  await expect(flows.count).toHaveText("100 flows");
  await page.getByRole("button", { name: "Remove !node-name:node-1" }).press("Enter");
  await expect(page.getByRole("main")).toBeFocused();
});

test("the keys go on from what they found, in a menu, and where nothing is left", async ({
  page,
  request,
}) => {
  const id = await captureOf(request, flowLog(100));
  const flows = new FlowsPage(page);
  await flows.goto(id);
  await expect(flows.row(0)).toBeVisible();
  // The first drop is the fourth record; nothing had the focus before.
  await page.keyboard.press("e");
  await expect(flows.openRow).toHaveAttribute("aria-rowindex", "5");
  await expect(flows.grid).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(flows.drawer).toBeHidden();
  // Where there is room again, the node stands between time and verdict.
  await expect(page.getByRole("columnheader", { name: "Node" })).toBeVisible();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press(" ");
  await expect(page.getByRole("menuitem", { name: /^Include\s*\.$/ })).toBeFocused();
  await page.keyboard.press(",");
  await expect(flows.chip("!verdict:DROPPED")).toBeVisible();
  await expect(flows.count).toHaveText("90 flows");
  // Rows may come behind their count.
  await expect(flows.grid).not.toHaveAttribute("aria-busy");
  await expect(flows.grid).toBeFocused();
  await page.keyboard.press("e");
  await expect(page.getByRole("status").filter({ hasText: "No error below" })).toBeVisible();
  await page.keyboard.press(",");
  await expect(page.getByText("No flow matches")).toBeVisible();
  await expect(page.getByRole("main")).toBeFocused();
});

test("a flow that a key found and that is closed at once is where the keys go on", async ({
  page,
  request,
}) => {
  const id = await captureOf(request, flowLog(100));
  const flows = new FlowsPage(page);
  // The number of its row comes late.
  let giveRow = () => {};
  const row = new Promise<void>((resolve) => {
    giveRow = resolve;
  });
  await page.route(/\/flows\?.*flow=/, async (route) => {
    await row;
    await route.continue();
  });
  await flows.goto(id);
  await expect(flows.row(0)).toBeVisible();
  await page.keyboard.press("e");
  await expect(flows.openRow).toHaveAttribute("aria-rowindex", "5");
  await page.keyboard.press("Escape");
  await expect(flows.drawer).toBeHidden();
  giveRow();
  // The first drop is the fourth record.
  await expect(flows.grid).toHaveAttribute("aria-activedescendant", /^flow-3-/);
});

test("single-key shortcuts can be switched off", async ({ page, request }) => {
  const id = await captureOf(request, flowLog(20));
  const flows = new FlowsPage(page);
  await flows.goto(id);
  await expect(flows.count).toHaveText("20 flows");
  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: "Keys and filter" });
  await help.getByRole("switch", { name: "Single-key shortcuts" }).click();
  await page.keyboard.press("Escape");
  await expect(help).toBeHidden();
  await page.keyboard.press("?");
  await page.keyboard.press("/");
  await expect(help).toBeHidden();
  await expect(flows.filter).not.toBeFocused();
});

test("columns are hidden, widened and kept for the next time", async ({ page, request }) => {
  const id = await captureOf(request, flowLog(20));
  const flows = new FlowsPage(page);
  await flows.goto(id);
  // The first press brings the menu's code; by key or pointer, the menu then behaves as it always does.
  const button = page.getByRole("button", { name: "Columns", exact: true });
  await button.press("Enter");
  await expect(page.getByRole("menuitemcheckbox").first()).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(button).toBeFocused();
  await button.click();
  await page.getByRole("menuitemcheckbox", { name: "Node" }).click();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("columnheader", { name: "Node" })).toBeHidden();
  await page.reload();
  await expect(page.getByRole("columnheader", { name: "Verdict" })).toBeVisible();
  await expect(page.getByRole("columnheader", { name: "Node" })).toBeHidden();
});
