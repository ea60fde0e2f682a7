/** The map as a file: a picture of all of it, whatever part is on the screen, or its data. */

import { toDot } from "@/lib/insight/map/dot";
import type { MapAnswer } from "@/lib/questions/answers-map";
import { readColours, readLightColours } from "./colours";
import { drawScene } from "./draw";
import type { Drawn } from "./drawn";
import { fontOf, type Label } from "./labels";
import { toSvg } from "./svg";
import { RATIO, viewOf } from "./whole-view";

export type SavedAs = "png" | "svg" | "json" | "dot";

/** All of the map for a sheet of paper, whatever part is on the screen: on white, however dark the page is. */
export function paperOf(scene: Drawn, title: string): string {
  return `data:image/svg+xml,${encodeURIComponent(svgOf(scene, title, readLightColours(document.body)))}`;
}

export async function saveMap(as: SavedAs, name: string, scene: Drawn, answer: MapAnswer): Promise<void> {
  const file = `${name.replaceAll(/[^\p{L}\p{N}._-]+/gu, "-").slice(0, 80) || "map"}-map.${as}`;
  if (as === "json")
    download(file, new Blob([`${JSON.stringify(dataOf(answer), null, 2)}\n`], { type: "application/json" }));
  else if (as === "dot")
    download(file, new Blob([toDot(answer.nodes, answer.edges)], { type: "text/vnd.graphviz" }));
  else if (as === "svg") download(file, new Blob([svgOf(scene, name)], { type: "image/svg+xml" }));
  else download(file, await pngOf(scene));
}

/** As the interface answers, with the address that shows the same. */
function dataOf(answer: MapAnswer): object {
  return { address: window.location.href, ...answer };
}

function svgOf(scene: Drawn, title: string, colours = readColours(document.body)): string {
  const context = document.createElement("canvas").getContext("2d");
  const widthOfText = (text: string, kind: Label["kind"]): number => {
    if (context === null) return 7 * text.length;
    context.font = fontOf(kind);
    return context.measureText(text).width;
  };
  return toSvg({ scene, ...viewOf(scene), colours, widthOfText, title });
}

async function pngOf(scene: Drawn): Promise<Blob> {
  const { size, camera } = viewOf(scene);
  const canvas = document.createElement("canvas");
  canvas.width = size.width * RATIO;
  canvas.height = size.height * RATIO;
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("no canvas to draw on");
  const colours = readColours(document.body);
  context.scale(RATIO, RATIO);
  context.fillStyle = colours.surface;
  context.fillRect(0, 0, size.width, size.height);
  for (const _step of drawScene(context, scene, camera, colours, size)) await nextTask();
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob === null ? reject(new Error("no picture")) : resolve(blob)), "image/png");
  });
}

/** Lets the page live while a large picture is drawn. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

function download(name: string, blob: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
