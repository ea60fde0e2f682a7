/** Losses that records of the log tell of: lost events, and nodes that Relay could not reach. */

import type { ToldLoss, UntimedLoss } from "@/lib/insight/quality/facts";
import { lossRange } from "../gaps";
import type { OpenCapture } from "../open-capture";

const TOLD = 5000;
/** States of a node in which its flows are missing (flow-formats 2.3), by name or as they are printed for people. */
const AWAY = /^(?:NODE_(?:UNAVAILABLE|GONE|ERROR)|\d+ nodes (?:are unavailable|removed)|Error ")/;

export function readToldLosses(capture: OpenCapture): {
  readonly told: ToldLoss[];
  readonly toldUntimed: UntimedLoss[];
} {
  const [told, toldUntimed]: [ToldLoss[], UntimedLoss[]] = [[], []];
  for (const row of rowsOf(capture)) {
    const isLoss = row.kind === "lost_events";
    if (!isLoss && !AWAY.test(String(row.detail))) continue;
    const loss = {
      node: typeof row.nodeName === "string" ? row.nodeName : null,
      lost: isLoss ? Number(row.lostEvents ?? 0) : null,
      detail: String(row.detail),
    };
    const time = typeof row.timeNs === "bigint" ? row.timeNs : undefined;
    if (time === undefined) toldUntimed.push(loss);
    else {
      const range = isLoss ? lossRange(capture, Number(row.id)) : undefined;
      told.push({ ...loss, fromNs: range?.from ?? time, toNs: range?.to ?? time });
    }
  }
  return { told, toldUntimed };
}

function rowsOf(capture: OpenCapture) {
  return capture.database
    .prepareExact(
      `SELECT r.id, r.kind, r.timeNs, r.lostEvents, r.detail, o.nodeName FROM OtherRecord r JOIN Observer o ON o.id = r.observerId
       WHERE r.kind IN ('lost_events', 'node_status') AND r.duplicate = 0 ORDER BY r.timeNs, r.id LIMIT ?`,
    )
    .all([TOLD]);
}
