import { scryptSync } from "node:crypto";
import { expect, it } from "vitest";
import { hashPassphrase, isPassphrase } from "./passphrase";

it("a passphrase is recognised, another is not, and two of the same look different", async () => {
  const kept = await hashPassphrase("grüne Laterne");
  expect(await isPassphrase("grüne Laterne", kept)).toBe(true);
  // The same letters, written as u and its dots.
  expect(await isPassphrase("gru\u0308ne Laterne", kept)).toBe(true);
  expect(await isPassphrase("grune Laterne", kept)).toBe(false);
  expect(await isPassphrase("", kept)).toBe(false);
  expect(await hashPassphrase("grüne Laterne")).not.toBe(kept);
});

it("it is kept as scrypt with its costs", async () => {
  const [name, N, r, p, salt = "", key] = (await hashPassphrase("open")).split("$");
  expect([name, N, r, p]).toEqual(["scrypt", "32768", "8", "1"]);
  const again = scryptSync("open", Buffer.from(salt, "base64url"), 32, {
    N: 32768,
    r: 8,
    p: 1,
    maxmem: 2 ** 27,
  });
  expect(key).toBe(again.toString("base64url"));
});

it.each(["", "open", "scrypt$1$1$1$x$y"])("nothing matches what was not kept by us: %j", async (kept) => {
  expect(await isPassphrase("open", kept)).toBe(false);
});
