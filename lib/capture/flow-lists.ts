/**
 * Reads the two lists of a bucket of flows (flow-buckets.ts) into columns. Apart from what is done with them, and in few operations: a
 * question over a range reads some hundred thousand entries, and mostly does nothing else.
 */

import { ListReader } from "./byte-lists";

export class FlowLists {
  /** Entries that were read last; columns are longer. */
  size = 0;
  /** Combination.id. */
  combinations = new Int32Array(FIRST_ENTRIES);
  records = new Float64Array(FIRST_ENTRIES);
  events = new Float64Array(FIRST_ENTRIES);
  /** Nanoseconds from the start of the bucket to the first flow, and from this to the last. */
  behind = new Float64Array(FIRST_ENTRIES);
  lengths = new Float64Array(FIRST_ENTRIES);

  /** `first` is added to the numbers of combinations. Numbers of one or two bytes, nearly all, are read without a call. */
  readSums(bytes: Uint8Array, first: number): void {
    const end = bytes.length;
    this.makeRoom(end / LEAST_BYTES);
    const { combinations, records, events } = this;
    const reader = new ListReader(bytes);
    let [at, size, combination] = [0, 0, first];
    while (at < end) {
      let step = bytes[at++] as number;
      if (step >= 128) {
        const next = bytes[at++] as number;
        if (next < 128) step += (next - 1) * 128;
        else {
          reader.at = at - 2;
          step = reader.varint();
          at = reader.at;
        }
      }
      combination += step % 2 === 0 ? step / 2 : -(step + 1) / 2;
      let count = bytes[at++] as number;
      if (count >= 128) {
        reader.at = at - 1;
        count = reader.varint();
        at = reader.at;
      }
      let more = bytes[at++] as number;
      if (more !== 0) {
        reader.at = at - 1;
        more = reader.signed();
        at = reader.at;
      }
      combinations[size] = combination;
      records[size] = count;
      events[size++] = count + more;
    }
    this.size = size;
  }

  /** Of the same bucket, after its sums. In buckets of up to nine minutes each number is five bytes. */
  readTimes(bytes: Uint8Array): void {
    const { size, behind, lengths } = this;
    const reader = new ListReader(bytes);
    let at = 0;
    for (let entry = 0; entry < size; entry++) {
      const [high, highOfLength] = [bytes[at] as number, bytes[at + 5] as number];
      if (high < 128 && highOfLength < 128) {
        behind[entry] = high * 2 ** 32 + lowAt(bytes, at + 1);
        lengths[entry] = highOfLength * 2 ** 32 + lowAt(bytes, at + 6);
        at += 10;
      } else {
        reader.at = at;
        behind[entry] = reader.wide();
        lengths[entry] = reader.wide();
        at = reader.at;
      }
    }
  }

  private makeRoom(entries: number): void {
    if (entries <= this.combinations.length) return;
    const size = Math.max(this.combinations.length * 2, Math.ceil(entries));
    this.combinations = new Int32Array(size);
    this.records = new Float64Array(size);
    this.events = new Float64Array(size);
    this.behind = new Float64Array(size);
    this.lengths = new Float64Array(size);
  }
}

const FIRST_ENTRIES = 4096;
/** Of an entry: one of each number. */
const LEAST_BYTES = 3;

function lowAt(bytes: Uint8Array, at: number): number {
  const low =
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24);
  return low >>> 0;
}
