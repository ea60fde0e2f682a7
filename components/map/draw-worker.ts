/** Draws the map beside the page's own thread, so that however large it is, the page goes on living. */

import type { Camera } from "@/lib/insight/map/geometry";
import type { Colours } from "./colours";
import { drawScene } from "./draw";
import type { Drawn } from "./drawn";

export interface DrawRequest {
  readonly id: number;
  /** Absent: the one before. */
  readonly scene?: Drawn;
  readonly camera: Camera;
  readonly colours: Colours;
  readonly size: { readonly width: number; readonly height: number };
  /** Pixels of the screen for one of the page. */
  readonly ratio: number;
}

export interface DrawReply {
  readonly id: number;
  readonly bitmap: ImageBitmap;
}

/** Between two looks at what else was asked for. */
const SLICE_MS = 25;

let scene: Drawn | undefined;
let latest = 0;

/** Undefined: something else was asked for meanwhile. */
async function draw(request: DrawRequest, drawn: Drawn): Promise<ImageBitmap | undefined> {
  const { camera, colours, size, ratio } = request;
  const canvas = new OffscreenCanvas(Math.round(size.width * ratio), Math.round(size.height * ratio));
  const context = canvas.getContext("2d");
  if (context === null) return undefined;
  context.scale(ratio, ratio);
  let until = performance.now() + SLICE_MS;
  for (const _step of drawScene(context, drawn, camera, colours, size)) {
    if (performance.now() < until) continue;
    await new Promise((resolve) => setTimeout(resolve));
    if (request.id !== latest) return undefined;
    until = performance.now() + SLICE_MS;
  }
  return canvas.transferToImageBitmap();
}

self.addEventListener("message", ({ data }: MessageEvent<DrawRequest>) => {
  latest = data.id;
  scene = data.scene ?? scene;
  if (scene === undefined) return;
  void draw(data, scene).then((bitmap) => {
    if (bitmap !== undefined)
      self.postMessage({ id: data.id, bitmap } satisfies DrawReply, { transfer: [bitmap] });
  });
});
