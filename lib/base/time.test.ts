import { describe, expect, it } from "vitest";
import { formatTime, parseTime } from "./time";

// Whole seconds worked out with `date -u -d ... +%s`.
const readable: [string, bigint][] = [
  ["1970-01-01T00:00:00Z", 0n],
  ["2026-08-21T12:12:18.510175415Z", 1787314338_510175415n],
  ["2026-08-21T12:12:18Z", 1787314338_000000000n],
  ["2026-08-21T12:12:18.5Z", 1787314338_500000000n],
  ["2026-08-21T12:12:18.510Z", 1787314338_510000000n],
  ["2026-08-21T14:12:18.510175415+02:00", 1787314338_510175415n],
  ["2026-08-21T06:42:18.510175415-05:30", 1787314338_510175415n],
  ["2026-08-21 12:12:18.510175415Z", 1787314338_510175415n],
  ["2026-08-21t12:12:18z", 1787314338_000000000n],
  ["2024-02-29T00:00:00Z", 1709164800_000000000n],
  ["2016-12-31T23:59:60Z", 1483228800_000000000n],
  ["1969-12-31T23:59:59.999999999Z", -1n],
  ["2262-04-11T23:47:16.854775807Z", 2n ** 63n - 1n],
  ["2026-08-21T12:12:18.5101754159999Z", 1787314338_510175415n],
];

const unreadable = [
  "",
  "now",
  "2026-08-21",
  "2026-08-21T12:12:18",
  "2026-02-30T00:00:00Z",
  "2026-13-01T00:00:00Z",
  "2026-08-21T24:00:00Z",
  "2026-08-21T12:60:00Z",
  "2026-08-21T12:12:61Z",
  "2026-08-21T12:12:18.Z",
  "2026-08-21T12:12:1xZ",
  "2026-08-21T12:12:18.51x175415Z",
  "x2026-08-21T12:12:18Z",
  "2026-08-21T12:12:18Zx",
  "0000-01-01T00:00:00Z",
  "9999-12-31T23:59:59Z",
  "2262-04-11T23:47:16.854775808Z",
];

describe("parseTime", () => {
  it.each(readable)("reads %s", (text, ns) => {
    expect(parseTime(text)).toBe(ns);
  });
  it.each(unreadable)("refuses %j", (text) => {
    parseTime("2026-08-21T12:12:00Z"); // warms the cache of the minute, which must not change the answer
    expect(parseTime(text)).toBeUndefined();
  });
  it("looks at each time of the minutes in which 64 bits begin and end", () => {
    expect(parseTime("2262-04-11T23:47:16.854775807Z")).toBe(2n ** 63n - 1n);
    expect(parseTime("2262-04-11T23:47:16.854775808Z")).toBeUndefined();
    expect(parseTime("1677-09-21T00:12:43.145224192Z")).toBe(-(2n ** 63n));
    expect(parseTime("1677-09-21T00:12:43.145224191Z")).toBeUndefined();
  });
  it("gives the same answer from the cached minute", () => {
    for (const [text, ns] of [...readable, ...readable]) expect(parseTime(text)).toBe(ns);
  });
});

describe("formatTime", () => {
  it("writes nine digits and survives a round trip, also before 1970", () => {
    for (const ns of [0n, -1n, 1787314338_510175415n, -86400_000000001n]) {
      expect(parseTime(formatTime(ns))).toBe(ns);
    }
    expect(formatTime(-1n)).toBe("1969-12-31T23:59:59.999999999Z");
    expect(formatTime(1787314338_500000000n)).toBe("2026-08-21T12:12:18.500000000Z");
  });
});
