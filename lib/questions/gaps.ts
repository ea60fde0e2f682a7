/** Stretches in which events were lost, as the log itself tells. */

import { readRaw } from "@/lib/capture/raw";
import { decodeRecord } from "@/lib/formats/decode";
import type { TimelineAnswer } from "./answers";
import { within64 } from "./buckets";
import type { OpenCapture } from "./open-capture";

/** Losses drawn at most; a note says when there are more. */
export const GAPS = 500;

/** At most one more than {@link GAPS}. */
export function readGaps(capture: OpenCapture, first: bigint, last: bigint): TimelineAnswer["gaps"] {
  return capture.database
    .prepareExact(
      `SELECT r.id, r.timeNs, r.lostEvents, r.detail, o.nodeName FROM OtherRecord r JOIN Observer o ON o.id = r.observerId
       WHERE r.kind = 'lost_events' AND r.duplicate = 0 AND r.timeNs BETWEEN ? AND ? ORDER BY r.timeNs, r.id LIMIT ?`,
    )
    .all([within64(first), within64(last), GAPS + 1])
    .map((row) => {
      const time = row.timeNs as bigint;
      const range = lossRange(capture, Number(row.id));
      return {
        fromNs: String(range?.from ?? time),
        toNs: String(range?.to ?? time),
        lost: Number(row.lostEvents ?? 0),
        node: typeof row.nodeName === "string" ? row.nodeName : null,
        reason: String(row.detail),
      };
    });
}

/** A loss without its own range (before Hubble 1.19) is the instant at which it was reported: `undefined` then. */
export function lossRange(capture: OpenCapture, rowId: number): { from: bigint; to: bigint } | undefined {
  const raw = readRaw(capture.database, rowId);
  // Decoded as it was when it was taken in: it may be wrapped, in parts, or printed for people.
  const record = raw && decodeRecord(raw.bytes.toString("utf8"), raw.context, raw.nth)?.record;
  const range = record?.kind === "other" ? record.other.lostRange : undefined;
  return range && { from: range.fromNs, to: range.toNs };
}
