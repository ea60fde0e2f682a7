import { expect, test } from "vitest";
import { outlines, toBars } from "./histogram-scale";

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

test("an event at the very end is seen at the edge, and one behind it is not", () => {
  const late = toBars({
    bucketNs: "10",
    series: [
      { key: "FORWARDED", points: [["100", 1]] },
      { key: "DROPPED", points: [["110", 1]] },
    ],
  });
  const paths = outlines(late, window, { width: 100, height: 50 });
  expect(paths.get("good")).toBe("M98 0h2V50H98z");
  expect(paths.has("bad")).toBe(false);
});
