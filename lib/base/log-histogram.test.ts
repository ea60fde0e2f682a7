import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bucketOf, bucketRange, percentiles } from "./log-histogram";

/** The value of this rank in the sorted list. */
function exact(values: readonly number[], share: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1];
}

function counts(values: readonly number[]): Map<number, number> {
  const result = new Map<number, number>();
  for (const value of values) result.set(bucketOf(value), (result.get(bucketOf(value)) ?? 0) + 1);
  return result;
}

const value = fc.oneof(
  fc.nat(1000),
  fc.integer({ min: 0, max: 2 ** 31 }),
  fc.maxSafeNat(),
  fc.integer({ min: 0, max: 52 }).map((n) => 2 ** n),
  fc.integer({ min: 1, max: 53 }).map((n) => 2 ** n - 1),
);

describe("buckets", () => {
  it.each([
    [0, 0, 0, 1],
    [63, 63, 63, 64],
    [64, 64, 64, 65],
    [127, 127, 127, 128],
    [128, 128, 128, 130],
    [131, 129, 130, 132],
    // 1 ms lies between 2^19 and 2^20: octave 13 is 8192 wide, 122 * 8192 = 999,424.
    [1_000_000, 64 * 13 + 122, 999_424, 1_007_616],
  ])("%i lies in bucket %i, from %i to %i", (number, bucket, from, to) => {
    expect(bucketOf(number)).toBe(bucket);
    expect(bucketRange(bucket)).toEqual({ from, to });
  });

  it("hold each value within their bounds, and are at most 1/64 as wide as their lower end", () => {
    fc.assert(
      fc.property(value, (number) => {
        const { from, to } = bucketRange(bucketOf(number));
        expect(from <= number && number < to).toBe(true);
        expect(to - from).toBeLessThanOrEqual(Math.max(1, from / 64));
      }),
      { seed: 20260304, numRuns: 2000 },
    );
  });

  it("follow each other without a gap", () => {
    for (let bucket = 0; bucket < 2900; bucket++)
      expect(bucketRange(bucket).to).toBe(bucketRange(bucket + 1).from);
  });

  it("count what is larger than can be told exactly as the largest", () => {
    expect(bucketOf(2 ** 60)).toBe(bucketOf(Number.MAX_SAFE_INTEGER));
  });
});

describe("percentiles", () => {
  it("are at most 1 % off the value of that rank", () => {
    const share = fc.constantFrom(0, 0.5, 0.9, 0.95, 0.99, 1);
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 60 }), share, (values, wanted) => {
        const found = percentiles(counts(values), [wanted])[0] ?? Number.NaN;
        const real = exact(values, wanted) ?? Number.NaN;
        expect(Math.abs(found - real)).toBeLessThanOrEqual(real / 100);
      }),
      { seed: 20260304, numRuns: 1000 },
    );
  });

  it("of nothing are not there", () => {
    expect(percentiles(new Map(), [0.5, 0.95])).toEqual([undefined, undefined]);
  });

  it("of ten values take the fifth for the half and the tenth for 95 in a hundred", () => {
    const values = [10, 20, 30, 40, 50, 60, 61, 62, 63, 9];
    expect(percentiles(counts(values), [0.5, 0.95])).toEqual([40, 63]);
  });
});
