/**
 * Cuts a stream of bytes into documents: lines, the members of a JSON array or of a document that holds records
 * (container.ts), objects that spread over several lines or follow each other without a line break, several lines of text
 * that are one record (text-groups.ts).
 *
 * The common case, one object per line, costs one search for the line break and a look at two bytes. Only
 * a line that opens a bracket and does not end with its closing one is scanned. A line that turns out to be
 * torn is refused alone; cutting goes on with the next line. Memory is bounded: at most one record of the
 * longest allowed size is held, longer ones are refused and skipped as a stream.
 */

import type { ReadingContext } from "@/lib/flow/reading-context";
import { readHeader, saysSeparator } from "@/lib/formats/csv";
import type { RefusalCode } from "@/lib/formats/record";
import { cellsAt, LONGEST_RULE, mayBeRuled, readRuledHeader } from "@/lib/formats/ruled-table";
import { type Added, type Chunk, ChunkDraft } from "./chunk";
import { ContainerScan, endOfPlainValue, isContainer, SNIFFED_BYTES, ValueSkip } from "./container";
import { endOfForeign, foreignFrom } from "./foreign-text";
import { LIMITS } from "./limits";
import { isClosed, recordBehind } from "./line-pieces";
import { endOfPython } from "./python-lines";
import { DocumentScan, type Scan } from "./scan";
import { SHORTEST_HOLE } from "./sniff";
import { csvRow, type GroupEnd, groupOfLine, type Held, isDockerPart } from "./text-groups";
import { endOfTorn, isCutInto, isOfList, isWithinRecord } from "./torn-lines";

type SplitLimits = Readonly<
  Record<"recordBytes" | "blockBytes" | "blockDocuments" | "scannedFrom" | "depth" | "values", number>
>;

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const QUOTE = 34;
const APOSTROPHE = 39;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const COMMA = 44;
const RECORD_SEPARATOR = 30;
/** Of a record that is longer than allowed this much is kept, for its excerpt. */
const KEPT_OF_LONG = 4096;

/** Longer lines are no header, and longer lists no columns: they are kept with every block of rows. */
const LONGEST_HEADER = 16 * 1024;
const LONGEST_COLUMNS = 256 * 1024;
const LETTER_L = 108;
const OPEN_LIST =
  "The file ends inside a list of records: what came behind is missing. Copy or download the file again.";
/** Lists in lists, as `jq -s` makes them of lists. */
const DEEPEST_LISTS = 3;

/** A document whose end has not come yet, and how far it was scanned. */
interface Unfinished {
  readonly scan: DocumentScan;
  /** As counted from the document's first byte. */
  result: Scan;
  /** True once it is known that it holds no records that are cut out one by one. */
  isPlain: boolean;
}

/**
 * What it cuts does not depend on how the bytes were portioned: a short line is judged when its end is there,
 * a longer one by bytes that are counted from its beginning.
 */
export class Splitter {
  /** Bytes not yet cut; `window.subarray(0, held)` counts. */
  private window: Buffer;
  private held = 0;
  /** Offset in the file and line number of the first held byte. */
  private offset = 0;
  private line = 1;
  /** Blanks before what is looked at, on its line. */
  private indent = 0;
  /** Commas before it, on its line: empty cells, should it be a header. */
  private emptyCells = 0;
  /** The line on which the last document ended. */
  private endedOn = 0;
  /** How far the held bytes were searched for a line break in vain, and the next one that was found (or -1). */
  private searched = 0;
  private found = -1;
  private isSkipping = false;
  /** Lists of records that are open, one in the other. */
  private arrays = 0;
  /** True when the last document breaks off. */
  private isTorn = false;
  /** True while a hole that was told of goes on. */
  private isInHole = false;
  private unfinished: Unfinished | undefined;
  /** The document that holds the records that are cut now. */
  private container: ContainerScan | undefined;
  /** What begins where it stands. */
  private awaited: "member" | "columns" | undefined;
  /** A member of a list that is too large, on its way past. */
  private passing: ValueSkip | undefined;
  /** The header that rows of text are read with. */
  private header: ReadingContext | undefined;
  /** Why the file is no log; undefined when it may be one. */
  private foreign: string | undefined = "unjudged";
  private readonly draft: ChunkDraft;

  constructor(
    private readonly emit: (chunk: Chunk) => void,
    private readonly limits: SplitLimits = LIMITS,
    /** Where the bytes of a chunk are put. */
    memory: (bytes: number) => Uint8Array = (bytes) => new Uint8Array(bytes),
  ) {
    this.draft = new ChunkDraft(memory);
    this.window = Buffer.allocUnsafe(limits.blockBytes);
  }

