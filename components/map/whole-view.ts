/** The camera that sees all of a picture. */

import { type Camera, fitCamera } from "@/lib/insight/map/geometry";
import type { Drawn } from "./drawn";

const MARGIN = { x: 170, y: 60 };
/** Pixels of one side at most: more than browsers draw. */
const MOST = 6000;
export const RATIO = 2;

interface View {
  readonly camera: Camera;
  readonly size: { readonly width: number; readonly height: number };
}

/** As large as the picture needs at its natural size. */
export function viewOf({ spots, hulls }: Drawn): View {
  const places = [...spots.map(({ at }) => at), ...hulls.flatMap(({ polygon }) => polygon)];
  const span = (of: "x" | "y") => {
    const all = places.map((place) => place[of]);
    return all.reduce((a, b) => Math.max(a, b), 0) - all.reduce((a, b) => Math.min(a, b), 0);
  };
  const width = Math.min(MOST / RATIO, Math.max(600, Math.round(span("x") + 2 * MARGIN.x)));
  const height = Math.min(MOST / RATIO, Math.max(300, Math.round(span("y") + 2 * MARGIN.y)));
  return { size: { width, height }, camera: fitCamera(places, { width, height }, MARGIN, 1) };
}
