/**
 * Captures that somebody else may have written to. Each start and each orderly stop leave a list of the files as they are; at the next
 * start those that are otherwise are looked through before anything reads them: what somebody else wrote, and after a kill what this
 * program wrote since its start. Looking through takes 20 s for a GiB, so what nobody touched is not.
 */

import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import type { Log } from "@/lib/base/log";
import { TextChecker } from "@/lib/jobs/text-checker";
import type { ReaderPool } from "@/lib/questions/reader-pool";

const listSchema = z.record(z.string(), z.string());

export class ForeignChanges {
  private readonly folder: string;
  private readonly list: string;

  constructor(
    dataFolder: string,
    private readonly readers: Pick<ReaderPool, "refuse" | "whyRefused">,
    private readonly log: Log,
  ) {
    this.folder = path.join(dataFolder, "captures");
    this.list = path.join(dataFolder, "captures-at-stop.json");
  }

  /** At start. A file that would end the server is read by nobody, and every question over it is told why. */
  async look(): Promise<void> {
    const known = this.known();
    // No list: the folder is new, or an older version left it in order.
    const names =
      known === undefined ? [] : this.names().filter((name) => known[name] !== this.stateOf(name));
    if (names.length > 0)
      this.log.info("looking through captures that were changed", { count: names.length });
    const checker = new TextChecker();
    for (const name of names) {
      const damage = await checker.check(path.join(this.folder, name));
      if (damage !== undefined) this.refuse(name, damage);
    }
    checker.close();
    this.leave();
  }

  /** The list of the files as they are. At a stop: when nothing holds one open any more. */
  leave(): void {
    const sound = this.names().filter(
      (name) => this.readers.whyRefused(path.join(this.folder, name)) === undefined,
    );
    const files = Object.fromEntries(sound.map((name) => [name, this.stateOf(name)]));
    try {
      writeFileSync(this.list, JSON.stringify(files));
    } catch (error) {
      // A full disk, or a folder that is gone: more is looked through at the next start.
      this.log.warn("list of captures not written", { reason: String(error) });
    }
  }

  private refuse(name: string, damage: string): void {
    this.log.error("capture is not read", { file: name, reason: damage });
    this.readers.refuse(path.join(this.folder, name), {
      code: "capture_damaged",
      message: `Its file captures/${name} was damaged, or changed outside Eyepiece: ${damage}.`,
      hint: "Put it back from a backup while the server is stopped, or delete the capture.",
    });
  }

  private known(): Record<string, string | undefined> | undefined {
    if (!existsSync(this.list)) return undefined;
    try {
      return listSchema.parse(JSON.parse(readFileSync(this.list, "utf8")));
    } catch {
      // Cut off by a full disk: then all are looked through.
      return {};
    }
  }

  private names(): string[] {
    if (!existsSync(this.folder)) return [];
    return readdirSync(this.folder).filter((name) => /^[a-z0-9]{10,32}(\.r\d+)?\.db$/.test(name));
  }

  /** With the journal beside it, in which the newest of it may stand. */
  private stateOf(name: string): string {
    const file = path.join(this.folder, name);
    return [file, `${file}-wal`]
      .filter((one) => existsSync(one))
      .map((one) => statSync(one))
      .map(({ size, mtimeMs, ino }) => `${size} ${mtimeMs} ${ino}`)
      .join(", ");
  }
}