  push(bytes: Uint8Array): void {
    const { blockBytes } = this.limits;
    let at = 0;
    while (at < bytes.length) {
      if (this.isSkipping) {
        at = this.skipLine(bytes, at);
        continue;
      }
      const room = Math.max(blockBytes - this.held, Math.ceil(blockBytes / 8));
      const part = bytes.subarray(at, at + room);
      this.hold(part);
      at += part.length;
      if (this.held >= blockBytes) this.cut(false);
    }
  }

  /** Cuts what is whole by now, though a block is not full: for a stream so slow that somebody waits for it. */
  cutNow(): void {
    if (!this.isSkipping) this.cut(false);
  }

  /** The stream is over: what is held is all there is. */
  end(): void {
    this.cut(true);
  }

  private hold(part: Uint8Array): void {
    const needed = this.held + part.length;
    if (needed > this.window.length) {
      const larger = Buffer.allocUnsafe(
        Math.max(needed, Math.min(this.window.length * 2, this.limits.recordBytes * 2)),
      );
      this.window.copy(larger, 0, 0, this.held);
      this.window = larger;
    }
    this.window.set(part, this.held);
    this.held = needed;
  }

  private skipLine(bytes: Uint8Array, from: number): number {
    const lineFeed = bytes.indexOf(LINE_FEED, from);
    const end = lineFeed < 0 ? bytes.length : lineFeed + 1;
    this.offset += end - from;
    if (lineFeed >= 0) {
      this.isSkipping = false;
      this.line++;
    }
    return end;
  }

  /** Cuts as many documents out of the held bytes as are whole, and emits them. */
  private cut(isEnd: boolean): void {
    let at = this.offset === 0 ? bomLength(this.window, this.held) : 0;
    for (;;) {
      const blank = at;
      at = this.skipBlank(at);
      if (at >= this.held) break;
      if (at > blank || this.window[at] !== 0) this.isInHole = false;
      const next = this.cutOne(at, isEnd);
      if (next < 0) break;
      this.unfinished = undefined;
      at = next;
      if (this.draft.records >= this.limits.blockDocuments) at = this.flush(at);
    }
    if (isEnd) this.tellOfOpenList();
    this.flush(Math.min(at, this.held));
    if (this.held > this.limits.recordBytes) this.skipLong();
  }

  /** A list that was never closed may have had more records. One that breaks off within a record is told of with that. */
  private tellOfOpenList(): void {
    if (this.isTorn || (!this.isInArray && this.container === undefined)) return;
    const at = this.held;
    this.add({ start: at, end: at, line: this.line, refused: "torn", reason: OPEN_LIST });
  }

  /** Emits the documents up to `at` and moves the rest to the front; returns the new place of `at`: 0. */
  private flush(at: number): number {
    const chunk = this.draft.take(this.window, this.offset);
    if (chunk !== undefined) this.emit(chunk);
    this.window.copyWithin(0, at, this.held);
    this.held -= at;
    this.offset += at;
    this.searched = Math.max(0, this.searched - at);
    this.found = Math.max(-1, this.found - at);
    return 0;
  }

  /** Returns where to go on, or -1 when the document is not whole yet. */
  private cutOne(at: number, isEnd: boolean): number {
    if (this.passing !== undefined) return this.pass(this.passing, at);
    if (this.container !== undefined) return this.cutMember(this.container, at, isEnd);
    const foreign = this.cutForeign(at, isEnd);
    if (foreign !== undefined) return foreign;
    const first = this.window[at];
    const isRow = this.isRowOfText(at, isEnd);
    if (isRow === "more") return -1;
    if (isRow) return this.cutLine(at, isEnd);
    if (first === OPEN_BRACE) {
      const isWithin = this.indent > 0 && !this.isInArray && isOfList(this.heldBytes(isEnd), at);
      if (isWithin === "more") return -1;
      return isWithin ? this.cutWithin(at, isEnd) : this.cutObject(at, isEnd);
    }
    if (first === OPEN_BRACKET) {
      const opens = this.opensArray(at, isEnd);
      if (opens === "unsure") return -1;
      if (opens) {
        this.arrays++;
        return at + 1;
      }
    }
    if (first === CLOSE_BRACKET && this.isInArray) {
      this.arrays--;
      return at + 1;
    }
    if (first === QUOTE && this.isInArray) return this.cutText(at, isEnd);
    if (first === 0) return this.cutHole(at, isEnd);
    return this.cutLine(at, isEnd);
  }

