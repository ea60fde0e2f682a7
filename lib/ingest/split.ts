/**
 * Cuts a stream of bytes into documents: lines, the members of a JSON array, objects that spread over
 * several lines or follow each other without a line break.
 *
 * The common case, one object per line, costs one search for the line break and a look at two bytes. Only
 * a line that opens a bracket and does not end with its closing one is scanned. A line that turns out to be
 * torn is refused alone; cutting goes on with the next line. Memory is bounded: at most one record of the
 * longest allowed size is held, longer ones are refused and skipped as a stream.
 */

import { PLACES_PER_BLOCK } from "@/lib/flow/batch";
import type { RefusalCode } from "@/lib/formats/record";
import { LIMITS } from "./limits";
import { scanDocument } from "./scan";

/** A stretch of the unpacked file with the documents in it. */
export interface Chunk {
  /** Its own memory, so that it can be transferred. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Offset of `bytes` in the unpacked file. */
  readonly offset: number;
  /** Per document: start, end (within `bytes`), line number. */
  readonly documents: Int32Array<ArrayBuffer>;
  /** Documents that are refused already, by their number. */
  readonly refused: ReadonlyMap<number, RefusalCode>;
}

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const COMMA = 44;
/** Of a record that is longer than allowed this much is kept, for its excerpt. */
const KEPT_OF_LONG = 4096;
const SCANNED_FROM = 64 * 1024;

export class Splitter {
  /** Bytes not yet cut; `window.subarray(0, held)` counts. */
  private window = Buffer.allocUnsafe(LIMITS.blockBytes);
  private held = 0;
  /** Offset in the file and line number of the first held byte. */
  private offset = 0;
  private line = 1;
  /** How far the held bytes were searched for a line break in vain. */
  private searched = 0;
  private isSkipping = false;
  private arrays = 0;
  private documents: number[] = [];
  private refused = new Map<number, RefusalCode>();

  constructor(private readonly emit: (chunk: Chunk) => void) {}

