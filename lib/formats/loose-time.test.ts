import { describe, expect, it } from "vitest";
import { formatTime } from "@/lib/base/time";
import { readTimestamp } from "./proto-json";
import { parseTableTime } from "./table-time";

const read = (value: unknown): string | undefined => {
  const ns = readTimestamp(value);
  return ns === undefined ? undefined : formatTime(ns);
};

describe("a time that is no RFC 3339", () => {
  it.each([
    ["2026-08-21T14:12:18.510+0200", "2026-08-21T12:12:18.510000000Z"],
    ["2026-08-21 12:12:18.510175415+00", "2026-08-21T12:12:18.510175415Z"],
    ["2026-08-21T12:12:18-0530", "2026-08-21T17:42:18.000000000Z"],
    ["2026-08-21T12:12:18,510Z", "2026-08-21T12:12:18.510000000Z"],
    ["2026-08-21 12:12:18.510175 UTC", "2026-08-21T12:12:18.510175000Z"],
    ["1787314338", "2026-08-21T12:12:18.000000000Z"],
    ["1787314338.510175415", "2026-08-21T12:12:18.510175415Z"],
    ["1787314338510", "2026-08-21T12:12:18.510000000Z"],
    ["1787314338510175", "2026-08-21T12:12:18.510175000Z"],
    ["1787314338510175415", "2026-08-21T12:12:18.510175415Z"],
    [1787314338, "2026-08-21T12:12:18.000000000Z"],
    [1787314338.510175, "2026-08-21T12:12:18.510175000Z"],
    [1787314338510, "2026-08-21T12:12:18.510000000Z"],
    [1787314338510175, "2026-08-21T12:12:18.510175000Z"],
  ])("says its instant: %s", (value, time) => {
    expect(read(value)).toBe(time);
    if (typeof value === "string") expect(formatTime(parseTableTime(value, undefined) ?? 0n)).toBe(time);
  });

  it.each([
    "2026-08-21T12:12:18",
    "2026-08-21T12:12:18.510 EST",
    "2026-08-21T25:12:18+0200",
    "20260821121218",
    "178731433",
    "9999999999",
    "9999999999999999999",
    "-1787314338",
    // Nanoseconds that a number cannot hold.
    Number("1787314338510175415"),
    1787314338.5101755,
    0,
    -1,
    Number.NaN,
  ])("says none: %s", (value) => {
    expect(read(value)).toBeUndefined();
  });
});
