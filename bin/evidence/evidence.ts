/** Investigations as files for people who have no Eyepiece: what each pin shows, from the revision that it holds on to. */

import { createReadStream, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Readable } from "node:stream";
import { groupBy } from "@/lib/base/group";
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
import { decodeScope, encodeScope } from "@/lib/scope/link";
import type { Captures } from "../captures";
import type { Engine } from "../engine";
import type { Investigations } from "../investigations";
import { investigationHtml, type PinPart } from "./html";
import type { PinPictures } from "./pin-pictures";
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

export class Evidence {
  private readonly folder: string;

  constructor(
    dataFolder: string,
    private readonly investigations: Investigations,
    private readonly captures: Captures,
    private readonly pictures: PinPictures,
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
      const picture = await this.pictures.draw(captureId, pin, signal);
      pins.push({ pin, report: report.value, picture: picture.svg ?? undefined });
    }
    const captureName = await this.nameOf(captureId);
    const madeAt = new Date(this.nowMs()).toISOString();
    return ok({ html: investigationHtml({ investigation, captureName, pins, madeAt }), investigation });
  }
}

/** Pins of one scope have the same records. */
function scopeOf({ link }: Pin): string | undefined {
  const { scope } = decodeScope(new URLSearchParams(link));
  return scope && encodeScope(scope).toString();
}
