import { describe, expect, it } from "vitest";
import { cookieValues, isSession, sessionCookieHeader, signSession } from "./session";

describe("a session", () => {
  it("ends after thirty days", () => {
    const value = signSession("secret", 1000);
    const end = 1000 + 2_592_000_000;
    expect(value).toMatch(new RegExp(`^v1\\.${end}\\.[\\w-]{43}$`));
    expect(isSession(value, "secret", end - 1)).toBe(true);
    expect(isSession(value, "secret", end)).toBe(false);
  });

  it("holds for its own token only", () => {
    expect(isSession(signSession("secret", 0), "secreT", 0)).toBe(false);
  });

  it.each(["", "v1", "v1.9999999999999.", "v2.9999999999999.x", "v1.9999999999999999.x"])(
    "is not %j",
    (value) => {
      expect(isSession(value, "secret", 0)).toBe(false);
    },
  );
});

describe("cookies", () => {
  it("are read by their exact name, all of them", () => {
    expect(cookieValues("a=1; ab=2;a=3=4; b", "a")).toEqual(["1", "3=4"]);
    expect(cookieValues(undefined, "a")).toEqual([]);
  });

  it("are for this server only, and for TLS only when it is used", () => {
    expect(sessionCookieHeader("v", { basePath: "", isHttps: false })).toBe(
      "eyepiece_session=v; Path=/; Max-Age=2592000; HttpOnly; SameSite=Strict",
    );
    expect(sessionCookieHeader("", { basePath: "/flows", isHttps: true })).toBe(
      "eyepiece_session=; Path=/flows; Max-Age=0; HttpOnly; SameSite=Strict; Secure",
    );
  });
});
