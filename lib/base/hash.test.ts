import { describe, expect, it } from "vitest";
import { hash64, uuidHash } from "./hash";

describe("64 bits of a digest", () => {
  // The first 16 digits of: printf '%s' TEXT | sha256sum
  it.each([
    ["", "e3b0c44298fc1c14"],
    ["abc", "ba7816bf8f01cfea"],
    ["ü", "607474ca475a9724"],
  ])("are those of the SHA-256 of %j, signed", (text, digits) => {
    const expected = BigInt.asIntN(64, BigInt(`0x${digits}`));
    expect(hash64(text)).toBe(expected);
    expect(hash64(Buffer.from(text))).toBe(expected);
  });
});

describe("64 bits of a uuid", () => {
  it.each([
    // The two halves, 16 digits each, folded by exclusive or.
    ["00000000-0000-0000-0000-000000000000", 0n],
    ["00000000-0000-0001-0000-000000000000", 1n],
    ["00000000-0000-0000-0000-000000000001", 1n],
    ["ffffffff-ffff-ffff-0000-000000000000", -1n],
    ["80000000-0000-0000-0000-000000000000", -(2n ** 63n)],
    ["01234567-89ab-cdef-0000-000000000000", 0x0123456789abcdefn],
    ["01234567-89ab-cdef-ffff-ffffffffffff", BigInt.asIntN(64, ~0x0123456789abcdefn)],
  ])("%s", (uuid, expected) => {
    expect(uuidHash(uuid)).toBe(expected);
  });

  it.each([
    "",
    "x",
    "6A2E7A4C-1D6F-4A43-8B1E-0B9A5D3F2C11",
    "6a2e7a4c-1d6f-4a43-8b1e-0b9a5d3f2c1g",
    "6a2e7a4c_1d6f_4a43_8b1e_0b9a5d3f2c11",
    "6a2e7a4c-1d6f-4a43-8b1e-0b9a5d3f2c1:",
    "6a2e7a4c-1d6f-4a43-8b1e-0b9a5d3f2c1`",
  ])("are a digest for what is no uuid in its usual spelling: %j", (text) => {
    expect(uuidHash(text)).toBe(hash64(text));
  });
});
