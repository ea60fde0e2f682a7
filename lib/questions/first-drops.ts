/** The first records of all drops in the order of time, without looking at the others: a tenth of the flows can be drops. */

import type { SqlValue } from "@/lib/capture/driver";
import { REACH_NS } from "@/lib/insight/join-drops";
import { within64 } from "./buckets";
import { type FlowValues, selectFlowRows } from "./flow-row";
import type { OpenCapture } from "./open-capture";

/**
 * Both records of each drop are in scope, and so many anchors surely are that many rows: the rows wanted lie no further than the
 * last of these anchors. A verdict record is at most {@link REACH_NS} from its anchor. Undefined where there are fewer drops.
 */
export function firstOfDrops(
  { database }: OpenCapture,
  way: "later" | "earlier",
  count: number,
): FlowValues[] | undefined {
  const [direction, sign, reach] = way === "later" ? ["ASC", "<=", REACH_NS] : ["DESC", ">=", -REACH_NS];
  const [last] = database
    .prepareExact(
      `SELECT timeNs FROM JoinedDrop WHERE timeNs IS NOT NULL ORDER BY timeNs ${direction} LIMIT 1 OFFSET ?`,
    )
    .rows([count - 1]);
  if (last === undefined) return undefined;
  const order = `f.timeNs ${direction}, f.id ${direction}`;
  const until = last[0] as bigint;
  const parameters: SqlValue[] = [until, within64(until + BigInt(reach)), until, count];
  return database
    .prepareExact(
      `${selectFlowRows(undefined)} WHERE f.id IN (SELECT id FROM JoinedDrop WHERE timeNs ${sign} ?
         UNION ALL SELECT verdictId FROM JoinedDrop WHERE verdictId IS NOT NULL AND timeNs ${sign} ?)
       AND f.timeNs ${sign} ? ORDER BY ${order} LIMIT ?`,
    )
    .rows(parameters);
}
