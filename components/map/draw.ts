/** Draws a scene on a canvas, in steps, so that a large one never holds the page up. */

import { type Camera, type Curve, curveBetween } from "@/lib/insight/map/geometry";
import type { Place } from "@/lib/insight/map/layout";
import type { Tone } from "@/lib/insight/map/measure";
import type { Colours } from "./colours";
import type { Drawn, DrawnLine, DrawnSpot } from "./drawn";
import { fontOf, type Label, labelColour, placeLabels } from "./labels";

/** Lines between two looks at the clock. */
const STEP = 120;

/** Dots and lines grow a little with the picture, never as fast as it. */
export function sizeAt({ k }: Camera): number {
  return Math.max(0.5, Math.min(1.5, k ** 0.6));
}

export function project({ x, y }: Place, camera: Camera): Place {
  return { x: x * camera.k + camera.x, y: y * camera.k + camera.y };
}

export function curveOf({ from, to }: DrawnLine, camera: Camera): Curve {
  const size = sizeAt(camera);
  return curveBetween(
    project(from.at, camera),
    from.radius * size + 2,
    project(to.at, camera),
    to.radius * size + 3,
  );
}

/** The second cue beside the colour. */
export const DASHES: Readonly<Record<Tone, readonly number[]>> = {
  good: [],
  calm: [],
  bad: [2, 4],
  warn: [7, 4],
  both: [14, 5],
};

const COLOUR_OF: Readonly<Record<Tone, keyof Colours>> = {
  good: "good",
  calm: "calm",
  bad: "bad",
  warn: "warn",
  both: "bad",
};

export function colourOf(tone: Tone): keyof Colours {
  return COLOUR_OF[tone];
}

const isWell = ({ tone }: DrawnLine): boolean => tone === "good" || tone === "calm";

/** What is well is quieter, the more so the more there is, so that what is not stands out. */
export function alphaOf(line: DrawnLine, crowd: number): number {
  if (line.isDim) return 0.1;
  return isWell(line) ? 0.15 + 0.4 * crowd : 0.95;
}

export function widthOf(line: DrawnLine, size: number, crowd: number): number {
  return isWell(line)
    ? Math.max(0.6, line.width * size * (0.3 + 0.7 * crowd))
    : Math.max(1.5, line.width * size);
}

/** From 1, where lines are few, to 0. */
export function crowdOf({ lines }: Drawn): number {
  return Math.min(1, 150 / Math.max(1, lines.length));
}

type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** Yields between steps. */
export function* drawScene(
  context: Context,
  scene: Drawn,
  camera: Camera,
  colours: Colours,
  size: { readonly width: number; readonly height: number },
): Generator<undefined> {
  drawHulls(context, scene, camera, colours);
  yield;
  let step = 0;
  const crowd = crowdOf(scene);
  for (const line of scene.lines) {
    strokeLine(context, line, camera, colours, {
      alpha: alphaOf(line, crowd),
      width: widthOf(line, sizeAt(camera), crowd),
    });
    if (++step % STEP === 0) yield;
  }
  context.globalAlpha = 1;
  context.setLineDash([]);
  for (const spot of scene.spots) {
    drawSpot(context, spot, camera, colours);
    if (++step % STEP === 0) yield;
  }
  drawLabels(context, scene, camera, colours, size);
}

function drawHulls(context: Context, { hulls }: Drawn, camera: Camera, colours: Colours): void {
  context.lineWidth = 1;
  for (const { polygon, kind } of hulls) {
    context.beginPath();
    for (const place of polygon) {
      const { x, y } = project(place, camera);
      context.lineTo(x, y);
    }
    context.closePath();
    if (kind === "namespace") {
      context.fillStyle = colours.sunken;
      context.fill();
    }
    context.strokeStyle = colours.line;
    context.setLineDash(kind === "outside" ? [3, 3] : []);
    context.stroke();
  }
  context.setLineDash([]);
}

export function strokeLine(
  context: Context,
  line: DrawnLine,
  camera: Camera,
  colours: Colours,
  { alpha, width }: { readonly alpha: number; readonly width: number },
): void {
  const curve = curveOf(line, camera);
  context.globalAlpha = alpha;
  context.strokeStyle = colours[COLOUR_OF[line.tone]];
  context.lineWidth = width;
  context.setLineDash(DASHES[line.tone] as number[]);
  context.beginPath();
  if (curve.loop !== undefined) {
    context.arc(curve.loop.centre.x, curve.loop.centre.y, curve.loop.radius, 0, 2 * Math.PI);
  } else {
    context.moveTo(curve.from.x, curve.from.y);
    context.quadraticCurveTo(curve.control.x, curve.control.y, curve.to.x, curve.to.y);
  }
  context.stroke();
  if (curve.loop === undefined && width >= 0.9)
    fillArrow(context, curve, width, colours[COLOUR_OF[line.tone]]);
}

