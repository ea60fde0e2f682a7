import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { zip } from "../lib/ingest/testing-archives";
import { makeCapture, uniqueName } from "./fixtures/captures";
import { flowLog } from "./fixtures/flow-log";
import { expect, test } from "./fixtures/test";
import { FlowsPage } from "./pages/flows-page";
import { HomePage } from "./pages/home-page";

test("the first page says what to do before any script has run", async ({ request }) => {
  const html = await (await request.get("/")).text();
  expect(html).toContain("Open flow logs");
  expect(html).toContain("Drop files or a folder anywhere on this page");
  expect(html).not.toMatch(/<[^>]+\sstyle=/);
});

test("files dropped together become one capture, named by what their names share", async ({ page }) => {
  const home = new HomePage(page);
  await home.goto();
  const name = uniqueName("together");
  const log = flowLog(60);
  await home.drop([
    { name: `${name}-1.log`, text: log },
    { name: `${name}-2.log`, text: `${log}this is no record\n` },
  ]);
  await expect(home.link(name)).toBeVisible();
  // They are sent side by side: either may be read first, and the other's records are there already.
  await expect(page.getByText(/read 6[01], accepted 60, duplicate 0, other kinds 0/)).toBeVisible();
  await expect(page.getByText(/read 6[01], accepted 0, duplicate 60, other kinds 0/)).toBeVisible();
  await page.getByText("1 refused record").click();
  await expect(page.getByRole("cell", { name: "this is no record" })).toBeVisible();
  await expect(home.row(name)).toContainText("60");
});

test("a folder is dropped with all that is in it, and told as a sum before its files", async ({ page }) => {
  const name = uniqueName("folder");
  const folder = path.join(mkdtempSync(path.join(tmpdir(), "eyepiece-")), name);
  // More files than a browser hands out of a folder at once.
  const lines = flowLog(300).trimEnd().split("\n");
  mkdirSync(path.join(folder, "node-1"), { recursive: true });
  mkdirSync(path.join(folder, "node-2", "older"), { recursive: true });
  for (let n = 0; n < 110; n++)
    writeFileSync(path.join(folder, "node-1", `events-${n}.log`), `${lines[n]}\n`);
  writeFileSync(path.join(folder, "node-2", "older", "events.log"), lines.slice(110).join("\n"));
  writeFileSync(path.join(folder, ".DS_Store"), "no log");
  const home = new HomePage(page);
  await home.goto();
  await home.dropFrom(folder);
  await expect(
    page.getByText("111 files. Records: read 300, accepted 300, duplicate 0, other kinds 0, refused 0."),
  ).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText("And 99 files at their end.")).toBeVisible();
  await expect(home.row(`${name}_node`)).toContainText("300");
});

test("an archive is one file of the page, with what is in it, and its records name their entry", async ({
  page,
}) => {
  const name = uniqueName("packed");
  const archive = zip([
    { name: "node-1/events.log", content: flowLog(20) },
    { name: "node-2/events.log", content: flowLog(30) },
    { name: "README.md", content: "no log\n" },
  ]);
  const home = new HomePage(page);
  await home.goto();
  await page
    .getByLabel("Files for a new capture")
    .setInputFiles({ name: `${name}.zip`, mimeType: "application/zip", buffer: archive });
  await expect(page.getByText("read 50, accepted 30, duplicate 20, other kinds 0, refused 0")).toBeVisible();
  await page.getByText("2 files in the archive").click();
  await expect(page.getByRole("cell", { name: `${name}.zip › node-2/events.log` })).toBeVisible();
  await page.getByText("1 entry left aside: no logs").click();
  await expect(page.getByText("no records in it")).toBeVisible();

  await home.link(name).click();
  const flows = new FlowsPage(page);
  await page.getByRole("link", { name: /^Flows/ }).click();
  await flows.open(0);
  await expect(page.getByText(`${name}.zip › node-1/events.log`)).toBeVisible();
});

test("a file whose records are all there already is told as nothing new", async ({ page, request }) => {
  const name = uniqueName("once-only");
  await makeCapture(request, name, flowLog(20));
  const home = new HomePage(page);
  await home.goto();
  await home.addTo(name, [{ name: "again.log", text: flowLog(20) }]);
  await expect(page.getByText(/^Nothing new: every record was there already/)).toBeVisible();
});

