import { captureOf } from "./fixtures/captures";
import { flowLog } from "./fixtures/flow-log";
import { expect, test } from "./fixtures/test";
import { FlowsPage } from "./pages/flows-page";

test("the palette leads to views, filters and times without a mouse", async ({ page, request }) => {
  const id = await captureOf(request, flowLog(200));
  const flows = new FlowsPage(page);
  const field = page.getByRole("combobox", { name: "Command, filter or time" });
  await flows.goto(id);
  await expect(flows.count).toHaveText("200 flows");
  await page.keyboard.press("Control+k");
  await field.fill("verdict:DROPPED");
  await page.keyboard.press("Enter");
  await expect(flows.count).toHaveText("20 flows");

  await page.keyboard.press("Control+k");
  await field.fill("last 10 s");
  await expect(page.getByRole("option", { name: "Last 10 s of the capture" })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(flows.count).toHaveText("2 flows");

  await page.keyboard.press("Control+k");
  await field.fill("quality");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/captures/${id}/quality\\?q=verdict(:|%3A)DROPPED`));
});

test("what is typed while the palette is on its way reaches it, and not the page", async ({
  page,
  request,
}) => {
  const id = await captureOf(request, flowLog(200));
  const flows = new FlowsPage(page);
  await flows.goto(id);
  await expect(flows.row(0)).toBeVisible();
  await page.waitForLoadState("networkidle");
  let letGo = () => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  await page.route("**/_next/static/**", async (route) => {
    await held;
    await route.continue();
  });
  await page.keyboard.press("Control+k");
  // Among them p, which would pin, and c, which would copy the link.
  await page.keyboard.type("port:443 verdict:DROPP");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  letGo();
  const field = page.getByRole("combobox", { name: "Command, filter or time" });
  await expect(field).toHaveValue("port:443 verdict:DROPP");
  await page.keyboard.type("ED");
  await expect(field).toHaveValue("port:443 verdict:DROPPED");
});

test("what is typed at once reaches the palette that is opened for the first time", async ({
  page,
  request,
}) => {
  const id = await captureOf(request, flowLog(20));
  const flows = new FlowsPage(page);
  await flows.goto(id);
  await expect(flows.row(0)).toBeVisible();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("verdict:ERROR");
  await expect(page.getByRole("combobox", { name: "Command, filter or time" })).toHaveValue("verdict:ERROR");
  await page.keyboard.press("Escape");
  // And is carried out when Enter comes before it is there.
  await page.reload();
  await expect(flows.row(0)).toBeVisible();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("verdict:DROPPED");
  await page.keyboard.press("Enter");
  await expect(flows.chip("verdict:DROPPED")).toBeVisible();
});

test("the palette names what it has not got, and Escape gives the focus back", async ({ page, request }) => {
  const id = await captureOf(request, flowLog(20));
  const flows = new FlowsPage(page);
  await flows.goto(id);
  await flows.grid.focus();
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Command, filter or time" }).fill("no such thing");
  await expect(page.getByText("Nothing of this name.")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(flows.grid).toBeFocused();
});

test("the next and the previous error are found by key", async ({ page, request }) => {
  const id = await captureOf(request, flowLog(100));
  const flows = new FlowsPage(page);
  await flows.goto(id);
  await expect(flows.row(0)).toBeVisible();
  // Each tenth record is a drop, the fourth first.
  await page.keyboard.press("e");
  await expect(flows.drawer).toContainText("line 4");
  await page.keyboard.press("e");
  await expect(flows.drawer).toContainText("line 14");
  await page.keyboard.press("Shift+E");
  await expect(flows.drawer).toContainText("line 4");
});
