/** A scene as an SVG picture: the same places, dashes and words as on the canvas. */

import type { Camera } from "@/lib/insight/map/geometry";
import type { Place } from "@/lib/insight/map/layout";
import type { Colours } from "./colours";
import {
  alphaOf,
  arrowOf,
  colourOf,
  cornersOf,
  crowdOf,
  curveOf,
  DASHES,
  project,
  sizeAt,
  widthOf,
} from "./draw";
import type { Drawn, DrawnLine, DrawnSpot, Hull } from "./drawn";
import { fontOf, type Label, labelColour, placeLabels } from "./labels";

export interface SvgOptions {
  readonly scene: Drawn;
  readonly camera: Camera;
  readonly colours: Colours;
  readonly size: { readonly width: number; readonly height: number };
  readonly widthOfText: (text: string, kind: Label["kind"]) => number;
  readonly title: string;
  /** A style sheet of its own, which may say what `colours` only name. */
  readonly style?: string;
}

export function toSvg({ scene, camera, colours, size, widthOfText, title, style }: SvgOptions): string {
  const crowd = crowdOf(scene);
  const parts = [
    ...scene.hulls.map((hull) => hullSvg(hull, camera, colours)),
    ...scene.lines.map((line) => lineSvg(line, camera, colours, crowd)),
    ...scene.spots.map((spot) => spotSvg(spot, camera, colours)),
    ...placeLabels(scene, camera, widthOfText, size).map((label) => labelSvg(label, colours)),
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}" viewBox="0 0 ${size.width} ${size.height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    ...(style === undefined ? [] : [`<style>${style}</style>`]),
    `<rect width="100%" height="100%" fill="${colours.surface}"/>`,
    ...parts,
    "</svg>",
    "",
  ].join("\n");
}

const n = (value: number): string => String(Math.round(value * 10) / 10);

function points(places: readonly Place[]): string {
  return places.map(({ x, y }) => `${n(x)},${n(y)}`).join(" ");
}

function hullSvg({ polygon, kind }: Hull, camera: Camera, colours: Colours): string {
  const fill = kind === "namespace" ? colours.sunken : "none";
  const dash = kind === "outside" ? ' stroke-dasharray="3 3"' : "";
  const around = points(polygon.map((place) => project(place, camera)));
  return `<polygon points="${around}" fill="${fill}" stroke="${colours.line}"${dash}/>`;
}

function lineSvg(line: DrawnLine, camera: Camera, colours: Colours, crowd: number): string {
  const curve = curveOf(line, camera);
  const width = widthOf(line, sizeAt(camera), crowd);
  const colour = colours[colourOf(line.tone)];
  const dashes = DASHES[line.tone];
  const look = `fill="none" stroke="${colour}" stroke-width="${n(width)}" opacity="${n(alphaOf(line, crowd))}"${dashes.length > 0 ? ` stroke-dasharray="${dashes.join(" ")}"` : ""}`;
  if (curve.loop !== undefined)
    return `<circle cx="${n(curve.loop.centre.x)}" cy="${n(curve.loop.centre.y)}" r="${n(curve.loop.radius)}" ${look}/>`;
  const { from, control, to } = curve;
  const path = `<path d="M${n(from.x)} ${n(from.y)}Q${n(control.x)} ${n(control.y)} ${n(to.x)} ${n(to.y)}" ${look}/>`;
  return `${path}<polygon points="${points(arrowOf(curve, width))}" fill="${colour}" opacity="${n(alphaOf(line, crowd))}"/>`;
}

function spotSvg(spot: DrawnSpot, camera: Camera, colours: Colours): string {
  const { x, y } = project(spot.at, camera);
  const radius = spot.radius * sizeAt(camera);
  const edge = spot.hasDrops ? colours.bad : spot.isHurt ? colours.warn : colours.text3;
  const look = `fill="${colours.surface}" stroke="${edge}" stroke-width="${spot.isHurt ? 2.5 : 1.5}" opacity="${spot.isDim ? 0.25 : 1}"`;
  if (spot.shape === "circle" || spot.shape === "stack") {
    const circle = `<circle cx="${n(x)}" cy="${n(y)}" r="${n(radius)}" ${look}/>`;
    if (spot.shape === "circle") return circle;
    const half = radius * 0.45;
    return `${circle}<path d="M${n(x - half)} ${n(y)}H${n(x + half)}M${n(x)} ${n(y - half)}V${n(y + half)}" ${look}/>`;
  }
  const corners = cornersOf(spot.shape).map(([cx, cy]) => ({ x: x + cx * radius, y: y + cy * radius }));
  return `<polygon points="${points(corners)}" ${look}/>`;
}

const ANCHORS: Readonly<Record<string, string>> = { left: "start", right: "end", center: "middle" };

function labelSvg(label: Label, colours: Colours): string {
  const { at, align, kind, text, isDim } = label;
  return `<text x="${n(at.x)}" y="${n(at.y)}" text-anchor="${ANCHORS[align] ?? "start"}" style="font: ${fontOf(kind)}" fill="${labelColour(label, colours)}" stroke="${colours.surface}" stroke-width="3" paint-order="stroke" opacity="${isDim ? 0.35 : 1}">${escaped(text)}</text>`;
}

/** Anything else makes the whole document none (XML 1.0, 2.2). */
const NOT_IN_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/** Log content stays text. */
function escaped(text: string): string {
  return text
    .replace(NOT_IN_XML, "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