/** At the server's end. */
function fillArrow(context: Context, curve: Curve, width: number, colour: string): void {
  const [tip, left, right] = arrowOf(curve, width);
  context.fillStyle = colour;
  context.beginPath();
  context.moveTo(tip.x, tip.y);
  context.lineTo(left.x, left.y);
  context.lineTo(right.x, right.y);
  context.fill();
}

export function arrowOf({ control, to }: Curve, width: number): [Place, Place, Place] {
  const length = Math.max(1e-6, Math.hypot(to.x - control.x, to.y - control.y));
  const [ux, uy] = [(to.x - control.x) / length, (to.y - control.y) / length];
  const [long, wide] = [5 + width * 1.4, 2.5 + width * 0.8];
  const base = { x: to.x - ux * long, y: to.y - uy * long };
  return [
    to,
    { x: base.x - uy * wide, y: base.y + ux * wide },
    { x: base.x + uy * wide, y: base.y - ux * wide },
  ];
}

export function drawSpot(context: Context, spot: DrawnSpot, camera: Camera, colours: Colours): void {
  const { x, y } = project(spot.at, camera);
  const radius = spot.radius * sizeAt(camera);
  context.globalAlpha = spot.isDim ? 0.25 : 1;
  context.beginPath();
  spotPath(context, spot, x, y, radius);
  context.fillStyle = colours.surface;
  context.fill();
  context.lineWidth = spot.isHurt ? 2.5 : 1.5;
  context.strokeStyle = spot.hasDrops ? colours.bad : spot.isHurt ? colours.warn : colours.text3;
  context.stroke();
  if (spot.shape === "stack") {
    context.beginPath();
    context.moveTo(x - radius * 0.45, y);
    context.lineTo(x + radius * 0.45, y);
    context.moveTo(x, y - radius * 0.45);
    context.lineTo(x, y + radius * 0.45);
    context.stroke();
  }
  context.globalAlpha = 1;
}

function spotPath(context: Context, { shape }: DrawnSpot, x: number, y: number, radius: number): void {
  if (shape === "circle" || shape === "stack") {
    context.arc(x, y, radius, 0, 2 * Math.PI);
    return;
  }
  const corners = cornersOf(shape);
  corners.forEach(([cx, cy], at) => {
    if (at === 0) context.moveTo(x + cx * radius, y + cy * radius);
    else context.lineTo(x + cx * radius, y + cy * radius);
  });
  context.closePath();
}

const HEXAGON = Array.from({ length: 6 }, (_, at): [number, number] => [
  Math.cos((at * Math.PI) / 3),
  Math.sin((at * Math.PI) / 3),
]);

export function cornersOf(shape: "square" | "diamond" | "hexagon"): readonly (readonly [number, number])[] {
  if (shape === "hexagon") return HEXAGON;
  if (shape === "diamond")
    return [
      [0, -1],
      [1, 0],
      [0, 1],
      [-1, 0],
    ];
  return [
    [-0.9, -0.9],
    [0.9, -0.9],
    [0.9, 0.9],
    [-0.9, 0.9],
  ];
}

function drawLabels(
  context: Context,
  scene: Drawn,
  camera: Camera,
  colours: Colours,
  view: { readonly width: number; readonly height: number },
): void {
  const measured = (text: string, kind: Label["kind"]): number => {
    context.font = fontOf(kind);
    return context.measureText(text).width;
  };
  context.lineJoin = "round";
  for (const label of placeLabels(scene, camera, measured, view)) {
    context.font = fontOf(label.kind);
    context.textAlign = label.align;
    context.globalAlpha = label.isDim ? 0.35 : 1;
    context.lineWidth = 3;
    context.strokeStyle = colours.surface;
    context.strokeText(label.text, label.at.x, label.at.y);
    context.fillStyle = labelColour(label, colours);
    context.fillText(label.text, label.at.x, label.at.y);
  }
  context.globalAlpha = 1;
}
