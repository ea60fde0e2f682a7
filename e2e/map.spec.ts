import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { expectAccessible } from "./fixtures/accessible";
import { captureOf, makeCapture } from "./fixtures/captures";
import { flowLog } from "./fixtures/flow-log";
import { expect, test } from "./fixtures/test";
import { FlowsPage } from "./pages/flows-page";

/** The picture stands still: everything that was asked for is drawn. */
async function drawn(page: Page): Promise<void> {
  await expect(page.locator("canvas[data-drawn=true]")).toBeVisible();
}

const map = (page: Page) => page.getByRole("img", { name: /^Service map/ });
const table = (page: Page) => page.getByRole("region", { name: "Edges of the map" });

/** Where the table says that an edge is: it moves it into the middle of the picture. */
async function clickOnMap(page: Page, button: string): Promise<void> {
  await page.getByRole("button", { name: button }).click();
  await drawn(page);
  await map(page).click();
}

test("the map and its table hold the same, and a line on it opens with its numbers", async ({
  page,
  request,
}) => {
  // Of 200 records each tenth is a drop to payments/api; the others are requests and replies of shop/cart.
  const id = await captureOf(request, flowLog(200));
  await page.goto(`/captures/${id}/map`);
  await drawn(page);
  await expect(map(page)).toHaveAccessibleName(/3 spots, 2 lines/);
  await page.getByRole("button", { name: "Table", exact: true }).click();
  const rows = table(page).getByRole("row");
  await expect(rows).toHaveCount(3);
  await expect(rows.nth(1)).toContainText("shop/webpayments/api:8443 TCP2020");
  await expect(rows.nth(2)).toContainText("shop/webshop/cart:8080 TCP1800");

  await clickOnMap(page, "Show shop/web -> payments/api on the map");
  const drawer = page.getByRole("complementary", { name: "shop/web -> payments/api" });
  await expect(drawer).toContainText("POLICY_DENIED (133)");
  await expect(drawer).toContainText("Who decided");
  await drawer.getByRole("link", { name: "20 drops" }).first().click();
  const flows = new FlowsPage(page);
  await expect(flows.count).toHaveText("20 flows");
  await page.goBack();
  await expect(drawer).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(drawer).toBeHidden();
});

/** Each number of the drawer that is a link, and what its link finds, counted by the interface. */
async function linksOf(page: Page): Promise<readonly { says: string; wanted: number; found: number }[]> {
  await page.waitForLoadState("networkidle");
  const links = await page
    .getByRole("complementary")
    .getByRole("link")
    .evaluateAll((all) =>
      all.map((link) => {
        const cell = link.closest("td");
        const heads = cell?.closest("table")?.tHead?.rows[0]?.cells;
        return {
          says: `${link.textContent} ${(cell && heads?.[cell.cellIndex]?.textContent) ?? ""}`.trim(),
          href: link.getAttribute("href") ?? "",
        };
      }),
    );
  const counted = links.filter(({ says, href }) => /^[0-9]/.test(says) && href.includes("/flows?"));
  return Promise.all(
    counted.map(async ({ says, href }) => {
      const [path = "", query = ""] = href.split("?");
      const answer = await page.request.get(`/api/v1${path}?${query}&limit=1`);
      const { total } = (await answer.json()) as { total: { events: number; drops: number } };
      const wanted = Number(/^[0-9\s]+/.exec(says)?.[0].replace(/\s/g, ""));
      return { says, wanted, found: /drops?$/i.test(says) ? total.drops : total.events };
    }),
  );
}

