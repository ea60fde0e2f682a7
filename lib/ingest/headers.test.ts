import { describe, expect, it } from "vitest";
import { headerHash } from "@/lib/flow/http";
import { HeaderPacker, type PackedHeaders } from "./headers";

const pack = (packer: HeaderPacker, ...headers: readonly (readonly [string, string])[]) =>
  packer.pack(headers.map(([key, value]) => ({ key, value })));

/** The hashes that stand beside the text. */
function hashesOf({ varied }: PackedHeaders): bigint[] {
  if (varied === undefined) return [];
  const view = new DataView(varied.buffer, varied.byteOffset, varied.byteLength);
  return Array.from({ length: varied.byteLength / 8 }, (_, at) => view.getBigInt64(at * 8));
}

describe("headers on their way to the store", () => {
  it("are one text while their values are few", () => {
    const packed = pack(new HeaderPacker(), ["accept", "*/*"], ["x-tenant", "blue"], ["x-tenant", "red"]);
    expect(packed).toEqual({
      text: '[["accept","*/*"],["x-tenant","blue"],["x-tenant","red"]]',
      isVaried: [false, false, false],
      varied: undefined,
    });
  });

  it("keep 64 bits in place of the values of a name that has many", () => {
    const packer = new HeaderPacker();
    const packed = Array.from({ length: 40 }, (_, n) => pack(packer, ["accept", "*/*"], ["x-id", `v${n}`]));
    expect(packed[31]).toEqual({
      text: '[["accept","*/*"],["x-id","v31"]]',
      isVaried: [false, false],
      varied: undefined,
    });
    for (const n of [32, 39]) {
      const one = packed[n] as PackedHeaders;
      expect(one.text).toBe('[["accept","*/*"],["x-id",null]]');
      expect(one.isVaried).toEqual([false, true]);
      expect(hashesOf(one)).toEqual([headerHash("x-id", `v${n}`)]);
    }
    // Once a name has many values, the early ones are not texts either.
    expect(pack(packer, ["x-id", "v0"]).text).toBe('[["x-id",null]]');
  });

  it("keep 64 bits of what is long, or no text of a database", () => {
    const values = ["x".repeat(201), "a\u0000b", "\ud800"];
    for (const value of values) {
      const packed = pack(new HeaderPacker(), ["h", value]);
      expect(packed.text).toBe('[["h",null]]');
      expect(hashesOf(packed)).toEqual([headerHash("h", value)]);
    }
  });

  it("say of a name in bytes whether its values vary, without learning from it", () => {
    const packer = new HeaderPacker();
    for (let n = 0; n < 40; n++) pack(packer, ["x-id", `v${n}`], ["é", `v${n}`], ["x-of", "a"]);
    const isVaried = (name: string, valueLength = 1): boolean =>
      packer.isVaried(Buffer.from(`"${name}"`), 1, 1 + Buffer.byteLength(name), valueLength);
    const names = ["x-id", "é", "x-of", "X-Id", "x-i", "x-id2", ""];
    expect(names.map((name) => isVaried(name))).toEqual([true, true, false, false, false, false, false]);
    expect([200, 201].map((length) => isVaried("x-of", length))).toEqual([false, true]);
  });

  it("watch a bounded number of names", () => {
    const packer = new HeaderPacker();
    for (let n = 0; n < 500; n++) pack(packer, [`h${n}`, "a"]);
    expect(pack(packer, ["h500", "a"]).text).toBe('[["h500",null]]');
    expect(pack(packer, ["h0", "a"]).text).toBe('[["h0","a"]]');
  });

  it("are told apart by name and value, wherever one ends", () => {
    expect(headerHash("a", "b:c")).not.toBe(headerHash("a:b", "c"));
  });
});
