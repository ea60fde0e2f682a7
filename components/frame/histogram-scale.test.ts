import { expect, test } from "vitest";
import { axisTop, instantAt, outlines, snap, ticks, toBars, xOf } from "./histogram-scale";

const SECOND = 1_000_000_000n;
const window = { from: 0n, to: 100n };

const bars = toBars({
  bucketNs: "10",
  series: [
    {
      key: "FORWARDED",
      points: [
        ["20", 90],
        ["0", 50],
      ],
    },
    { key: "DROPPED", points: [["20", 10]] },
    { key: "TRACED", points: [["20", 0]] },
  ],
});

test("buckets come in order of time with the sum of all verdicts", () => {
  expect(bars.buckets.map(({ from, to, total }) => [from, to, total])).toEqual([
    [0n, 10n, 50],
    [20n, 30n, 100],
  ]);
  expect(bars.most).toBe(100);
  expect(Object.fromEntries(bars.totals)).toEqual({ FORWARDED: 140, DROPPED: 10, TRACED: 0 });
});

test("drops stand at the bottom and forwarded on top of them", () => {
  const paths = outlines(bars, window, { width: 100, height: 50 });
  expect(paths.get("bad")).toBe("M20 45h9V50H20z");
  expect(paths.get("good")).toBe("M0 25h9V50H0zM20 0h9V45H20z");
  expect(paths.has("calm")).toBe(false);
});

test("a single drop among many forwarded is still two pixels high", () => {
  const rare = toBars({
    bucketNs: "10",
    series: [
      { key: "FORWARDED", points: [["0", 999_999]] },
      { key: "DROPPED", points: [["0", 1]] },
    ],
  });
  expect(outlines(rare, window, { width: 100, height: 50 }).get("bad")).toBe("M0 48h9V50H0z");
});

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
