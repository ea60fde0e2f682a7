/**
 * An evidence bundle of another Eyepiece. It is bounded in every size, its entries never become paths, and each file must be
 * what the paper says.
 *
 * Where the capture itself is here, and still what it was, the case is put to it. Else a capture is made of the pinned records:
 * they show the same rows, and less around them.
 */

import { createReadStream, createWriteStream, mkdirSync, readFileSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import path from "node:path";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { isDeepStrictEqual } from "node:util";
import { fail, ok, type Result } from "@/lib/base/result";
import { Budget } from "@/lib/ingest/budget";
import { FileRefusal } from "@/lib/ingest/file-refusal";
import { PACKING_LIMITS, type PackingLimits } from "@/lib/ingest/limits";
import { readZip } from "@/lib/ingest/zip";
import {
  EVIDENCE_NAME,
  type EvidencePaper,
  evidenceSchema,
  type PinnedFlows,
} from "@/lib/investigations/evidence";
import type { Investigation } from "@/lib/investigations/investigation";
import { revisionOf } from "@/lib/investigations/revision";
import { isDiskFull } from "@/lib/jobs/messages";
import type { Captures } from "../captures";
import type { Engine } from "../engine";
import type { Investigations } from "../investigations";
import { isCaptureId } from "../recovery";
import { atRevision } from "./at-revision";
import { sha256 } from "./pinned-flows";

const MIB = 1024 * 1024;
const LIMITS = {
  bundleBytes: 300 * MIB,
  paperBytes: 8 * MIB,
  unpacking: { ...PACKING_LIMITS, unpackedBytes: 320 * MIB, entries: 300, files: 300 },
};
/** Taken in at the same time. */
const AT_ONCE = 2;

class Refused extends Error {}

interface Taken {
  readonly investigation: Investigation;
  /** The same bundle was taken in before. */
  readonly wasHere: boolean;
}

export class BundleIntake {
  private readonly folder: string;
  private underWay = 0;
  /** One after the other: the same bundle twice at once is still one case. */
  private placing: Promise<unknown> = Promise.resolve();

  constructor(
    dataFolder: string,
    private readonly investigations: Investigations,
    private readonly captures: Captures,
    private readonly ask: Engine["ask"],
    private readonly limits = LIMITS,
  ) {
    this.folder = path.join(dataFolder, "bundles");
    rmSync(this.folder, { recursive: true, force: true });
  }

  async takeIn(body: Readable, expectedBytes: number | null): Promise<Result<Taken>> {
    if ((expectedBytes ?? 0) > this.limits.bundleBytes) return tooLarge();
    if (this.underWay >= AT_ONCE)
      return fail("too_busy", "Other bundles are being taken in.", "Try again in a moment.");
    this.underWay++;
    const folder = path.join(this.folder, crypto.randomUUID());
    mkdirSync(folder, { recursive: true });
    try {
      const paper = await this.unpack(folder, body);
      if (!paper.ok) return paper;
      const placed = this.placing.then(() => this.placeOnce(folder, paper.value));
      this.placing = placed.catch(() => undefined);
      return await placed;
    } catch (error) {
      if (error instanceof Refused || error instanceof FileRefusal) return notRead(error.message);
      if (isDiskFull(error)) return fail("disk_full", "The disk of the data folder is full.");
      throw error;
    } finally {
      this.underWay--;
      rmSync(folder, { recursive: true, force: true });
    }
  }

  private async unpack(folder: string, body: Readable): Promise<Result<EvidencePaper>> {
    const file = path.join(folder, "bundle.zip");
    const { bundleBytes, paperBytes, unpacking } = this.limits;
    const size = await spool(body, file, bundleBytes);
    if (size === undefined)
      return fail("upload_incomplete", "The bundle did not arrive whole.", "Send it again.");
    if (size > bundleBytes) return tooLarge();
    let paper: EvidencePaper | undefined;
    for await (const { name, bytes } of entriesOf(file, size, unpacking)) {
      if (name === EVIDENCE_NAME && paper === undefined) {
        const read = readPaper(await gathered(bytes, paperBytes));
        if (!read.ok) return read;
        paper = read.value;
        continue;
      }
      const wanted = paper?.flows.findIndex((one) => one.name === name) ?? -1;
      if (wanted >= 0) await pipeline(bytes, createWriteStream(flowsFile(folder, wanted)));
      else if (name === paper?.html.name) await pipeline(bytes, createWriteStream(htmlFile(folder)));
    }
    if (paper === undefined) return notRead(`it has no ${EVIDENCE_NAME}, so it is no evidence bundle`);
    // Not used here, but what people read: a bundle in which it says something else is no evidence.
    await compare(htmlFile(folder), paper.html);
    for (const [at, flows] of paper.flows.entries()) await compare(flowsFile(folder, at), flows);
    return ok(paper);
  }

  private async placeOnce(folder: string, paper: EvidencePaper): Promise<Result<Taken>> {
    const { investigation, flows } = paper;
    // When it was packed does not make it another one.
    const digest = sha256(Buffer.from(JSON.stringify([investigation, flows])));
    const isHere = await this.isHere(paper);
    const all = [await this.madeHere(paper), ...(await this.investigations.takenFrom(digest))];
    // One over the pinned records alone is less than one over the capture, which has come since.
    const known = all.find((one) => one && (!isHere || one.captureId === investigation.captureId));
    if (known !== undefined) return ok({ investigation: known, wasHere: true });
    const placed = await this.place(folder, paper, isHere, digest);
    return placed.ok ? ok({ investigation: placed.value, wasHere: false }) : placed;
  }

  /** The case itself, where it was not changed since. */
  private async madeHere({ investigation }: EvidencePaper): Promise<Investigation | undefined> {
    const here = await this.investigations.get(investigation.id);
    return here.ok && isDeepStrictEqual(here.value, investigation) ? here.value : undefined;
  }

  private async place(
    folder: string,
    paper: EvidencePaper,
    isHere: boolean,
    digest: string,
  ): Promise<Result<Investigation>> {
    const { investigation, captureName, madeAt } = paper;
    const { title, status, pins } = investigation;
    const from = `Taken in from an evidence bundle of ${madeAt.slice(0, 10)}, made of the capture “${captureName}”.`;
    if (isHere) {
      const notes = joined(investigation.notes, from);
      const { captureId } = investigation;
      return this.investigations.create({ captureId, title, status, notes, pins }, digest);
    }
    const capture = await this.captures.create(`${title.slice(0, 180)} (evidence)`);
    try {
      for (const [at, flows] of paper.flows.entries())
        await this.read(capture.id, flowsFile(folder, at), flows);
      const info = await this.captures.info(capture.id);
      const revision = info.ok ? info.value.revision : 0;
      const notes = joined(
        investigation.notes,
        `${from} That capture is not here: this one holds the records behind the pins and nothing around them, so names and causes that come from other records may be missing. The numbers of the original are in the bundle's investigation.html.`,
      );
      const moved = pins.map((pin) => atRevision(pin, revision));
      const made = await this.investigations.create(
        { captureId: capture.id, title, status, notes, pins: moved },
        digest,
      );
      if (!made.ok) await this.captures.delete(capture.id);
      return made;
    } catch (error) {
      await this.captures.delete(capture.id);
      throw error;
    }
  }

  /** Every revision that is shown is here, and holds what it held. */
  private async isHere({ investigation, revisions }: EvidencePaper): Promise<boolean> {
    const { captureId, pins } = investigation;
    if (!isCaptureId(captureId) || !(await this.captures.info(captureId)).ok) return false;
    for (const revision of new Set(pins.map(revisionOf))) {
      if (revision === undefined) continue;
      const sealed = revisions.find((one) => one.revision === revision);
      const now = await this.ask(captureId, "contentDigest", { revision: String(revision) });
      if (sealed === undefined || !now.ok || now.value.digest !== sealed.digest) return false;
    }
    return true;
  }

  private async read(captureId: string, file: string, { name, bytes, records }: PinnedFlows): Promise<void> {
    if (bytes === 0) return;
    const received = await this.captures.receive(captureId, {
      fileName: name.replaceAll("/", "-"),
      expectedBytes: bytes,
      body: createReadStream(file),
    });
    if (!received.ok) throw new Refused(received.failure.message);
    const { failure, accepted, duplicate, otherKinds } = await received.value.end;
    if (failure !== null) throw new Refused(failure.message);
    const found = accepted + duplicate + otherKinds;
    if (found !== records) throw new Refused(`${name} has ${found} records that can be read, not ${records}`);
  }
}

function flowsFile(folder: string, at: number): string {
  return path.join(folder, `${at}.jsonl`);
}

function htmlFile(folder: string): string {
  return path.join(folder, "page.html");
}

/** Undefined when it broke off. */
async function spool(body: Readable, file: string, most: number): Promise<number | undefined> {
  let size = 0;
  const bounded = new Transform({
    transform: (bytes: Buffer, _encoding, done) => {
      size += bytes.length;
      // What is beyond is not written; that it is too large is told by its size.
      done(null, size > most ? undefined : bytes);
    },
  });
  try {
    await pipeline(body, bounded, createWriteStream(file));
    return size;
  } catch (error) {
    if (isDiskFull(error)) throw error;
    return undefined;
  }
}

async function* entriesOf(file: string, size: number, limits: PackingLimits): ReturnType<typeof readZip> {
  const handle = await open(file, "r");
  try {
    const read = async (offset: number, length: number): Promise<Uint8Array> => {
      const bytes = Buffer.alloc(Math.max(0, Math.min(length, size - offset)));
      await handle.read(bytes, 0, bytes.length, offset);
      return bytes;
    };
    const budget = new Budget(() => size, limits);
    for await (const entry of readZip({ size, read }, budget)) {
      budget.entry();
      yield entry;
    }
  } catch (error) {
    if (error instanceof Refused || isDiskFull(error)) throw error;
    throw new Refused(error instanceof Error ? error.message : String(error));
  } finally {
    await handle.close();
  }
}

async function gathered(bytes: AsyncIterable<Uint8Array>, most: number): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of bytes) {
    size += part.length;
    if (size > most) throw new Refused(`its ${EVIDENCE_NAME} is larger than one can be`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

function readPaper(text: string): Result<EvidencePaper> {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return notRead(`its ${EVIDENCE_NAME} is not JSON`);
  }
  const version = (document as { readonly version?: unknown } | null)?.version;
  if (typeof version === "number" && version > 1)
    return fail(
      "investigation_newer",
      "The bundle was made by a newer version of Eyepiece.",
      "Update Eyepiece to take it in.",
    );
  const read = evidenceSchema.safeParse(document);
  return read.success ? ok(read.data) : notRead(`its ${EVIDENCE_NAME} does not say what it should`);
}

async function compare(file: string, { name, sha256: wanted, bytes }: EvidencePaper["html"]): Promise<void> {
  let found: Buffer;
  try {
    found = readFileSync(file);
  } catch {
    throw new Refused(`${name} is missing in it`);
  }
  if (found.length !== bytes || sha256(found) !== wanted)
    throw new Refused(`${name} is not what its digest says`);
}

function joined(notes: string, more: string): string {
  return `${notes.slice(0, 39_000)}${notes === "" ? "" : "\n\n"}> ${more}`;
}

function tooLarge() {
  return fail("too_large", "An evidence bundle is at most 300 MiB.");
}

function notRead(why: string) {
  return fail(
    "evidence_not_read",
    `The bundle is not taken: ${why}.`,
    "Have it made again where it comes from.",
  );
}
