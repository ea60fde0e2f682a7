/**
 * Shows a finished picture of the map moved and scaled at once, while a fresh one is drawn by another thread. The picture
 * reaches beyond the screen, so moving it draws nothing at all, for ten lines as for twenty thousand.
 */

import type { Size } from "@/components/ui/use-size";
import type { Camera } from "@/lib/insight/map/geometry";
import type { Colours } from "./colours";
import { drawSpot, project, sizeAt, strokeLine } from "./draw";
import type { DrawReply, DrawRequest } from "./draw-worker";
import { type DrawnLine, type DrawnSpot, toDrawn } from "./drawn";
import type { Scene } from "./scene";

/** What stands out above the picture. */
export interface Marks {
  readonly lines: readonly DrawnLine[];
  readonly spots: readonly DrawnSpot[];
}

/** The picture reaches so much of the screen beyond each of its sides, */
const BEYOND = 0.25;
/** unless it would be larger than this, in pixels. */
const LARGEST = 16_000_000;
/** Without a move for so long, the picture rests. */
const REST_MS = 100;
/** A picture scaled by more is drawn anew while it moves. */
const MOST_SCALED = 1.6;

interface Picture {
  readonly id: number;
  readonly scene: Scene;
  readonly colours: Colours;
  readonly size: Size;
  readonly ratio: number;
  readonly camera: Camera;
  /** Beyond each side of the screen. */
  readonly margin: { readonly x: number; readonly y: number };
}

export class Painter {
  private readonly worker = new Worker(new URL("./draw-worker.ts", import.meta.url), { type: "module" });
  private scene: Scene | undefined;
  private colours: Colours | undefined;
  private camera: Camera | undefined;
  private size: Size = { width: 0, height: 0 };
  private ratio = 1;
  private marks: Marks = { lines: [], spots: [] };
  private hasMarks = false;
  private shown: Picture | undefined;
  private pending: Picture | undefined;
  private sent: Scene | undefined;
  private frame = 0;
  private rest: ReturnType<typeof setTimeout> | undefined;
  private isMoving = false;

  /** `picture` is moved and scaled; `above`, as large as the screen, has the marks. */
  constructor(
    private readonly picture: HTMLCanvasElement,
    private readonly above: HTMLCanvasElement,
  ) {
    this.worker.addEventListener("message", ({ data }: MessageEvent<DrawReply>) => this.take(data));
  }

  resize(size: Size, ratio: number): void {
    this.size = size;
    this.ratio = ratio;
    this.above.width = Math.round(size.width * ratio);
    this.above.height = Math.round(size.height * ratio);
    this.wake();
  }

  show(scene: Scene, colours: Colours): void {
    this.scene = scene;
    this.colours = colours;
    this.wake();
  }

  look(camera: Camera): void {
    this.isMoving = this.camera !== undefined;
    this.camera = camera;
    clearTimeout(this.rest);
    this.rest = setTimeout(() => {
      this.isMoving = false;
      this.wake();
    }, REST_MS);
    this.wake();
  }

  mark(marks: Marks): void {
    this.marks = marks;
    this.wake();
  }

  stop(): void {
    cancelAnimationFrame(this.frame);
    clearTimeout(this.rest);
    this.worker.terminate();
  }

  private wake(): void {
    this.tell();
    if (this.frame === 0) this.frame = requestAnimationFrame(() => this.tick());
  }

  /** For who waits until the picture stands still. */
  private tell(): void {
    this.above.dataset.drawn = String(this.isShownWhole());
  }

  private tick(): void {
    this.frame = 0;
    const { scene, colours, camera, size } = this;
    if (scene === undefined || colours === undefined || camera === undefined) return;
    if (size.width < 1 || size.height < 1) return;
    this.place(camera);
    this.drawMarks(camera, colours);
    if (this.needsPicture()) this.ask(scene, colours, camera);
    this.tell();
  }

  private isShownWhole(): boolean {
    const { shown, camera } = this;
    return shown !== undefined && this.isOfNow(shown) && shown.camera.k === camera?.k && this.covers(shown);
  }

