import { expect, it } from "vitest";
import { Lru } from "./lru";

it("forgets what was not used for longest until it is light enough, but not the newest", () => {
  const forgotten: number[] = [];
  const lru = new Lru<string, number>(4, (value) => forgotten.push(value), {
    of: (value) => value,
    most: 10,
  });
  lru.set("a", 3);
  lru.set("b", 4);
  lru.get("a");
  lru.set("c", 5);
  expect(forgotten).toEqual([4]);
  lru.set("d", 1);
  lru.set("e", 1);
  expect(forgotten).toEqual([4]);
  // Four are the most, however light.
  lru.set("f", 0);
  expect(forgotten).toEqual([4, 3]);
  lru.set("g", 100);
  expect(forgotten).toEqual([4, 3, 5, 1, 1, 0]);
  expect(lru.get("g")).toBe(100);
  lru.delete("g");
  lru.set("h", 10);
  lru.set("i", 0);
  expect([lru.get("h"), lru.get("i")]).toEqual([10, 0]);
});

it("forgets entries whose value is undefined, too", () => {
  const lru = new Lru<number, number | undefined>(2, undefined, { of: () => 1, most: 10 });
  for (const key of [1, 2, 3]) lru.set(key, undefined);
  lru.set(4, 4);
  expect(lru.get(4)).toBe(4);
});
