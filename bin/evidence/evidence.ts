/** Investigations as files for people who have no Eyepiece: what each pin shows, from the revision that it holds on to. */

import { createReadStream, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Readable } from "node:stream";
import { Worker } from "node:worker_threads";
import { groupBy } from "@/lib/base/group";
import { projectRoot } from "@/lib/base/project-root";
import { fail, ok, type Result } from "@/lib/base/result";
import {
  EVIDENCE_NAME,
  EVIDENCE_VERSION,
  type EvidencePaper,
  type PinnedFlows,
} from "@/lib/investigations/evidence";
import type { Investigation, Pin } from "@/lib/investigations/investigation";
import { revisionOf } from "@/lib/investigations/revision";
import { isDiskFull } from "@/lib/jobs/messages";
import type { MapAnswer } from "@/lib/questions/answers-map";
import { EMPTY_FILTER } from "@/lib/scope/filter";
import { decodeScope, decodeView, encodeScope, type Scope } from "@/lib/scope/link";
import { readHide, withoutHidden } from "@/lib/scope/map-hide";
import type { Captures } from "../captures";
import type { Engine } from "../engine";
import type { Investigations } from "../investigations";
import { investigationHtml, type PinPart } from "./html";
import type { PictureOrder } from "./picture";
import { sha256, writePinnedFlows } from "./pinned-flows";
import { writeZip } from "./zip-writer";

export interface HandedEvidence {
  readonly body: Readable;
  readonly size: number;
  /** Of the investigation. */
  readonly title: string;
}

/** Of all pins together: a bundle is mailed or attached to a ticket. */
const MOST_RECORD_BYTES = 256 * 1024 * 1024;

/** A larger picture is left out of the file; its table is there. */
const MOST_PICTURE = 1024 * 1024;
/** As on the page. */
const MOST_EDGES = 20_000;
const PICTURE_MS = 30_000;
const LEVELS = ["namespace", "workload", "pod"] as const;

export class Evidence {
  private readonly folder: string;

