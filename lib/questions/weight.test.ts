import { expect, it } from "vitest";
import { weigh } from "./weight";

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
