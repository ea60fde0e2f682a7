/**
 * Simulated time: whole nanoseconds since `CAPTURE_START`, as a number. A double holds them exactly
 * for 104 days, which no generated capture reaches.
 */
export const SECOND = 1_000_000_000;
export const MINUTE = 60 * SECOND;
export const MILLISECOND = 1_000_000;
export const MICROSECOND = 1_000;

/** A fixed instant: the clock of the machine must not leak into the output. */
const CAPTURE_START = Date.UTC(2026, 4, 12, 9, 40, 0);

let cachedSecond = -1;
let cachedText = "";

/**
 * RFC 3339 as Go's protobuf JSON mapper writes a timestamp: UTC, 9 fractional digits, shortened to 6,
 * 3 or none when the rest is zero.
 */
export function timeText(ns: number): string {
  const second = Math.floor(ns / SECOND);
  if (second !== cachedSecond) {
    cachedSecond = second;
    cachedText = new Date(CAPTURE_START + second * 1000).toISOString().slice(0, 19);
  }
  const fraction = ns - second * SECOND;
  if (fraction === 0) return `${cachedText}Z`;
  if (fraction % MICROSECOND !== 0) return `${cachedText}.${digits(fraction, 9)}Z`;
  if (fraction % MILLISECOND !== 0) return `${cachedText}.${digits(fraction / MICROSECOND, 6)}Z`;
  return `${cachedText}.${digits(fraction / MILLISECOND, 3)}Z`;
}

function digits(value: number, width: number): string {
  return String(value).padStart(width, "0");
}
