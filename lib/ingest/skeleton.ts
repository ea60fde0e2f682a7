/**
 * Records that differ from an earlier one only in their time, uuid and ports; those of layer 7 also in what known-layer7.ts
 * reads out of their cuts.
 *
 * Most lines of a log are such: the same two pods, the same kind of event. What is left of the bytes when
 * those values are cut out (cut.ts), the skeleton, is looked up; when it is known, so is everything that the
 * earlier record was decoded to, and only the cut values are read. No text is made of such a record.
 *
 * The answer is the same as decoding in full. Why: two records with the same skeleton and the cuts in the same
 * places are the same JSON but for the cut values, because these hold no quotes and no backslashes. And
 * a skeleton is learned only where each cut is certain to be the flow's own member: its name stands
 * once in the text, the decoded flow has the value, and no name is spelled with escapes. Anything else is
 * decoded in full. The test of this module holds both ways against each other.
 */

import type { Flow } from "@/lib/flow/flow";
import type { Cut } from "./cut";
import { certainLayer7, type Layer7Cuts } from "./known-layer7";
import { countOf, isMember } from "./members";
import type { FlowIds } from "./pack";

/** Bytes of skeletons kept per decoder; beyond it all are forgotten. */
const KEPT_BYTES = 12_000_000;
/** Records are kept behind each other in pieces of memory of this size; a longer record is not kept. */
const PIECE_BYTES = 512 * 1024;
/** Skeletons that share a key and are compared one by one; more are not kept. */
const PER_KEY = 64;
/** Of a long stretch between two cuts, one word in this many goes into the key. */
const SAMPLED = 32;
const LONG = 400;
/** Comparing more bytes is worth a call. */
const WORTH_A_CALL = 600;

/** A record that was decoded, and where its cuts are in `piece`. */
export interface Known {
  readonly piece: Buffer;
  readonly view: DataView;
  readonly start: number;
  readonly end: number;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly shape: number;
  readonly ids: FlowIds;
  /** What its cuts in a message of layer 7 are for. */
  readonly layer7: Layer7Cuts | undefined;
  /** The pair of the last record like it, and the server port that it goes by. */
  pair: number;
  pairPort: number;
  /** The block in which it stands as a model, and which of its models it is (likeness.ts). */
  block: number;
  model: number;
  /** The last block in which a record was like it, and its name there. */
  namedIn: number;
  name: number;
}

export class Skeletons {
  private readonly known = new Map<number, Known[]>();
  private piece: Buffer | undefined;
  private used = 0;
  private bytes = 0;
  private asked = 0;
  private found = 0;
  private resting = 0;

  /** False for a while when hardly any record is like an earlier one: then looking only costs. */
  isWorthIt(): boolean {
    if (this.resting === 0) return true;
    this.resting--;
    return false;
  }

  /** The earlier record that is like the one that `cut` was taken from. */
  find(cut: Cut, bytes: Buffer, view: DataView): Known | undefined {
    if (++this.asked === 8192) this.takeStock();
    const siblings = this.known.get(keyOf(cut, view));
    if (siblings === undefined) return undefined;
    for (const known of siblings) {
      if (!isSame(cut, bytes, view, known)) continue;
      this.found++;
      return known;
    }
    return undefined;
  }

  private takeStock(): void {
    if (this.found < 2048) this.resting = 65_536;
    this.asked = 0;
    this.found = 0;
  }

  /** Remembers what a record was decoded to, if each cut is certain to be the flow's own member. */
  learn(text: string, cut: Cut, bytes: Buffer, flow: Flow, ids: FlowIds): Known | undefined {
    if (cut.end - cut.start > PIECE_BYTES || !isCertain(text, cut, bytes, flow)) return undefined;
    const layer7 = certainLayer7(text, cut, bytes, flow, ids);
    if (layer7 === "uncertain") return undefined;
    if (this.bytes > KEPT_BYTES) this.clear();
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const key = keyOf(cut, view);
    const siblings = this.known.get(key);
    if (siblings !== undefined && siblings.length >= PER_KEY) return undefined;
    const known = this.keep(cut, bytes, ids, layer7);
    if (siblings === undefined) this.known.set(key, [known]);
    else siblings.push(known);
    return known;
  }

