import { captureOf, uniqueName } from "./fixtures/captures";
import { flowLog, lineOf, timeOf, uuidOf } from "./fixtures/flow-log";
import { expect, test } from "./fixtures/test";
import { FlowsPage } from "./pages/flows-page";
import { HomePage } from "./pages/home-page";
import { OverviewPage } from "./pages/overview-page";

test("the incident of the sample is found from the overview down to the raw line", async ({ page }) => {
  test.slow();
  const home = new HomePage(page);
  const overview = new OverviewPage(page);
  const flows = new FlowsPage(page);
  await home.goto();
  await home.openSample();
  await expect(page).toHaveURL(/\/overview$/);
  await expect(overview.headline).toContainText("things go wrong here", { timeout: 120_000 });
  // The generator changes the policies at 09:50:30; eight causes begin within the next 90 s.
  await expect(page.getByText(/8 of them began together, 2026-05-12 09:50:30 – 09:51:52/)).toBeVisible();
  await expect(flows.histogram.getByText("8 causes begin here")).toBeVisible();
  await expect(flows.histogram).toHaveAccessibleName(/2026-05-12 09:50:30: 8 causes begin here\./);
  // And says which of them is no new traffic.
  await expect(
    page.getByText(/what worked before: storefront\/checkout to orders\/orders-api, until 09:50:23\./),
  ).toBeVisible();
  const cause = overview.cause(/storefront\/checkout cannot reach orders\/orders-api on TCP 8080/);
  await expect(cause).toContainText("107 drops in 27 attempts");
  await expect(cause).toContainText("worked until 09:50:23");

  await cause.getByRole("link", { name: /^Explain/ }).click();
  await expect(page.getByRole("heading", { name: "Did it ever work" })).toBeVisible();
  await expect(page).toHaveURL(/\/drops\?cause=/);
  // The mark belongs to the overview.
  await expect(flows.histogram.getByText("8 causes begin here")).toBeHidden();
  await page.goBack();
  await cause.getByRole("link", { name: "107 drops" }).click();
  await expect(flows.drops).toHaveText("107 drops");
  await flows.open(0);
  await expect(flows.raw).toContainText('"drop_reason_desc":"POLICY_DENIED"');

  // A question and its answer are two flows, and one DNS query; so are a request and its answer.
  for (const [sentence, number, count] of [
    [/images-old\.storefront\.svc\.cluster\.local does not exist/, "26 DNS queries", "26 flows"],
    [/attempts of the search list that were bound to fail/, "512 DNS queries", "512 flows"],
    [/answers 17 of 165 requests for POST/, "17 requests", "17 flows"],
  ] as const) {
    await page.goto("/captures/samplecapture/overview");
    await overview.cause(sentence).getByRole("link", { name: number }).click();
    await expect(flows.count).toHaveText(count);
  }
});

test("who fell silent leads to what was said before, also where the log names no workloads", async ({
  page,
  request,
}) => {
  // Every tenth record goes to payments/api, the fourth first; here until the middle only: 20 of them.
  const lines = flowLog(400).split("\n");
  const kept = lines.filter((_, index) => index < 200 || index % 10 !== 3).join("\n");
  const log = kept.replaceAll(/,"workloads":\[[^\]]*\]/g, "");
  const overview = new OverviewPage(page);
  await overview.goto(await captureOf(request, log));
  const silent = overview.part(/^Fell silent/);
  await expect(silent).toContainText("payments/api");
  await silent.getByRole("link", { name: "20 events before" }).click();
  await expect(new FlowsPage(page).count).toHaveText("20 flows");
});

