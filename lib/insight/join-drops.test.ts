import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareDenials, type Denial, joinDrops, nsBetween } from "./join-drops";

const at = (ns: number, hash = BigInt(ns)): Denial => ({ seconds: 100, nanos: ns, hash, occurrence: 0 });
const all = (...times: number[]): Denial[] => times.map((ns) => at(ns));

describe("a drop record takes", () => {
  it.each<readonly [string, Denial[], Denial[], number[]]>([
    ["nothing when there is none", all(5), [], [-1]],
    ["a verdict 1 ms before, inclusive", all(2_000_000), all(1_000_000), [0]],
    ["a verdict 1 ms behind, inclusive", all(0), all(1_000_000), [0]],
    ["none that is a nanosecond further away", all(0), all(1_000_001), [-1]],
    ["the nearest", all(1000), all(500, 1400, 1600), [1]],
    ["one of its own moment first", all(1000), all(999, 1000, 1001), [1]],
    [
      "of two equally near the one with the smaller hash: before",
      all(1000),
      [at(900, 1n), at(1100, 2n)],
      [0],
    ],
    [
      "of two equally near the one with the smaller hash: behind",
      all(1000),
      [at(900, 2n), at(1100, 1n)],
      [1],
    ],
    ["of several of a moment before it the smallest hash", all(1000), [at(900, 1n), at(900, 2n)], [0]],
    ["one that is left, when the nearest is taken", all(1000, 1001), all(1001, 1500), [0, 1]],
    ["nothing when all are taken: never two drops one verdict", all(0, 1, 2), all(1), [0, -1, -1]],
  ])("%s", (_name, drops, verdicts, expected) => {
    expect(joinDrops(drops, verdicts)).toEqual(expected);
  });

  it("across the turn of a second", () => {
    const drop = { seconds: 101, nanos: 0, hash: 1n, occurrence: 0 };
    expect(joinDrops([drop], [{ seconds: 100, nanos: 999_000_000, hash: 2n, occurrence: 0 }])).toEqual([0]);
    expect(joinDrops([drop], [{ seconds: 100, nanos: 998_999_999, hash: 2n, occurrence: 0 }])).toEqual([-1]);
  });

  it("what the rule, read word by word, gives it", () => {
    const denials = fc.array(
      fc.record({
        seconds: fc.constantFrom(7, 8),
        nanos: fc.constantFrom(0, 1, 400_000, 1_000_000, 999_500_000, 999_999_999),
        hash: fc.bigInt({ min: -3n, max: 3n }),
        occurrence: fc.nat({ max: 2 }),
      }),
      { maxLength: 9 },
    );
    fc.assert(
      fc.property(denials, denials, (someDrops, someVerdicts) => {
        const [drops, verdicts] = [someDrops.sort(compareDenials), someVerdicts.sort(compareDenials)];
        expect(joinDrops(drops, verdicts)).toEqual(wordByWord(drops, verdicts));
      }),
      { seed: 7, numRuns: 2000 },
    );
  });

  it("its verdict quickly in a flood of one moment", () => {
    const drops = Array.from({ length: 100_000 }, () => at(1_000_000, 5n));
    const verdicts = [
      ...Array.from({ length: 50_000 }, (_, n) => at(1, BigInt(n))),
      ...drops.slice(0, 60_000),
    ];
    const joined = joinDrops(drops, verdicts);
    expect(new Set(joined).size).toBe(100_000);
    expect(joined.slice(0, 3)).toEqual([50_000, 50_001, 50_002]);
  });
});

/** The slow way: looks at every verdict for every drop. */
function wordByWord(drops: readonly Denial[], verdicts: readonly Denial[]): number[] {
  const used = new Set<number>();
  return drops.map((drop) => {
    let best = -1;
    verdicts.forEach((verdict, index) => {
      const far = Math.abs(nsBetween(drop, verdict));
      if (used.has(index) || far > 1_000_000) return;
      const other = verdicts[best];
      if (other === undefined) {
        best = index;
        return;
      }
      const bestFar = Math.abs(nsBetween(drop, other));
      const isEarlierByHash =
        verdict.hash < other.hash || (verdict.hash === other.hash && verdict.occurrence < other.occurrence);
      if (far < bestFar || (far === bestFar && isEarlierByHash)) best = index;
    });
    if (best >= 0) used.add(best);
    return best;
  });
}