  constructor(
    dataFolder: string,
    private readonly investigations: Investigations,
    private readonly captures: Captures,
    private readonly ask: Engine["ask"],
    private readonly nowMs: () => number = Date.now,
  ) {
    this.folder = path.join(dataFolder, "evidence");
    // What a stop left half done is of no use.
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A zip of the HTML file, the records behind each pin, and a paper with digests of all. It goes when its stream is closed. */
  async bundle(id: string, signal?: AbortSignal): Promise<Result<HandedEvidence>> {
    const folder = path.join(this.folder, crypto.randomUUID());
    mkdirSync(folder, { recursive: true });
    try {
      const written = await this.html(id, signal);
      if (!written.ok) return this.forget(folder, written);
      const { html, investigation } = written.value;
      const file = await this.zip(folder, html, investigation, signal);
      if (!file.ok) return this.forget(folder, file);
      const body = createReadStream(file.value);
      body.once("close", () => rmSync(folder, { recursive: true, force: true }));
      return ok({ body, size: statSync(file.value).size, title: investigation.title });
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      if (isDiskFull(error)) return fail("disk_full", "The disk of the data folder is full.");
      throw error;
    }
  }

  private forget<T>(folder: string, failed: T): T {
    rmSync(folder, { recursive: true, force: true });
    return failed;
  }

  private async zip(
    folder: string,
    html: string,
    investigation: Investigation,
    signal?: AbortSignal,
  ): Promise<Result<string>> {
    const htmlFile = path.join(folder, "investigation.html");
    writeFileSync(htmlFile, html);
    const flows: PinnedFlows[] = [];
    let room = MOST_RECORD_BYTES;
    for (const [scope, pins] of groupBy(
      investigation.pins.filter(({ view }) => view !== null),
      scopeOf,
    )) {
      const [pin] = pins;
      if (pin === undefined || scope === undefined) continue;
      const number = flows.length + 1;
      const name = `flows/${String(number).padStart(3, "0")}.jsonl`;
      const file = path.join(folder, `${number}.jsonl`);
      const written = await writePinnedFlows(file, pin, room, (asked) =>
        this.ask(investigation.captureId, "export", asked, signal),
      );
      if (!written.ok) return written;
      room -= written.value.bytes;
      flows.push({ name, pins: pins.map(({ id }) => id), ...written.value });
    }
    const paper: EvidencePaper = {
      format: "eyepiece-evidence",
      version: EVIDENCE_VERSION,
      madeAt: new Date(this.nowMs()).toISOString(),
      captureName: await this.nameOf(investigation.captureId),
      investigation,
      revisions: await this.revisions(investigation),
      html: { name: "investigation.html", bytes: Buffer.byteLength(html), sha256: sha256(html) },
      flows,
    };
    const paperFile = path.join(folder, EVIDENCE_NAME);
    writeFileSync(paperFile, `${JSON.stringify(paper, null, 2)}\n`);
    const target = path.join(folder, "evidence.zip");
    await writeZip(target, [
      { name: EVIDENCE_NAME, file: paperFile },
      { name: paper.html.name, file: htmlFile },
      ...flows.map(({ name }, at) => ({ name, file: path.join(folder, `${at + 1}.jsonl`) })),
    ]);
    return ok(target);
  }

  /** What the capture holds at each revision that is shown, as far as it is still there. */
  private async revisions({ captureId, pins }: Investigation): Promise<EvidencePaper["revisions"]> {
    const wanted = [...new Set(pins.map(revisionOf).filter((one) => one !== undefined))];
    const found: EvidencePaper["revisions"] = [];
    for (const revision of wanted) {
      const answer = await this.ask(captureId, "contentDigest", { revision: String(revision) });
      if (!answer.ok) continue;
      const { digest, files } = answer.value;
      found.push({ revision, digest, files: files.slice(0, 100), count: files.length });
    }
    return found;
  }

  private async nameOf(captureId: string): Promise<string> {
    const info = await this.captures.info(captureId);
    return info.ok ? info.value.name : captureId;
  }

  /** One HTML file, at most 5 MiB. */
  async html(
    id: string,
    signal?: AbortSignal,
  ): Promise<Result<{ readonly html: string; readonly investigation: Investigation }>> {
    const found = await this.investigations.get(id);
    if (!found.ok) return found;
    const investigation = found.value;
    const { captureId } = investigation;
    const pins: PinPart[] = [];
    for (const pin of investigation.pins) {
      const report = await this.investigations.pinReport(id, pin.id, signal);
      if (!report.ok) return report;
      const picture = pin.view === "map" ? await this.picture(captureId, pin, signal) : undefined;
      pins.push({ pin, report: report.value, picture });
    }
    const captureName = await this.nameOf(captureId);
    const madeAt = new Date(this.nowMs()).toISOString();
    return ok({ html: investigationHtml({ investigation, captureName, pins, madeAt }), investigation });
  }

  /** Undefined where there is nothing to draw, or too much. */
  private async picture(captureId: string, pin: Pin, signal?: AbortSignal): Promise<string | undefined> {
    const params = new URLSearchParams(pin.link);
    const { scope } = decodeScope(params);
    if (scope === undefined) return undefined;
    const { view } = decodeView(params);
    const level = LEVELS.find((one) => one === view.level) ?? "workload";
    const shown = withoutHidden(scope, readHide(view.hide));
    const map = await this.map(captureId, shown, level, signal);
    if (map === undefined || map.edges.length === 0) return undefined;
    const whole: Scope = {
      filter: EMPTY_FILTER,
      ...(scope.revision !== undefined && { revision: scope.revision }),
    };
    const isWhole = String(encodeScope(shown)) === String(encodeScope(whole));
    const order: PictureOrder = {
      map,
      home: isWhole ? undefined : await this.map(captureId, whole, level, signal),
      isLayered: view.layout === "layered",
      measure: view.measure,
      unfolded: listOf(view.unfold),
      pins: view.pins,
      title: pin.title || "Map",
    };
    const picture = await drawn(order).catch(() => undefined);
    return picture !== undefined && Buffer.byteLength(picture) <= MOST_PICTURE ? picture : undefined;
  }

  private async map(
    captureId: string,
    scope: Scope,
    level: (typeof LEVELS)[number],
    signal?: AbortSignal,
  ): Promise<Pick<MapAnswer, "nodes" | "edges"> | undefined> {
    const asked = { ...Object.fromEntries(encodeScope(scope)), level, limit: MOST_EDGES };
    const answer = await this.ask(captureId, "map", asked, signal);
    return answer.ok ? { nodes: answer.value.nodes, edges: answer.value.edges } : undefined;
  }
}

/** Pins of one scope have the same records. */
function scopeOf({ link }: Pin): string | undefined {
  const { scope } = decodeScope(new URLSearchParams(link));
  return scope && encodeScope(scope).toString();
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
