import { describe, expect, it } from "vitest";
import { burstOf } from "./burst";

const buckets = (length: number, counts: Readonly<Record<number, number>>) =>
  Array.from({ length }, (_, at) => counts[at] ?? 0);

describe("a burst", () => {
  it.each([
    ["all at once", buckets(20, { 7: 12 }), { from: 7, to: 8, count: 12 }],
    [
      "most within four of twenty",
      buckets(20, { 2: 1, 10: 4, 13: 8, 19: 1 }),
      { from: 10, to: 14, count: 12 },
    ],
    ["too few to tell", buckets(20, { 7: 9 }), undefined],
    ["spread out", buckets(20, { 1: 5, 6: 5, 11: 5, 16: 5 }), undefined],
    ["a fifth more than a fifth of the time", buckets(20, { 5: 6, 9: 6 }), undefined],
    ["nothing", [], undefined],
  ])("%s", (_name, counts, burst) => {
    expect(burstOf(counts)).toEqual(burst);
  });
});
