/** The records that show a cause: each drop with the verdict record that says why, and their lines as they were received. */

import { formatTime } from "@/lib/base/time";
import { POLICY_VERDICT } from "@/lib/capture/denied-kinds";
import { readRaw } from "@/lib/capture/raw";
import type { CompiledScope } from "@/lib/capture/scope-sql";
import type { DropCauseAnswer } from "./answers-drops";
import { flowIdOf } from "./flow-row";
import type { OpenCapture } from "./open-capture";

type Evidence = DropCauseAnswer["evidence"][number];
type EvidenceRecord = NonNullable<Evidence["drop"]>;

/** Drops that are shown, those with both records first. */
const SHOWN = 3;
/** Longest text of a record here; the flow itself has the rest. */
const SHOWN_CHARS = 8000;

export function readEvidence(capture: OpenCapture, causeId: number, scope: CompiledScope): Evidence[] {
  return capture.database
    .prepare(
      `SELECT j.id, j.verdictId, k.eventType FROM JoinedDrop j CROSS JOIN Flow f ON f.id = j.id CROSS JOIN Kind k ON k.id = j.kindId
       WHERE j.causeId = ? AND ${scope.sql} ORDER BY j.verdictId IS NULL, j.timeNs IS NULL, j.timeNs, j.id LIMIT ${SHOWN}`,
    )
    .all([causeId, ...scope.parameters])
    .map(({ id, verdictId, eventType }) => {
      const anchor = readRecord(capture, Number(id));
      const verdict = verdictId === null ? null : readRecord(capture, Number(verdictId));
      return eventType === POLICY_VERDICT ? { drop: null, verdict: anchor } : { drop: anchor, verdict };
    });
}

function readRecord(capture: OpenCapture, id: number): EvidenceRecord | null {
  const row = capture.database
    .prepareExact(
      "SELECT f.hash, f.occurrence, f.timeNs, o.nodeName FROM Flow f JOIN Observer o ON o.id = f.observerId WHERE f.id = ?",
    )
    .get([id]);
  const raw = readRaw(capture.database, id);
  if (row === undefined || raw === undefined) return null;
  const text = raw.bytes.toString("utf8");
  return {
    flow: flowIdOf(row.hash as bigint, Number(row.occurrence)),
    time: typeof row.timeNs === "bigint" ? formatTime(row.timeNs) : null,
    node: row.nodeName === null ? null : String(row.nodeName),
    file: raw.fileName,
    line: raw.line,
    text: text.slice(0, SHOWN_CHARS),
    isCut: text.length > SHOWN_CHARS,
  };
}
