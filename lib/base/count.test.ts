import { expect, test } from "vitest";
import { formatCount, shortCount } from "./count";

test.each([
  [0, "0"],
  [999, "999"],
  [1000, "1\u202f000"],
  [1_204_118, "1\u202f204\u202f118"],
  [12_345.6, "12\u202f346"],
  [-1500, "-1\u202f500"],
])("%d is written as %s", (count, text) => expect(formatCount(count)).toBe(text));

test.each([
  [0, "0"],
  [999, "999"],
  [1000, "1K"],
  [1234, "1.23K"],
  [12_345, "12.3K"],
  [999_999, "1M"],
  [54_437_000, "54.4M"],
  [2_000_000_000, "2B"],
])("%d is short as %s", (count, text) => expect(shortCount(count)).toBe(text));
