/**
 * Keeps a finished picture and shows it moved and scaled at once while a fresh one is drawn behind it in small steps. So
 * panning costs the same for ten lines and for twenty thousand.
 */

import type { Camera } from "@/lib/insight/map/geometry";
import type { Colours } from "./colours";
import { drawScene, drawSpot, project, sizeAt, strokeLine } from "./draw";
import type { Scene, SceneLine, SceneSpot } from "./scene";

/** Of one frame, spent on the fresh picture. */
const BUDGET_MS = 6;

export interface Marks {
  readonly spot?: SceneSpot;
  readonly line?: SceneLine;
  readonly open: readonly SceneLine[];
  readonly openSpot?: SceneSpot;
}

interface Picture {
  readonly canvas: HTMLCanvasElement;
  readonly camera: Camera;
  readonly scene: Scene;
  readonly colours: Colours;
}

export class Painter {
  private scene: Scene | undefined;
  private camera: Camera = { k: 1, x: 0, y: 0 };
  private colours: Colours | undefined;
  private marks: Marks = { open: [] };
  private shown: Picture | undefined;
  private next: { readonly picture: Picture; readonly steps: Generator<undefined> } | undefined;
  private frame = 0;
  private size = { width: 0, height: 0, ratio: 1 };

  constructor(private readonly canvas: HTMLCanvasElement) {}

  resize(width: number, height: number, ratio: number): void {
    this.size = { width, height, ratio };
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.next = undefined;
    this.shown = undefined;
    this.wake();
  }

  show(scene: Scene, colours: Colours): void {
    this.scene = scene;
    this.colours = colours;
    this.wake();
  }

  look(camera: Camera): void {
    this.camera = camera;
    this.wake();
  }

  mark(marks: Marks): void {
    this.marks = marks;
    this.wake();
  }

  stop(): void {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    this.next = undefined;
  }

  private wake(): void {
    if (this.frame === 0) this.frame = requestAnimationFrame(() => this.tick());
  }

  private tick(): void {
    this.frame = 0;
    if (this.scene === undefined || this.colours === undefined || this.size.width === 0) return;
    this.advance(this.scene, this.colours);
    this.compose(this.colours);
    if (this.next !== undefined || !this.isCurrent(this.shown)) this.wake();
    this.canvas.dataset.drawn = String(this.next === undefined && this.isCurrent(this.shown));
  }

  private isCurrent(picture: Picture | undefined): boolean {
    return (
      picture !== undefined &&
      picture.scene === this.scene &&
      picture.colours === this.colours &&
      picture.camera === this.camera
    );
  }

  private advance(scene: Scene, colours: Colours): void {
    if (this.next === undefined && !this.isCurrent(this.shown)) this.next = this.begin(scene, colours);
    // A picture of another scene is of no use any more; one seen from elsewhere is still better than the last.
    else if (this.next !== undefined && this.next.picture.scene !== scene)
      this.next = this.begin(scene, colours);
    if (this.next === undefined) return;
    const until = performance.now() + BUDGET_MS;
    while (performance.now() < until) {
      if (!this.next.steps.next().done) continue;
      this.shown = this.next.picture;
      this.next = undefined;
      return;
    }
  }

  private begin(scene: Scene, colours: Colours): NonNullable<Painter["next"]> | undefined {
    const canvas = document.createElement("canvas");
    canvas.width = this.canvas.width;
    canvas.height = this.canvas.height;
    const context = canvas.getContext("2d");
    if (context === null) return undefined;
    context.scale(this.size.ratio, this.size.ratio);
    const picture = { canvas, camera: this.camera, scene, colours };
    return { picture, steps: drawScene(context, scene, this.camera, colours, this.size) };
  }

  private compose(colours: Colours): void {
    const context = this.canvas.getContext("2d");
    if (context === null) return;
    const { width, height, ratio } = this.size;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    if (this.shown !== undefined) {
      const before = this.shown.camera;
      const by = this.camera.k / before.k;
      context.drawImage(
        this.shown.canvas,
        this.camera.x - before.x * by,
        this.camera.y - before.y * by,
        width * by,
        height * by,
      );
    }
    this.drawMarks(context, colours);
  }

  private drawMarks(context: CanvasRenderingContext2D, colours: Colours): void {
    const { spot, line, open, openSpot } = this.marks;
    for (const marked of line === undefined ? open : [...open, line])
      strokeLine(context, marked, this.camera, colours, {
        alpha: 1,
        width: marked.width * sizeAt(this.camera) + 1.5,
      });
    context.setLineDash([]);
    context.globalAlpha = 1;
    for (const marked of [spot, openSpot]) if (marked !== undefined) this.ring(context, marked, colours);
  }

  private ring(context: CanvasRenderingContext2D, spot: SceneSpot, colours: Colours): void {
    drawSpot(context, spot, this.camera, colours);
    const { x, y } = project(spot.at, this.camera);
    context.beginPath();
    context.arc(x, y, spot.radius * sizeAt(this.camera) + 4, 0, 2 * Math.PI);
    context.lineWidth = 2;
    context.strokeStyle = colours.accent;
    context.stroke();
  }
}
