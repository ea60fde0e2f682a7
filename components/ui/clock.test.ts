import { expect, test } from "vitest";
import { parseTime } from "@/lib/base/time";
import { datedOver, formatClock, formatInstant, formatRange, formatSecond, formatSince } from "./clock";

function at(text: string): bigint {
  const ns = parseTime(text);
  if (ns === undefined) throw new Error(`not a time: ${text}`);
  return ns;
}

const moment = at("2026-03-04T05:12:07.123456789Z");

test("a cell shows milliseconds, the full form all nine digits", () => {
  expect(formatClock(moment, "utc")).toBe("05:12:07.123");
  expect(formatClock(moment, "utc", "day")).toBe("03-04 05:12:07.123");
  expect(formatClock(moment, "utc", "date")).toBe("2026-03-04 05:12:07.123");
  expect(formatInstant(moment, "utc")).toBe("2026-03-04 05:12:07.123456789Z");
  expect(formatSecond(moment, "utc")).toBe("2026-03-04 05:12:07");
});

test("times before 1970 keep their fraction", () => {
  expect(formatInstant(-1n, "utc")).toBe("1969-12-31 23:59:59.999999999Z");
});

test("a range names the second day only when it is another one", () => {
  expect(formatRange(moment, moment + 30n * 60n * 1_000_000_000n, "utc")).toBe(
    "2026-03-04 05:12:07 – 05:42:07",
  );
  expect(formatRange(moment, moment + 86_400n * 1_000_000_000n, "utc")).toBe(
    "2026-03-04 05:12:07 – 2026-03-05 05:12:07",
  );
});

test("a range of less than ten seconds shows microseconds", () => {
  expect(formatRange(moment, moment + 1_000_000_000n, "utc")).toBe(
    "2026-03-04 05:12:07.123456 – 05:12:08.123456",
  );
});

test("two instants of one day do not span days", () => {
  expect(datedOver(moment, moment + 1n, "utc")).toBe("time");
  expect(datedOver(at("2026-03-04T23:59:59Z"), at("2026-03-05T00:00:00Z"), "utc")).toBe("day");
  expect(datedOver(at("2025-12-31T23:59:59Z"), at("2026-01-01T00:00:00Z"), "utc")).toBe("date");
});

test("a time since the beginning has minutes, hours where there are any, and a sign", () => {
  expect(formatSince(0n)).toBe("+00:00.000");
  expect(formatSince(72_345_678_901n)).toBe("+01:12.345");
  expect(formatSince(97_392_345_000_000n)).toBe("+27:03:12.345");
  expect(formatSince(-1_500_000_000n)).toBe("−00:01.500");
});
