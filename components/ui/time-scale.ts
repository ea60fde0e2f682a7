/** From instants to places on an axis of time and back, and where its labels go. Pure; instants in nanoseconds, places in pixels. */

/** Half open, nanoseconds since the epoch. */
export interface TimeWindow {
  readonly from: bigint;
  readonly to: bigint;
}

/** Places an instant on a line of `width` pixels. */
export function xOf(ns: bigint, window: TimeWindow, width: number): number {
  const span = Number(window.to - window.from);
  return span <= 0 ? 0 : (Number(ns - window.from) / span) * width;
}

/** Least width and height of what has events: one drop among a million forwarded must be seen. */
export const LEAST_SIZE = 2;

/**
 * Where a stretch of time stands, cut to the picture; undefined when it is out of it. The last event of a log whose times are whole seconds
 * begins a bucket where the picture ends: it is seen at the edge.
 */
export function stretchOf(
  { from, to }: TimeWindow,
  window: TimeWindow,
  width: number,
): { readonly left: number; readonly right: number } | undefined {
  const [left, right] = [xOf(from, window, width), xOf(to, window, width)];
  if (right < 0 || left > width) return undefined;
  return { left: Math.max(0, Math.min(left, width - LEAST_SIZE)), right: Math.min(width, right) };
}

/** The instant at a place, cut to the window. */
export function instantAt(x: number, window: TimeWindow, width: number): bigint {
  const span = window.to - window.from;
  const part = Math.min(1, Math.max(0, width > 0 ? x / width : 0));
  return window.from + BigInt(Math.round(part * Number(span)));
}

/** The bucket boundaries round a brushed stretch, so that a brush covers whole bars. */
export function snap(from: bigint, to: bigint, bucketNs: bigint): TimeWindow {
  const floor = (ns: bigint) => ns - (((ns % bucketNs) + bucketNs) % bucketNs);
  return { from: floor(from), to: floor(to - 1n) + bucketNs };
}

/** Steps that read well on a clock, nanoseconds. */
const SECOND = 1_000_000_000n;
const STEPS: readonly bigint[] = [
  ...[1n, 2n, 5n, 10n, 20n, 50n, 100n, 200n, 500n].map((us) => us * 1_000n),
  ...[1n, 2n, 5n, 10n, 20n, 50n, 100n, 200n, 500n].map((ms) => ms * 1_000_000n),
  ...[1n, 2n, 5n, 10n, 15n, 30n].map((seconds) => seconds * SECOND),
  ...[1n, 2n, 5n, 10n, 15n, 30n].map((minutes) => minutes * 60n * SECOND),
  ...[1n, 2n, 3n, 6n, 12n].map((hours) => hours * 3600n * SECOND),
  ...[1n, 2n, 7n, 14n, 30n, 90n, 365n].map((days) => days * 86_400n * SECOND),
];

/** Round instants inside the window, at most `most` of them. */
export function ticks(
  window: TimeWindow,
  most: number,
): { readonly at: readonly bigint[]; readonly step: bigint } {
  const span = window.to - window.from;
  const step =
    STEPS.find((candidate) => span / candidate < BigInt(Math.max(1, most))) ?? STEPS.at(-1) ?? SECOND;
  const at: bigint[] = [];
  const rest = ((window.from % step) + step) % step;
  for (let tick = rest === 0n ? window.from : window.from - rest + step; tick < window.to; tick += step)
    at.push(tick);
  return { at, step };
}

/** A round number at or above the fullest bucket, for the top of the axis. */
export function axisTop(most: number): number {
  if (most <= 0) return 1;
  const size = 10 ** Math.floor(Math.log10(most));
  const step = [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((factor) => factor * size >= most) ?? 10;
  return Math.max(1, Math.ceil(step * size));
}
