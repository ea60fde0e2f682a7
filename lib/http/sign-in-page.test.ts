import { describe, expect, it } from "vitest";
import { localPath, refusalPage, signInPage } from "./sign-in-page";

describe("localPath", () => {
  it.each([
    ["/captures/c?q=verdict:DROPPED#x", "/captures/c?q=verdict:DROPPED#x"],
    ["/", "/"],
    [undefined, "/"],
    ["", "/"],
    ["captures", "/"],
    ["//evil.example", "/"],
    ["//evil.example/captures", "/"],
    ["/\\evil.example", "/"],
    ["/\t/evil.example", "/"],
    ["/.//evil.example", "/"],
    ["/a/..//evil.example", "/"],
    ["https://evil.example", "/"],
    ["javascript:alert(1)", "/"],
    ["/sign-in?next=/", "/"],
    ["/a\r\nset-cookie: b", "/aset-cookie:%20b"],
  ])("turns %j into %s", (wanted, path) => {
    expect(localPath(wanted, "")).toBe(path);
  });

  it("stays below the base path", () => {
    expect(localPath("/flows/a", "/flows")).toBe("/flows/a");
    expect(localPath("/flowsheet", "/flows")).toBe("/flows/");
    expect(localPath("/flows/../a", "/flows")).toBe("/flows/");
  });
});

describe("pages", () => {
  const hostile = `"><script>alert('&')</script>`;
  const escaped = "&quot;&gt;&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;";

  it("hold texts from outside as text", () => {
    const form = signInPage({ nonce: "n", basePath: "", next: hostile, problem: hostile });
    const refusal = refusalPage("n", { code: "host_refused", message: hostile, hint: hostile });
    expect(form).not.toContain("<script");
    expect(form.split(escaped)).toHaveLength(3);
    expect(refusal).not.toContain("<script");
    expect(refusal.split(escaped)).toHaveLength(3);
  });

  it("tie the problem to the field", () => {
    const form = signInPage({ nonce: "n", basePath: "", next: "/", problem: "The token is wrong." });
    expect(form).toContain('aria-invalid="true" aria-describedby="problem"');
    expect(signInPage({ nonce: "n", basePath: "", next: "/" })).not.toContain("aria-invalid");
  });
});
