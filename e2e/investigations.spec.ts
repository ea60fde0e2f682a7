import AxeBuilder from "@axe-core/playwright";
import { makeCapture, putFile, uniqueName } from "./fixtures/captures";
import { flowLog, flowLogFrom } from "./fixtures/flow-log";
import { expect, test } from "./fixtures/test";
import { FlowsPage } from "./pages/flows-page";

test("what is pinned shows the same rows after a file was added", async ({ page, request }) => {
  const id = await makeCapture(request, "pinned", flowLog(100));
  const flows = new FlowsPage(page);
  await page.goto(`/captures/${id}/flows?q=verdict:DROPPED`);
  await expect(flows.count).toHaveText("10 flows");
  await page.keyboard.press("p");
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Title of the investigation").fill("Shop cannot pay");
  await expect(dialog.getByLabel("What the pin shows")).toHaveValue("Flows: verdict:DROPPED");
  await dialog.getByLabel("Note").fill("Since **05:12**. <img src=x onerror=alert(1)>");
  await dialog.getByRole("button", { name: "Pin" }).click();
  await dialog.getByRole("link", { name: "Shop cannot pay" }).click();

  const pin = page.getByRole("article", { name: "Flows: verdict:DROPPED" });
  const numbers = pin.getByRole("list", { name: "Numbers" });
  await expect(numbers).toContainText(/Events 10.*Drops 10/);
  await expect(pin).toContainText("The same as when it was saved");
  await expect(pin.getByRole("region", { name: "Flows" }).getByRole("row")).toHaveCount(11);
  await expect(pin.locator("strong", { hasText: "05:12" })).toBeVisible();
  await expect(pin).toContainText("<img src=x onerror=alert(1)>");
  for (const theme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: theme });
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations).toEqual([]);
  }

  await putFile(request, id, "later.log", flowLogFrom(100, 50));
  await page.reload();
  await expect(numbers).toContainText(/Events 10.*Drops 10/);
  await expect(pin).toContainText("The same as when it was saved");
  await pin.getByRole("link", { name: "Open in Flows" }).click();
  await expect(flows.count).toHaveText("10 flows");
  await expect(page.getByText(/This is the capture at revision 1/)).toBeVisible();
  await page.getByRole("button", { name: "Show it as it is now" }).click();
  await expect(flows.count).toHaveText("15 flows");
});

test("a case has notes, a status and pins in order, and is found on the first page", async ({
  page,
  request,
}) => {
  const id = await makeCapture(request, "case", flowLog(50));
  const title = uniqueName("Hand-over of the night");
  const pins = ["First", "Second"].map((pinTitle, at) => ({
    id: `pin0000${at}`,
    view: "drops",
    link: "revision=1",
    title: pinTitle,
    note: "",
    pinnedAt: "2026-03-04T05:00:00Z",
  }));
  const made = await request.post("/api/v1/investigations", {
    data: { captureId: id, title, pins },
  });
  expect(made.status()).toBe(201);
  await page.goto("/");
  await page.getByRole("link", { name: title }).click();
  await page.getByRole("button", { name: "Write notes" }).click();
  await page.getByLabel("Notes (Markdown)").fill("- ask the shop team");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("listitem").filter({ hasText: "ask the shop team" })).toBeVisible();
  await page.getByLabel("Status").selectOption("explained");
  const titles = page.getByRole("article").getByRole("heading", { level: 2 });
  await page.getByRole("article", { name: "Second" }).getByRole("button", { name: "Move up" }).click();
  await expect(titles).toHaveText(["Second", "First"]);
  await page.getByRole("article", { name: "First" }).getByRole("button", { name: "Remove the pin" }).click();
  await expect(titles).toHaveText(["Second"]);
  await page.reload();
  await expect(page.getByLabel("Status")).toHaveValue("explained");
  await expect(titles).toHaveText(["Second"]);
});

test("a capture that a case shows is not deleted", async ({ request }) => {
  const id = await makeCapture(request, "held", flowLog(20));
  await request.post("/api/v1/investigations", { data: { captureId: id, title: "Needed in court" } });
  const refused = await request.delete(`/api/v1/captures/${id}`);
  expect(refused.status()).toBe(409);
  expect(await refused.json()).toMatchObject({ error: { code: "capture_pinned" } });
});

const MARKUP = '<img src=x onerror="document.title=1">';

test("names, notes and links that try to run something are text, for the owner and for a visitor", async ({
  page,
  request,
}) => {
  const hostile = flowLog(20)
    .replaceAll('"web"', JSON.stringify(`web${MARKUP}`))
    .replaceAll('"cart"', '"</script><script>document.title=1</script>"');
  const id = await makeCapture(request, "hostile", hostile);
  const q = `from-workload:"${`shop/web${MARKUP}`.replaceAll('"', '\\"')}"`;
  const note = `${MARKUP}\n\n[go](javascript:document.title=1) <script>document.title=1</script>\n\n![x](http://tracker.example/x.png)`;
  const pin = (pinId: string, view: string, more = "") => ({
    ...{ id: pinId, view, title: `${view} ${MARKUP}`, note, pinnedAt: "2026-03-04T05:00:00Z" },
    link: `${new URLSearchParams({ q, revision: "1" })}${more}`,
  });
  const { flows } = await (await request.get(`/api/v1/captures/${id}/flows?q=drop:yes`)).json();
  const pins = [
    pin("pin00001", "flows"),
    pin("pin00002", "flows", `&flow=${flows[0].id}`),
    pin("pin00003", "drops"),
    pin("pin00004", "map"),
    pin("pin00005", "overview"),
  ];
  const made = await request.post("/api/v1/investigations", {
    data: { captureId: id, title: `Case ${MARKUP}`, notes: note, pins },
  });
  const { id: caseId } = await made.json();
  const shared = await request.post(`/api/v1/investigations/${caseId}/shares`, { data: { note: MARKUP } });
  const { token } = await shared.json();
  for (const address of [`/investigations/${caseId}`, `/i/${token}`]) {
    const answer = await page.goto(address);
    const policy = answer?.headers()["content-security-policy"] ?? "";
    expect(policy).toMatch(/script-src 'self' 'nonce-[^']+';/);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Case ${MARKUP}`);
    await expect(page.getByText("The same as when it was saved")).toHaveCount(pins.length);
    const table = page.getByRole("region", { name: "Flows", exact: true });
    await expect(table).toContainText(`shop/web${MARKUP}`);
    await expect(page.getByText("Record as received").first()).toBeVisible();
    // The pinned map: an image of its own making, in which nothing runs.
    await expect(page.getByRole("img", { name: `Map: map ${MARKUP}` })).toHaveAttribute(
      "src",
      /^data:image\/svg/,
    );
    const active = "main img:not([src^='data:image/svg+xml,']), main script, main a[href^='javascript']";
    expect(await page.locator(active).count()).toBe(0);
    expect(await page.title()).toContain("nvestigation");
  }
  // A link that leads back: what was pinned is what opens.
  await page.goto(`/investigations/${caseId}`);
  await page
    .getByRole("article", { name: pins[0]?.title })
    .first()
    .getByRole("link", { name: "Open in Flows" })
    .click();
  await expect(new FlowsPage(page).count).toHaveText(/flows/);
  expect(new URL(page.url()).searchParams.get("q")).toContain(MARKUP.replaceAll('"', '\\"'));
});
