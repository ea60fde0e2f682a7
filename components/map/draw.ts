/** Draws a scene on a canvas, in steps, so that a large one never holds the page up. */

import { type Camera, type Curve, curveBetween, pointOn } from "@/lib/insight/map/geometry";
import type { Place } from "@/lib/insight/map/layout";
import type { Tone } from "@/lib/insight/map/measure";
import type { Colours } from "./colours";
import type { Scene, SceneLine, SceneSpot } from "./scene";

const FONT = "system-ui, sans-serif";
/** Lines between two looks at the clock. */
const STEP = 120;

/** Dots and lines grow a little with the picture, never as fast as it. */
export function sizeAt({ k }: Camera): number {
  return Math.max(0.5, Math.min(1.5, k ** 0.6));
}

export function project({ x, y }: Place, camera: Camera): Place {
  return { x: x * camera.k + camera.x, y: y * camera.k + camera.y };
}

export function curveOf({ from, to }: SceneLine, camera: Camera): Curve {
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

const isWell = ({ tone }: SceneLine): boolean => tone === "good" || tone === "calm";

/** What is well is quieter, the more so the more there is, so that what is not stands out. */
export function alphaOf(line: SceneLine, crowd: number): number {
  if (line.isDim) return 0.1;
  return isWell(line) ? 0.15 + 0.4 * crowd : 0.95;
}

export function widthOf(line: SceneLine, size: number, crowd: number): number {
  return isWell(line)
    ? Math.max(0.6, line.width * size * (0.3 + 0.7 * crowd))
    : Math.max(1.5, line.width * size);
}

/** From 1, where lines are few, to 0. */
export function crowdOf({ lines }: Scene): number {
  return Math.min(1, 150 / Math.max(1, lines.length));
}

type Context = CanvasRenderingContext2D;

/** Yields between steps. */
export function* drawScene(
  context: Context,
  scene: Scene,
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

function drawHulls(context: Context, { hulls }: Scene, camera: Camera, colours: Colours): void {
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
  line: SceneLine,
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

export function drawSpot(context: Context, spot: SceneSpot, camera: Camera, colours: Colours): void {
  const { x, y } = project(spot.at, camera);
  const radius = spot.radius * sizeAt(camera);
  context.globalAlpha = spot.isDim ? 0.25 : 1;
  context.beginPath();
  spotPath(context, spot, x, y, radius);
  context.fillStyle = colours.surface;
  context.fill();
  context.lineWidth = spot.isHurt ? 2.5 : 1.5;
  context.strokeStyle = spot.spot.counts.drops > 0 ? colours.bad : spot.isHurt ? colours.warn : colours.text3;
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

function spotPath(context: Context, { shape }: SceneSpot, x: number, y: number, radius: number): void {
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

/** A word on the picture, placed where no heavier one stands. */
export interface Label extends Spot {
  readonly text: string;
  readonly kind: "title" | "spot" | "line";
  readonly tone?: Tone;
  readonly isDim: boolean;
}

interface Spot {
  readonly at: Place;
  readonly align: CanvasTextAlign;
}

interface Wanted extends Omit<Label, keyof Spot> {
  /** The first that is free is taken. */
  readonly ways: readonly Spot[];
}

const LINE_HEIGHT = 14;

/** Titles first, then names of what hurts, numbers on lines, and other names, the heaviest first. */
export function placeLabels(
  scene: Scene,
  camera: Camera,
  widthOfText: (text: string, kind: Label["kind"]) => number,
  view: { readonly width: number; readonly height: number },
): Label[] {
  const names = [...scene.spots]
    .sort((a, b) => Number(a.isDim) - Number(b.isDim) || b.weight - a.weight)
    .map((spot) => ({ spot, wanted: nameOf(spot, camera) }));
  const isFirst = ({ spot }: (typeof names)[number]) => spot.spot.counts.drops > 0 && !spot.isDim;
  const wanted = [
    ...titlesOf(scene, camera),
    ...names.filter(isFirst).map((name) => name.wanted),
    ...numbersOf(scene, camera),
    ...names.filter((name) => !isFirst(name)).map((name) => name.wanted),
  ];
  const taken = new Boxes();
  for (const spot of scene.spots) {
    const { x, y } = project(spot.at, camera);
    const radius = spot.radius * sizeAt(camera);
    taken.add({ left: x - radius, right: x + radius, top: y - radius, bottom: y + radius });
  }
  return wanted.flatMap(({ ways, ...label }) => {
    const width = widthOfText(label.text, label.kind);
    const way = ways.find(({ at, align }) => {
      const left = align === "center" ? at.x - width / 2 : align === "right" ? at.x - width : at.x;
      const box = { left, right: left + width, top: at.y - LINE_HEIGHT + 3, bottom: at.y + 3 };
      const isSeen = box.right > 0 && box.left < view.width && box.bottom > 0 && box.top < view.height;
      return isSeen && taken.addIfFree(box);
    });
    return way === undefined ? [] : [{ ...label, ...way }];
  });
}

function titlesOf({ hulls }: Scene, camera: Camera): Wanted[] {
  return hulls.map(({ title, top, kind }) => {
    const { x, y } = project(top, camera);
    const at = { x, y: y - (kind === "outside" ? 4 : 6) };
    return { text: title, ways: [{ at, align: "center" }], kind: "title", isDim: false };
  });
}

function numbersOf({ lines }: Scene, camera: Camera): Wanted[] {
  return lines.flatMap((line) => {
    if (line.label === undefined || line.isDim) return [];
    const curve = curveOf(line, camera);
    const ways = [0.5, 0.38, 0.62, 0.25, 0.75].map((t): Spot => {
      const { x, y } = pointOn(curve, t);
      return { at: { x, y: y + 4 }, align: "center" };
    });
    const text = (line.isBlocked ? "✕ " : "") + line.label;
    return [{ text, ways, kind: "line", tone: line.tone, isDim: false }];
  });
}

function nameOf(spot: SceneSpot, camera: Camera): Wanted {
  const { x, y } = project(spot.at, camera);
  const away = spot.radius * sizeAt(camera) + 5;
  const left: Spot = { at: { x: x - away, y: y + 4 }, align: "right" };
  const right: Spot = { at: { x: x + away, y: y + 4 }, align: "left" };
  const below: Spot = { at: { x, y: y + away + 9 }, align: "center" };
  const above: Spot = { at: { x, y: y - away }, align: "center" };
  const ways = spot.side === "left" ? [left] : spot.side === "right" ? [right] : [below, right, left, above];
  return { text: spot.label, ways, kind: "spot", isDim: spot.isDim };
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Boxes by cells of a grid, so that asking for free room stays cheap. */
class Boxes {
  private readonly cells = new Map<string, Box[]>();

  addIfFree(box: Box): boolean {
    for (const cell of cellsOf(box))
      for (const other of this.cells.get(cell) ?? [])
        if (
          box.left < other.right &&
          box.right > other.left &&
          box.top < other.bottom &&
          box.bottom > other.top
        )
          return false;
    this.add(box);
    return true;
  }

  add(box: Box): void {
    for (const cell of cellsOf(box)) {
      const list = this.cells.get(cell);
      if (list === undefined) this.cells.set(cell, [box]);
      else list.push(box);
    }
  }
}

const CELL = 64;

function cellsOf({ left, right, top, bottom }: Box): string[] {
  const cells: string[] = [];
  for (let x = Math.floor(left / CELL); x <= Math.floor(right / CELL); x++)
    for (let y = Math.floor(top / CELL); y <= Math.floor(bottom / CELL); y++) cells.push(`${x} ${y}`);
  return cells;
}

export function fontOf(kind: Label["kind"]): string {
  return kind === "title" ? `600 12px ${FONT}` : kind === "line" ? `600 11px ${FONT}` : `11px ${FONT}`;
}

function drawLabels(
  context: Context,
  scene: Scene,
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

export function labelColour({ kind, tone }: Label, colours: Colours): string {
  if (kind === "title") return colours.text2;
  if (kind === "spot") return colours.text;
  return tone === "warn" ? colours.warn : tone === "good" || tone === "calm" ? colours.text2 : colours.bad;
}
