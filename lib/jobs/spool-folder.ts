/** The folder of spools (spool.ts): a place for each upload, and which of them a capture may take for its own. */

import { createWriteStream, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { partOf } from "./spool";

export class SpoolFolder {
  private readonly folder: string;

  constructor(dataFolder: string) {
    this.folder = path.join(dataFolder, "spool");
    mkdirSync(this.folder, { recursive: true });
  }

  newSpool(captureId: string): string {
    return path.join(this.folder, `${captureId}-${crypto.randomUUID()}`);
  }

  /** Where an unfinished file of a capture lies in this spool, when its upload had arrived whole. */
  spoolOf(captureId: string, spool: string | null): string | undefined {
    // The data folder may have been moved; a capture from elsewhere must not name files of others.
    const name = path.basename(spool ?? "");
    const own = path.join(this.folder, name);
    return name.startsWith(`${captureId}-`) && existsSync(own) ? own : undefined;
  }

  /** Spool files that no capture waits for. */
  removeOrphans(wanted: ReadonlySet<string>): void {
    for (const name of readdirSync(this.folder)) {
      const file = path.join(this.folder, name);
      if (!wanted.has(file)) rmSync(file, { force: true });
    }
  }
}

/** An empty spool, so that its reader finds it. */
export async function beginSpool(spool: string): Promise<void> {
  await writeFile(partOf(spool), "");
}

/** Writes what arrives. At its end the spool is whole. */
export async function fillSpool(
  spool: string,
  body: Readable,
  signal: AbortSignal,
  arrived: (bytes: number) => void,
): Promise<void> {
  const counting = new Transform({
    transform: (bytes: Buffer, _encoding, done) => {
      arrived(bytes.length);
      done(null, bytes);
    },
  });
  await pipeline(body, counting, createWriteStream(partOf(spool)), { signal });
  await rename(partOf(spool), spool);
}

/** What has not arrived whole. */
export async function removePart(spool: string): Promise<void> {
  await rm(partOf(spool), { force: true });
}

export async function removeSpool(spool: string): Promise<void> {
  await Promise.all([rm(spool, { force: true }), removePart(spool)]);
}
