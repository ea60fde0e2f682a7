/** A server with a token, seen by a person with a browser and by a program. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { flowLog } from "./fixtures/flow-log";
import { type OwnServer, startServer } from "./fixtures/server";

const token = "correct-horse-battery-staple";
let server: OwnServer;

test.beforeAll(async () => {
  server = await startServer({ EYEPIECE_TOKEN: token });
});

test.afterAll(async () => {
  await server.remove();
});

/** A server of its own, for a story after which nobody is let in for a while. */
async function withOwnServer(story: (own: OwnServer) => Promise<void>): Promise<void> {
  const own = await startServer({ EYEPIECE_TOKEN: token });
  try {
    await story(own);
  } finally {
    await own.remove();
  }
}

async function signIn(page: Page, given = token): Promise<void> {
  await page.getByLabel("Token").fill(given);
  await page.getByRole("button", { name: "Sign in" }).click();
}

test("a person signs in where they wanted to go, and stays signed in", async ({ page, context }) => {
  const response = await page.goto(`${server.address}?q=verdict:DROPPED`);
  expect(response?.status()).toBe(401);
  await signIn(page);
  await expect(page).toHaveURL(`${server.address}?q=verdict:DROPPED`);
  await expect(page.getByLabel("Token")).toHaveCount(0);
  const [cookie] = await context.cookies();
  expect(cookie).toMatchObject({ name: "eyepiece_session", httpOnly: true, sameSite: "Strict", path: "/" });
  expect(cookie?.value).not.toContain(token);
  expect((await page.reload())?.status()).toBe(200);
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByLabel("Token")).toBeVisible();
  expect(await context.cookies()).toEqual([]);
  expect((await page.goto(server.address))?.status()).toBe(401);
});

test("a wrong token is said so, and the tenth closes the form for a while", async ({ page }) => {
  await withOwnServer(async (own) => {
    await page.goto(own.address);
    for (let attempt = 0; attempt < 10; attempt += 1) await signIn(page, "wrong");
    await expect(page.getByRole("alert")).toHaveText("The token is wrong.");
    await signIn(page);
    await expect(page.getByRole("alert")).toContainText("Too many wrong tries");
  });
});

test("a visitor with a link and its passphrase reads one case, and nothing else", async ({
  page,
  browser,
}) => {
  const api = `${server.address}api/v1`;
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const post = async (path: string, body: unknown) =>
    (await fetch(`${api}${path}`, { method: "POST", headers, body: JSON.stringify(body) })).json();
  const { id: captureId } = await post("/captures", { name: "evening" });
  const sent = { method: "PUT", headers, body: flowLog(20) };
  await fetch(`${api}/captures/${captureId}/files/a.log?wait=true`, sent);
  const pin = { id: "pin00001", view: "drops", link: "revision=1", title: "Drops", note: "", pinnedAt: "" };
  const { id } = await post("/investigations", { captureId, title: "Shop cannot pay", pins: [pin] });

  await page.goto(`${server.address}investigations/${id}`);
  await signIn(page);
  await page.getByRole("button", { name: "Share" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("For whom").fill("auditors");
  await dialog.getByLabel("Passphrase").fill("green lantern");
  await dialog.getByRole("button", { name: "Make a link" }).click();
  const link = await dialog.getByLabel("Link", { exact: true }).inputValue();
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect((await new AxeBuilder({ page }).analyze()).violations, colorScheme).toEqual([]);
  }

  const elsewhere = await browser.newContext();
  const visitor = await elsewhere.newPage();
  const refused: string[] = [];
  visitor.on("response", (answer) => {
    if (answer.status() >= 400) refused.push(answer.url());
  });
  await visitor.goto(link);
  await expect(visitor.getByText("Shop cannot pay")).toHaveCount(0);
  await visitor.getByLabel("Passphrase").fill("green lantern");
  await visitor.getByRole("button", { name: "Open" }).click();
  await expect(visitor.getByRole("heading", { name: "Shop cannot pay" })).toBeVisible();
  await expect(visitor.getByText("The same as when it was saved")).toBeVisible();
  await expect(visitor.getByRole("list", { name: "Numbers", exact: true })).toContainText("Drops 2");
  await expect(visitor.getByRole("button", { name: /Share|Delete|Edit|Remove/ })).toHaveCount(0);
  const [cookie] = await elsewhere.cookies();
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Lax" });
  // The page asks for nothing that is closed to its reader: the form before it was the only refusal.
  expect(refused).toEqual([link]);
  expect((await new AxeBuilder({ page: visitor }).analyze()).violations).toEqual([]);
  for (const path of ["", `captures/${captureId}/drops`, `investigations/${id}`, "api/v1/captures"])
    expect((await visitor.goto(server.address + path))?.status(), path).toBe(401);

  await dialog.getByRole("listitem", { name: "auditors" }).getByRole("button", { name: "Withdraw" }).click();
  await expect(dialog.getByText(/withdrawn .*, with a passphrase, opened 1 time/)).toBeVisible();
  expect((await visitor.goto(link))?.status()).toBe(410);
  await expect(visitor.getByRole("heading")).toContainText("This link was withdrawn");
  await elsewhere.close();
});

test("a link on another site opens the page of somebody who is signed in", async ({ page }) => {
  await page.goto(server.address);
  await signIn(page);
  await expect(page.getByLabel("Token")).toHaveCount(0);
  // Another name for this machine is another site to the browser, which keeps the cookie back.
  const other = await serveLink(`${server.address}?q=x`);
  try {
    await page.goto(`http://localhost:${(other.address() as AddressInfo).port}/`);
    await page.getByRole("link").click();
    await expect(page).toHaveURL(`${server.address}?q=x`);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.getByLabel("Token")).toHaveCount(0);
  } finally {
    other.close();
  }
});