test("numbers beside the causes lead to exactly as many flows", async ({ page, request }) => {
  const id = await captureOf(request, flowLog(200));
  const overview = new OverviewPage(page);
  const flows = new FlowsPage(page);
  await overview.goto(id);
  await expect(overview.headline).toHaveText("1 thing goes wrong here.");
  await expect(overview.cause(/shop\/web cannot reach payments\/api on TCP 8443/)).toContainText("20 drops");
  await overview
    .part(/^Events by verdict/)
    .getByRole("link", { name: "180" })
    .click();
  await expect(flows.count).toHaveText("180 flows");
  await page.goBack();
  await overview
    .part(/^Events by verdict/)
    .getByRole("link", { name: "20 drops" })
    .click();
  await expect(page).toHaveURL(/q=drop:yes$/);
  await expect(flows.count).toHaveText("20 flows");
  await expect(flows.drops).toHaveText("20 drops");
  await page.goBack();
  await overview
    .part(/^Busiest connections/)
    .getByRole("link", { name: "all dropped" })
    .click();
  await expect(flows.count).toHaveText("20 flows");
  await page.goBack();
  await overview
    .part(/^Busiest connections/)
    .getByRole("link", { name: "20 events" })
    .click();
  await expect(flows.count).toHaveText("20 flows");
  await flows.open(1);
  await expect(flows.raw).toHaveText(lineOf(13));
});

test("the tabs count what is wrong in the scope, and the foot line tells its span", async ({
  page,
  request,
}) => {
  const id = await captureOf(request, flowLog(200));
  const overview = new OverviewPage(page);
  await overview.goto(id);
  await expect(overview.tab(/^Drops/)).toHaveAccessibleName(/1 cause of 20 drops/);
  await expect(overview.tab(/^Flows/)).toHaveAccessibleName(/200 events/);
  await expect(page.getByRole("contentinfo")).toContainText("1 min 39 s");
  // Half a second from record to record: the first 20 of them, of which 2 are drops.
  await overview.goto(id, "?to=2026-03-04T05:00:10Z");
  await expect(overview.tab(/^Drops/)).toHaveAccessibleName(/1 cause of 2 drops/);
  await expect(overview.tab(/^Flows/)).toHaveAccessibleName(/20 events/);
  await expect(page.getByRole("contentinfo")).toContainText("9.5 s");
});

test("a link to the overview shows a colleague the same, and the keys lead down to the raw line", async ({
  browser,
  request,
  page,
}) => {
  const id = await captureOf(request, flowLog(200));
  const overview = new OverviewPage(page);
  await overview.goto(id, "?q=server-port:8443&to=2026-03-04T05:00:30Z");
  // Half a minute holds sixty records: six drops, and nothing else goes to that port.
  await expect(overview.causes).toHaveCount(1);
  await expect(overview.causes).toContainText("6 drops of 20 in the capture");
  const context = await browser.newContext();
  const colleague = new OverviewPage(await context.newPage());
  await colleague.page.goto(page.url());
  await expect(colleague.causes).toContainText("6 drops of 20 in the capture");
  await context.close();

  const flows = new FlowsPage(page);
  await overview.causes.getByRole("link", { name: "6 drops" }).focus();
  await page.keyboard.press("Enter");
  await expect(flows.count).toHaveText("6 flows");
  await expect(page.getByRole("main")).toBeFocused();
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(flows.raw).toHaveText(lineOf(13));
});

test("a scope in which nothing is wrong says what was looked for", async ({ page, request }) => {
  const id = await captureOf(request, flowLog(100));
  const overview = new OverviewPage(page);
  await overview.goto(id, "?q=verdict:FORWARDED");
  await expect(overview.headline).toHaveText("Nothing wrong was found in this scope.");
  await expect(page.getByText(/^Looked for: drops, failing DNS names/)).toBeVisible();
  await overview.goto(id, "?q=verdict:ERROR");
  await expect(page.getByText("No flow matches.")).toBeVisible();
  await page.getByRole("button", { name: "Remove the filter" }).click();
  await expect(overview.causes.first()).toBeVisible();
});

test("a page that is opened asks for each answer once, and for the first of them before its code", async ({
  page,
  request,
}) => {
  const id = await captureOf(request, flowLog(100));
  const asked: string[] = [];
  page.on("request", (one) => {
    if (one.url().includes("/api/")) asked.push(one.url());
  });
  for (const view of ["overview", "flows?q=verdict:DROPPED&sort=client"]) {
    asked.length = 0;
    const html = (await (await page.goto(`/captures/${id}/${view}`))?.text()) ?? "";
    await expect.poll(() => asked.length).toBeGreaterThan(4);
    await page.waitForLoadState("networkidle");
    expect(asked.filter((one, at) => asked.indexOf(one) !== at)).toEqual([]);
    const ahead = [...html.matchAll(/<link rel="preload" href="([^"]*)" as="fetch"/g)].map(([, href]) =>
      href?.replaceAll("&amp;", "&"),
    );
    expect(ahead).toHaveLength(3);
    for (const address of ahead)
      expect(asked.map((one) => one.slice(new URL(one).origin.length))).toContain(address);
  }
});

