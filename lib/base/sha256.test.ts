import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hash64 } from "./hash";
import { ShortDigest } from "./sha256";

const digest = new ShortDigest();

function digested(...parts: readonly Uint8Array[]): bigint {
  digest.begin();
  for (const part of parts) digest.add(part);
  digest.end();
  return (BigInt(digest.high) << 32n) | BigInt(digest.low >>> 0);
}

describe("a digest of short bytes", () => {
  it("is the beginning of the SHA-256, at every length around the ends of blocks and beyond what is gathered", () => {
    for (const length of [...Array(300).keys(), 999, 1000, 1001, 1002, 5000]) {
      const bytes = Buffer.alloc(length, `${length} of them `);
      expect(digested(bytes), `${length}`).toBe(hash64(bytes));
    }
  });

  it("is the same in whatever parts the bytes come", () => {
    const part = fc.uint8Array({ maxLength: 600 });
    fc.assert(
      fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
        expect(digested(...parts)).toBe(hash64(Buffer.concat(parts)));
      }),
      { seed: 20261128 },
    );
  });

  it("takes stretches of bytes", () => {
    const bytes = Buffer.from("abcdef");
    digest.begin().add(bytes, 1, 3).add(bytes, 5).end();
    expect((BigInt(digest.high) << 32n) | BigInt(digest.low >>> 0)).toBe(hash64("bcf"));
  });
});
