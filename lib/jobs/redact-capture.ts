/**
 * Writes the masked copy of a capture as files of lines, in two walks over its records: the first learns what is to be masked,
 * the second writes, and searches each line for it. Nothing is kept of a copy in which anything is found.
 *
 * Records go in the order of files and lines, each once however often the capture has it; a block of them is held, and digests of
 * the masked values.
 */

import { closeSync, openSync, writeSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { allRecords } from "@/lib/capture/all-records";
import type { Sqlite } from "@/lib/capture/driver";
import type { MaskKind } from "@/lib/redaction/kinds";
import { LeakCheck } from "@/lib/redaction/leak-check";
import { Mask } from "@/lib/redaction/mask";
import { type CaseText, type MaskedCase, maskCase } from "@/lib/redaction/mask-case";
import { MOST_ORIGINALS, TooManyOriginals } from "@/lib/redaction/originals";
import { RecordMasker } from "@/lib/redaction/redact-record";
import type { FoundLeak } from "@/lib/redaction/redaction";

export interface RedactOptions {
  readonly mask: readonly MaskKind[];
  /** Known to nobody else, and forgotten with the work. */
  readonly key: Uint8Array;
  /** An investigation that goes along. */
  readonly goesAlong?: CaseText | undefined;
  /** Where the files go. */
  readonly folder: string;
  readonly progress: (state: "learning" | "writing", records: number) => void;
  /** Asked now and then. */
  readonly isCancelled: () => boolean;
}

export type RedactOutcome =
  | {
      readonly outcome: "written";
      readonly files: readonly string[];
      readonly records: number;
      readonly leftOut: number;
      readonly goesAlong: MaskedCase | undefined;
    }
  | { readonly outcome: "leaks"; readonly leaks: readonly FoundLeak[] }
  | { readonly outcome: "too many names"; readonly most: number }
  | { readonly outcome: "cancelled" };

/** A gzip member: as much as is compressed at once. */
const MEMBER_BYTES = 1024 * 1024;
/** More are put into one: each file of a capture costs time of its own. */
const MOST_FILES = 200;

export function redactCapture(database: Sqlite, options: RedactOptions): RedactOutcome {
  // One state of the capture, whatever is added to it meanwhile.
  database.exec("BEGIN");
  try {
    return walkTwice(database, options);
  } catch (error) {
    if (error instanceof TooManyOriginals) return { outcome: "too many names", most: MOST_ORIGINALS };
    throw error;
  } finally {
    database.exec("COMMIT");
  }
}

function walkTwice(
  database: Sqlite,
  { mask: kinds, key, folder, goesAlong, progress, isCancelled }: RedactOptions,
): RedactOutcome {
  const mask = new Mask(new Set(kinds), key);
  const masker = new RecordMasker(mask);
  let records = 0;
  for (const page of allRecords(database)) {
    if (isCancelled()) return { outcome: "cancelled" };
    for (const record of page) masker.learn(record);
    records += page.length;
    progress("learning", records);
  }
  mask.learned();
  masker.clear();
  const check = new LeakCheck(mask);
  const along = goesAlong && maskCase(mask, goesAlong);
  if (along !== undefined && !check.line(JSON.stringify(textsOf(along.case))))
    return { outcome: "leaks", leaks: check.leaks.map((leak) => ({ ...leak, file: 0, line: 0 })) };
  const files = new CopyFiles(folder, filesOf(database) <= MOST_FILES);
  let written = 0;
  let leftOut = 0;
  try {
    for (const page of allRecords(database)) {
      if (isCancelled()) return { outcome: "cancelled" };
      for (const record of page) {
        const line = masker.redact(record);
        if (line === undefined) leftOut++;
        else {
          const place = files.write(record.fileId, line);
          if (!check.line(line))
            return { outcome: "leaks", leaks: check.leaks.map((leak) => ({ ...leak, ...place })) };
          written++;
        }
      }
      progress("writing", written + leftOut);
    }
  } finally {
    files.close();
  }
  return { outcome: "written", files: files.paths, records: written, leftOut, goesAlong: along };
}

/** Links as they are read, without the marks that addresses need. */
function textsOf({ title, notes, pins }: CaseText): unknown {
  const links = pins.map(({ link }) => [...new URLSearchParams(link).values()]);
  return { title, notes, pins: pins.map(({ title, note }) => ({ title, note })), links };
}

function filesOf(database: Sqlite): number {
  return Number(database.prepare("SELECT count(*) AS n FROM SourceFile").get([])?.n);
}

/** Files of the copy, compressed as they grow. Their names say nothing. */
class CopyFiles {
  readonly paths: string[] = [];
  private descriptor: number | undefined;
  private fileId: number | undefined;
  private member: string[] = [];
  private size = 0;
  private line = 0;

  constructor(
    private readonly folder: string,
    private readonly oneForEach: boolean,
  ) {}

  write(fileId: number, line: string): { readonly file: number; readonly line: number } {
    if (this.descriptor === undefined || (this.oneForEach && fileId !== this.fileId)) this.begin(fileId);
    this.member.push(line, "\n");
    this.size += line.length;
    this.line++;
    if (this.size >= MEMBER_BYTES) this.flush();
    return { file: this.paths.length, line: this.line };
  }

  private begin(fileId: number): void {
    this.close();
    const file = path.join(this.folder, `masked-${this.paths.length + 1}.jsonl.gz`);
    this.paths.push(file);
    this.descriptor = openSync(file, "wx");
    this.fileId = fileId;
    this.line = 0;
  }

  private flush(): void {
    if (this.descriptor === undefined || this.member.length === 0) return;
    writeSync(this.descriptor, gzipSync(this.member.join(""), { level: 1 }));
    this.member = [];
    this.size = 0;
  }

  close(): void {
    this.flush();
    if (this.descriptor !== undefined) closeSync(this.descriptor);
    this.descriptor = undefined;
  }
}
