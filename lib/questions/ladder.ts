/**
 * How the flows of a scope are spread over time: counts per bucket, from a roll-up where one has them, else from one scan.
 *
 * It gives the exact total, the place of a row by its number ("row 812,000"), and the buckets worth reading
 * for a page, so that empty stretches are skipped.
 */

import { alignDown } from "@/lib/base/bucket-width";
import { countedFlows, rolledWidth } from "@/lib/capture/rolled-flows";
import type { CompiledScope } from "@/lib/capture/scope-sql";
import { bucketNumber, within64 } from "./buckets";
import type { OpenCapture } from "./open-capture";

const BUCKETS = 2048n;

export interface Ladder {
  readonly records: number;
  readonly events: number;
  /** Records without a time; they come first in ascending order. */
  readonly untimed: number;
  /** Ascending; only buckets that hold records. */
  readonly starts: BigInt64Array;
  /** The last instant of each bucket. (The first one behind it may be beyond 64 bits.) */
  readonly lasts: BigInt64Array;
  /** Timed records before each bucket, ascending; one entry more than buckets. */
  readonly before: Float64Array;
}

export function readLadder(capture: OpenCapture, scope: CompiledScope, key: string): Ladder {
  return capture.keep(ladderKey(key), () => scan(capture, scope));
}

export function hasLadder(capture: OpenCapture, key: string): boolean {
  return capture.isKept(ladderKey(key));
}

function ladderKey(key: string): string {
  return `ladder ${key}`;
}

function scan(capture: OpenCapture, scope: CompiledScope): Ladder {
  const { database } = capture;
  const span = database
    .prepareExact("SELECT (SELECT min(timeNs) FROM Flow) AS first, (SELECT max(timeNs) FROM Flow) AS last")
    .get([]);
  const first = typeof span?.first === "bigint" ? span.first : 0n;
  const last = typeof span?.last === "bigint" ? span.last : 0n;
  const ready = rolledWidth(database, scope);
  const width = ready ?? (last - first) / BUCKETS + 1n;
  const number = bucketNumber(ready === undefined ? first : alignDown(first, ready), last, width);
  const { from, parameters, where } = countedFlows(database, scope, {
    ...{ reads: "", widthNs: width, hasTimes: false },
  });
  const rows = database
    .prepareExact(
      `SELECT ${number.sql} AS bucket, sum(f.records) AS records, sum(f.events) AS events
       FROM ${from} WHERE ${where.sql} GROUP BY 1 HAVING sum(f.records) > 0 ORDER BY 1`,
    )
    .rows([...number.parameters, ...parameters, ...where.parameters]);
  const timed = rows.filter(([bucket]) => bucket !== null);
  const starts = timed.map(([bucket]) => number.startOf(bucket as bigint));
  const before = new Float64Array(timed.length + 1);
  timed.forEach(([, records], i) => {
    before[i + 1] = (before[i] as number) + Number(records);
  });
  const untimed = rows.reduce((sum, [bucket, records]) => sum + (bucket === null ? Number(records) : 0), 0);
  return {
    records: untimed + (before[timed.length] as number),
    events: rows.reduce((sum, [, , events]) => sum + Number(events), 0),
    untimed,
    starts: BigInt64Array.from(starts, within64),
    lasts: BigInt64Array.from(starts, (start) => within64(start + width - 1n)),
    before,
  };
}

/** The bucket that holds the timed record with this number (from 0, ascending). */
export function bucketOfRank(ladder: Ladder, rank: number): number {
  let low = 0;
  let high = ladder.starts.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ladder.before[middle + 1] as number) > rank) high = middle;
    else low = middle + 1;
  }
  return low;
}
