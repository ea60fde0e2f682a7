import { expect, it } from "vitest";
import { Lru } from "./lru";
import { weigh } from "./weight";

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

it("weighs what is within, of long lists from a part", () => {
  const rows = (count: number) => Array.from({ length: count }, (_, n) => [n, "1778578200000000000", n * 2]);
  // 8 for the place, 32 and 3 x 8 for the row, 24 + 19 for the text.
  expect(weigh(rows(10))).toBe(32 + 10 * (8 + 32 + 24 + 43));
  expect(weigh(rows(100_000))).toBe(32 + 100_000 * (8 + 32 + 24 + 43));
  expect(weigh({ starts: new BigInt64Array(1000) })).toBeGreaterThan(8000);
  expect(weigh(new Map(rows(1000).map((row) => [row[0], row])))).toBeGreaterThan(99 * 1000);
  const loop: unknown[] = [];
  loop.push(loop);
  expect(weigh(loop)).toBeLessThan(10_000);
});
