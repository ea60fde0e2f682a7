import { expect, test } from "vitest";
import { movedRange, stepWindow, union, wholeWindow, windowOf, within, zoomIn, zoomOut } from "./range";

const whole = { from: 0n, to: 100_000n };

test("the whole ends just behind the last event", () => {
  expect(wholeWindow(5n, 9n)).toEqual({ from: 5n, to: 10n });
  expect(wholeWindow(undefined, undefined)).toBeUndefined();
});

test("what is read so far is joined to what was there", () => {
  expect(union({ from: 5n, to: 10n }, { from: 7n, to: 20n })).toEqual({ from: 5n, to: 20n });
  expect(union(undefined, { from: 7n, to: 20n })).toEqual({ from: 7n, to: 20n });
});

test("open ends of a range are those of the whole", () => {
  expect(windowOf({}, whole)).toEqual(whole);
  expect(windowOf({ from: 40_000n }, whole)).toEqual({ from: 40_000n, to: 100_000n });
});

test("a step moves by half the width and keeps it", () => {
  expect(stepWindow({ from: 40_000n, to: 60_000n }, whole, 1)).toEqual({ from: 50_000n, to: 70_000n });
  expect(stepWindow({ from: 40_000n, to: 60_000n }, whole, -1)).toEqual({ from: 30_000n, to: 50_000n });
});

test("a step stops at the ends of the whole", () => {
  expect(stepWindow({ from: 5_000n, to: 25_000n }, whole, -1)).toEqual({ from: 0n, to: 20_000n });
  expect(stepWindow({ from: 75_000n, to: 95_000n }, whole, 1)).toEqual({ from: 80_000n, to: 100_000n });
  // Two steps are the width, also where it has no half: the last event is not left out.
  const once = stepWindow({ from: 0n, to: 5n }, { from: 0n, to: 10n }, 1);
  expect(stepWindow(once, { from: 0n, to: 10n }, 1)).toEqual({ from: 5n, to: 10n });
});

test("zooming in halves the range round its middle, down to a microsecond", () => {
  expect(zoomIn({ from: 40_000n, to: 60_000n })).toEqual({ from: 45_000n, to: 55_000n });
  expect(zoomIn({ from: 50_000n, to: 51_000n })).toEqual({ from: 50_000n, to: 51_000n });
});

test("zooming out trebles the range and ends at the whole", () => {
  expect(zoomOut({ from: 45_000n, to: 55_000n }, whole)).toEqual({ from: 35_000n, to: 65_000n });
  expect(zoomOut({ from: 10_000n, to: 30_000n }, whole)).toEqual({ from: 0n, to: 50_000n });
  expect(zoomOut({ from: 20_000n, to: 80_000n }, whole)).toBeUndefined();
});

test("a range that holds the whole is no range", () => {
  expect(within({ from: -5n, to: 100_001n }, whole)).toBeUndefined();
  expect(within({ from: -5n, to: 50_000n }, whole)).toEqual({ from: 0n, to: 50_000n });
});

test("steps by name start from the range of the link", () => {
  const range = { from: 40_000n, to: 60_000n };
  expect(movedRange(range, whole, "later")).toEqual({ from: 50_000n, to: 70_000n });
  expect(movedRange(range, whole, "in")).toEqual({ from: 45_000n, to: 55_000n });
  expect(movedRange(range, whole, "whole")).toBeUndefined();
  expect(movedRange({ from: 60_000n }, whole, "earlier")).toEqual({ from: 40_000n, to: 80_000n });
});

test("the whole can be zoomed into but not moved", () => {
  expect(movedRange({}, whole, "earlier")).toBeUndefined();
  expect(movedRange({}, whole, "in")).toEqual({ from: 25_000n, to: 75_000n });
});