test("what became of a file is told though the page's first look at its capture was older", async ({
  page,
  request,
}) => {
  const name = uniqueName("late look");
  const id = await makeCapture(request, name, flowLog(20));
  const [looked, hasLooked] = signal();
  const [ended, hasEnded] = signal();
  let looks = 0;
  await page.route(`**/api/v1/captures/${id}`, async (route) => {
    if (++looks > 1) return route.continue();
    const old = await route.fetch();
    hasLooked();
    await ended;
    // The page may have given up this request by now.
    await route.fulfill({ response: old }).catch(() => undefined);
  });
  await page.route("**/files/again.log", async (route) => {
    await looked;
    const response = await route.fetch({ url: `${route.request().url()}?wait=true` });
    await route.fulfill({ response, status: 202 });
    hasEnded();
  });
  const home = new HomePage(page);
  await home.goto();
  await home.addTo(name, [{ name: "again.log", text: flowLog(20) }]);
  await expect(page.getByText(/^Nothing new: every record was there already/)).toBeVisible();
});

test("the list says how many events and drops a capture has, and what it was made of", async ({
  page,
  request,
}) => {
  const name = uniqueName("counted");
  await makeCapture(request, name, flowLog(200));
  const home = new HomePage(page);
  await home.goto();
  const heads = ["Name", "Span", "Events", "Drops", "Nodes", "Size", "Added", "Actions"];
  await expect(page.getByRole("columnheader")).toHaveText(heads);
  const cells = home.row(name).getByRole("cell");
  // The name is a row's header.
  await expect(cells.nth(heads.indexOf("Events") - 1)).toHaveText("200");
  await expect(cells.nth(heads.indexOf("Drops") - 1)).toHaveText("20");
  await expect(cells.nth(heads.indexOf("Added") - 1)).toContainText("1 file");
});

test("a capture is renamed and deleted", async ({ page, request }) => {
  const [oldName, newName] = [uniqueName("old name"), uniqueName("new name")];
  await makeCapture(request, oldName, flowLog(10));
  const home = new HomePage(page);
  await home.goto();
  await home.rename(oldName, newName);
  await expect(home.link(newName)).toBeVisible();
  await expect(home.link(oldName)).toBeHidden();
  await expect(page.getByRole("button", { name: `Actions for ${newName}` })).toBeFocused();

  await home.choose(newName, "Delete");
  await page.getByRole("button", { name: "Keep it" }).click();
  await expect(home.link(newName)).toBeVisible();
  await home.choose(newName, "Delete");
  await page.getByRole("button", { name: "Delete the capture" }).click();
  await expect(home.link(newName)).toBeHidden();
});

test("a name that looks like markup stays text", async ({ page, request }) => {
  const name = uniqueName('<img src=x onerror="alert(1)">');
  await makeCapture(request, name, flowLog(10));
  const home = new HomePage(page);
  await home.goto();
  await expect(home.link(name)).toBeVisible();
});

test("the sample capture opens with its causes", async ({ page }) => {
  const home = new HomePage(page);
  await home.goto();
  await home.openSample();
  await expect(page.getByText(/^\d+ things go wrong here/)).toBeVisible({ timeout: 120_000 });
  await expect(page.getByText("Partial:")).toBeHidden({ timeout: 120_000 });
  await expect(page.getByRole("list", { name: "Events by verdict" })).toContainText("DROPPED");
});

test("an address that leads nowhere says so", async ({ page, problems }) => {
  await page.goto("/captures/nosuchcapture/flows");
  await expect(page.getByRole("alert").filter({ hasText: "There is no such capture." })).toBeVisible();
  await page.goto("/nowhere");
  await expect(page.getByRole("heading", { name: "There is no such page." })).toBeVisible();
  // The browser notes each answer 404 in its console.
  problems.splice(0, problems.length, ...problems.filter((problem) => !problem.includes("404")));
});

/** A promise, and what fulfils it. */
function signal(): readonly [Promise<void>, () => void] {
  let fulfil = (): void => undefined;
  const promise = new Promise<void>((resolve) => {
    fulfil = resolve;
  });
  return [promise, fulfil];
}