  /** The lines of a file that is no log; undefined when it may be one, or when the next line may hold a record. */
  private cutForeign(at: number, isEnd: boolean): number | undefined {
    if (this.foreign === "unjudged") {
      const judged = foreignFrom(this.heldBytes(isEnd), at);
      if (judged === "more") return -1;
      this.foreign = judged;
    }
    if (this.foreign === undefined) return undefined;
    const last = endOfForeign(this.heldBytes(isEnd), at);
    if (last === "more") return -1;
    if (last === undefined) return undefined;
    return this.take(at, this.lastByte(at, last) + 1, last, {
      refused: "not_a_record",
      reason: this.foreign,
    });
  }

  /**
   * Zero bytes before a record: a log that was cut short while it was written to has as many as it had bytes, and one of a
   * machine that lost power has some where records were. They are told of once, and are no part of the record behind them.
   */
  private cutHole(at: number, isEnd: boolean): number {
    let behind = at;
    while (behind < this.held && this.window[behind] === 0) behind++;
    const isOver = behind < this.held || isEnd;
    const { isInHole } = this;
    if (!isInHole && behind - at < SHORTEST_HOLE) {
      // Before a record it parts records, as `jq --raw-output0` has it.
      if (this.window[behind] === OPEN_BRACE && behind < this.held) return behind;
      return isOver ? this.cutLine(at, isEnd) : -1;
    }
    if (!isInHole && !isOver && behind - at < KEPT_OF_LONG) return -1;
    if (!isInHole)
      this.add({
        start: at,
        end: Math.min(behind, at + KEPT_OF_LONG),
        line: this.line,
        refused: "not_a_record",
      });
    this.isInHole = behind === this.held;
    return behind;
  }

  private get isInArray(): boolean {
    return this.arrays > 0;
  }

  /**
   * `[` opens a list of records if an object, a text that holds one, or the end follows, perhaps behind more brackets; a log prefix
   * such as `[pod/web]` does not.
   */
  private opensArray(at: number, isEnd: boolean): boolean | "unsure" {
    let depth = this.arrays;
    for (let next = at; next < this.held; next++) {
      const byte = this.window[next] as number;
      if (byte === QUOTE) {
        if (next + 1 >= this.held) break;
        return this.window[next + 1] === OPEN_BRACE;
      }
      if (byte === OPEN_BRACKET) {
        if (++depth > DEEPEST_LISTS) return false;
      } else if (!isBlank(byte)) return byte === OPEN_BRACE || byte === CLOSE_BRACKET;
    }
    return isEnd ? false : "unsure";
  }

  /** A member of a list that is a text: it may hold a record. Any other begins a line. */
  private cutText(at: number, isEnd: boolean): number {
    if (at + 1 >= this.held && !isEnd) return -1;
    if (this.window[at + 1] !== OPEN_BRACE) return this.cutLine(at, isEnd);
    const end = endOfPlainValue(this.window, at, this.held);
    const line = this.endOfLine(at, isEnd);
    const isTorn = line >= 0 && (end < 0 || end > line);
    return isTorn ? this.cutLine(at, isEnd) : this.cutPlainMember(at, isEnd);
  }

  private cutObject(at: number, isEnd: boolean): number {
    const lineEnd = this.endOfLine(at, isEnd);
    if (lineEnd >= 0 && this.window[at + 2] === LETTER_L && isDockerPart(this.window, at, lineEnd))
      return this.takeGroup(groupOfLine(this.heldBytes(isEnd), at, lineEnd), at, lineEnd);
    // A long line may hold many records: it is scanned, so that none of them ends up in too large a document.
    const isShort = (lineEnd < 0 ? this.held : lineEnd) - at < this.limits.scannedFrom;
    if (isShort && !this.isInArray) {
      if (lineEnd < 0) return -1;
      const last = this.lastByte(at, lineEnd);
      if (this.window[last] === CLOSE_BRACE) return this.take(at, last + 1, lineEnd);
    }
    const python = this.window[at + 1] === APOSTROPHE ? endOfPython(this.heldBytes(isEnd), at) : -1;
    if (python === "more") return -1;
    return python < 0 ? this.cutScanned(at, lineEnd, isEnd) : this.take(at, python, python);
  }

