/** What is needed to draw a scene, and nothing else: it is copied to the thread that draws. */

import type { Place } from "@/lib/insight/map/layout";
import type { Tone } from "@/lib/insight/map/measure";
import type { Scene } from "./scene";

export type Shape = "circle" | "square" | "diamond" | "hexagon" | "stack";

export interface DrawnSpot {
  readonly at: Place;
  readonly radius: number;
  readonly shape: Shape;
  readonly label: string;
  /** Where the label stands. */
  readonly side: "below" | "left" | "right";
  readonly hasDrops: boolean;
  readonly isHurt: boolean;
  readonly isDim: boolean;
  /** Labels of the heavier win where there is no room for both. */
  readonly weight: number;
}

export interface DrawnLine {
  readonly from: DrawnSpot;
  readonly to: DrawnSpot;
  readonly width: number;
  readonly tone: Tone;
  readonly isBlocked: boolean;
  readonly isDim: boolean;
  /** Stands on the line; absent for most. */
  readonly label?: string;
}

export interface Hull {
  readonly kind: "cluster" | "namespace" | "outside";
  readonly polygon: readonly Place[];
  readonly title: string;
}

export interface Drawn {
  readonly spots: readonly DrawnSpot[];
  /** In the order in which they are drawn: what hurts last. */
  readonly lines: readonly DrawnLine[];
  readonly hulls: readonly Hull[];
}

/** Without the counts and edges behind spots and lines. Ends of lines stay the same objects as the spots. */
export function toDrawn({ spots, lines, hulls }: Scene): Drawn {
  const drawn = new Map(spots.map((spot) => [spot, withoutSpot(spot)]));
  return {
    hulls,
    spots: [...drawn.values()],
    lines: lines.map(({ from, to, width, tone, isBlocked, isDim, label }) => ({
      from: drawn.get(from) ?? withoutSpot(from),
      to: drawn.get(to) ?? withoutSpot(to),
      width,
      tone,
      isBlocked,
      isDim,
      ...(label !== undefined && { label }),
    })),
  };
}

function withoutSpot({ spot: _spot, ...drawn }: Scene["spots"][number]): DrawnSpot {
  return drawn;
}