test("a link on another site leads somebody who is not signed in to the form", async ({ page }) => {
  const other = await serveLink(server.address);
  try {
    await page.goto(`http://localhost:${(other.address() as AddressInfo).port}/`);
    await page.getByRole("link").click();
    await expect(page.getByLabel("Token")).toBeVisible();
  } finally {
    other.close();
  }
});

test("the form cannot be sent from another site", async () => {
  const response = await fetch(`${server.address}sign-in`, {
    method: "POST",
    body: new URLSearchParams({ token }),
    headers: { origin: "https://example.com" },
    redirect: "manual",
  });
  expect(response.status).toBe(403);
  expect(response.headers.get("set-cookie")).toBeNull();
});

test("the form never leads to another site", async () => {
  const response = await fetch(`${server.address}sign-in`, {
    method: "POST",
    body: new URLSearchParams({ token, next: "//example.com/" }),
    redirect: "manual",
  });
  expect(response.status).toBe(303);
  expect(response.headers.get("location")).toBe("/");
});

test("a program sends the token as a bearer", async () => {
  expect((await fetch(`${server.address}api/v1/captures`)).status).toBe(401);
  expect((await fetch(server.address, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
  const wrong = await fetch(server.address, { headers: { authorization: "Bearer wrong" } });
  expect(wrong.status).toBe(401);
  expect((await wrong.json()).error.code).toBe("sign_in_needed");
});

test("a program that guesses tokens has to wait, even with the right one", async () => {
  await withOwnServer(async (own) => {
    const ask = (given: string) => fetch(own.address, { headers: { authorization: `Bearer ${given}` } });
    for (let attempt = 0; attempt < 10; attempt += 1)
      expect((await ask(`guess ${attempt}`)).status).toBe(401);
    const refused = await ask(token);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  });
});

test("the form is accessible in both themes", async ({ page }) => {
  await page.goto(server.address);
  await signIn(page, "wrong");
  await expect(page.getByRole("alert")).toBeVisible();
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations, `in ${colorScheme}`).toEqual([]);
  }
});

function serveLink(target: string): Promise<Server> {
  const other = createServer((_request, response) => {
    response.setHeader("content-type", "text/html");
    response.end(`<a href="${target}">open</a>`);
  });
  return new Promise((resolve) => other.listen(0, "127.0.0.1", () => resolve(other)));
}
