import { makeCapture, uniqueName } from "./fixtures/captures";
import { flowLog } from "./fixtures/flow-log";
import { expect, test } from "./fixtures/test";
import { FlowsPage } from "./pages/flows-page";
import { HomePage } from "./pages/home-page";

const TIMED_OUT = {
  error: {
    code: "question_timeout",
    message: "The question took too long.",
    hint: "Narrow the time range or the filter.",
  },
};

test("rows that cannot be had say why and what to do, and come when asked again", async ({
  page,
  request,
  problems,
}) => {
  const id = await makeCapture(request, "timed-out", flowLog(50));
  const flows = new FlowsPage(page);
  await page.route(/\/flows\?.*position=/, (route) => route.fulfill({ status: 504, json: TIMED_OUT }));
  await flows.goto(id);
  const alert = page.getByRole("alert").filter({ hasText: "The question took too long." });
  await expect(alert).toContainText("Narrow the time range or the filter.");
  await page.unroute(/\/flows\?.*position=/);
  await alert.getByRole("button", { name: "Try again" }).click();
  await expect(flows.cell(0, "time")).toHaveText("05:00:00.000");
  // The browser notes the answer 504 in its console.
  problems.splice(0, problems.length, ...problems.filter((problem) => !problem.includes("504")));
});