  private cutScanned(at: number, lineEnd: number, isEnd: boolean): number {
    const { outcome, end } = this.scanFrom(at);
    // A document that is large, or damaged, may hold records that can be cut out one by one.
    if ((outcome !== "complete" && (outcome !== "more" || isEnd)) || end >= SNIFFED_BYTES) {
      if (this.holdsRecords(at, end)) {
        this.container = new ContainerScan();
        return at;
      }
    }
    if (outcome === "complete") {
      this.awaited = undefined;
      return this.take(at, at + end, at + end);
    }
    const isTooLong = end > this.limits.recordBytes;
    if (outcome === "more" && !isEnd && !isTooLong) return -1;
    const code = isTooLong ? "too_long" : refusalOf(outcome);
    // Of a list that goes on, one member is passed over and the next ones are read.
    if (code !== "torn" && (this.isInArray || this.container !== undefined))
      return this.refuseMember(at, code, isEnd);
    const last = this.endOfTorn(at, lineEnd, isEnd);
    if (last === "more") return -1;
    this.container = undefined;
    this.awaited = undefined;
    return this.refuse(at, last, code);
  }

  /** Up to where a record that breaks off is refused: the next one on its line, or the last line that is of it. */
  private endOfTorn(at: number, lineEnd: number, isEnd: boolean): number | "more" {
    const behind = lineEnd < 0 ? this.held : lineEnd;
    const next = recordBehind(this.window, at, behind);
    if (next >= 0) return next;
    return lineEnd < 0 ? "more" : endOfTorn(this.heldBytes(isEnd), at, lineEnd, true);
  }

  /** Lines from within a record whose beginning is missing. */
  private cutWithin(at: number, isEnd: boolean): number {
    const lineEnd = this.endOfLine(at, isEnd);
    const last = lineEnd < 0 ? "more" : endOfTorn(this.heldBytes(isEnd), at, lineEnd, false);
    return last === "more" ? -1 : this.refuse(at, last, "not_a_record");
  }

  /** Asked once for each document. */
  private holdsRecords(at: number, length: number): boolean {
    const { unfinished } = this;
    if (this.isInArray || this.container !== undefined || unfinished === undefined || unfinished.isPlain)
      return false;
    unfinished.isPlain = true;
    return isContainer(this.window, at, at + length);
  }

  /** The next member of the document that holds the records. */
  private cutMember(container: ContainerScan, at: number, isEnd: boolean): number {
    if (this.awaited !== undefined) return this.cutValue(container, at, isEnd);
    const { step, at: place } = container.go(this.window, at, this.held);
    this.line += countLineFeeds(this.window.subarray(at, place));
    if (step === "member" || step === "columns") this.awaited = step;
    else if (step !== "more") this.container = undefined;
    if (step === "more" && place === at) return isEnd ? this.held : -1;
    return place;
  }

  /** A member, or the list of columns, that begins at `at`. */
  private cutValue(container: ContainerScan, at: number, isEnd: boolean): number {
    const first = this.window[at];
    if (first !== OPEN_BRACE && first !== OPEN_BRACKET) return this.cutPlainMember(at, isEnd);
    const isColumns = this.awaited === "columns";
    if (!isColumns) return this.cutScanned(at, this.endOfLine(at, isEnd), isEnd);
    const { outcome, end } = this.scanFrom(at);
    if (outcome === "more" && !isEnd && end <= LONGEST_COLUMNS) return -1;
    this.awaited = undefined;
    const text = this.window.toString("utf8", at, at + end);
    if (outcome !== "complete" || !container.takeColumns(text)) this.container = undefined;
    this.line += countLineFeeds(this.window.subarray(at, at + end));
    return at + end;
  }

  /** A text, number or word as a member: it ends its text, or stands before what parts members. */
  private cutPlainMember(at: number, isEnd: boolean): number {
    const end = endOfPlainValue(this.window, at, this.held);
    if (end < 0 || (end === this.held && !isEnd)) {
      if (this.held - at > this.limits.recordBytes) return this.refuseMember(at, "too_long", isEnd);
      if (!isEnd) return -1;
    }
    this.awaited = undefined;
    const behind = end < 0 ? this.held : end;
    return this.take(at, behind, behind);
  }

  /** Keeps the beginning of a member for the list, and passes over the rest of it. */
  private refuseMember(at: number, code: RefusalCode, isEnd: boolean): number {
    const passing = new ValueSkip();
    const { at: behind, isOver } = passing.go(this.window, at, this.held);
    if (!isOver && !isEnd && this.held - at < KEPT_OF_LONG) return -1;
    this.add({ start: at, end: Math.min(behind, at + KEPT_OF_LONG), line: this.line, refused: code });
    this.line += countLineFeeds(this.window.subarray(at, behind));
    this.awaited = undefined;
    if (!isOver) this.passing = passing;
    return behind;
  }

