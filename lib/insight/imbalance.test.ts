import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { imbalanceOf, likelyReason, type PodLoad } from "./imbalance";

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

describe("the likely reason", () => {
  const pod = (events: number, members: Partial<PodLoad> = {}): PodLoad => ({
    ...{ pod: String(events), events, drops: 0, attempts: 0, requests: 0, seenForNs: 600e9 },
    ...members,
  });

  it.each<readonly [string, readonly PodLoad[], string]>([
    ["none for an even spread", [pod(100), pod(110)], "even"],
    ["not knowable from a handful of events", [pod(1), pod(20)], "not knowable here"],
    ["not knowable without connections and requests", [pod(10), pod(500)], "not knowable here"],
    ["drops at the pod that has little", [pod(10, { drops: 9 }), pod(500, { drops: 2 })], "drops"],
    ["not drops at the busy pod", [pod(10, { drops: 2 }), pod(500, { drops: 9 })], "not knowable here"],
    ["a pod that was there for a short time", [pod(10, { seenForNs: 100e9 }), pod(500)], "shorter life"],
    [
      "many requests on few connections",
      [pod(10, { attempts: 1, requests: 8 }), pod(500, { attempts: 2, requests: 400 })],
      "long connections",
    ],
    [
      "connections that go to one pod",
      [pod(50, { attempts: 10, requests: 10 }), pod(500, { attempts: 100, requests: 100 })],
      "connections",
    ],
    [
      "not knowable when connections are even",
      [pod(50, { attempts: 60 }), pod(500, { attempts: 60 })],
      "not knowable here",
    ],
  ])("is %s", (_name, pods, expected) => {
    expect(likelyReason(pods)).toBe(expected);
  });
});
