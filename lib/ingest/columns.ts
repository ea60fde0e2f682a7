/** The columns of a batch under construction. */

import type { FlowColumns } from "@/lib/flow/batch";

/** A copy with more room. */
export function grown(columns: FlowColumns): FlowColumns {
  const larger = newColumns(columns.place.length * 2 + 16);
  for (const name of Object.keys(larger) as (keyof FlowColumns)[])
    (larger[name] as Int32Array).set(columns[name] as Int32Array);
  return larger;
}

export function newColumns(rows: number): FlowColumns {
  return {
    place: new Int32Array(rows),
    timeNs: new BigInt64Array(rows),
    kind: new Int32Array(rows),
    observer: new Int32Array(rows),
    source: new Int32Array(rows),
    destination: new Int32Array(rows),
    pair: new Int32Array(rows),
    sourcePort: new Float64Array(rows),
    destinationPort: new Float64Array(rows),
    l7Text: new Int32Array(rows),
    dnsAnswer: new Int32Array(rows),
    policies: new Int32Array(rows),
    latencyNs: new BigInt64Array(rows),
    events: new Float64Array(rows),
    hash: new BigInt64Array(rows),
    hasUuid: new Uint8Array(rows),
    exchangeKey: new BigInt64Array(rows),
  };
}
