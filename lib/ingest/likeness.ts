/**
 * The original bytes of a block in which a record that is like an earlier one is kept as that: which one, and what was cut
 * out of it. What is left for LZ4 is a tenth of the bytes. (The form is BLOCK_PIECE in lib/flow/batch.ts, the reading side
 * lib/capture/likeness.ts.)
 */

import { BLOCK_PIECE, CUT_KIND } from "@/lib/flow/batch";
import { type Cut, packUuid } from "./cut";
import type { Known } from "./skeleton";

const LINE_FEED = 10;
/** Longest varint of a number below 2^31. */
const VARINT = 5;
const UUID_BYTES = 16;

/** One is used for all blocks of a decoder. */
export class LikenessWriter {
  private out = Buffer.allocUnsafe(64 * 1024);
  private length = 0;
  private bytes: Buffer = Buffer.alloc(0);
  private block = 0;
  /** How far the block is written. */
  private done = 0;
  /** Records of this block that later ones may be like. */
  private models = 0;
  /** Models that were named in this block. */
  private named = 0;

  /** `block` is its number in the file. */
  begin(bytes: Buffer, block: number): void {
    this.bytes = bytes;
    this.block = block;
    this.length = 0;
    this.done = 0;
    this.models = 0;
    this.named = 0;
  }

  /** A record that later ones may be like. */
  model(known: Known, cut: Cut): void {
    const { bytes } = this;
    this.plainUpTo(cut.start);
    this.room(cut.end - cut.start + (3 + cut.count * 3) * VARINT);
    this.put(BLOCK_PIECE.model);
    this.put(cut.end - cut.start);
    this.put(cut.count);
    let at = cut.start;
    for (let nth = 0; nth < cut.count; nth++) {
      const [start, end] = [cut.starts[nth] as number, cut.ends[nth] as number];
      this.put(start - at);
      this.put(end - start);
      this.put(kindOf(cut, nth));
      at = end;
    }
    this.copy(bytes, cut.start, cut.end);
    this.done = cut.end;
    known.block = this.block;
    known.model = this.models++;
  }

  /** A record like an earlier one. */
  like(known: Known, cut: Cut): void {
    const isNextLine = cut.start === this.done + 1 && this.bytes[this.done] === LINE_FEED;
    if (!isNextLine) this.plainUpTo(cut.start);
    const isNew = known.namedIn !== this.block;
    if (isNew) {
      known.namedIn = this.block;
      known.name = this.named++;
    }
    const values = valuesLength(cut);
    this.room(values + 5 * VARINT);
    this.put(BLOCK_PIECE.like + known.name * 2 + (isNextLine ? 1 : 0));
    if (isNew) {
      this.put(this.block - known.block);
      this.put(known.model);
    }
    this.put(cut.end - cut.start);
    this.put(values);
    this.values(cut);
    this.done = cut.end;
  }

  private values(cut: Cut): void {
    for (let nth = 0; nth < cut.count; nth++) {
      const kind = kindOf(cut, nth);
      if (kind === CUT_KIND.repeated) continue;
      const [start, end] = [cut.starts[nth] as number, cut.ends[nth] as number];
      if (kind === CUT_KIND.uuid && cut.isUsualUuid) {
        this.out[this.length++] = 0;
        packUuid(this.bytes, start, this.out, this.length);
        this.length += UUID_BYTES;
      } else {
        this.put(end - start);
        for (let at = start; at < end; at++) this.out[this.length++] = this.bytes[at] as number;
      }
    }
  }

  /** The block to be compressed, good until the next one begins; undefined when its bytes are as good as they are. */
  finish(): Buffer | undefined {
    if (this.models === 0 && this.named === 0) return undefined;
    this.plainUpTo(this.bytes.length);
    return this.out.subarray(0, this.length);
  }

  private plainUpTo(end: number): void {
    if (end <= this.done) return;
    this.room(end - this.done + 2 * VARINT);
    this.put(BLOCK_PIECE.plain);
    this.put(end - this.done);
    this.copy(this.bytes, this.done, end);
    this.done = end;
  }

  private copy(bytes: Buffer, start: number, end: number): void {
    bytes.copy(this.out, this.length, start, end);
    this.length += end - start;
  }

  private put(value: number): void {
    let rest = value;
    while (rest > 127) {
      this.out[this.length++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.out[this.length++] = rest;
  }

  private room(bytes: number): void {
    if (this.length + bytes <= this.out.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.out.length * 2, this.length + bytes));
    this.out.copy(larger, 0, 0, this.length);
    this.out = larger;
  }
}

function kindOf(cut: Cut, nth: number): number {
  if (nth === 1 && cut.hasUuid) return CUT_KIND.uuid;
  return nth === cut.count - 1 && cut.hasTimeAgain ? CUT_KIND.repeated : CUT_KIND.text;
}

/** Bytes that `values` will write. */
function valuesLength(cut: Cut): number {
  let length = 0;
  for (let nth = 0; nth < cut.count; nth++) {
    const kind = kindOf(cut, nth);
    if (kind === CUT_KIND.repeated) continue;
    const own = (cut.ends[nth] as number) - (cut.starts[nth] as number);
    length += kind === CUT_KIND.uuid && cut.isUsualUuid ? 1 + UUID_BYTES : own + varintLength(own);
  }
  return length;
}

function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest > 127; rest >>>= 7) length++;
  return length;
}
