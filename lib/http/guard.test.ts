import { describe, expect, it } from "vitest";
import { type GuardConfig, type GuardRequest, guard } from "./guard";
import { signSession } from "./session";

const nowMs = Date.UTC(2026, 0, 1);
const open: GuardConfig = {
  bound: { host: "127.0.0.1", port: 3000 },
  allowedHosts: [],
  token: undefined,
  trustProxy: false,
  basePath: "",
};
const closed: GuardConfig = { ...open, token: "secret" };
const facts = { nowMs, secondsBlocked: () => 0 };

type Headers = GuardRequest["headers"];

/** `"PUT /path"` with the given headers, asked of localhost:3000. */
function ask(line: string, headers: Headers = {}, config = open, given = facts) {
  const [method = "", url = ""] = line.split(" ");
  const request = {
    method,
    url,
    remoteAddress: "127.0.0.1",
    headers: { host: "localhost:3000", ...headers },
  };
  return guard(request, config, given);
}

/** "allow", "sign-in:action" or the code of the refusal. */
function verdict(line: string, headers: Headers = {}, config = open): string {
  const decision = ask(line, headers, config);
  if (decision.kind === "refuse") return decision.failure.code;
  if (decision.kind === "share") return `share:${decision.area}:${decision.action}:${decision.token}`;
  return decision.kind === "sign-in" ? `sign-in:${decision.action}` : "allow";
}

const link = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };

describe("the name asked for", () => {
  const behindProxy = {
    ...open,
    trustProxy: true,
    allowedHosts: [{ name: "flows.example.com", port: undefined }],
  };
  const everywhere = { ...closed, bound: { host: "0.0.0.0", port: 3000 }, token: undefined };
  const cases: [string, string, GuardConfig, Headers][] = [
    ["allow", "localhost:3000", open, {}],
    ["allow", "LOCALHOST:3000", open, {}],
    ["allow", "127.0.0.1:3000", open, {}],
    ["allow", "[::1]:3000", open, {}],
    ["host_refused", "localhost", open, {}],
    ["host_refused", "localhost:3001", open, {}],
    ["allow", "localhost", { ...open, bound: { host: "127.0.0.1", port: 80 } }, {}],
    ["host_refused", "evil.example:3000", open, {}],
    ["host_refused", "localhost.evil.example:3000", open, {}],
    ["host_refused", "127.0.0.1.evil.example:3000", open, {}],
    ["host_refused", "192.168.1.5:3000", open, {}],
    ["host_refused", "", open, {}],
    ["host_refused", "localhost:3000@evil.example", open, {}],
    ["host_refused", "localhost:3000,evil.example", open, {}],
    ["allow", "192.168.1.5:3000", { ...open, bound: { host: "192.168.1.5", port: 3000 } }, {}],
    ["allow", "192.168.1.5:3000", everywhere, {}],
    ["host_refused", "evil.example:3000", everywhere, {}],
    ["allow", "flows.example.com", behindProxy, {}],
    ["allow", "flows.example.com:8443", behindProxy, {}],
    ["allow", "localhost:3000", behindProxy, { "x-forwarded-host": "flows.example.com" }],
    ["host_refused", "localhost:3000", behindProxy, { "x-forwarded-host": "evil.example" }],
    ["host_refused", "evil.example:3000", open, { "x-forwarded-host": "localhost:3000" }],
    ["allow", "localhost:3000", open, { "x-forwarded-host": "evil.example" }],
    ["host_refused", "a:1", { ...open, allowedHosts: [{ name: "a", port: 2 }] }, {}],
    ["allow", "a:2", { ...open, allowedHosts: [{ name: "a", port: 2 }] }, {}],
  ];
  it.each(cases)("%s for %s", (expected, host, config, headers) => {
    expect(verdict("GET /", { host, ...headers }, config)).toBe(expected);
    expect(verdict("PUT /api/v1/x", { host, ...headers }, config)).toBe(expected);
  });

  it("is needed", () => {
    expect(verdict("GET /", { host: undefined })).toBe("host_refused");
  });
});

