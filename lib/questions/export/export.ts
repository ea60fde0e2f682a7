/**
 * The flows of a scope in file and line order, one page after the other: the records themselves as lines, or rows of CSV.
 *
 * An export has no bound on rows, a page has: on bytes and on time, so that a reader thread is free again soon and
 * nothing grows. Whoever reads the pages holds one of them. A page begins behind the last row of the one before;
 * the first says where the export ends and of which revision it is, and no later page answers for another.
 */

import { fail, ok, type Result } from "@/lib/base/result";
import { openRawBlock, type RawBlockReader } from "@/lib/capture/raw";
import { type CompiledScope, compileScope } from "@/lib/capture/scope-sql";
import { currentRevision } from "@/lib/capture/summarise";
import { PLACES_PER_BLOCK } from "@/lib/flow/batch";
import type { QuestionFailure } from "../failure";
import { keyOf, selectFlowRows, toFlowRow } from "../flow-row";
import type { OpenCapture } from "../open-capture";
import { readScope, type ScopeParameters } from "../scope-parameters";
import { csvRow } from "./csv";
import { mayRewrite } from "./may-rewrite";
import { toOneLine } from "./one-line";

export interface ExportParameters extends ScopeParameters {
  readonly format: "jsonl" | "csv";
  /** Of CSV. */
  readonly columns: readonly string[];
  /** From the page before. */
  readonly after?: ExportPlace;
}

/** Where the next page begins. */
export interface ExportPlace {
  readonly rowId: number;
  /** The last row there was when the export began. */
  readonly lastRowId: number;
  readonly revision: number;
}

export interface ExportPage {
  readonly bytes: Uint8Array;
  /** Records that are not given byte for byte, by what was done to them. */
  readonly rewritten: { readonly respaced: number; readonly rows: number };
  /** Of the first page: whether any page can have re-written records. */
  readonly mayRewrite: boolean;
  /** Null after the last page. */
  readonly next: ExportPlace | null;
}

/** A page ends when it has so many bytes, or after so long. */
const PAGE_BYTES = 1024 * 1024;
const PAGE_MS = 150;
/** Rows looked for at once, and the stretch of row ids in which: some 20 MiB of log. */
const ROWS = 2000;
const STRETCH = 40 * PLACES_PER_BLOCK;

export function readExport(
  capture: OpenCapture,
  parameters: ExportParameters,
): Result<ExportPage, QuestionFailure> {
  const scope = readScope(capture, parameters);
  if (!scope.ok) return scope;
  const revision = currentRevision(capture.database);
  const { after } = parameters;
  if (after !== undefined && after.revision !== revision)
    return fail(
      "revision_not_found",
      "The capture changed while it was being exported.",
      "Begin the export again.",
    );
  const lastRowId =
    after?.lastRowId ?? Number(capture.database.prepare("SELECT max(id) AS id FROM Flow").get([])?.id ?? 0);
  const page = new Page(capture, compileScope(capture.database, scope.value), parameters);
  return ok(page.read({ rowId: after?.rowId ?? 0, lastRowId, revision }));
}

class Page {
  private readonly parts: Buffer[] = [];
  private size = 0;
  private readonly rewritten = { respaced: 0, rows: 0 };
  private readonly until = performance.now() + PAGE_MS;
  private block: { readonly id: number; readonly reader: RawBlockReader } | undefined;
  private lastBytes: Buffer | undefined;

  constructor(
    private readonly capture: OpenCapture,
    private readonly scope: CompiledScope,
    private readonly parameters: ExportParameters,
  ) {}

  read(place: ExportPlace): ExportPage {
    let { rowId } = place;
    do {
      const end = Math.min(rowId + STRETCH, place.lastRowId);
      const ids = this.idsBetween(rowId, end);
      const last = this.parameters.format === "jsonl" ? this.writeRecords(ids) : this.writeRows(ids);
      // Not all of them were written, or there are more in this stretch: it is gone on in.
      rowId = last === ids.at(-1) && ids.length < ROWS ? end : (last ?? end);
    } while (rowId < place.lastRowId && !this.isFull());
    return {
      bytes: Buffer.concat(this.parts),
      rewritten: this.rewritten,
      mayRewrite: place.rowId === 0 && mayRewrite(this.capture.database),
      next: rowId < place.lastRowId ? { ...place, rowId } : null,
    };
  }

  private isFull(): boolean {
    return this.size >= PAGE_BYTES || performance.now() >= this.until;
  }

  /** By row id alone: another index would be walked anew for each page. */
  private idsBetween(after: number, last: number): number[] {
    return this.capture.database
      .prepare(
        `SELECT f.id FROM Flow f NOT INDEXED WHERE f.id > ? AND f.id <= ? AND ${this.scope.sql} ORDER BY f.id LIMIT ?`,
      )
      .rows([after, last, ...this.scope.parameters, ROWS])
      .map(([id]) => Number(id));
  }

  /** Returns the last row id that was written; at least one is. */
  private writeRows(ids: readonly number[]): number | undefined {
    const rows = this.capture.database
      .prepareExact(
        `${selectFlowRows(undefined)} WHERE f.id IN (SELECT value FROM json_each(?)) ORDER BY f.id`,
      )
      .rows([JSON.stringify(ids)]);
    for (const row of rows) {
      this.push(Buffer.from(csvRow(toFlowRow(this.capture, row), this.parameters.columns)));
      if (this.isFull()) return Number(keyOf(row).id);
    }
    return ids.at(-1);
  }

  private writeRecords(ids: readonly number[]): number | undefined {
    for (const id of ids) {
      this.writeRecord(id);
      if (this.isFull()) return id;
    }
    return ids.at(-1);
  }

  private writeRecord(rowId: number): void {
    const record = this.blockOf(rowId).record(rowId % PLACES_PER_BLOCK);
    if (record === undefined) throw new Error(`row ${rowId} has no original bytes`);
    // Several flows in one document share its bytes: they are given together, once.
    if (record.nth !== undefined && isSameStretch(record.bytes, this.lastBytes)) return;
    this.lastBytes = record.bytes;
    const { bytes, written } = toOneLine(record);
    if (written === "respaced") this.rewritten.respaced++;
    if (written === "row") this.rewritten.rows++;
    this.push(bytes);
    this.push(LINE_END);
  }

  private blockOf(rowId: number): RawBlockReader {
    const id = Math.floor(rowId / PLACES_PER_BLOCK);
    if (this.block?.id === id) return this.block.reader;
    const reader = openRawBlock(this.capture.database, id);
    if (reader === undefined) throw new Error(`no block ${id}`);
    this.block = { id, reader };
    return reader;
  }

  private push(bytes: Buffer): void {
    this.parts.push(bytes);
    this.size += bytes.length;
  }
}

function isSameStretch(a: Buffer, b: Buffer | undefined): boolean {
  return b !== undefined && a.buffer === b.buffer && a.byteOffset === b.byteOffset && a.length === b.length;
}

const LINE_END = Buffer.from("\n");
