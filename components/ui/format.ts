/** Numbers and spans as they stand on screen: thin separators, units, no false precision. */

export { formatCount, formatQuantity } from "@/lib/base/count";

const BYTE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** Binary units with at most three significant digits: `1.2 MiB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < BYTE_UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit > 0 ? trimmed(value) : value} ${BYTE_UNITS[unit]}`;
}

/** A span for reading, not for reckoning: `12 min 4 s`, `2 d 3 h`, `1.5 ms`. In: nanoseconds, not negative. */
export function formatSpan(ns: bigint): string {
  if (ns < 1_000n) return `${ns} ns`;
  if (ns < 1_000_000n) return `${trimmed(Number(ns) / 1e3)} µs`;
  if (ns < 1_000_000_000n) return `${trimmed(Number(ns) / 1e6)} ms`;
  if (ns < 60_000_000_000n) return `${trimmed(Number(ns) / 1e9)} s`;
  const seconds = ns / 1_000_000_000n;
  if (seconds < 3600n) return pair(seconds / 60n, "min", seconds % 60n, "s");
  if (seconds < 86_400n) return pair(seconds / 3600n, "h", (seconds % 3600n) / 60n, "min");
  return pair(seconds / 86_400n, "d", (seconds % 86_400n) / 3600n, "h");
}

/** A part of a whole: `3.9 %`. */
export function formatShare(part: number, whole: number): string {
  const percent = whole === 0 ? 0 : (part / whole) * 100;
  if (percent > 0 && percent < 0.1) return "< 0.1 %";
  // 99.97 % is not all of them.
  if (percent < 100 && percent > 99.9) return "> 99.9 %";
  return `${percent >= 10 && Number.isInteger(percent) ? percent : Number(percent.toFixed(1))} %`;
}

/** Time left, rounded so that it does not flicker. */
export function formatSecondsLeft(seconds: number): string {
  if (seconds < 1) return "less than 1 s left";
  const rounded = seconds < 10 ? Math.round(seconds) : Math.round(seconds / 5) * 5;
  return `${formatSpan(BigInt(rounded) * 1_000_000_000n)} left`;
}

function pair(big: bigint, bigUnit: string, small: bigint, smallUnit: string): string {
  return small === 0n ? `${big} ${bigUnit}` : `${big} ${bigUnit} ${small} ${smallUnit}`;
}

/** Three significant digits, no trailing zeros. */
function trimmed(value: number): string {
  return String(Number(value.toPrecision(3)));
}
