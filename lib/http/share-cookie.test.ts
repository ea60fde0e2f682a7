import { expect, it } from "vitest";
import { hasSharePass, sharePassHeader, shareSeconds } from "./share-cookie";

const pass = { shareId: "aa11", passphrase: "scrypt$kept" };
const scope = { basePath: "", isHttps: false };
const given = (header: string): string => header.split(";", 1)[0] ?? "";

it("lets in until it ends, for its share and its passphrase only", () => {
  const cookie = given(sharePassHeader(pass, 1000, scope));
  expect(hasSharePass(`theme=dark; ${cookie}`, pass, 1000)).toBe(true);
  expect(hasSharePass(cookie, pass, 1000 + shareSeconds * 1000)).toBe(false);
  expect(hasSharePass(cookie, { ...pass, passphrase: "scrypt$other" }, 1000)).toBe(false);
  expect(hasSharePass(cookie.replace("aa11", "bb22"), { ...pass, shareId: "bb22" }, 1000)).toBe(false);
  expect(hasSharePass(cookie.replace(/=\d+/, "=999999999999999"), pass, 1000)).toBe(false);
  expect(hasSharePass(undefined, pass, 1000)).toBe(false);
});

it("is kept from scripts and other sites, and goes over TLS only where there is TLS", () => {
  const header = sharePassHeader(pass, 1000, { basePath: "/eye", isHttps: true });
  expect(header).toMatch(
    /^eyepiece_share_aa11=\d+\.[\w-]{43}; Path=\/eye; Max-Age=43200; HttpOnly; SameSite=Lax; Secure$/,
  );
  expect(sharePassHeader(pass, 1000, scope)).not.toContain("Secure");
});
