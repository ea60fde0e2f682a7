import { expect, test } from "vitest";
import { sparkValues } from "./trend";

test("steps without a count are there as zeros, and all rows have the same steps", () => {
  const span = { from: 1_003n, to: 1_059n };
  expect(
    sparkValues(
      [
        ["1010", 2],
        ["1030", 5],
      ],
      "10",
      span,
    ),
  ).toEqual([0, 2, 0, 5, 0, 0]);
  expect(sparkValues([["1000", 1]], "10", span)).toEqual([1, 0, 0, 0, 0, 0]);
});

test("without counts, or with too many steps to draw, there is nothing to lay out", () => {
  expect(sparkValues([], "10", { from: 0n, to: 100n })).toEqual([]);
  expect(sparkValues([["0", 3]], "1", { from: 0n, to: 100_000n })).toEqual([3]);
});
