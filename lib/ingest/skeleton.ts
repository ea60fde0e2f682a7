/**
 * Records that differ from an earlier one only in their time, uuid and ports.
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
import type { FlowIds } from "./pack";

/** Bytes of skeletons kept per decoder; beyond it all are forgotten. */
const KEPT_BYTES = 12_000_000;
/** Records are kept behind each other in pieces of memory of this size; a longer record is not kept. */
const PIECE_BYTES = 512 * 1024;
/** Skeletons that share a key and are compared one by one; more are not kept. */
const PER_KEY = 64;
/** Of the bytes behind the ports, one word in this many goes into the key. */
const SAMPLED = 32;

/** A record that was decoded, and where its cuts are in `piece`. */
export interface Known {
  readonly piece: Buffer;
  readonly view: DataView;
  readonly start: number;
  readonly timeStart: number;
  readonly timeEnd: number;
  readonly uuidStart: number;
  readonly uuidEnd: number;
  readonly sourceStart: number;
  readonly sourceEnd: number;
  readonly destinationStart: number;
  readonly destinationEnd: number;
  readonly againStart: number;
  readonly againEnd: number;
  readonly end: number;
  readonly ids: FlowIds;
  /** The pair of the last record like it, and the server port that it goes by. */
  pair: number;
  pairPort: number;
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
  learn(text: string, cut: Cut, bytes: Buffer, flow: Flow, ids: FlowIds): void {
    // Request ids, lengths and latencies make each HTTP record different.
    if (
      flow.l7?.http !== undefined ||
      cut.end - cut.start > PIECE_BYTES ||
      !isCertain(text, cut, bytes, flow)
    )
      return;
    if (this.bytes > KEPT_BYTES) this.clear();
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const key = keyOf(cut, view);
    const siblings = this.known.get(key);
    if (siblings !== undefined && siblings.length >= PER_KEY) return;
    const known = this.keep(cut, bytes, ids);
    if (siblings === undefined) this.known.set(key, [known]);
    else siblings.push(known);
  }

  private keep(cut: Cut, bytes: Buffer, ids: FlowIds): Known {
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
      timeStart: cut.timeStart + by,
      timeEnd: cut.timeEnd + by,
      uuidStart: cut.uuidStart + by,
      uuidEnd: cut.uuidEnd + by,
      sourceStart: cut.sourceStart + by,
      sourceEnd: cut.sourceEnd + by,
      destinationStart: cut.destinationStart + by,
      destinationEnd: cut.destinationEnd + by,
      againStart: cut.againStart + by,
      againEnd: cut.againEnd + by,
      end: cut.end + by,
      ids,
      pair: 0,
      pairPort: Number.NaN,
    };
  }

  /** The ids of the dictionaries begin anew. */
  clear(): void {
    this.known.clear();
    this.piece = undefined;
    this.bytes = 0;
  }
}

/** Few skeletons share it: what stands before the ports (addresses, verdict), and samples of what stands behind. */
function keyOf(cut: Cut, view: DataView): number {
  let key = cut.againStart - cut.destinationEnd;
  const headEnd = cut.sourceStart - 4;
  for (let at = cut.uuidEnd; at <= headEnd; at += 4) key = mixed(key, view.getInt32(at));
  const tailEnd = cut.againStart - 4;
  for (let at = cut.destinationEnd; at <= tailEnd; at += SAMPLED) key = mixed(key, view.getInt32(at));
  return key;
}

function mixed(key: number, word: number): number {
  const product = Math.imul(key ^ word, 0x9e3779b1);
  return product ^ (product >>> 15);
}

/** Every byte between the cuts is the same, and so are the places of the cuts among them. */
function isSame(cut: Cut, bytes: Buffer, view: DataView, known: Known): boolean {
  const own = known.view;
  return (
    isSameLength(cut, known) &&
    isSameStretch(view, cut.uuidEnd, cut.sourceStart, own, known.uuidEnd) &&
    isSameStretch(view, cut.start, cut.timeStart, own, known.start) &&
    isSameStretch(view, cut.timeEnd, cut.uuidStart, own, known.timeEnd) &&
    isSameStretch(view, cut.sourceEnd, cut.destinationStart, own, known.sourceEnd) &&
    isSameStretch(view, cut.againEnd, cut.end, own, known.againEnd) &&
    // The longest stretch by far: worth a call.
    bytes.compare(known.piece, known.destinationEnd, known.againStart, cut.destinationEnd, cut.againStart) ===
      0 &&
    // A record without the cut, and one with it, could have the same rest.
    cut.hasUuid === known.uuidStart < known.uuidEnd &&
    cut.hasPorts === known.sourceStart < known.sourceEnd &&
    cut.hasTimeAgain === known.againStart < known.againEnd
  );
}

function isSameLength(cut: Cut, known: Known): boolean {
  return (
    cut.againStart - cut.destinationEnd === known.againStart - known.destinationEnd &&
    cut.sourceStart - cut.uuidEnd === known.sourceStart - known.uuidEnd &&
    cut.timeStart - cut.start === known.timeStart - known.start &&
    cut.uuidStart - cut.timeEnd === known.uuidStart - known.timeEnd &&
    cut.destinationStart - cut.sourceEnd === known.destinationStart - known.sourceEnd &&
    cut.end - cut.againEnd === known.end - known.againEnd
  );
}

/** Of stretches of one length. */
function isSameStretch(a: DataView, start: number, end: number, b: DataView, otherStart: number): boolean {
  const by = otherStart - start;
  let at = start;
  for (; at + 4 <= end; at += 4) if (a.getInt32(at) !== b.getInt32(at + by)) return false;
  for (; at < end; at++) if (a.getInt8(at) !== b.getInt8(at + by)) return false;
  return true;
}

function isCertain(text: string, cut: Cut, bytes: Buffer, flow: Flow): boolean {
  const uuid = cut.hasUuid ? bytes.toString("latin1", cut.uuidStart, cut.uuidEnd) : undefined;
  return (
    // A name spelled with escapes, or in the other spelling, could be a second of its kind.
    !text.includes("\\u") &&
    !/"(sourcePort|destinationPort)"/.test(text) &&
    flow.timeNs === cut.timeNs &&
    countOf(text, '"time"') === (cut.hasTimeAgain ? 2 : 1) &&
    flow.l7?.latencyNs === undefined &&
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

/** What was cut is what the flow has, and the name stands once (with a blank behind it too); nothing was cut where it has nothing. */
function isMember(
  text: string,
  name: string,
  cut: string | number | undefined,
  has: string | number | undefined,
): boolean {
  return cut === has && (cut === undefined || countOf(text, name) === 1);
}

function countOf(text: string, name: string): number {
  let count = 0;
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) count++;
  return count;
}
