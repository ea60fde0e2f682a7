import { copyFileSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Page } from "@playwright/test";
import { expectAccessible } from "./fixtures/accessible";
import { makeCapture, uniqueName } from "./fixtures/captures";
import { flowLog } from "./fixtures/flow-log";
import { expect, test } from "./fixtures/test";
import { FlowsPage } from "./pages/flows-page";
import { HomePage } from "./pages/home-page";

/** What a press of a button downloads. */
async function downloaded(page: Page, press: () => Promise<void>): Promise<{ name: string; file: string }> {
  const waiting = page.waitForEvent("download");
  await press();
  const download = await waiting;
  return { name: download.suggestedFilename(), file: await download.path() };
}

test("a capture is masked, and handed out and taken in as one file", async ({ page, request }) => {
  const name = uniqueName("night");
  await makeCapture(request, name, flowLog(60));
  const home = new HomePage(page);
  await home.goto();
  await home.choose(name, "Masked copy …");
  const dialog = page.getByRole("dialog", { name: `Masked copy of ${name}` });
  await expect(dialog.getByRole("checkbox", { checked: true })).toHaveCount(12);
  await expectAccessible(page);
  await dialog.getByLabel("Name of the copy").fill(`${name} masked`);
  await dialog.getByRole("button", { name: "Make the copy" }).click();
  const copies = page.getByRole("region", { name: "Masked copies" });
  await expect(copies).toContainText("60 records, and none of the masked values in any of them.");
  await expectAccessible(page);
  await expect(home.row(`${name} masked`)).toContainText("60");

  const { name: fileName, file } = await downloaded(page, () =>
    home.choose(`${name} masked`, "Download as one file"),
  );
  expect(fileName).toMatch(/^night-[\w-]+-masked\.eyepiece\.db$/);
  expect(readFileSync(file).toString("latin1")).not.toContain("payments");
  await page
    .getByLabel("Files for a new capture")
    .setInputFiles({ name: fileName, mimeType: "application/octet-stream", buffer: readFileSync(file) });
  const taken = page.getByRole("region", { name: "Taken in from elsewhere" });
  await expect(taken).toContainText("It was checked and taken.");
  await taken.getByRole("link", { name: "Open the capture" }).click();
  await page.getByRole("link", { name: /^Flows/ }).click();
  await expect(new FlowsPage(page).count).toHaveText("60 flows");
});

test("a case is one HTML file that opens without a server, and a bundle that another one takes", async ({
  page,
  request,
}) => {
  const captureId = await makeCapture(request, uniqueName("case"), flowLog(60));
  const title = uniqueName("Shop <img src=x onerror=alert(1)>");
  const link = "q=verdict:DROPPED&revision=1";
  const pin = {
    id: "pin00000",
    view: "flows",
    link,
    title: "Dropped",
    note: "",
    pinnedAt: "2026-03-04T05:00:00Z",
  };
  const map = { ...pin, id: "pin00001", view: "map", link: "revision=1", title: "Map" };
  const made = await request.post("/api/v1/investigations", { data: { captureId, title, pins: [pin, map] } });
  const { id } = (await made.json()) as { id: string };
  await page.goto(`/investigations/${id}`);
  const choose = (item: RegExp) => async () => {
    await page.getByRole("button", { name: "Download" }).click();
    await page.getByRole("menuitem", { name: item }).click();
  };
  const bundle = await downloaded(page, choose(/Evidence bundle/));
  const html = await downloaded(page, choose(/HTML file/));

  await page.goto("/");
  await page.getByLabel("Files for a new capture").setInputFiles({
    name: bundle.name,
    mimeType: "application/zip",
    buffer: readFileSync(bundle.file),
  });
  const taken = page.getByRole("region", { name: "Taken in from elsewhere" });
  await taken.getByRole("link", { name: "Open the investigation" }).click();
  await expect(page.getByRole("article", { name: "Dropped" })).toContainText(/Events 6/);

  const opened = path.join(tmpdir(), `${path.basename(html.file)}.html`);
  copyFileSync(html.file, opened);
  await page.goto(`file://${opened}`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(title);
  await expect(page.getByRole("article").first()).toContainText("Events6");
  await expect(page.getByRole("article").nth(1).locator("svg")).toBeVisible();
  await expectAccessible(page);
});
