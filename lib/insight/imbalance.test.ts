import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { imbalanceOf } from "./imbalance";

describe("imbalance", () => {
  it.each<readonly [readonly number[], { gini: number; variation: number } | undefined]>([
    [[100, 100, 100], { gini: 0, variation: 0 }],
    [[0, 0, 0, 400], { gini: 1, variation: 1.732 }],
    [[300, 0], { gini: 1, variation: 1 }],
    // By hand: the differences of all pairs are 1, 200, 199; twice their sum over 2·3·300 is 0.444; times 3/2 is 0.667.
    [[33, 34, 233], { gini: 0.667, variation: 0.94 }],
    [[29, 30], undefined],
    [[30, 30], { gini: 0, variation: 0 }],
    [[500], undefined],
    [[], undefined],
    [[0, 0, 0], undefined],
  ])("of %j is %o", (loads, expected) => {
    expect(imbalanceOf(loads)).toEqual(expected);
  });

  it("is what the definition says, by all pairs, and the same in any order", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5000 }), { minLength: 2, maxLength: 12 }), (loads) => {
        const sum = loads.reduce((a, b) => a + b, 0);
        const found = imbalanceOf(loads);
        if (sum < loads.length * 30) {
          expect(found).toBeUndefined();
          return;
        }
        const differences = loads
          .flatMap((a) => loads.map((b) => Math.abs(a - b)))
          .reduce((a, b) => a + b, 0);
        // Gini = mean absolute difference / (2 · mean); scaled by n / (n - 1).
        const gini = (differences / (2 * loads.length * sum)) * (loads.length / (loads.length - 1));
        expect(found?.gini).toBeCloseTo(gini, 2);
        expect(imbalanceOf([...loads].reverse())).toEqual(found);
      }),
      { seed: 20261125, numRuns: 1000 },
    );
  });
});