describe("who asks", () => {
  const cases: [string, string, Headers][] = [
    ["allow", "GET /", {}],
    ["allow", "GET /api/v1/captures", {}],
    ["allow", "PUT /api/v1/captures/c/files/f", {}],
    ["allow", "DELETE /api/v1/captures/c", { origin: "http://localhost:3000" }],
    ["allow", "POST /api/v1/captures", { origin: "http://localhost:3000", "sec-fetch-site": "same-origin" }],
    ["origin_refused", "POST /api/v1/captures", { origin: "http://127.0.0.1:3000" }],
    ["origin_refused", "POST /api/v1/captures", { origin: "http://localhost:3001" }],
    ["origin_refused", "POST /api/v1/captures", { origin: "http://localhost" }],
    ["origin_refused", "POST /api/v1/captures", { origin: "https://evil.example" }],
    ["origin_refused", "POST /api/v1/captures", { origin: "null" }],
    ["origin_refused", "GET /api/v1/captures", { origin: "null" }],
    ["origin_refused", "POST /api/v1/captures", { origin: "" }],
    ["origin_refused", "GET /api/v1/captures", { origin: "https://evil.example" }],
    ["origin_refused", "GET /", { origin: "https://evil.example" }],
    ["origin_refused", "GET /api/v1/captures", { "sec-fetch-site": "cross-site" }],
    ["origin_refused", "GET /api/v1/captures", { "sec-fetch-site": "same-site" }],
    ["origin_refused", "GET /api/v1/captures", link],
    ["origin_refused", "GET /%61pi/v1/captures", link],
    ["origin_refused", "GET //api/v1/captures", link],
    ["origin_refused", "POST /api/v1/captures", { "sec-fetch-site": "cross-site" }],
    ["origin_refused", "POST /", link],
    ["allow", "GET /api/v1/captures", { "sec-fetch-site": "none", "sec-fetch-mode": "navigate" }],
    ["allow", "GET /captures/c?q=x", link],
    ["allow", "GET /captures/c", { ...link, "sec-fetch-site": "same-site" }],
    ["origin_refused", "GET /captures/c", { ...link, "sec-fetch-dest": "iframe" }],
    [
      "origin_refused",
      "GET /_next/static/a.js",
      { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" },
    ],
  ];
  it.each(cases)("%s for %s with %o", (expected, line, headers) => {
    expect(verdict(line, headers)).toBe(expected);
  });

  it("may be a page served over TLS by a proxy, which asks us by plain HTTP", () => {
    const config = { ...open, allowedHosts: [{ name: "flows.example.com", port: undefined }] };
    const from = (origin: string, host: string) => verdict("POST /api/v1/captures", { origin, host }, config);
    expect(from("https://flows.example.com", "flows.example.com")).toBe("allow");
    expect(from("https://flows.example.com:8443", "flows.example.com:8443")).toBe("allow");
    expect(from("https://flows.example.com:8443", "flows.example.com")).toBe("origin_refused");
  });

  it("is checked when a connection is upgraded", () => {
    const headers = { host: "localhost:3000", ...link };
    const request = { method: "GET", url: "/", remoteAddress: "", headers, isUpgrade: true };
    expect(guard(request, open, facts)).toMatchObject({
      kind: "refuse",
      failure: { code: "origin_refused" },
    });
  });
});

describe("what is asked", () => {
  it.each([
    ["method_not_allowed", "TRACE /"],
    ["method_not_allowed", "CONNECT localhost:3000"],
    ["method_not_allowed", "get /"],
    ["bad_request", "GET http://evil.example/"],
    ["bad_request", "OPTIONS *"],
    ["bad_request", "GET /%zz"],
    ["bad_request", "GET /%ff"],
    ["allow", "GET /?q=%zz"],
    ["allow", "HEAD /"],
  ])("%s for %s", (expected, line) => {
    expect(verdict(line)).toBe(expected);
  });

  it("is told apart into pages and data, with the base path", () => {
    const config = { ...open, basePath: "/flows" };
    expect(ask("GET /flows/api/v1/captures", {}, config)).toMatchObject({ area: "data" });
    expect(ask("GET /api/v1/captures", {}, config)).toMatchObject({ area: "page" });
    expect(ask("GET /apiary")).toMatchObject({ area: "page" });
  });
});

describe("the token", () => {
  const cookie = (value: string) => ({ cookie: `theme=dark; eyepiece_session=${value}` });
  const session = signSession("secret", nowMs);
  const end = nowMs + 30 * 24 * 3600 * 1000;

  it.each([
    ["sign_in_needed", "GET /", {}],
    ["sign_in_needed", "PUT /api/v1/captures/c/files/f", {}],
    ["allow", "GET /", { authorization: "Bearer secret" }],
    ["allow", "GET /", { authorization: "bearer  secret " }],
    ["sign_in_needed", "GET /", { authorization: "Bearer secre" }],
    ["sign_in_needed", "GET /", { authorization: "Bearer " }],
    ["sign_in_needed", "GET /", { authorization: "Basic c2VjcmV0" }],
    ["allow", "GET /", cookie(session)],
    ["allow", "PUT /api/v1/captures/c/files/f", cookie(session)],
    ["allow", "GET /", { cookie: `eyepiece_session=old; eyepiece_session=${session}` }],
    ["sign_in_needed", "GET /", cookie(signSession("other", nowMs))],
    ["sign_in_needed", "GET /", cookie(signSession("secret", nowMs - 30 * 24 * 3600 * 1000))],
    ["sign_in_needed", "GET /", cookie(session.replace(`${end}`, `${end + 1}`))],
    ["sign_in_needed", "GET /", cookie("secret")],
    ["host_refused", "GET /", { host: "evil.example:3000", authorization: "Bearer secret" }],
    ["origin_refused", "GET /api/v1/x", { origin: "https://evil.example", ...cookie(session) }],
    ["sign-in:show", "GET /sign-in", {}],
    ["sign-in:try", "POST /sign-in", {}],
    ["sign-in:leave", "POST /sign-out", {}],
    ["sign_in_needed", "GET /sign-out", {}],
    ["sign_in_needed", "GET /sign-in/x", {}],
    ["origin_refused", "POST /sign-in", { origin: "null" }],
    ["origin_refused", "POST /sign-out", { origin: "https://evil.example" }],
  ])("%s for %s with %o", (expected, line, headers) => {
    expect(verdict(line, headers, closed)).toBe(expected);
  });

  it("is not compared for an address that has tried too often, while a sign-in still counts", () => {
    const blocked = { nowMs, secondsBlocked: () => 42 };
    const bearer = { authorization: "Bearer secret" };
    const refusal = ask("GET /", bearer, closed, blocked);
    expect(refusal).toMatchObject({
      failure: { code: "too_many_attempts" },
      headers: { "retry-after": "42" },
    });
    expect(ask("GET /", { ...bearer, ...cookie(session) }, closed, blocked)).toMatchObject({ kind: "allow" });
  });

  it("counts as wrong only when one was sent", () => {
    expect(ask("GET /", {}, closed)).toMatchObject({ isWrongToken: false });
    expect(ask("GET /", { authorization: "Bearer no" }, closed)).toMatchObject({ isWrongToken: true });
  });

  it("may be held by somebody who followed a link of another site without sending it", () => {
    expect(ask("GET /", link, closed)).toMatchObject({ mayHaveSession: true });
    expect(ask("GET /", { ...link, ...cookie("old") }, closed)).toMatchObject({ mayHaveSession: false });
    expect(ask("GET /", { ...link, "sec-fetch-site": "same-origin" }, closed)).toMatchObject({
      mayHaveSession: false,
    });
  });
});

describe("the answer to a refused request", () => {
  it("is a page for a person who opens one, else data", () => {
    const html = { accept: "text/html,*/*;q=0.8" };
    expect(ask("GET /", html, closed)).toMatchObject({ wantsPage: true });
    expect(ask("GET /", { accept: "*/*" }, closed)).toMatchObject({ wantsPage: false });
    expect(ask("GET /api/v1/captures", html, closed)).toMatchObject({ wantsPage: false });
    expect(ask("POST /", html, closed)).toMatchObject({ wantsPage: false });
  });
});

describe("the client", () => {
  const headers = {
    "x-forwarded-for": "1.1.1.1, 10.0.0.9",
    "x-forwarded-proto": "https",
    "x-forwarded-host": "a",
  };
  it("is the caller, unless a trusted proxy names another", () => {
    expect(ask("GET /", headers)).toMatchObject({ client: { address: "127.0.0.1", isHttps: false } });
    const config = { ...open, trustProxy: true, allowedHosts: [{ name: "a", port: 443 }] };
    expect(ask("GET /", headers, config)).toMatchObject({
      kind: "allow",
      client: { address: "10.0.0.9", isHttps: true },
    });
  });
});

describe("without a sign-in", () => {
  const token = "0123456789abcdef0123456789abcdef";
  it.each([
    [`GET /i/${token}`, `share:page:show:${token}`],
    [`HEAD /i/${token}?x=1`, `share:page:show:${token}`],
    [`POST /i/${token}`, `share:page:try:${token}`],
    ["GET /i/short", "share:page:show:undefined"],
    ["GET /i/", "share:page:show:undefined"],
    [`GET /api/v1/shared/${token}`, `share:data:show:${token}`],
    [`GET /api/v1/shared/${token}/pins/abcdefgh`, `share:data:show:${token}`],
    ["GET /_next/static/chunks/a.b-c_d~1.js", "allow"],
    ["GET /icon.svg?0123", "allow"],
    // All else asks for the token.
    [`POST /api/v1/shared/${token}`, "sign_in_needed"],
    [`DELETE /i/${token}`, "sign_in_needed"],
    [`GET /i/${token}/captures`, "sign_in_needed"],
    [`GET /i/${token}/../../captures`, "sign_in_needed"],
    [`GET /x/../i/${token}`, "sign_in_needed"],
    [`GET //i/${token}`, "sign_in_needed"],
    ["GET /%69/short", "sign_in_needed"],
    [`GET /api/v1/shared/${token}/pins`, "sign_in_needed"],
    [`GET /api/v1/shared/${token}/pins/../../captures`, "sign_in_needed"],
    [`GET /api/v1/shared/${token}/pins/abcdefgh%2f..`, "sign_in_needed"],
    ["GET /api/v1/shared/other", "sign_in_needed"],
    ["GET /_next/static/../../captures", "sign_in_needed"],
    ["GET /_next/static/%2e%2e/captures", "sign_in_needed"],
    ["GET /_next/image?url=/x", "sign_in_needed"],
    ["POST /_next/static/chunks/a.js", "sign_in_needed"],
    ["GET /sample/a.log", "sign_in_needed"],
  ])("%s: %s", (asked, expected) => {
    expect(verdict(asked, {}, closed)).toBe(expected);
  });

  it("a link works below a path, and not beside it", () => {
    const below = { ...closed, basePath: "/eye" };
    expect(verdict(`GET /eye/i/${token}`, {}, below)).toBe(`share:page:show:${token}`);
    expect(verdict(`GET /i/${token}`, {}, below)).toBe("sign_in_needed");
    expect(verdict("GET /_next/static/a.js", {}, below)).toBe("sign_in_needed");
  });

  it("another site cannot send a passphrase", () => {
    expect(verdict(`POST /i/${token}`, { origin: "https://evil.example" }, closed)).toBe("origin_refused");
    expect(verdict(`GET /i/${token}`, link, closed)).toBe(`share:page:show:${token}`);
  });
});
