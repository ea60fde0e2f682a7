/** Steps of the time range: earlier, later, closer, wider. Pure; all instants in nanoseconds. */

import type { TimeWindow } from "@/components/ui/time-scale";
import type { TimeRange } from "./link-change";

/** Closer than this there is nothing to see: events of one packet are microseconds apart. */
const SHORTEST = 1_000n;

/** From the first event to just behind the last one. `undefined` when nothing has a time. */
export function wholeWindow(first: bigint | undefined, last: bigint | undefined): TimeWindow | undefined {
  return first === undefined || last === undefined ? undefined : { from: first, to: last + 1n };
}

/** The shortest window that holds both. */
export function union(a: TimeWindow | undefined, b: TimeWindow): TimeWindow {
  if (a === undefined) return b;
  return { from: a.from < b.from ? a.from : b.from, to: largest(a.to, b.to) };
}

/** What the range leaves of the whole; ends that are open are those of the whole. */
export function windowOf(range: TimeRange, whole: TimeWindow): TimeWindow {
  return { from: range.from ?? whole.from, to: range.to ?? whole.to };
}

/** Moves by half its width, at most to the end of the whole. */
export function stepWindow(window: TimeWindow, whole: TimeWindow, direction: -1 | 1): TimeWindow {
  const width = window.to - window.from;
  // Rounded up: rounded down, two steps could end a nanosecond before the last event.
  const step = (width + 1n) / 2n;
  const from = window.from + BigInt(direction) * step;
  const latest = whole.to - width;
  const bounded = from < whole.from ? whole.from : from > latest ? largest(latest, whole.from) : from;
  return { from: bounded, to: bounded + width };
}

/** Half as wide round the middle, never shorter than a microsecond. */
export function zoomIn(window: TimeWindow): TimeWindow {
  const width = largest((window.to - window.from) / 2n, SHORTEST);
  const from = (window.from + window.to) / 2n - width / 2n;
  return { from, to: from + width };
}

/** Three times as wide; `undefined` when that is the whole. */
export function zoomOut(window: TimeWindow, whole: TimeWindow): TimeWindow | undefined {
  const width = window.to - window.from;
  return within({ from: window.from - width, to: window.to + width }, whole);
}

/** Cut to the whole; `undefined` when nothing was cut off the whole, so that the link needs no range. */
export function within(window: TimeWindow, whole: TimeWindow): TimeWindow | undefined {
  const from = largest(window.from, whole.from);
  const to = window.to < whole.to ? window.to : whole.to;
  if (from <= whole.from && to >= whole.to) return undefined;
  return to > from ? { from, to } : undefined;
}

export type RangeMove = "earlier" | "later" | "in" | "out" | "whole";

/** The range after a step; `undefined` is the whole. A range that is the whole cannot be moved. */
export function movedRange(range: TimeRange, whole: TimeWindow, move: RangeMove): TimeRange | undefined {
  const window = windowOf(range, whole);
  const isWhole = range.from === undefined && range.to === undefined;
  switch (move) {
    case "earlier":
      return isWhole ? undefined : stepWindow(window, whole, -1);
    case "later":
      return isWhole ? undefined : stepWindow(window, whole, 1);
    case "in":
      return zoomIn(window);
    case "out":
      return zoomOut(window, whole);
    case "whole":
      return undefined;
  }
}

function largest(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