for (const [width, late] of [
  [1280, "summary"],
  [1280, "changes"],
  [1280, "causes"],
  [900, "summary"],
  [900, "causes"],
  [900, "report"],
] as const)
  test(`nothing that can be read moves when the ${late} comes last at ${width} pixels`, async ({
    page,
    request,
  }) => {
    // Both halves differ, so that something is new in the second.
    const lines = flowLog(400).split("\n");
    const id = await captureOf(request, lines.filter((_, n) => n < 200 || n % 10 !== 3).join("\n"));
    let give = () => {};
    const given = new Promise<void>((resolve) => {
      give = resolve;
    });
    await page.route(new RegExp(`/${late}(\\?|$)`), async (route) => {
      await given;
      await route.continue();
    });
    const overview = new OverviewPage(page);
    await page.setViewportSize({ width, height: 720 });
    const others = ["summary", "causes", "changes", "report", "map"].filter((part) => part !== late);
    const answers = others.map((part) => page.waitForResponse(new RegExp(`/${part}(\\?|$)`)));
    await overview.goto(id);
    await Promise.all(answers);
    const parts = overview.page.getByRole("main").getByRole("region").or(overview.side);
    // What came is drawn.
    await page.evaluate(
      () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))),
    );
    const placesOf = async () => {
      const places = new Map<string, number | undefined>();
      for (const part of await parts.all()) {
        if (!(await part.isVisible())) continue;
        const name = await part.evaluate(
          (one) => one.getAttribute("aria-label") ?? one.querySelector("h2")?.textContent,
        );
        places.set(String(name).slice(0, 10), (await part.boundingBox())?.y);
      }
      return places;
    };
    const before = await placesOf();
    give();
    await expect(overview.headline).toContainText(/wrong here/);
    for (const part of [/^Events by verdict/, /^Busiest/])
      await expect(overview.part(part).getByRole("listitem").first()).toBeVisible();
    await expect(page.getByRole("heading", { name: "How far to trust this capture" })).toBeVisible();
    const after = await placesOf();
    expect(after.size).toBeGreaterThanOrEqual(before.size);
    for (const [name, y] of before) expect([name, after.get(name)]).toEqual([name, y]);
  });

test("another filter is asked for once, and before the page is drawn for it", async ({ page, request }) => {
  const id = await captureOf(request, flowLog(100));
  const flows = new FlowsPage(page);
  await page.goto(`/captures/${id}/flows`);
  await expect(flows.count).toHaveText("100 flows");
  await page.waitForLoadState("networkidle");
  await page.evaluate(() => {
    const asked: { address: string; from: string }[] = [];
    const real = window.fetch;
    window.fetch = (input, init) => {
      asked.push({ address: String(input), from: window.location.search });
      document.body.dataset.asked = JSON.stringify(asked);
      return real(input, init);
    };
  });
  const line = page.getByRole("combobox", { name: "Filter" });
  await line.fill("verdict:DROPPED");
  await line.press("Enter");
  await expect(flows.count).toHaveText("10 flows");
  await page.waitForLoadState("networkidle");
  const noted = await page.evaluate(() => document.body.dataset.asked ?? "[]");
  const asked: { address: string; from: string }[] = JSON.parse(noted);
  const ofFilter = asked.filter(({ address }) => address.includes("q=verdict%3ADROPPED"));
  expect(ofFilter.map(({ address }) => address)).toHaveLength(
    new Set(ofFilter.map(({ address }) => address)).size,
  );
  const early = ofFilter.filter(({ from }) => from === "").map(({ address }) => address);
  for (const part of ["/flows?", "limit=1", "/summary?", "/timeline?"])
    expect(early.filter((address) => address.includes(part))).not.toEqual([]);
});

