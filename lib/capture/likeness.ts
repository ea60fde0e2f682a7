/**
 * Original bytes of a block in which records stand as likenesses of earlier ones. (The form is BLOCK_PIECE in
 * lib/flow/batch.ts, the writing side lib/ingest/likeness.ts.)
 */

import { uncompressSync } from "lz4-napi";
import { BLOCK_PACKING, BLOCK_PIECE, CUT_KIND } from "@/lib/flow/batch";

const LINE_BREAK = Buffer.from("\n");

/** A record that others are like: its bytes, and what is theirs in place of them. */
export interface Model {
  readonly bytes: Buffer;
  readonly cuts: readonly { readonly start: number; readonly end: number; readonly kind: number }[];
}

/** The original bytes of a block. */
export interface BlockBytes {
  /** Records in it that others are like. */
  readonly models: readonly Model[];
  range(start: number, end: number): Buffer;
}

/** The models of the block so many before this one. */
type ModelsBefore = (blocks: number) => readonly Model[];

export function openBytes(packing: number, data: Uint8Array, modelsBefore: ModelsBefore): BlockBytes {
  const bytes = uncompressSync(Buffer.from(data));
  if (packing === BLOCK_PACKING.likeness) return new LikenessBlock(bytes, modelsBefore);
  return { models: [], range: (start, end) => bytes.subarray(start, end) };
}

/** From `start` to `end` of the original block. */
interface Piece {
  readonly start: number;
  readonly end: number;
  bytes(): Buffer;
}

class LikenessBlock implements BlockBytes {
  readonly models: Model[] = [];
  private readonly pieces: Piece[] = [];
  /** The models that were named in it, in the order of their names. */
  private readonly named: { readonly blocksBefore: number; readonly nth: number }[] = [];
  private at = 0;
  private end = 0;

  constructor(
    private readonly data: Buffer,
    private readonly modelsBefore: ModelsBefore,
  ) {
    while (this.at < data.length) this.readPiece();
  }

  /** A stretch of the original block. */
  range(start: number, end: number): Buffer {
    const parts: Buffer[] = [];
    for (let nth = this.firstBehind(start); nth < this.pieces.length; nth++) {
      const piece = this.pieces[nth] as Piece;
      if (piece.start >= end) break;
      const bytes = piece.bytes();
      parts.push(bytes.subarray(Math.max(0, start - piece.start), end - piece.start));
    }
    return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
  }

  /** Number of the first piece that ends behind a place. */
  private firstBehind(place: number): number {
    let [low, high] = [0, this.pieces.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.pieces[middle] as Piece).end > place) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  private readPiece(): void {
    const head = this.number();
    if (head === BLOCK_PIECE.plain) {
      const bytes = this.take(this.number());
      this.add(bytes.length, () => bytes);
    } else if (head === BLOCK_PIECE.model) this.readModel();
    else this.readLike(head - BLOCK_PIECE.like);
  }

  private readModel(): void {
    const length = this.number();
    const cuts: Model["cuts"][number][] = [];
    let place = 0;
    for (let more = this.number(); more > 0; more--) {
      const start = place + this.number();
      place = start + this.number();
      cuts.push({ start, end: place, kind: this.number() });
    }
    const bytes = this.take(length);
    this.models.push({ bytes, cuts });
    this.add(length, () => bytes);
  }

  private readLike(name: number): void {
    const [nth, isNextLine] = [name >> 1, (name & 1) === 1];
    if (nth === this.named.length) this.named.push({ blocksBefore: this.number(), nth: this.number() });
    if (isNextLine) this.add(1, () => LINE_BREAK);
    const length = this.number();
    const values = this.take(this.number());
    this.add(length, () => {
      const bytes = likenessOf(this.modelOf(nth), values);
      if (bytes.length !== length) throw new Error("a block of original bytes does not fit together");
      return bytes;
    });
  }

  private modelOf(name: number): Model {
    const { blocksBefore = 0, nth = -1 } = this.named[name] ?? {};
    const model = (blocksBefore === 0 ? this.models : this.modelsBefore(blocksBefore))[nth];
    if (model === undefined) throw new Error("a block names a record that its file does not have");
    return model;
  }

  private add(length: number, bytes: Piece["bytes"]): void {
    this.pieces.push({ start: this.end, end: this.end + length, bytes });
    this.end += length;
  }

  private take(length: number): Buffer {
    this.at += length;
    return this.data.subarray(this.at - length, this.at);
  }

  private number(): number {
    const { value, next } = readNumber(this.data, this.at);
    this.at = next;
    return value;
  }
}

function readNumber(bytes: Uint8Array, from: number): { value: number; next: number } {
  let value = 0;
  let at = from;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++] ?? 0;
    value |= (byte & 127) << shift;
    if (byte < 128) return { value, next: at };
  }
}

/** The model with other values where it has cuts. */
function likenessOf({ bytes, cuts }: Model, values: Buffer): Buffer {
  const parts: Buffer[] = [];
  let first: Buffer | undefined;
  let place = 0;
  let at = 0;
  for (const { start, end, kind } of cuts) {
    parts.push(bytes.subarray(place, start));
    place = end;
    if (kind === CUT_KIND.repeated && first !== undefined) {
      parts.push(first);
      continue;
    }
    const { value: length, next } = readNumber(values, at);
    const isPacked = kind === CUT_KIND.uuid && length === 0;
    at = next + (isPacked ? 16 : length);
    const value = isPacked ? unpackedUuid(values.subarray(next, at)) : values.subarray(next, at);
    first ??= value;
    parts.push(value);
  }
  parts.push(bytes.subarray(place));
  return Buffer.concat(parts);
}

function unpackedUuid(packed: Buffer): Buffer {
  const digits = packed.toString("hex");
  const groups = [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20)];
  return Buffer.from([...groups, digits.slice(20)].join("-"));
}
