import { describe, expect, it, test } from "vitest";
import {
  formatBytes,
  formatCount,
  formatQuantity,
  formatSecondsLeft,
  formatShare,
  formatSpan,
} from "./format";

describe("counts", () => {
  test("large counts are parted by thin spaces that never break", () => {
    expect(formatCount(1_204_118)).toBe("1\u202f204\u202f118");
    expect(formatCount(0)).toBe("0");
  });

  test("one thing is singular, none and several are plural", () => {
    expect(formatQuantity(1, "event")).toBe("1 event");
    expect(formatQuantity(0, "event")).toBe("0 events");
    expect(formatQuantity(2, "capture")).toBe("2 captures");
  });
});

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1024, "1 KiB"],
  [1_572_864, "1.5 MiB"],
  [1_048_576_000, "1000 MiB"],
  [5 * 1024 ** 3, "5 GiB"],
])("%d bytes read %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test.each([
  [0n, "0 ns"],
  [999n, "999 ns"],
  [1_500n, "1.5 µs"],
  [2_000_000n, "2 ms"],
  [59_400_000_000n, "59.4 s"],
  [60_000_000_000n, "1 min"],
  [724_000_000_000n, "12 min 4 s"],
  [3_600_000_000_000n, "1 h"],
  [183_600_000_000_000n, "2 d 3 h"],
])("a span of %d ns reads %s", (ns, text) => {
  expect(formatSpan(ns)).toBe(text);
});

test("time left is rounded to steps that do not flicker", () => {
  expect(formatSecondsLeft(0.3)).toBe("less than 1 s left");
  expect(formatSecondsLeft(7.4)).toBe("7 s left");
  expect(formatSecondsLeft(83)).toBe("1 min 25 s left");
});

describe("shares", () => {
  it("never say that all were, when one was not", () => {
    expect(formatShare(9999, 10000)).toBe("> 99.9 %");
    expect(formatShare(1, 10000)).toBe("< 0.1 %");
    expect(formatShare(10000, 10000)).toBe("100 %");
    expect(formatShare(38, 986)).toBe("3.9 %");
    expect(formatShare(0, 0)).toBe("0 %");
  });
});
