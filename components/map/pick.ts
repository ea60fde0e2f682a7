/** What lies under the pointer: spots before lines, what hurts before what is well. */

import { type Camera, distanceTo, MOST_BEND } from "@/lib/insight/map/geometry";
import type { Place } from "@/lib/insight/map/layout";
import { curveOf, project, sizeAt } from "./draw";
import type { Scene, SceneLine, SceneSpot } from "./scene";

const REACH = 5;

export interface Picked {
  readonly spot?: SceneSpot;
  readonly line?: SceneLine;
}

export function pick(scene: Scene, camera: Camera, point: Place): Picked {
  const size = sizeAt(camera);
  let nearest: SceneSpot | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const spot of scene.spots) {
    const { x, y } = project(spot.at, camera);
    const away = Math.hypot(point.x - x, point.y - y) - spot.radius * size;
    if (away < least) [nearest, least] = [spot, away];
  }
  if (nearest !== undefined && least <= REACH) return { spot: nearest };
  let line: SceneLine | undefined;
  least = REACH;
  // Later ones are drawn above the others.
  for (const candidate of scene.lines) {
    if (candidate.isDim || isFar(candidate, camera, point)) continue;
    const away = distanceTo(curveOf(candidate, camera), point, REACH);
    if (away <= least) [line, least] = [candidate, away];
  }
  return line === undefined ? {} : { line };
}

/** Beyond the ends of a line and the most that it bends: said before its curve is worked out. */
function isFar({ from, to }: SceneLine, camera: Camera, { x, y }: Place): boolean {
  const [a, b] = [project(from.at, camera), project(to.at, camera)];
  const room = MOST_BEND + REACH;
  return (
    x < Math.min(a.x, b.x) - room ||
    x > Math.max(a.x, b.x) + room ||
    y < Math.min(a.y, b.y) - room ||
    y > Math.max(a.y, b.y) + room
  );
}
