import type { Graph } from "@/lib/insight/map/graph";
import type { LayoutInput } from "@/lib/insight/map/layout";

/** Numbers for names, so that little is copied. */
export function toInput({ spots, lines }: Graph): LayoutInput {
  const numberOf = new Map(spots.map(({ key }, at) => [key, at]));
  return {
    spots: spots.map(({ key, zone, group, cluster }) => ({ key, zone, group, cluster })),
    lines: lines.map(({ from, to, counts }) => [
      numberOf.get(from.key) ?? 0,
      numberOf.get(to.key) ?? 0,
      Math.log10(1 + counts.events),
    ]),
  };
}