test("every number of the drawer leads to flows that add up to it", async ({ page, request }) => {
  const { id } = (await (await request.post("/api/v1/captures/sample")).json()) as { id: string };
  await expect
    .poll(async () => (await (await request.get(`/api/v1/captures/${id}`)).json()).state, { timeout: 60_000 })
    .toBe("ready");
  const { edges } = (await (await request.get(`/api/v1/captures/${id}/map`)).json()) as {
    edges: { client: string; server: string; port: number; drops: number; l7Errors: number }[];
  };
  const most = (of: (edge: (typeof edges)[number]) => number) => [...edges].sort((a, b) => of(b) - of(a))[0];
  const [dropped, failed, asked] = [
    most(({ drops }) => drops),
    most(({ l7Errors }) => l7Errors),
    most(({ port, drops }) => (port === 53 ? 1 + drops : 0)),
  ];
  if (!dropped || !failed || !asked) throw new Error("the sample has no edges");
  const opened: readonly (readonly [keys: readonly string[], parts: readonly string[]])[] = [
    [
      [dropped.client, dropped.server],
      ["Why it was dropped", "Who decided"],
    ],
    [[failed.client, failed.server], ["HTTP requests"]],
    [[asked.server], ["DNS, as server"]],
    [["+>addresses"], ["Who is behind it"]],
    [
      ["+>addresses", "edge/ingress-nginx-controller@shop-prod"],
      ["Edges behind it", "Verdicts"],
    ],
  ];
  for (const [keys, parts] of opened) {
    await page.goto(`/captures/${id}/map?open=${encodeURIComponent(JSON.stringify(keys))}`);
    for (const part of parts)
      await expect(page.getByRole("complementary").getByRole("heading", { name: part })).toBeVisible();
    const links = await linksOf(page);
    expect(links.length, keys.join()).toBeGreaterThan(5);
    expect(
      links.filter(({ wanted, found }) => wanted !== found),
      keys.join(),
    ).toEqual([]);
  }
  await page.goto(`/captures/${id}/map?open=${encodeURIComponent('["+>addresses"]')}`);
  await page.getByRole("button", { name: "Unfold" }).click();
  await expect(page.getByRole("button", { name: "Fold small ones again" })).toBeVisible();
  await expect(page.getByText("stand behind “+ more”")).toBeHidden();
});

test("levels, what is hidden, found and open are in the link", async ({ page, request }) => {
  const id = await captureOf(request, flowLog(100));
  await page.goto(`/captures/${id}/map`);
  await drawn(page);
  await page.getByRole("button", { name: "Namespaces" }).click();
  await expect(map(page)).toHaveAccessibleName(/2 spots, 2 lines/);
  await page.getByRole("searchbox", { name: "Find on the map" }).fill("drops > 0");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("status").filter({ hasText: "1 line" })).toBeVisible();
  await page.reload();
  await drawn(page);
  await expect(page.getByRole("button", { name: "Namespaces" })).toHaveAttribute("aria-pressed", "true");
  await expect(page.getByRole("searchbox", { name: "Find on the map" })).toHaveValue("drops > 0");
  await page.getByRole("searchbox", { name: "Find on the map" }).fill("drops > many");
  await page.keyboard.press("Enter");
  await expect(page.getByText("compares with no number")).toBeVisible();
  // Both edges are there from the beginning: new in a range that begins before them, not after the first quarter.
  const lines = page.getByRole("status").filter({ hasText: /^\d+ lines?$/ });
  await page.goto(`/captures/${id}/map?find=new`);
  await page.waitForLoadState("networkidle");
  await expect(lines).toHaveText("0 lines");
  await page.goto(`/captures/${id}/map?find=new&from=2020-01-01T00:00:00Z`);
  await expect(lines).toHaveText("2 lines");
});

test("a part of the map is shown, and what is left out is counted", async ({ page, request }) => {
  const id = await captureOf(request, flowLog(100));
  await page.goto(`/captures/${id}/map?part=table`);
  await drawn(page);
  await page.getByRole("button", { name: "payments/api", exact: true }).first().click();
  const drawer = page.getByRole("complementary", { name: "payments/api" });
  await expect(drawer).toContainText("Is asked by 1 other");
  await drawer.getByRole("button", { name: "Only its neighbours" }).click();
  await drawn(page);
  await expect(map(page)).toHaveAccessibleName(/2 spots, 1 line/);
  await expect(page.getByText("are not shown")).toContainText("1 edge with 90 events");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Show the whole map" }).click();
  await expect(map(page)).toHaveAccessibleName(/3 spots, 2 lines/);

  // In every view: the records of payments/api, and all others.
  for (const [button, filter] of [
    ["Only this", "actor:workload=payments/api"],
    ["Leave out", "!client:workload=payments/api !server:workload=payments/api"],
  ] as const) {
    await page.goto(`/captures/${id}/map?open=${encodeURIComponent('["payments/api"]')}`);
    await page.getByRole("button", { name: button }).click();
    await expect(map(page)).toHaveAccessibleName(/2 spots, 1 line/);
    expect(new URL(page.url()).searchParams.get("q")).toBe(filter);
  }
  await page.goto(`/captures/${id}/map`);

  await page.getByRole("button", { name: "Hide noise" }).click();
  await page.getByRole("menuitem", { name: "Hide by a filter" }).click();
  const dialog = page.getByRole("dialog", { name: "Hide by a filter" });
  await dialog.getByRole("textbox", { name: "Filter" }).fill("server-port:");
  await dialog.getByRole("button", { name: "Hide", exact: true }).click();
  await expect(dialog.getByRole("alert")).toBeVisible();
  await dialog.getByRole("textbox", { name: "Filter" }).fill("server-port:8443");
  await dialog.getByRole("button", { name: "Hide", exact: true }).click();
  await expect(map(page)).toHaveAccessibleName(/2 spots, 1 line/);
  await expect(page.getByText("found by server-port:8443")).toBeVisible();
  await page.getByRole("link", { name: "10 events" }).click();
  await expect(new FlowsPage(page).count).toHaveText("10 flows");
});

