import { expect, test } from "./fixtures/test";

test("the first page loads without errors, with scripts running under the content security policy", async ({
  page,
}) => {
  const response = await page.goto("/");
  expect(response?.status()).toBe(200);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  // Next puts this object there once its scripts have started.
  await page.waitForFunction(() => Reflect.get(window, "next")?.version !== undefined);
});

test("pages carry the security headers, with a nonce of their own each time", async ({ request }) => {
  const first = await request.get("/");
  const second = await request.get("/");
  const policy = first.headers()["content-security-policy"] ?? "";
  expect(first.headers()).toMatchObject({
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
  });
  expect(policy).toContain("default-src 'self'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toMatch(/unsafe-eval|script-src[^;]*unsafe-inline/);
  expect(policy).toMatch(/script-src 'self' 'nonce-[\w+/=]{24}'/);
  expect(second.headers()["content-security-policy"]).not.toBe(policy);
  expect(first.headers()["x-powered-by"]).toBeUndefined();
});

test("a name that is not the server's is refused", async ({ request }) => {
  const response = await request.get("/", { headers: { host: "flows.example.com" } });
  expect(response.status()).toBe(403);
  expect((await response.json()).error.code).toBe("host_refused");
});

test("a page of another site cannot read the interface", async ({ request }) => {
  const response = await request.get("/api/v1/captures", { headers: { origin: "https://example.com" } });
  expect(response.status()).toBe(403);
  expect((await response.json()).error.code).toBe("origin_refused");
});
