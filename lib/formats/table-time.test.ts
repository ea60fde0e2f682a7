import { describe, expect, it } from "vitest";
import { formatTime } from "@/lib/base/time";
import { parseTableTime, zoneOfColumn } from "./table-time";

/** written, what it is in UTC when the column is in UTC; undefined where the text does not say. */
const TIMES: readonly (readonly [string, string | undefined])[] = [
  ["2026-08-21T10:15:04.1234567Z", "2026-08-21T10:15:04.123456700Z"],
  ["2026-08-21T10:15:04+02:00", "2026-08-21T08:15:04.000000000Z"],
  ["2026-08-21 10:15:04.123", "2026-08-21T10:15:04.123000000Z"],
  ["2026-08-21T10:15:04", "2026-08-21T10:15:04.000000000Z"],
  ["8/21/2026, 10:15:04.123 AM", "2026-08-21T10:15:04.123000000Z"],
  ["8/21/2026, 10:15:04.123\u202fPM", "2026-08-21T22:15:04.123000000Z"],
  ["8/21/2026, 12:15:04 AM", "2026-08-21T00:15:04.000000000Z"],
  ["8/21/2026, 12:15:04 PM", "2026-08-21T12:15:04.000000000Z"],
  // Only American English writes a capital AM behind slashes.
  ["8/7/2026, 10:15:04 AM", "2026-08-07T10:15:04.000000000Z"],
  ["21/08/2026, 22:15:04", "2026-08-21T22:15:04.000000000Z"],
  ["21/8/2026, 10:15:04 pm", "2026-08-21T22:15:04.000000000Z"],
  ["21.8.2026, 22:15:04", "2026-08-21T22:15:04.000000000Z"],
  ["7.8.2026, 22:15:04", "2026-08-07T22:15:04.000000000Z"],
  ["08/08/2026, 22:15:04", "2026-08-08T22:15:04.000000000Z"],
  ["2026-08-07, 10:15:04 a.m.", "2026-08-07T10:15:04.000000000Z"],
  ["2026/8/7 22:15:04", "2026-08-07T22:15:04.000000000Z"],
  // July or August: nothing in it says which.
  ["7/8/2026, 22:15:04", undefined],
  ["7/8/2026, 10:15:04 am", undefined],
  ["07-08-2026 22:15:04", undefined],
  ["13/13/2026, 22:15:04", undefined],
  ["8/21/2026, 13:15:04 PM", undefined],
  ["8/21/26, 10:15:04 AM", undefined],
  ["yesterday", undefined],
  ["", undefined],
];

describe("times of tables", () => {
  it.each(TIMES)("%s", (written, expected) => {
    const ns = parseTableTime(written, 0);
    expect(ns === undefined ? undefined : formatTime(ns)).toBe(expected);
  });

  it("knows nothing of local times in a zone that is not known, and everything of times that name theirs", () => {
    expect(parseTableTime("2026-08-21 10:15:04", undefined)).toBeUndefined();
    expect(parseTableTime("8/21/2026, 10:15:04 AM", undefined)).toBeUndefined();
    expect(parseTableTime("2026-08-21T10:15:04Z", undefined)).toBe(1787307304000000000n);
  });

  it("takes the zone off: 10:15 two hours east of Greenwich is 08:15", () => {
    expect(parseTableTime("2026-08-21 10:15:04", 120)).toBe(parseTableTime("2026-08-21 08:15:04", 0));
  });

  // By the rules of the European Union: summer time from 29 March to 25 October 2026, each at 01:00 UTC.
  it.each([
    ["2026-01-21 10:15:04.5", "Europe/Amsterdam", "2026-01-21T09:15:04.500000000Z"],
    ["8/21/2026, 10:15:04 AM", "Europe/Amsterdam", "2026-08-21T08:15:04.000000000Z"],
    ["2026-03-29 01:59:59", "Europe/Amsterdam", "2026-03-29T00:59:59.000000000Z"],
    ["2026-03-29 03:00:00", "Europe/Amsterdam", "2026-03-29T01:00:00.000000000Z"],
    ["2026-08-21 10:15:04", "Asia/Kolkata", "2026-08-21T04:45:04.000000000Z"],
    ["2026-08-21 10:15:04", "America/Los_Angeles", "2026-08-21T17:15:04.000000000Z"],
    // Left out by the clocks, and shown twice.
    ["2026-03-29 02:30:00", "Europe/Amsterdam", undefined],
    ["2026-10-25 02:30:00", "Europe/Amsterdam", undefined],
  ])("%s in %s", (written, zone, expected) => {
    const ns = parseTableTime(written, zone);
    expect(ns === undefined ? undefined : formatTime(ns)).toBe(expected);
  });

  it.each([
    ["TimeGenerated", 0],
    ["TimeGenerated [UTC]", 0],
    ["TimeGenerated [UTC+02:00]", 120],
    ["TimeGenerated [UTC-5]", -300],
    ["TimeGenerated [+05:30]", 330],
    ["TimeGenerated [Europe/Amsterdam]", "Europe/Amsterdam"],
    ["TimeGenerated [Asia/Kolkata]", "Asia/Kolkata"],
    ["TimeGenerated [Europe/Nowhere]", undefined],
    ["TimeGenerated [EST]", undefined],
    ["TimeGenerated [Local Time]", undefined],
    ["TimeGenerated [Eastern Time]", undefined],
    ["TimeGenerated []", undefined],
  ])("the zone of %s", (column, minutes) => {
    expect(zoneOfColumn(column)).toBe(minutes);
  });
});
