/** The columns of a batch under construction. */

import type { FlowColumns } from "@/lib/flow/batch";

/** Columns of eight and of four bytes. */
const WIDE = 7;
const NARROW = 9;

/** A copy with more room. */
export function grown(columns: FlowColumns): FlowColumns {
  const larger = newColumns(columns.place.length * 2 + 16);
  for (const name of Object.keys(larger) as (keyof FlowColumns)[])
    (larger[name] as Int32Array).set(columns[name] as Int32Array);
  return larger;
}

/** All in one piece of memory, so that one piece travels between threads. */
export function newColumns(rows: number): FlowColumns {
  const wide = rows * 8;
  const memory = new ArrayBuffer(WIDE * wide + NARROW * rows * 4 + rows);
  let at = 0;
  const place = (bytes: number): number => {
    at += bytes;
    return at - bytes;
  };
  const bigints = (): BigInt64Array<ArrayBuffer> => new BigInt64Array(memory, place(wide), rows);
  const doubles = (): Float64Array<ArrayBuffer> => new Float64Array(memory, place(wide), rows);
  const ints = (): Int32Array<ArrayBuffer> => new Int32Array(memory, place(rows * 4), rows);
  // The wide ones first: each begins where its width divides the place.
  return {
    timeNs: bigints(),
    latencyNs: bigints(),
    hash: bigints(),
    exchangeKey: bigints(),
    sourcePort: doubles(),
    destinationPort: doubles(),
    events: doubles(),
    place: ints(),
    kind: ints(),
    observer: ints(),
    source: ints(),
    destination: ints(),
    pair: ints(),
    l7Text: ints(),
    dnsAnswer: ints(),
    policies: ints(),
    hasUuid: new Uint8Array(memory, place(rows), rows),
  };
}
