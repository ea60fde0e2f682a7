/** Losses that records of the log tell of: lost events, and nodes that Relay could not reach. */

import type { ToldLoss } from "@/lib/insight/quality/facts";
import { lossRange } from "../gaps";
import type { OpenCapture } from "../open-capture";

const TOLD = 5000;
/** States of a node in which its flows are missing (flow-formats 2.3), by name or as they are printed for people. */
const AWAY = /^(?:NODE_(?:UNAVAILABLE|GONE|ERROR)|\d+ nodes (?:are unavailable|removed)|Error ")/;

export function readToldLosses(capture: OpenCapture): ToldLoss[] {
  return capture.database
    .prepareExact(
      `SELECT r.id, r.kind, r.timeNs, r.lostEvents, r.detail, o.nodeName FROM OtherRecord r JOIN Observer o ON o.id = r.observerId
       WHERE r.kind IN ('lost_events', 'node_status') AND r.duplicate = 0 AND r.timeNs IS NOT NULL ORDER BY r.timeNs, r.id LIMIT ?`,
    )
    .all([TOLD])
    .filter((row) => row.kind === "lost_events" || AWAY.test(String(row.detail)))
    .map((row) => {
      const time = row.timeNs as bigint;
      const range = row.kind === "lost_events" ? lossRange(capture, Number(row.id)) : undefined;
      return {
        node: typeof row.nodeName === "string" ? row.nodeName : null,
        fromNs: range?.from ?? time,
        toNs: range?.to ?? time,
        lost: row.kind === "lost_events" ? Number(row.lostEvents ?? 0) : null,
        detail: String(row.detail),
      };
    });
}
