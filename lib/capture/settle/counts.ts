/** Flows of combinations added up, in the order of time. */

import type { ListWriter } from "../byte-lists";
import { ANCHORED } from "../roll-up-levels";
import type { FlowColumns } from "./flow-columns";
import type { FoundRows } from "./settled-rows";

/** What is counted of each combination, while a bucket lasts. */
export class Counts {
  readonly touched: number[] = [];
  private records = new Float64Array(1024);
  private events = new Float64Array(1024);
  private firstHigh = new Int32Array(1024);
  private firstLow = new Int32Array(1024);
  private lastHigh = new Int32Array(1024);
  private lastLow = new Int32Array(1024);
  private timed = new Uint8Array(1024);

  /** Rows of a combination come in the order of time. */
  add(combination: number, flows: FlowColumns, row: number): void {
    if (combination >= this.records.length) this.grow(combination);
    const { at } = flows;
    if (this.records[combination] === 0) this.touched.push(combination);
    this.records[combination] = (this.records[combination] as number) + 1;
    this.events[combination] = (this.events[combination] as number) + (at.events[row] as number);
    if (!flows.isTimed(row)) return;
    if (this.timed[combination] === 0) {
      this.timed[combination] = 1;
      this.firstHigh[combination] = at.timeHigh[row] as number;
      this.firstLow[combination] = at.timeLow[row] as number;
    }
    this.lastHigh[combination] = at.timeHigh[row] as number;
    this.lastLow[combination] = at.timeLow[row] as number;
  }

  /** records, events, firstNs, lastNs, and what counts at single flows, which comes in rows of its own. */
  put(rows: FoundRows, combination: number): void {
    rows.put(this.records[combination] as number);
    rows.put(this.events[combination] as number);
    if (this.timed[combination] === 1) {
      rows.halves(this.firstHigh[combination] as number, this.firstLow[combination] as number);
      rows.halves(this.lastHigh[combination] as number, this.lastLow[combination] as number);
    } else {
      rows.put(null);
      rows.put(null);
    }
    for (const _ of ANCHORED) rows.put(0);
  }

  /** For lib/capture/flow-buckets.ts. `startNs`: of the bucket, null without one. `before`: the combination that was written last. */
  write(
    sums: ListWriter,
    times: ListWriter,
    combination: number,
    { startNs, before }: { readonly startNs: bigint | null; readonly before: number },
  ): void {
    const records = this.records[combination] as number;
    sums.signed(combination - before);
    sums.varint(records);
    sums.signed((this.events[combination] as number) - records);
    if (startNs === null) return;
    const first = this.behind(startNs, this.firstHigh[combination], this.firstLow[combination]);
    const last = this.behind(startNs, this.lastHigh[combination], this.lastLow[combination]);
    times.wide(first);
    times.wide(last - first);
  }

  private behind(startNs: bigint, high = 0, low = 0): number {
    const [startHigh, startLow] = [Number(startNs >> 32n), Number(BigInt.asUintN(32, startNs))];
    return (high - startHigh) * 2 ** 32 + ((low >>> 0) - startLow);
  }

  clear(): void {
    for (const combination of this.touched) {
      this.records[combination] = 0;
      this.events[combination] = 0;
      this.timed[combination] = 0;
    }
    this.touched.length = 0;
  }

  private grow(combination: number): void {
    let size = this.records.length;
    while (size <= combination) size *= 2;
    const larger = <T extends Float64Array | Int32Array | Uint8Array>(before: T, after: T): T => {
      after.set(before);
      return after;
    };
    this.records = larger(this.records, new Float64Array(size));
    this.events = larger(this.events, new Float64Array(size));
    this.firstHigh = larger(this.firstHigh, new Int32Array(size));
    this.firstLow = larger(this.firstLow, new Int32Array(size));
    this.lastHigh = larger(this.lastHigh, new Int32Array(size));
    this.lastLow = larger(this.lastLow, new Int32Array(size));
    this.timed = larger(this.timed, new Uint8Array(size));
  }
}
