/** Which words stand on the picture, and where: none on another, the heaviest first. */

import { type Camera, pointOn } from "@/lib/insight/map/geometry";
import type { Place } from "@/lib/insight/map/layout";
import type { Tone } from "@/lib/insight/map/measure";
import type { Colours } from "./colours";
import { curveOf, project, sizeAt } from "./draw";
import type { Drawn, DrawnSpot, Hull } from "./drawn";

const FONT = "system-ui, sans-serif";

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
  scene: Drawn,
  camera: Camera,
  widthOfText: (text: string, kind: Label["kind"]) => number,
  view: { readonly width: number; readonly height: number },
): Label[] {
  const names = [...scene.spots]
    .sort((a, b) => Number(a.isDim) - Number(b.isDim) || b.weight - a.weight)
    .map((spot) => ({ spot, wanted: nameOf(spot, camera) }));
  const isFirst = ({ spot }: (typeof names)[number]) => spot.hasDrops && !spot.isDim;
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

/** Above its hull, else below, else beside it. */
function titlesOf({ hulls }: Drawn, camera: Camera): Wanted[] {
  return hulls.map(({ title, polygon, kind }) => {
    const box = boxOf(polygon, camera);
    const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
    const away = kind === "outside" ? 4 : 6;
    const ways: Spot[] = [
      { at: { x, y: box.top - away }, align: "center" },
      { at: { x, y: box.bottom + away + 10 }, align: "center" },
      { at: { x: box.right + away, y: y + 4 }, align: "left" },
      { at: { x: box.left - away, y: y + 4 }, align: "right" },
    ];
    return { text: title, ways: kind === "outside" ? ways.slice(0, 1) : ways, kind: "title", isDim: false };
  });
}

function boxOf(polygon: Hull["polygon"], camera: Camera): Box {
  const box = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity };
  for (const place of polygon) {
    const { x, y } = project(place, camera);
    box.left = Math.min(box.left, x);
    box.right = Math.max(box.right, x);
    box.top = Math.min(box.top, y);
    box.bottom = Math.max(box.bottom, y);
  }
  return box;
}

function numbersOf({ lines }: Drawn, camera: Camera): Wanted[] {
  return lines.flatMap((line) => {
    if (line.label === undefined || line.isDim) return [];
    const curve = curveOf(line, camera);
    const ways = [0.5, 0.38, 0.62, 0.25, 0.75].map((t): Spot => {
      const { x, y } = pointOn(curve, t);
      return { at: { x, y: y + 4 }, align: "center" };
    });
    const text = (line.isBlocked ? "× " : "") + line.label;
    return [{ text, ways, kind: "line", tone: line.tone, isDim: false }];
  });
}

function nameOf(spot: DrawnSpot, camera: Camera): Wanted {
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
  return kind === "title" ? `600 13px ${FONT}` : kind === "line" ? `600 12px ${FONT}` : `12px ${FONT}`;
}

export function labelColour({ kind, tone }: Label, colours: Colours): string {
  if (kind === "title") return colours.text2;
  if (kind === "spot") return colours.text;
  return tone === "warn" ? colours.warn : tone === "good" || tone === "calm" ? colours.text2 : colours.bad;
}
