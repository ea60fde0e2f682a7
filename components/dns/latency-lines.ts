/** From percentiles over time to lines, on a scale of powers of ten. Pure; instants in nanoseconds, places in pixels. */

import { type TimeWindow, xOf } from "@/components/ui/time-scale";
import type { DnsLatencyAnswer } from "@/lib/questions/dns-answers";

export type OverTime = NonNullable<DnsLatencyAnswer["overTime"]>;
export const PERCENTILES = ["p50", "p95", "p99"] as const;
export type Percentile = (typeof PERCENTILES)[number];

/** Powers of ten: the picture begins at the first and ends at the last. At least one apart. */
export interface Scale {
  readonly least: number;
  readonly most: number;
}

/** What is shorter than a microsecond, such as times cut to milliseconds, lies at the bottom. */
const SHORTEST_NS = 1e3;

export function scaleOf(points: OverTime["points"]): Scale {
  const values = points.flatMap(({ latencyNs: { p50, p99 } }) => [heightNs(p50), heightNs(p99)]);
  const least = Math.floor(Math.log10(Math.min(...values)));
  return { least, most: Math.max(least + 1, Math.ceil(Math.log10(Math.max(...values)))) };
}

/** Counted from the top. */
export function yOf(ns: number, { least, most }: Scale, height: number): number {
  return round(((most - Math.log10(Math.max(ns, 10 ** least))) / (most - least)) * height);
}

/** One line: level over each step, joined where steps touch, broken where a step has no answers. */
export function lineOf(
  { stepNs, points }: OverTime,
  name: Percentile,
  window: TimeWindow,
  { width, height, scale }: { readonly width: number; readonly height: number; readonly scale: Scale },
): string {
  const step = BigInt(stepNs);
  let path = "";
  let end: bigint | undefined;
  for (const { startNs, latencyNs } of points) {
    const start = BigInt(startNs);
    const y = yOf(heightNs(latencyNs[name]), scale, height);
    const left = round(Math.max(0, xOf(start, window, width)));
    const right = round(Math.min(width, xOf(start + step, window, width)));
    path += start === end ? `V${y}H${right}` : `M${left} ${y}H${Math.max(right, left + 2)}`;
    end = start + step;
  }
  return path;
}

function heightNs(ns: string | null): number {
  return Math.max(SHORTEST_NS, Number(ns));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