  private isOfNow({ scene, colours, size, ratio }: Picture): boolean {
    return scene === this.scene && colours === this.colours && size === this.size && ratio === this.ratio;
  }

  /** Reaches over the whole screen, and is not scaled out of recognition. */
  private covers({ camera: own, margin, size }: Picture): boolean {
    const { camera } = this;
    if (camera === undefined) return false;
    const by = camera.k / own.k;
    const [left, top] = [camera.x - (own.x + margin.x) * by, camera.y - (own.y + margin.y) * by];
    return (
      left <= 0 &&
      top <= 0 &&
      left + (size.width + 2 * margin.x) * by >= size.width &&
      top + (size.height + 2 * margin.y) * by >= size.height &&
      Math.max(by, 1 / by) <= MOST_SCALED
    );
  }

  private needsPicture(): boolean {
    if (this.isShownWhole()) return false;
    if (this.pending !== undefined && this.isOfNow(this.pending)) return !this.covers(this.pending);
    const isGoodMeanwhile = this.shown !== undefined && this.isOfNow(this.shown) && this.covers(this.shown);
    return !isGoodMeanwhile || !this.isMoving;
  }

  private ask(scene: Scene, colours: Colours, camera: Camera): void {
    const { size, ratio } = this;
    const isLarge = size.width * size.height * ratio ** 2 * (1 + 2 * BEYOND) ** 2 > LARGEST;
    const beyond = isLarge ? 0 : BEYOND;
    const margin = { x: Math.round(size.width * beyond), y: Math.round(size.height * beyond) };
    const id = (this.pending ?? this.shown)?.id ?? 0;
    this.pending = { id: id + 1, scene, colours, size, ratio, camera, margin };
    this.worker.postMessage({
      id: id + 1,
      ...(this.sent !== scene && { scene: toDrawn(scene) }),
      camera: { k: camera.k, x: camera.x + margin.x, y: camera.y + margin.y },
      colours,
      size: { width: size.width + 2 * margin.x, height: size.height + 2 * margin.y },
      ratio,
    } satisfies DrawRequest);
    this.sent = scene;
  }

  private take({ id, bitmap }: DrawReply): void {
    const taken = this.pending;
    if (taken?.id !== id) {
      bitmap.close();
      return;
    }
    this.pending = undefined;
    this.shown = taken;
    const { width, height } = bitmap;
    this.picture.style.width = `${width / taken.ratio}px`;
    this.picture.style.height = `${height / taken.ratio}px`;
    this.picture.style.background = taken.colours.surface;
    this.picture.getContext("bitmaprenderer")?.transferFromImageBitmap(bitmap);
    if (this.camera !== undefined) this.place(this.camera);
    this.wake();
  }

  private place({ k, x, y }: Camera): void {
    if (this.shown === undefined) return;
    const { camera, margin } = this.shown;
    const by = k / camera.k;
    const [left, top] = [x - (camera.x + margin.x) * by, y - (camera.y + margin.y) * by];
    this.picture.style.transform = `translate(${left}px, ${top}px) scale(${by})`;
  }

  private drawMarks(camera: Camera, colours: Colours): void {
    const { lines, spots } = this.marks;
    const hasMarks = lines.length + spots.length > 0;
    if (!hasMarks && !this.hasMarks) return;
    this.hasMarks = hasMarks;
    const context = this.above.getContext("2d");
    if (context === null) return;
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, this.size.width, this.size.height);
    for (const line of lines)
      strokeLine(context, line, camera, colours, { alpha: 1, width: line.width * sizeAt(camera) + 1.5 });
    context.setLineDash([]);
    context.globalAlpha = 1;
    for (const spot of spots) ring(context, spot, camera, colours);
  }
}

function ring(context: CanvasRenderingContext2D, spot: DrawnSpot, camera: Camera, colours: Colours): void {
  drawSpot(context, spot, camera, colours);
  const { x, y } = project(spot.at, camera);
  context.beginPath();
  context.arc(x, y, spot.radius * sizeAt(camera) + 4, 0, 2 * Math.PI);
  context.lineWidth = 2;
  context.strokeStyle = colours.accent;
  context.stroke();
}
