import { expect, it } from "vitest";
import { keyed } from "./keyed";

it("things that say the same have keys of their own, which stay when others go", () => {
  const keys = (things: readonly string[]) => keyed(things, (text) => text).map(({ key }) => key);
  expect(new Set(keys(["a", "b", "a", "a"])).size).toBe(4);
  expect(keys(["a", "b", "a"])).toEqual(expect.arrayContaining(keys(["b", "a"])));
});
