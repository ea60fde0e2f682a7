/**
 * Loads an upload into a capture: a plain file into its own row, each entry of an archive into a row of its own,
 * so that duplicates, line numbers and the report see files as they were written on the nodes. What is wrong
 * with an archive as such, and what is left aside, is kept with the upload's row.
 */

import type { Sqlite } from "@/lib/capture/driver";
import { addEntry, markPacking, setAside } from "@/lib/capture/files";
import { FileLoader } from "@/lib/capture/load";
import { dropEntry } from "@/lib/capture/settle";
import type { DecodedBatch } from "@/lib/ingest/decode-pool";
import type { FileRefusal } from "@/lib/ingest/file-refusal";
import { PACKING_LIMITS } from "@/lib/ingest/limits";
import type { FileEnd } from "@/lib/ingest/read-file";
import type { FileSink, UploadSink } from "@/lib/ingest/read-upload";

/** What an upload has come to so far, all entries together. */
export interface UploadCounts {
  unpackedBytes: number;
  read: number;
  flows: number;
  refused: number;
}

const ASIDE_LISTED = 100;
const REFUSALS_LISTED = 1000;

export class UploadLoader implements UploadSink {
  /** Of files that are at their end. */
  private readonly ended: UploadCounts = { unpackedBytes: 0, read: 0, flows: 0, refused: 0 };
  private current: FileLoader | undefined;
  /** For what is wrong with the archive as such. */
  private own: FileLoader | undefined;
  private ownRefusals = 0;
  private asideCount = 0;
  private readonly firstAside: { entry: string; why: string }[] = [];

  constructor(
    private readonly database: Sqlite,
    private readonly upload: { readonly id: number; readonly name: string },
    private readonly onLoaded: () => void,
  ) {}

  get counts(): UploadCounts {
    const { ended, current } = this;
    const now = current?.counts;
    return {
      unpackedBytes: ended.unpackedBytes + (now?.unpackedBytes ?? 0),
      read: ended.read + (now?.read ?? 0),
      flows: ended.flows + (now?.flows ?? 0),
      refused: ended.refused + (now?.refused ?? 0),
    };
  }

  archive(packing: string): void {
    markPacking(this.database, this.upload.id, packing);
  }

  begin({ names, packing }: { readonly names: readonly string[]; readonly packing: string }): FileSink {
    const { database, upload } = this;
    const isEntry = names.length > 0;
    const fileId = isEntry
      ? addEntry(database, { uploadId: upload.id, name: this.wayTo(names), packing })
      : upload.id;
    if (!isEntry) markPacking(database, fileId, packing);
    const loader = new FileLoader(database, fileId);
    this.current = loader;
    return {
      load: (batches) => this.load(loader, batches),
      end: (end) => this.end(loader, fileId, end),
      drop: () => {
        dropEntry(database, fileId);
        this.current = undefined;
      },
    };
  }

  aside(names: readonly string[], why: string): void {
    this.asideCount++;
    if (this.firstAside.length < ASIDE_LISTED) this.firstAside.push({ entry: this.wayTo(names), why });
  }

  refuse(names: readonly string[], refusal: FileRefusal): void {
    this.own ??= new FileLoader(this.database, this.upload.id);
    const where = names.length === 0 ? "" : `${this.wayTo(names)}: `;
    // A refusal of the file as such is always listed; of a hundred thousand entries not all can be.
    if (this.ownRefusals++ < REFUSALS_LISTED) refuse(this.own, 0, refusal, where);
    else this.aside(names, refusal.message);
    this.ended.read++;
    this.ended.refused++;
  }

  /** All files are at their end. */
  finish(): void {
    setAside(this.database, this.upload.id, this.asideCount, this.firstAside);
  }

  private load(loader: FileLoader, batches: readonly DecodedBatch[]): void {
    if (batches.length > 0) loader.load(batches);
    this.onLoaded();
  }

  private end(loader: FileLoader, fileId: number, { unpackedBytes, endedEarly }: FileEnd): void {
    if (endedEarly !== undefined) refuse(loader, unpackedBytes, endedEarly);
    this.database
      .prepare("UPDATE SourceFile SET unpackedBytes = ?, state = 'settling' WHERE id = ?")
      .run([unpackedBytes, fileId]);
    const { counts } = loader;
    this.ended.unpackedBytes += unpackedBytes;
    this.ended.read += counts.read;
    this.ended.flows += counts.flows;
    this.ended.refused += counts.refused;
    this.current = undefined;
  }

  /** As it is shown: `logs.zip › node-1/events.log`. */
  private wayTo(names: readonly string[]): string {
    return [this.upload.name, ...names.map(shown)].join(" › ");
  }
}

function refuse(loader: FileLoader, offset: number, { code, message }: FileRefusal, where = ""): void {
  loader.refuseFile({ line: 0, offset, code, reason: where + message, excerpt: "" });
}

/** Control characters, and those that turn the direction of the text behind them. */
const ACTING = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** A name is only ever shown, never a path. The end of a long one tells more than its beginning. */
function shown(name: string): string {
  const text = name.slice(-PACKING_LIMITS.nameChars).toWellFormed().replace(ACTING, "\u2423");
  return text === "" ? "without a name" : text;
}