  push(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      if (this.isSkipping) {
        at = this.skipLine(bytes, at);
        continue;
      }
      const room = Math.max(LIMITS.blockBytes - this.held, 64 * 1024);
      const part = bytes.subarray(at, at + room);
      this.hold(part);
      at += part.length;
      if (this.held >= LIMITS.blockBytes) this.cut(false);
    }
  }

  /** The stream is over: what is held is all there is. */
  end(): void {
    this.cut(true);
  }

  private hold(part: Uint8Array): void {
    const needed = this.held + part.length;
    if (needed > this.window.length) {
      const larger = Buffer.allocUnsafe(
        Math.max(needed, Math.min(this.window.length * 2, LIMITS.recordBytes * 2)),
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
      at = this.skipBlank(at);
      if (at >= this.held) break;
      const next = this.cutOne(at, isEnd);
      if (next < 0) break;
      at = next;
      if (this.documents.length === PLACES_PER_BLOCK * 3) at = this.flush(at);
    }
    at = this.flush(Math.min(at, this.held));
    if (this.held - at > LIMITS.recordBytes) this.refuseLong();
  }

  /** Emits the documents up to `at` and moves the rest to the front; returns the new place of `at`: 0. */
  private flush(at: number): number {
    if (this.documents.length > 0) {
      const documents = Int32Array.from(this.documents);
      const start = documents[0] as number;
      const end = documents[documents.length - 2] as number;
      for (let i = 0; i < documents.length; i += 3) {
        documents[i] = (documents[i] as number) - start;
        documents[i + 1] = (documents[i + 1] as number) - start;
      }
      const bytes = new Uint8Array(end - start);
      bytes.set(this.window.subarray(start, end));
      this.emit({ bytes, offset: this.offset + start, documents, refused: this.refused });
      this.documents = [];
      this.refused = new Map();
    }
    this.window.copyWithin(0, at, this.held);
    this.held -= at;
    this.offset += at;
    this.searched = Math.max(0, this.searched - at);
    return 0;
  }

  /** Returns where to go on, or -1 when the document is not whole yet. */
  private cutOne(at: number, isEnd: boolean): number {
    const first = this.window[at];
    if (first === OPEN_BRACE) return this.cutObject(at, isEnd);
    if (first === OPEN_BRACKET && (this.arrays === 0 || isEnd || this.held - at > 1)) {
      const opens = this.opensArray(at, isEnd);
      if (opens === "unsure") return -1;
      if (opens) {
        this.arrays = 1;
        return at + 1;
      }
    }
    if (this.arrays > 0 && first === CLOSE_BRACKET) {
      this.arrays = 0;
      return at + 1;
    }
    return this.cutLine(at, isEnd);
  }

  /** `[` opens a list of records if an object, a list or the end follows; a log prefix such as `[pod/web]` does not. */
  private opensArray(at: number, isEnd: boolean): boolean | "unsure" {
    let next = at + 1;
    while (next < this.held && isBlank(this.window[next] as number)) next++;
    if (next >= this.held) return isEnd ? false : "unsure";
    const byte = this.window[next];
    if (this.arrays > 0) return false;
    return byte === OPEN_BRACE || byte === CLOSE_BRACKET;
  }

  private cutObject(at: number, isEnd: boolean): number {
    const lineEnd = this.endOfLine(at, isEnd);
    // A long line may hold many records: it is scanned, so that none of them ends up in too large a document.
    if (lineEnd >= 0 && this.arrays === 0 && lineEnd - at < SCANNED_FROM) {
      const last = this.lastByte(at, lineEnd);
      if (this.window[last] === CLOSE_BRACE) return this.take(at, last + 1, lineEnd);
    }
    const scan = scanDocument(this.window, at, this.held, LIMITS.depth);
    if (scan.outcome === "complete") return this.take(at, scan.end, scan.end);
    if (scan.outcome === "more" && !isEnd && this.held - at <= LIMITS.recordBytes) return -1;
    if (lineEnd < 0)
      return scan.outcome === "more"
        ? -1
        : this.cutLine(at, isEnd, scan.outcome === "too_deep" ? "too_deep" : "torn");
    return this.refuse(at, lineEnd, scan.outcome === "too_deep" ? "too_deep" : "torn");
  }

  /** A line that does not start a JSON document: text, perhaps with a record behind a prefix. */
  private cutLine(at: number, isEnd: boolean, code?: RefusalCode): number {
    const lineEnd = this.endOfLine(at, isEnd);
    if (lineEnd < 0) return -1;
    if (code !== undefined) return this.refuse(at, lineEnd, code);
    return this.take(at, this.lastByte(at, lineEnd) + 1, lineEnd);
  }

  private lastByte(start: number, end: number): number {
    let last = end - 1;
    while (last > start && isBlank(this.window[last] as number)) last--;
    return last;
  }

  private take(start: number, end: number, next: number): number {
    this.documents.push(start, end, this.line);
    this.line += countLineFeeds(this.window, start, next);
    return next;
  }

  private refuse(start: number, lineEnd: number, code: RefusalCode): number {
    this.refused.set(this.documents.length / 3, code);
    return this.take(start, this.lastByte(start, lineEnd) + 1, lineEnd);
  }

  /** Place of the line break, or the end of the last line; -1 when it is not there yet. */
  private endOfLine(at: number, isEnd: boolean): number {
    const lineFeed = this.window.indexOf(LINE_FEED, Math.max(at, this.searched));
    if (lineFeed >= 0 && lineFeed < this.held) return lineFeed;
    this.searched = this.held;
    return isEnd ? this.held : -1;
  }

  private skipBlank(from: number): number {
    let at = from;
    while (at < this.held) {
      const byte = this.window[at] as number;
      if (byte === LINE_FEED) this.line++;
      else if (byte !== 32 && byte !== CARRIAGE_RETURN && byte !== 9 && !(byte === COMMA && this.arrays > 0))
        break;
      at++;
    }
    return at;
  }

  /** The held record is longer than allowed and not whole: keep its beginning for the list, skip the rest of its line. */
  private refuseLong(): void {
    const lineFeed = this.window.indexOf(LINE_FEED, 0);
    const end = lineFeed >= 0 && lineFeed < this.held ? lineFeed : this.held;
    this.refused.set(0, "too_long");
    this.documents.push(0, Math.min(end, KEPT_OF_LONG), this.line);
    this.isSkipping = end === this.held;
    this.flush(end);
  }
}

function isBlank(byte: number): boolean {
  return byte === 32 || byte === LINE_FEED || byte === CARRIAGE_RETURN || byte === 9;
}

function bomLength(bytes: Uint8Array, held: number): number {
  return held >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

function countLineFeeds(bytes: Buffer, start: number, end: number): number {
  let count = 0;
  for (let at = bytes.indexOf(LINE_FEED, start); at >= 0 && at < end; at = bytes.indexOf(LINE_FEED, at + 1))
    count++;
  return count;
}