  private keep(cut: Cut, bytes: Buffer, ids: FlowIds, layer7: Layer7Cuts | undefined): Known {
    const length = cut.end - cut.start;
    if (this.piece === undefined || this.used + length > PIECE_BYTES) {
      this.piece = Buffer.alloc(PIECE_BYTES);
      this.used = 0;
    }
    this.piece.set(bytes.subarray(cut.start, cut.end), this.used);
    const by = this.used - cut.start;
    this.used += length;
    this.bytes += length;
    return {
      piece: this.piece,
      view: new DataView(this.piece.buffer, this.piece.byteOffset, this.piece.byteLength),
      start: cut.start + by,
      end: cut.end + by,
      starts: cut.starts.slice(0, cut.count).map((at) => at + by),
      ends: cut.ends.slice(0, cut.count).map((at) => at + by),
      shape: cut.shape,
      layer7,
      ids,
      pair: 0,
      pairPort: Number.NaN,
      block: -1,
      model: -1,
      namedIn: -1,
      name: -1,
    };
  }

  /** The ids of the dictionaries begin anew. */
  clear(): void {
    this.known.clear();
    this.piece = undefined;
    this.bytes = 0;
  }
}

/** Few skeletons share it: it is made of the lengths between the cuts, and of samples of what stands there. */
function keyOf(cut: Cut, view: DataView): number {
  let key = cut.shape;
  for (let nth = 1; nth <= cut.count; nth++) {
    const start = cut.ends[nth - 1] as number;
    const end = nth < cut.count ? (cut.starts[nth] as number) : cut.end;
    const step = end - start > LONG ? SAMPLED : 4;
    key = mixed(key, end - start);
    for (let at = start; at <= end - 4; at += step) key = mixed(key, view.getInt32(at));
  }
  return key;
}

function mixed(key: number, word: number): number {
  const product = Math.imul(key ^ word, 0x9e3779b1);
  return product ^ (product >>> 15);
}

/** The same things were cut out, and every byte between the cuts is the same. */
function isSame(cut: Cut, bytes: Buffer, view: DataView, known: Known): boolean {
  if (cut.shape !== known.shape) return false;
  let start = cut.start;
  let other = known.start;
  for (let nth = 0; nth <= cut.count; nth++) {
    const isLast = nth === cut.count;
    const end = isLast ? cut.end : (cut.starts[nth] as number);
    const otherEnd = isLast ? known.end : (known.starts[nth] as number);
    if (end - start !== otherEnd - other) return false;
    if (end - start > WORTH_A_CALL) {
      if (bytes.compare(known.piece, other, otherEnd, start, end) !== 0) return false;
    } else if (!isSameStretch(view, start, end, known.view, other)) return false;
    start = cut.ends[nth] as number;
    other = known.ends[nth] as number;
  }
  return true;
}

/**
 * Of stretches of one length, eight bytes at once as one number, the last eight of them again. What was decoded is JSON, so it has no eight bytes
 * that are a zero or no number: those would be equal to others, or not to themselves.
 */
function isSameStretch(a: DataView, start: number, end: number, b: DataView, otherStart: number): boolean {
  const by = otherStart - start;
  if (end - start < 8) {
    for (let at = start; at < end; at++) if (a.getInt8(at) !== b.getInt8(at + by)) return false;
    return true;
  }
  const last = end - 8;
  for (let at = start; at < last; at += 8)
    if (a.getFloat64(at, true) !== b.getFloat64(at + by, true)) return false;
  return a.getFloat64(last, true) === b.getFloat64(last + by, true);
}

/** Others than those of `&`, `<` and `>`, which Go escapes. */
function hasEscapes(text: string): boolean {
  return /\\u(?!00(26|3c|3e))/.test(text);
}

function isCertain(text: string, cut: Cut, bytes: Buffer, flow: Flow): boolean {
  const uuid = cut.hasUuid ? bytes.toString("latin1", cut.starts[1], cut.ends[1]) : undefined;
  return (
    // A name spelled with escapes, or in the other spelling, could be a second of its kind.
    !hasEscapes(text) &&
    !/"(sourcePort|destinationPort)"/.test(text) &&
    flow.timeNs === cut.timeNs &&
    countOf(text, '"time"') === (cut.hasTimeAgain ? 2 : 1) &&
    // A uuid that was not cut differs from record to record all the same: it is the identity.
    (cut.hasUuid || flow.uuid === undefined) &&
    isMember(text, '"uuid"', uuid, flow.uuid) &&
    // Ports that were not cut out are none.
    isMember(text, '"source_port"', cut.hasPorts ? cut.sourcePort : undefined, flow.l4?.sourcePort) &&
    isMember(
      text,
      '"destination_port"',
      cut.hasPorts ? cut.destinationPort : undefined,
      flow.l4?.destinationPort,
    )
  );
}