test("an upload is cancelled while it is sent", async ({ page }) => {
  const home = new HomePage(page);
  await home.goto();
  // Never answered: the file stays on its way.
  await page.route(/\/files\//, () => undefined);
  await home.pick([{ name: "to-be-cancelled.log", text: flowLog(20) }]);
  await expect(page.getByText("Being sent.")).toBeVisible();
  await page.getByRole("button", { name: "Cancel to-be-cancelled.log" }).click();
  await expect(page.getByText("Cancelled. Nothing of this file was kept.")).toBeVisible();
});

test("captures that this program cannot open say why and can only be deleted", async ({ page, request }) => {
  const name = uniqueName("from-tomorrow");
  await makeCapture(request, name, flowLog(10));
  await page.route(/\/api\/v1\/captures$/, async (route) => {
    const response = await route.fetch();
    const answer = (await response.json()) as { captures: { name: string }[] };
    const captures = answer.captures.map((capture) =>
      capture.name === name
        ? { ...capture, state: "newer", problem: "Made by Eyepiece 9.0. Update Eyepiece to open it." }
        : capture,
    );
    await route.fulfill({ response, json: { captures } });
  });
  const home = new HomePage(page);
  await home.goto();
  await expect(page.getByText("Made by Eyepiece 9.0. Update Eyepiece to open it.")).toBeVisible();
  await expect(home.link(name)).toBeHidden();
  await page.getByRole("button", { name: `Actions for ${name}` }).click();
  await expect(page.getByRole("menuitem")).toHaveText(["Delete"]);
});

test("a capture without files names the cause and the way out", async ({ page, request }) => {
  const made = await request.post("/api/v1/captures", { data: { name: "without-files" } });
  const { id } = (await made.json()) as { id: string };
  const flows = new FlowsPage(page);
  await flows.goto(id);
  await expect(page.getByText("This capture holds no flows.")).toBeVisible();
  await expect(page.getByText(/No file has been added to it/)).toBeVisible();
});

test("times are shown in UTC or in the zone of this computer, as chosen", async ({ browser, request }) => {
  const id = await makeCapture(request, "zones", flowLog(10));
  const context = await browser.newContext({ timezoneId: "Asia/Tokyo" });
  const flows = new FlowsPage(await context.newPage());
  await flows.goto(id);
  await expect(flows.cell(0, "time")).toHaveText("05:00:00.000");
  await flows.page.getByRole("button", { name: "UTC" }).click();
  await flows.page.getByRole("menuitemradio", { name: "Zone of this computer" }).click();
  await expect(flows.cell(0, "time")).toHaveText("14:00:00.000");
  expect(flows.page.url()).not.toContain("zone");
  await context.close();
});

test("while the first file is read, a view says that it is worked out later, not that there is nothing", async ({
  page,
  request,
}) => {
  const id = await makeCapture(request, "being-read", flowLog(50));
  let isRead = false;
  await page.route(new RegExp(`/captures/${id}$`), async (route) => {
    const response = await route.fetch();
    const whole = (await response.json()) as Record<string, unknown>;
    await route.fulfill({ response, json: isRead ? whole : { ...whole, state: "reading", flows: 0 } });
  });
  const later = page.getByText("This view is worked out when the first file has been read.");
  for (const view of ["map", "drops", "dns", "l7", "workloads"]) {
    await page.goto(`/captures/${id}/${view}?q=verdict:DROPPED`);
    await expect(later).toBeVisible();
  }
  await page.getByRole("link", { name: "Flows so far" }).click();
  await expect(page).toHaveURL(/\/flows\?q=verdict(:|%3A)DROPPED$/);
  await expect(new FlowsPage(page).row(0)).toBeVisible();
  await page.goBack();
  await expect(later).toBeVisible();
  isRead = true;
  await expect(later).toBeHidden();
  await expect(page.getByRole("link", { name: "Workloads" })).toHaveAttribute("aria-current", "page");
});

test("what was told while the first file was read is not taken for the end: nothing is called sound before it is known", async ({
  page,
  request,
}) => {
  const id = await makeCapture(request, "just-read", flowLog(50));
  let isRead = false;
  let giveAnswers = () => {};
  const answers = new Promise<void>((resolve) => {
    giveAnswers = resolve;
  });
  await page.route(new RegExp(`/captures/${id}(/(causes|report|summary)\\?.*|/report)?$`), async (route) => {
    const isCapture = route.request().url().endsWith(id);
    const wasRead = isRead;
    if (wasRead && !isCapture) await answers;
    const response = await route.fetch();
    const whole = (await response.json()) as Record<string, unknown>;
    const early = { meta: { ...(whole.meta as object), revision: 0, partial: true }, sentences: [] };
    const none = {
      rows: [],
      total: 0,
      noise: 0,
      records: 0,
      verdicts: {},
      nodes: [],
      first: null,
      last: null,
    };
    const json = isCapture ? { ...whole, state: "reading", flows: 0 } : { ...whole, ...early, ...none };
    await route.fulfill({ response, json: wasRead ? whole : json });
  });
  await page.goto(`/captures/${id}/overview`);
  const partial = page.getByText("Partial: a file is still being read.");
  const calm = page.getByText(/Nothing wrong was found|Looked for|No flow matches|nothing to judge|no times/);
  const headline = page.getByRole("heading", { level: 1 });
  await expect(headline).toHaveText("Causes are worked out when the first file has been read.");
  await expect(page.getByRole("heading", { name: "How far to trust this capture" })).toBeVisible();
  await expect(partial).toBeVisible();
  await expect(calm).toHaveCount(0);
  isRead = true;
  await expect(partial).toBeHidden();
  await expect(page.getByRole("contentinfo")).toContainText("24.5 s");
  await expect(headline).toHaveText("Causes are worked out when the first file has been read.");
  await expect(calm).toHaveCount(0);
  giveAnswers();
  await expect(headline).toHaveText("1 thing goes wrong here.");
});

test("above every view that finds nothing stands that no flow matches, and a press leads out", async ({
  page,
  request,
}) => {
  const name = uniqueName("nothing-matches");
  const id = await makeCapture(request, name, flowLog(50));
  const words = page.getByText("No flow matches. The capture holds 50 flows. The filter leaves none.");
  for (const [view, title] of [
    ["map", "Map"],
    ["drops", "Drops"],
    ["dns", "DNS"],
    ["l7", "L7"],
    ["workloads", "Workloads"],
  ]) {
    await page.goto(`/captures/${id}/${view}?q=verdict:ERROR`);
    await expect(words).toBeVisible();
    await expect(page).toHaveTitle(`${title} · ${name} · Eyepiece`);
  }
  await page.getByRole("button", { name: "Remove the filter" }).click();
  await expect(words).toBeHidden();
  await expect(page).not.toHaveURL(/ERROR/);
  // One sentence is enough where the view itself says it.
  await page.goto(`/captures/${id}/overview?q=verdict:ERROR`);
  await expect(page.getByText("No flow matches.")).toHaveCount(1);
});