  private pass(passing: ValueSkip, from: number): number {
    const { at, isOver } = passing.go(this.window, from, this.held);
    this.line += countLineFeeds(this.window.subarray(from, at));
    if (isOver) this.passing = undefined;
    return at;
  }

  /** Scans the document at `at`, from where the last look at it ended; no further than a record may be long. */
  private scanFrom(at: number): Scan {
    this.unfinished ??= {
      scan: new DocumentScan(this.limits),
      result: { outcome: "more", end: 0 },
      isPlain: false,
    };
    const { scan, result } = this.unfinished;
    if (result.outcome === "more") {
      const limit = Math.min(this.held, at + this.limits.recordBytes + 1);
      const { outcome, end } = scan.go(this.window, at + result.end, limit);
      this.unfinished.result = { outcome, end: end - at };
    }
    return this.unfinished.result;
  }

  /** A line that does not start a JSON document: text, perhaps with a record behind a prefix. */
  private cutLine(at: number, isEnd: boolean): number {
    const lineEnd = this.endOfLine(at, isEnd);
    if (lineEnd < 0) return -1;
    // What closes a list or a quote that was opened before a record.
    if (this.endedOn === this.line && isClosed(this.window, at, lineEnd)) return lineEnd;
    if (this.isHeader(at, lineEnd)) return lineEnd;
    const ruled = this.cutRuledHeader(at, lineEnd, isEnd);
    if (ruled !== undefined) return ruled;
    const held = this.heldBytes(isEnd);
    const isCut = this.offset + at === 0 && isCutInto(held, at, lineEnd);
    if (isCut === "more") return -1;
    if (this.header === undefined && (isCut || isWithinRecord(this.window, at, lineEnd))) {
      const last = endOfTorn(held, at, lineEnd, false);
      if (last === "more") return -1;
      if (last > lineEnd) return this.refuse(at, last, "not_a_record");
    }
    const separator = this.header?.separator;
    const row = separator === undefined ? undefined : csvRow(held, at, lineEnd, separator);
    return this.takeGroup(row ?? groupOfLine(held, at, lineEnd), at, lineEnd);
  }

  /** A header is no record: it says how the rows behind it are read. */
  private isHeader(at: number, lineEnd: number): boolean {
    if (lineEnd - at + this.emptyCells > LONGEST_HEADER) return false;
    const text =
      ",".repeat(this.emptyCells) + this.window.toString("utf8", at, this.lastByte(at, lineEnd) + 1);
    if (saysSeparator(text)) return true;
    const header = readHeader(text);
    if (header !== undefined) this.header = header;
    return header !== undefined;
  }

  /** A header and the rule below it are no records; undefined when the line is none. */
  private cutRuledHeader(at: number, lineEnd: number, isEnd: boolean): number | undefined {
    if (lineEnd - at > LONGEST_HEADER) return undefined;
    const text = this.window.toString("utf8", at, this.lastByte(at, lineEnd) + 1);
    if (!mayBeRuled(text)) return undefined;
    const rule = Math.min(lineEnd + 1, this.held);
    const found = this.window.subarray(rule, this.held).indexOf(LINE_FEED);
    if (found < 0 && !isEnd && this.held - rule <= LONGEST_RULE) return -1;
    const end = found < 0 ? this.held : rule + found;
    const header = readRuledHeader(
      text,
      this.window.toString("latin1", rule, Math.min(end, rule + LONGEST_RULE)),
    );
    if (header === undefined) return undefined;
    this.header = header;
    this.line++;
    return end;
  }

  /** True when a line that begins like a record is a row whose first cell is JSON. */
  private isRowOfText(at: number, isEnd: boolean): boolean | "more" {
    const { header } = this;
    if (header === undefined || this.window[at] !== OPEN_BRACE || this.isInArray) return false;
    if (header.separator !== "\t" && header.starts === undefined) return false;
    const lineEnd = this.endOfLine(at, isEnd);
    if (lineEnd < 0) return "more";
    const line = this.window.toString("utf8", at, lineEnd);
    return header.starts === undefined ? line.includes("\t") : cellsAt(line, header.starts) !== undefined;
  }

  private heldBytes(isEnd: boolean): Held {
    return { bytes: this.window, end: this.held, isEnd };
  }