test("a spot that is dragged stays where it was put, for who opens the link too", async ({
  page,
  request,
}) => {
  const id = await captureOf(request, flowLog(100));
  await page.goto(`/captures/${id}/map?part=table`);
  await drawn(page);
  // The table moves an edge into the middle; its server is a little further along the line.
  await page.getByRole("button", { name: "Show shop/web -> payments/api on the map" }).click();
  await drawn(page);
  const box = await map(page).boundingBox();
  if (box === null) throw new Error("the map is not on the page");
  const spot = await spotNear(page, box);
  await page.mouse.move(spot.x, spot.y);
  await page.mouse.down();
  await page.mouse.move(spot.x + 60, spot.y + 40, { steps: 4 });
  await page.mouse.up();
  await expect(page).toHaveURL(/pins=/);
  await page.getByRole("button", { name: "By namespace" }).click();
  await page.getByRole("menuitem", { name: "Undo places given by hand" }).click();
  await expect(page).not.toHaveURL(/pins=/);
  await page.getByRole("button", { name: "payments/api", exact: true }).first().click();
  await expect(page.getByRole("complementary", { name: "payments/api" })).toBeVisible();
  await map(page).press("Shift+ArrowRight");
  await expect(page).toHaveURL(/pins=[^&]*payments/);
});

/** Where the readout names one spot, looked for outwards from the middle of the picture. */
async function spotNear(
  page: Page,
  box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
): Promise<{ readonly x: number; readonly y: number }> {
  const readout = page
    .getByText(/^(shop\/web|shop\/cart|payments\/api)$/)
    .and(page.locator("[aria-hidden] > div"));
  for (let distance = 20; distance < 320; distance += 10)
    for (let turn = 0; turn < 12; turn++) {
      const angle = (turn * Math.PI) / 6;
      const place = {
        x: box.x + box.width / 2 + distance * Math.cos(angle),
        y: box.y + box.height / 2 + distance * Math.sin(angle),
      };
      await page.mouse.move(place.x, place.y);
      if (await readout.isVisible()) return place;
    }
  throw new Error("no spot near the middle of the map");
}

test("the map is played back, and saved as data and as a picture", async ({ page, request }) => {
  const id = await captureOf(request, flowLog(100));
  await page.goto(`/captures/${id}/map`);
  await drawn(page);
  await page.getByRole("button", { name: "Play back" }).click();
  const slider = page.getByRole("slider", { name: "Time on the map" });
  const strip = page.getByRole("region", { name: "Play back" });
  await expect(strip).toContainText(/\d+ events?, \d+ drops?/);
  await slider.press("End");
  await expect(slider).toHaveValue(String(await slider.getAttribute("max")));
  await page.getByRole("button", { name: "End play back" }).click();
  await expect(strip).toBeHidden();

  const save = async (name: string) => {
    await page.getByRole("button", { name: "Save" }).click();
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("menuitem", { name }).click(),
    ]);
    return readFileSync(await file.path());
  };
  const data = JSON.parse((await save("Nodes and edges (JSON)")).toString()) as {
    edges: { events: number }[];
  };
  expect(data.edges.map(({ events }) => events)).toEqual([90, 10]);
  expect((await save("Graph for Graphviz (DOT)")).toString()).toContain('"shop/web" -> "payments/api"');
  expect((await save("Picture that scales (SVG)")).toString()).toMatch(
    /^<svg [^>]*>[\s\S]*payments[\s\S]*<\/svg>\n$/,
  );
  expect((await save("Picture (PNG)")).subarray(1, 4).toString()).toBe("PNG");

  await page.emulateMedia({ colorScheme: "dark" });
  await page.evaluate(() => {
    window.print = () => document.body.setAttribute("data-printed", "yes");
  });
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("menuitem", { name: "Print" }).click();
  await expect(page.locator("body[data-printed]")).toBeAttached();
  const paper = decodeURIComponent((await page.getByAltText("The map").getAttribute("src")) ?? "");
  expect(paper).toMatch(/<rect width="100%" height="100%" fill="(#fff|rgb\(255, 255, 255\))/);
  expect(paper).toContain(">payments<");
});

