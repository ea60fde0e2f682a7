import { expect, test } from "vitest";
import { stackOutlines, toStacks } from "./series-shapes";

const stacks = toStacks(
  [
    {
      key: "NXDOMAIN",
      points: [
        ["20", 30],
        ["0", 10],
      ],
    },
    { key: "SERVFAIL", points: [["20", 10]] },
    { key: "REFUSED", points: [["40", 0]] },
  ],
  10n,
);

test("buckets come in order of time with the sum of all series, empty ones left out", () => {
  expect(stacks.map(({ from, to, total }) => [from, to, total])).toEqual([
    [0n, 10n, 10],
    [20n, 30n, 40],
  ]);
});

test("the first series stands at the bottom and the next on top of it", () => {
  const size = { width: 100, height: 40, most: 40 };
  const paths = stackOutlines(stacks, ["NXDOMAIN", "SERVFAIL", "REFUSED"], { from: 0n, to: 100n }, size);
  expect(paths.get("NXDOMAIN")).toBe("M20 10h9V40h-9z".replace("M20", "M0 30h9V40h-9zM20"));
  expect(paths.get("SERVFAIL")).toBe("M20 0h9V10h-9z");
  expect(paths.has("REFUSED")).toBe(false);
});

test("what is rare is still seen", () => {
  const rare = toStacks([{ key: "a", points: [["0", 1]] }], 10n);
  const path = stackOutlines(rare, ["a"], { from: 0n, to: 100n }, { width: 100, height: 40, most: 1e6 });
  expect(path.get("a")).toBe("M0 38h9V40h-9z");
});

test("a bucket outside the window is not drawn", () => {
  const outside = toStacks([{ key: "a", points: [["500", 1]] }], 10n);
  const path = stackOutlines(outside, ["a"], { from: 0n, to: 100n }, { width: 100, height: 40, most: 1 });
  expect(path.size).toBe(0);
});