test("a capture without flows names the cause and the way out", async ({ page, request }) => {
  const name = uniqueName("overview-empty");
  const made = await request.post("/api/v1/captures", { data: { name } });
  const overview = new OverviewPage(page);
  await overview.goto(((await made.json()) as { id: string }).id);
  await expect(page.getByText("This capture holds no flows.")).toBeVisible();
  await expect(page.getByRole("link", { name: "All captures" }).last()).toBeVisible();
});

test("what is most likely harmless is told apart from what goes wrong", async ({ page, request }) => {
  // Router solicitations: drops with an invalid source address.
  const noise = Array.from({ length: 3 }, (_, n) =>
    JSON.stringify({
      flow: {
        time: timeOf(n),
        uuid: uuidOf(900 + n),
        verdict: "DROPPED",
        drop_reason: 132,
        drop_reason_desc: "INVALID_SOURCE_IP",
        event_type: { type: 1, sub_type: 132 },
        Type: "L3_L4",
        IP: { source: "fe80::1", destination: "ff02::2", ipVersion: "IPv6" },
        l4: { ICMPv6: { type: 133 } },
        node_name: "node-1",
      },
    }),
  );
  const only = await captureOf(request, `${noise.join("\n")}\n`);
  const overview = new OverviewPage(page);
  await overview.goto(only);
  await expect(overview.headline).toHaveText(
    "Nothing serious was found here: 1 thing, most likely harmless.",
  );
  const drops = overview.tab(/^Drops/);
  await expect(drops).toHaveAccessibleName(/1 cause of 3 drops, most likely harmless/);
  await expect(drops.locator("[data-trouble]")).toHaveCount(0);

  const both = await captureOf(request, `${flowLog(20)}${noise.join("\n")}\n`);
  await overview.goto(both);
  await expect(drops).toHaveAccessibleName(/1 cause of 5 drops, and 1 more that is most likely harmless/);
  await expect(drops.locator("[data-trouble]")).toHaveText(/^1/);
});

test("stretches in which events were lost have their place in the legend", async ({ page }) => {
  await page.goto("/captures/samplecapture/flows");
  const legend = page.getByRole("list", { name: "Events by verdict" });
  await legend.getByRole("link", { name: /^Events lost \d+ gaps?$/ }).click();
  await expect(page).toHaveURL(/\/quality$/);
});

test("numbers that come do not move what is there already: neither the view nor a tab", async ({ page }) => {
  let giveNumbers = () => {};
  const numbers = new Promise<void>((resolve) => {
    giveNumbers = resolve;
  });
  await page.route(/\/(timeline|summary)(\?|$)/, async (route) => {
    await numbers;
    await route.continue();
  });
  const places = async () => {
    const dns = page.getByRole("link", { name: "DNS" });
    const [main, tab] = [await page.getByRole("main").boundingBox(), await dns.boundingBox()];
    return [main?.y ?? Number.NaN, tab?.x ?? Number.NaN];
  };
  await page.goto("/captures/samplecapture/flows");
  await expect(new FlowsPage(page).row(0)).toBeVisible();
  const before = await places();
  giveNumbers();
  const legend = page.getByRole("list", { name: "Events by verdict" });
  await expect(legend.getByRole("listitem")).toHaveCount(7);
  await expect(page.getByRole("link", { name: "DNS" })).toContainText("34");
  const after = await places();
  // Less than a pixel cannot be seen.
  for (const [nth, place] of after.entries()) expect(Math.abs(place - (before[nth] ?? 0))).toBeLessThan(1);
});

test("the first link leads past the frame, and says to what", async ({ page, request }) => {
  const id = await captureOf(request, flowLog(20));
  const overview = new OverviewPage(page);
  await overview.goto(id);
  await expect(overview.headline).toHaveText("1 thing goes wrong here.");
  await expect(page.getByRole("link", { name: "Skip to the view" })).toHaveCount(1);
  await page.goto(`/captures/${id}/flows`);
  await expect(page.getByRole("link", { name: "Skip to the rows" })).toHaveCount(1);
});
