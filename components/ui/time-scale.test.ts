import { expect, test } from "vitest";
import { axisTop, instantAt, snap, ticks, xOf } from "./time-scale";

const SECOND = 1_000_000_000n;
const window = { from: 0n, to: 100n };

test("places and instants are inverse inside the window", () => {
  expect(xOf(25n, window, 400)).toBe(100);
  expect(instantAt(100, window, 400)).toBe(25n);
  expect(instantAt(-5, window, 400)).toBe(0n);
  expect(instantAt(900, window, 400)).toBe(100n);
});

test("a brush is widened to whole buckets", () => {
  expect(snap(23n, 41n, 10n)).toEqual({ from: 20n, to: 50n });
  expect(snap(20n, 40n, 10n)).toEqual({ from: 20n, to: 40n });
  expect(snap(-7n, -1n, 10n)).toEqual({ from: -10n, to: 0n });
});

test("ticks are round instants and no more than asked for", () => {
  const { at, step } = ticks({ from: 61n * SECOND, to: 1861n * SECOND }, 8);
  expect(step).toBe(300n * SECOND);
  expect(at).toEqual([300n, 600n, 900n, 1200n, 1500n, 1800n].map((seconds) => seconds * SECOND));
  expect(ticks({ from: 0n, to: 3n * 365n * 86_400n * SECOND }, 4).at.length).toBeLessThanOrEqual(4);
});

test.each([
  [0, 1],
  [1, 1],
  [7, 8],
  [42, 50],
  [119, 150],
  [1000, 1000],
])("the axis above %d ends at %d", (most, top) => {
  expect(axisTop(most)).toBe(top);
});
