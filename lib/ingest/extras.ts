/** What few flows have, gathered as columns: no object and no bigint for each of them. */

import { type BatchExtras, EXTRA_HAS, EXTRA_WORDS } from "@/lib/flow/batch";

/** One is used for all batches of a decoder. */
export class ExtrasWriter {
  private words = new Int32Array(256 * EXTRA_WORDS);
  private used = 0;
  private varied = new Uint8Array(16 * 1024);
  private variedUsed = 0;
  /** Where the row that is written begins. */
  private row = 0;

  begin(place: number, headers: number): void {
    if (this.used + EXTRA_WORDS > this.words.length) this.words = largerWords(this.words);
    this.row = this.used;
    this.used += EXTRA_WORDS;
    this.words.fill(0, this.row, this.used);
    this.words[this.row] = place;
    this.words[this.row + 2] = headers;
  }

  traceHash(high: number, low: number): void {
    this.int64(EXTRA_HAS.trace, 3, high, low);
  }

  ipTraceId(high: number, low: number): void {
    this.int64(EXTRA_HAS.ipTrace, 5, high, low);
  }

  /** 64 bits of the next header whose value is not kept as a text. */
  header(high: number, low: number): void {
    this.room(8);
    put(this.varied, this.variedUsed, high);
    put(this.varied, this.variedUsed + 4, low);
    this.variedUsed += 8;
    this.countVaried(8);
  }

  /** The same of all headers of a record. */
  headers(hashes: Uint8Array): void {
    this.room(hashes.length);
    this.varied.set(hashes, this.variedUsed);
    this.variedUsed += hashes.length;
    this.countVaried(hashes.length);
  }

  private countVaried(bytes: number): void {
    this.has(EXTRA_HAS.headers);
    this.words[this.row + 7] = (this.words[this.row + 7] as number) + bytes;
  }

  private int64(what: number, at: number, high: number, low: number): void {
    this.has(what);
    this.words[this.row + at] = high;
    this.words[this.row + at + 1] = low;
  }

  private has(what: number): void {
    this.words[this.row + 1] = (this.words[this.row + 1] as number) | what;
  }

  private room(bytes: number): void {
    if (this.variedUsed + bytes <= this.varied.length) return;
    const larger = new Uint8Array(Math.max(this.varied.length * 2, this.variedUsed + bytes));
    larger.set(this.varied.subarray(0, this.variedUsed));
    this.varied = larger;
  }

  /** All of the batch; the next one begins empty. */
  finish(): BatchExtras {
    const extras = { words: this.words.slice(0, this.used), varied: this.varied.slice(0, this.variedUsed) };
    this.used = 0;
    this.variedUsed = 0;
    return extras;
  }
}

function largerWords(words: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(words.length * 2);
  larger.set(words);
  return larger;
}

function put(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word >>> 24;
  bytes[at + 1] = word >>> 16;
  bytes[at + 2] = word >>> 8;
  bytes[at + 3] = word;
}
