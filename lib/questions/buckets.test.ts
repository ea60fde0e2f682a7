import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { alignDown, BUCKET_WIDTHS, bucketWidth } from "@/lib/base/bucket-width";
import { bucketNumber, within64 } from "./buckets";

const SECOND = 1_000_000_000n;
const DAY = 86_400n * SECOND;
const any64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const width = fc.constantFrom(...BUCKET_WIDTHS);

describe("widths of buckets", () => {
  it.each([
    [60n * SECOND, 120, SECOND],
    // Sixty seconds that begin within a second touch 61 of them.
    [60n * SECOND, 61, 2n * SECOND],
    [60n * SECOND, 62, SECOND],
    [0n, 120, 1_000_000n],
    [1n, 2, 1_000_000n],
    [DAY, 120, 15n * 60n * SECOND],
    [365n * DAY, 120, 5n * DAY],
    [200_000n * DAY, 120, 3650n * DAY],
  ])("a span of %s ns in at most %i buckets has buckets of %s ns", (span, buckets, expected) => {
    expect(bucketWidth(span, buckets)).toBe(expected);
  });

  it("ascend, and each holds whole smaller steps of the clock", () => {
    for (const [i, one] of BUCKET_WIDTHS.entries()) expect(one).toBeGreaterThan(BUCKET_WIDTHS[i - 1] ?? 0n);
  });

  it("never make more buckets than allowed, wherever the span begins", () => {
    fc.assert(
      fc.property(any64, any64, fc.integer({ min: 6, max: 2000 }), (a, b, buckets) => {
        const [first, last] = a < b ? [a, b] : [b, a];
        const chosen = bucketWidth(last - first + 1n, buckets);
        const number = (alignDown(last, chosen) - alignDown(first, chosen)) / chosen + 1n;
        expect(number).toBeLessThanOrEqual(BigInt(buckets));
      }),
      { seed: 20260304, numRuns: 2000 },
    );
  });
});

describe("the start of a bucket", () => {
  it.each([
    [5n, 10n, 0n],
    [10n, 10n, 10n],
    [-1n, 10n, -10n],
    [-10n, 10n, -10n],
    [-11n, 10n, -20n],
  ])("that holds %s, of width %s, is %s", (time, of, expected) => {
    expect(alignDown(time, of)).toBe(expected);
  });
});

describe("the number of a bucket in SQL", () => {
  /** What SQLite makes of the two expressions: whole numbers, division towards zero. */
  function evaluated(time: bigint, start: bigint, last: bigint, of: bigint): bigint {
    const { sql, parameters, startOf } = bucketNumber(start, last, of);
    if (sql === "(f.timeNs - ?) / ?") {
      const [from = 0n, by = 1n] = parameters;
      expect(within64(time - from)).toBe(time - from);
      return startOf((time - from) / by);
    }
    const [by = 1n] = parameters;
    return startOf(time / by - (time % by < 0n ? 1n : 0n));
  }

  it("is that of the bucket that holds the time, however far the times are apart", () => {
    fc.assert(
      fc.property(any64, any64, any64, width, (a, b, c, of) => {
        const [first, time, last] = [a, b, c].sort((x, y) => (x < y ? -1 : 1)) as [bigint, bigint, bigint];
        const start = alignDown(first, of);
        const found = evaluated(time, start, last, of);
        expect(found <= time && time < found + of).toBe(true);
        expect((found - start) % of).toBe(0n);
      }),
      { seed: 20260304, numRuns: 2000 },
    );
  });
});
