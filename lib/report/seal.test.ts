import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { digestOf } from "./seal";

it("is that of the value with its members in order, without what it is worth", () => {
  const expected = createHash("sha256").update('{"a":[1,null,"x"],"b":{"c":true}}').digest("hex");
  expect(digestOf({ b: { c: true }, a: [1, null, "x"], meta: { notes: ["now"] } })).toBe(expected);
  expect(digestOf({ a: [1, null, "x"], b: { c: true, meta: 1 }, left: undefined })).toBe(expected);
  expect(digestOf({ a: ["x", null, 1], b: { c: true } })).not.toBe(expected);
});