test("a scope in which nobody asks anybody says so", async ({ page, request }) => {
  const id = await captureOf(request, flowLog(100));
  await page.goto(`/captures/${id}/map?q=verdict:AUDIT`);
  await expect(page.getByText("Nothing in this scope has an edge.")).toBeVisible();
});

test("the map, its table and its drawer have no violations", async ({ page, request }) => {
  const id = await captureOf(request, flowLog(100));
  await page.goto(`/captures/${id}/map?part=table`);
  await drawn(page);
  await page.getByRole("button", { name: ":8443 TCP" }).click();
  await expect(page.getByRole("heading", { name: "Who decided" })).toBeVisible();
  await expectAccessible(page);
});

/** From where to where the picture has ink, in shares of its width. A thread of its own draws it, so it is looked at as the reader does. */
async function inkOf(page: Page, png: Buffer): Promise<{ readonly left: number; readonly right: number }> {
  const blank = await page.context().newPage();
  const ink = await blank.evaluate(async (base64) => {
    const image = new Image();
    image.src = `data:image/png;base64,${base64}`;
    await image.decode();
    const { width, height } = image;
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext("2d") as OffscreenCanvasRenderingContext2D;
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    const found = { left: 1, right: 0 };
    for (let pixel = 0; pixel < width * height; pixel++) {
      const share = (pixel % width) / width;
      // Buttons stand in the corner.
      if (share > 0.92 || Math.abs(Number(data[pixel * 4]) - Number(data[0])) < 24) continue;
      found.left = Math.min(found.left, share);
      found.right = Math.max(found.right, share);
    }
    return found;
  }, png.toString("base64"));
  await blank.close();
  return ink;
}

/** Workload 1 asks 2, 2 asks 3, and so on. */
function chain(workloads: number): string {
  const pod = (nth: number): object => ({ namespace: "shop", pod_name: `w${nth}-0`, identity: 300 + nth });
  const lines = Array.from({ length: workloads - 1 }, (_, nth) => {
    const l4 = { TCP: { source_port: 40_000, destination_port: 80, flags: { SYN: true } } };
    const IP = { source: `10.0.0.${nth + 1}`, destination: `10.0.0.${nth + 2}`, ipVersion: "IPv4" };
    const time = `2026-08-21T12:00:${10 + nth}Z`;
    return JSON.stringify({
      flow: {
        time,
        verdict: "FORWARDED",
        IP,
        l4,
        source: pod(nth),
        destination: pod(nth + 1),
        is_reply: false,
      },
    });
  });
  return `${lines.join("\n")}\n`;
}

test("a picture that is laid out in another way is shown as a whole", async ({ page, request }) => {
  // A chain of calls, which is as wide as it is long when it is laid out from left to right.
  const id = await makeCapture(request, "map", chain(12));
  await page.goto(`/captures/${id}/map`);
  await drawn(page);
  const before = await map(page).screenshot();
  await page.getByRole("button", { name: "By namespace" }).click();
  await page.getByText("Left to right").click();
  await expect(page.getByRole("menu")).toBeHidden();
  let shown = before;
  const isStill = async (): Promise<boolean> => {
    const last = shown;
    shown = await map(page).screenshot();
    return shown.equals(last) && !shown.equals(before);
  };
  await expect.poll(isStill, { intervals: [400] }).toBe(true);
  const { left, right } = await inkOf(page, shown);
  expect([left < 0.2, right > 0.8]).toEqual([true, true]);
});
