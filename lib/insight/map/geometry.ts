/** Lines and hulls of the map, and what lies under a point. In: world coordinates, or any others. */

import type { Place } from "./layout";

/** The smallest convex polygon round the points, at a distance of about `room`. Three points at least. */
export function hullAround(points: readonly Place[], room: number): Place[] {
  const corners = 16;
  // What lies inside of the others' polygon cannot touch the one round it.
  const ring = convexHull(points).flatMap(({ x, y }) =>
    Array.from({ length: corners }, (_, at) => {
      const angle = (at / corners) * 2 * Math.PI;
      return { x: x + room * Math.cos(angle), y: y + room * Math.sin(angle) };
    }),
  );
  return convexHull(ring);
}

/** Andrew's monotone chain; counter-clockwise as mathematicians draw. */
export function convexHull(points: readonly Place[]): Place[] {
  const sorted = [...points].sort((a, b) => a.x - b.x || a.y - b.y);
  if (sorted.length < 3) return sorted;
  const half = (list: readonly Place[]): Place[] => {
    const chain: Place[] = [];
    for (const point of list) {
      while (chain.length > 1 && turnOf(chain.at(-2) as Place, chain.at(-1) as Place, point) <= 0)
        chain.pop();
      chain.push(point);
    }
    chain.pop();
    return chain;
  };
  return [...half(sorted), ...half([...sorted].reverse())];
}

function turnOf(a: Place, b: Place, c: Place): number {
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

export function isInside(polygon: readonly Place[], { x, y }: Place): boolean {
  let inside = false;
  polygon.forEach((a, at) => {
    const b = polygon[(at + 1) % polygon.length] as Place;
    if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) inside = !inside;
  });
  return inside;
}

/** A quadratic curve from rim to rim. A spot's line to itself is a loop above it. */
export interface Curve {
  readonly from: Place;
  readonly control: Place;
  readonly to: Place;
  /** Set for a line to itself, which is a circle. */
  readonly loop?: { readonly centre: Place; readonly radius: number };
}

/** Bends to the left of its way, so that there and back are two lines. */
const BEND = 0.09;
/** Pixels. */
export const MOST_BEND = 60;

export function curveBetween(a: Place, aRadius: number, b: Place, bRadius: number): Curve {
  const length = Math.hypot(b.x - a.x, b.y - a.y);
  if (length < 1e-6) {
    const radius = aRadius * 1.1;
    const centre = { x: a.x + aRadius, y: a.y - aRadius };
    return { from: a, control: centre, to: a, loop: { centre, radius } };
  }
  const [ux, uy] = [(b.x - a.x) / length, (b.y - a.y) / length];
  const bend = Math.min(MOST_BEND, length * BEND);
  const control = { x: (a.x + b.x) / 2 + uy * bend, y: (a.y + b.y) / 2 - ux * bend };
  return { from: towards(a, control, aRadius), control, to: towards(b, control, bRadius), loop: undefined };
}

function towards(a: Place, b: Place, distance: number): Place {
  const length = Math.max(1e-6, Math.hypot(b.x - a.x, b.y - a.y));
  return { x: a.x + ((b.x - a.x) / length) * distance, y: a.y + ((b.y - a.y) / length) * distance };
}

/** The place on the curve at `t` from 0 to 1. */
export function pointOn({ from, control, to, loop }: Curve, t: number): Place {
  if (loop !== undefined) {
    const angle = 2 * Math.PI * t - Math.PI / 2;
    return {
      x: loop.centre.x + loop.radius * Math.cos(angle),
      y: loop.centre.y + loop.radius * Math.sin(angle),
    };
  }
  const u = 1 - t;
  return {
    x: u * u * from.x + 2 * u * t * control.x + t * t * to.x,
    y: u * u * from.y + 2 * u * t * control.y + t * t * to.y,
  };
}

const PIECES = 12;

/** From a point to the curve; infinite when it is far, without reckoning further. */
export function distanceTo(curve: Curve, point: Place, reach: number): number {
  const { from, control, to, loop } = curve;
  if (loop !== undefined)
    return Math.abs(Math.hypot(point.x - loop.centre.x, point.y - loop.centre.y) - loop.radius);
  if (
    point.x < Math.min(from.x, control.x, to.x) - reach ||
    point.x > Math.max(from.x, control.x, to.x) + reach ||
    point.y < Math.min(from.y, control.y, to.y) - reach ||
    point.y > Math.max(from.y, control.y, to.y) + reach
  )
    return Number.POSITIVE_INFINITY;
  let least = Number.POSITIVE_INFINITY;
  let a = from;
  for (let piece = 1; piece <= PIECES; piece++) {
    const b = pointOn(curve, piece / PIECES);
    least = Math.min(least, distanceToPiece(a, b, point));
    a = b;
  }
  return least;
}

function distanceToPiece(a: Place, b: Place, point: Place): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const square = dx * dx + dy * dy;
  const t = square === 0 ? 0 : ((point.x - a.x) * dx + (point.y - a.y) * dy) / square;
  const at = Math.max(0, Math.min(1, t));
  return Math.hypot(point.x - a.x - at * dx, point.y - a.y - at * dy);
}

/** Where the picture is on the screen: `screen = world * k + (x, y)`. */
export interface Camera {
  readonly k: number;
  readonly x: number;
  readonly y: number;
}

/** The whole of a picture, with a margin in pixels; never nearer than `most`. */
export function fitCamera(
  places: readonly Place[],
  size: { readonly width: number; readonly height: number },
  margin: { readonly x: number; readonly y: number },
  most: number,
): Camera {
  if (places.length === 0) return { k: 1, x: size.width / 2, y: size.height / 2 };
  const box = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity };
  for (const { x, y } of places) {
    box.left = Math.min(box.left, x);
    box.right = Math.max(box.right, x);
    box.top = Math.min(box.top, y);
    box.bottom = Math.max(box.bottom, y);
  }
  const room = { x: Math.max(40, size.width - 2 * margin.x), y: Math.max(40, size.height - 2 * margin.y) };
  const k = Math.min(
    most,
    room.x / Math.max(1, box.right - box.left),
    room.y / Math.max(1, box.bottom - box.top),
  );
  return {
    k,
    x: size.width / 2 - (k * (box.left + box.right)) / 2,
    y: size.height / 2 - (k * (box.top + box.bottom)) / 2,
  };
}

/** Nearer or further, with the point under the pointer staying where it is. */
export function zoomAt(camera: Camera, point: Place, factor: number): Camera {
  const k = Math.max(0.02, Math.min(6, camera.k * factor));
  const by = k / camera.k;
  return { k, x: point.x - (point.x - camera.x) * by, y: point.y - (point.y - camera.y) * by };
}