  /** Several lines that are one document, or the one line. */
  private takeGroup(group: GroupEnd, at: number, lineEnd: number): number {
    if (group === "more") return -1;
    if (group === undefined) return this.take(at, this.endOfText(at, lineEnd), lineEnd);
    return this.take(at, group.end, group.end, { parts: group.parts });
  }

  /** Blanks at the end of a line are no text; of a row they may be cells. */
  private endOfText(start: number, lineEnd: number): number {
    if (this.header === undefined) return this.lastByte(start, lineEnd) + 1;
    return lineEnd > start && this.window[lineEnd - 1] === CARRIAGE_RETURN ? lineEnd - 1 : lineEnd;
  }

  private lastByte(start: number, end: number): number {
    let last = end - 1;
    while (last > start && isBlank(this.window[last] as number)) last--;
    return last;
  }

  /** A document from `start` to `end`, and the blanks up to `next`. */
  private take(
    start: number,
    end: number,
    next: number,
    more: Pick<Added, "refused" | "reason" | "parts"> = {},
  ): number {
    const { line } = this;
    const isLong = next - start > this.limits.recordBytes;
    if (isLong) this.add({ start, end: Math.min(end, start + KEPT_OF_LONG), line, refused: "too_long" });
    else this.add({ start, end, line, ...more });
    this.line += countLineFeeds(this.window.subarray(start, next));
    this.endedOn = this.line;
    this.indent = 0;
    this.emptyCells = 0;
    return next;
  }

  private add(document: Added): void {
    this.isTorn = document.refused === "torn";
    this.draft.add(document, this.container === undefined ? this.header : this.container.context);
  }

  private refuse(start: number, lineEnd: number, code: RefusalCode): number {
    return this.take(start, this.lastByte(start, lineEnd) + 1, lineEnd, { refused: code });
  }

  /** Place of the line break, or the end of the last line; -1 when it is not there yet. */
  private endOfLine(at: number, isEnd: boolean): number {
    if (this.found >= at) return this.found;
    const from = Math.max(at, this.searched);
    // Within what is held: behind it lie bytes of earlier stretches.
    const lineFeed = this.window.subarray(from, this.held).indexOf(LINE_FEED);
    if (lineFeed >= 0) {
      this.found = from + lineFeed;
      return this.found;
    }
    this.searched = this.held;
    return isEnd ? this.held : -1;
  }

  /**
   * Separators belong to no record: blanks, commas as they stand in lists and in hand-made files, what `jq --seq` writes before each
   * record (RFC 7464), and the marks of files that were put behind each other.
   */
  private skipBlank(from: number): number {
    let at = from;
    // A row of cells may begin with empty ones.
    const isRow = this.header !== undefined && !this.isInArray && this.container === undefined;
    while (at < this.held) {
      const byte = this.window[at] as number;
      if (byte === 32 || byte === 9) this.indent++;
      if (byte === COMMA && !isRow) this.emptyCells++;
      if (byte === LINE_FEED) {
        this.line++;
        this.indent = 0;
        this.emptyCells = 0;
      } else if (isRow && byte !== CARRIAGE_RETURN) break;
      else if (isByteOrderMark(this.window, at, this.held)) at += 2;
      else if (
        byte !== RECORD_SEPARATOR &&
        byte !== 32 &&
        byte !== CARRIAGE_RETURN &&
        byte !== 9 &&
        byte !== COMMA
      )
        break;
      at++;
    }
    return at;
  }

  /** The held record is longer than allowed and not whole: keep its beginning for the list, skip the rest of its line. */
  private skipLong(): void {
    const lineEnd = this.endOfLine(0, true);
    this.unfinished = undefined;
    this.add({ start: 0, end: Math.min(lineEnd, KEPT_OF_LONG), line: this.line, refused: "too_long" });
    this.isSkipping = lineEnd === this.held;
    this.flush(lineEnd);
  }
}

function refusalOf(outcome: Scan["outcome"]): RefusalCode {
  if (outcome === "too_deep") return "too_deep";
  return outcome === "too_many" ? "too_long" : "torn";
}

export function isBlank(byte: number): boolean {
  return byte === 32 || byte === LINE_FEED || byte === CARRIAGE_RETURN || byte === 9;
}

function bomLength(bytes: Uint8Array, held: number): number {
  return isByteOrderMark(bytes, 0, held) ? 3 : 0;
}

function isByteOrderMark(bytes: Uint8Array, at: number, end: number): boolean {
  return at + 3 <= end && bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf;
}

export function countLineFeeds(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) count++;
  return count;
}
