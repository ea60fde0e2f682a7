/** Pinned maps as pictures, for the page and for files: asked of the pin's revision, and drawn in a thread, one after the other. */

import path from "node:path";
import { Worker } from "node:worker_threads";
import { projectRoot } from "@/lib/base/project-root";
import { ok, type Result } from "@/lib/base/result";
import type { Pin } from "@/lib/investigations/investigation";
import { Slots } from "@/lib/jobs/slots";
import type { MapAnswer } from "@/lib/questions/answers-map";
import type { PinPicture } from "@/lib/report/pin-report-answer";
import { EMPTY_FILTER } from "@/lib/scope/filter";
import { decodeScope, decodeView, encodeScope, type Scope } from "@/lib/scope/link";
import { readHide, withoutHidden } from "@/lib/scope/map-hide";
import type { Engine } from "../engine";
import type { Investigations } from "../investigations";
import type { PictureOrder } from "./picture";

/** A larger picture is left out: of a file that is mailed, and of a page. */
const MOST_PICTURE = 1024 * 1024;
/** As on the map's own page. */
const MOST_EDGES = 20_000;
const PICTURE_MS = 30_000;
const LEVELS = ["namespace", "workload", "pod"] as const;

type Level = (typeof LEVELS)[number];

/** Not of a map, or of one that cannot be asked for: the report says why. */
const NONE: PinPicture = { svg: null, says: null };

export class PinPictures {
  private readonly turns = new Slots(1);

  constructor(
    private readonly investigations: Investigations,
    private readonly ask: Engine["ask"],
  ) {}

  async of(investigationId: string, pinId: string, signal?: AbortSignal): Promise<Result<PinPicture>> {
    const found = await this.investigations.pin(investigationId, pinId);
    return found.ok ? ok(await this.draw(found.value.captureId, found.value.pin, signal)) : found;
  }

  async draw(captureId: string, pin: Pin, signal = new AbortController().signal): Promise<PinPicture> {
    if (pin.view !== "map") return NONE;
    const done = await this.turns.take(captureId, signal);
    if (done === undefined) return NONE;
    try {
      const order = await this.order(captureId, pin, signal);
      if (order === undefined) return NONE;
      if (order.map.edges.length === 0) return { svg: null, says: "There is nothing to draw in this scope." };
      const svg = await drawn(order).catch(() => undefined);
      return svg !== undefined && Buffer.byteLength(svg) <= MOST_PICTURE
        ? { svg, says: null }
        : { svg: null, says: "The map is too large for a picture. Its page shows it." };
    } finally {
      done();
    }
  }

  private async order(captureId: string, pin: Pin, signal: AbortSignal): Promise<PictureOrder | undefined> {
    const params = new URLSearchParams(pin.link);
    const { scope } = decodeScope(params);
    if (scope === undefined) return undefined;
    const { view } = decodeView(params);
    const level = LEVELS.find((one) => one === view.level) ?? "workload";
    const shown = withoutHidden(scope, readHide(view.hide));
    const map = await this.map(captureId, shown, level, signal);
    if (map === undefined) return undefined;
    const whole: Scope = {
      filter: EMPTY_FILTER,
      ...(scope.revision !== undefined && { revision: scope.revision }),
    };
    const isWhole = String(encodeScope(shown)) === String(encodeScope(whole));
    return {
      map,
      home: isWhole ? undefined : await this.map(captureId, whole, level, signal),
      isLayered: view.layout === "layered",
      measure: view.measure,
      unfolded: listOf(view.unfold),
      pins: view.pins,
      title: pin.title || "Map",
    };
  }

  private async map(
    captureId: string,
    scope: Scope,
    level: Level,
    signal: AbortSignal,
  ): Promise<Pick<MapAnswer, "nodes" | "edges"> | undefined> {
    const asked = { ...Object.fromEntries(encodeScope(scope)), level, limit: MOST_EDGES };
    const answer = await this.ask(captureId, "map", asked, signal);
    return answer.ok ? { nodes: answer.value.nodes, edges: answer.value.edges } : undefined;
  }
}

function listOf(text: string | undefined): string[] {
  try {
    const list: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(list) ? list.map(String) : [];
  } catch {
    return [];
  }
}

function drawn(order: PictureOrder): Promise<string> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(path.join(projectRoot(), "build", "picture-worker.mjs"), {
      workerData: order,
      resourceLimits: { maxOldGenerationSizeMb: 256 },
    });
    const late = setTimeout(() => void worker.terminate(), PICTURE_MS);
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.once("exit", () => {
      clearTimeout(late);
      reject(new Error("no picture"));
    });
  });
}
