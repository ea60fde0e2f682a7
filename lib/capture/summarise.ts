/** What the catalogue says about a capture, counted from its file. */

import type { Sqlite } from "./driver";
import { isOutdated } from "./rules-version";

export interface CaptureSummary {
  readonly captureId: string;
  readonly name: string;
  readonly createdAtMs: number;
  /** Of the newest file of which something was kept; as it was made when it has none. */
  readonly lastAddedMs: number;
  readonly revision: number;
  readonly files: number;
  readonly flows: number;
  readonly events: number;
  /** Null before the first file is settled. */
  readonly drops: number | null;
  readonly nodes: number;
  readonly firstNs: bigint | null;
  readonly lastNs: bigint | null;
  /** Older rules settled it. */
  readonly isOutdated: boolean;
}

/** Cheap: reads the file rows, the causes and the ends of the time index, not the flows. */
export function summarise(database: Sqlite): CaptureSummary {
  const capture = database.prepare("SELECT captureId, name, createdAtMs FROM Capture WHERE id = 1").get([]);
  const files = database
    .prepare(
      "SELECT coalesce(sum(uploadId IS NULL), 0) AS files, coalesce(sum(accepted), 0) AS flows, coalesce(sum(events), 0) AS events FROM SourceFile WHERE state = 'done'",
    )
    .get([]);
  const added = database
    .prepare(
      "SELECT max(addedAtMs) AS lastMs FROM SourceFile WHERE state NOT IN ('cancelled', 'failed', 'interrupted')",
    )
    .get([]);
  const span = database
    .prepareExact(
      "SELECT (SELECT min(timeNs) FROM Flow) AS firstNs, (SELECT max(timeNs) FROM Flow) AS lastNs",
    )
    .get([]);
  const nodes = database
    .prepare("SELECT count(DISTINCT nodeName) AS nodes FROM Observer WHERE nodeName IS NOT NULL")
    .get([]);
  // Each drop has a cause, and these are few.
  const drops = database
    .prepare("SELECT coalesce(sum(count), 0) AS drops FROM Cause WHERE kind = 'drop'")
    .get([]);
  const revision = currentRevision(database);
  return {
    captureId: String(capture?.captureId),
    name: String(capture?.name),
    createdAtMs: Number(capture?.createdAtMs),
    lastAddedMs: Math.max(Number(capture?.createdAtMs), Number(added?.lastMs ?? 0)),
    revision,
    files: Number(files?.files),
    flows: Number(files?.flows),
    events: Number(files?.events),
    drops: revision === 0 ? null : Number(drops?.drops),
    nodes: Number(nodes?.nodes),
    firstNs: nsOrNull(span?.firstNs),
    lastNs: nsOrNull(span?.lastNs),
    isOutdated: isOutdated(database),
  };
}

export function currentRevision(database: Sqlite): number {
  return Number(
    database.prepare("SELECT coalesce(max(number), 0) AS number FROM Revision").get([])?.number ?? 0,
  );
}

function nsOrNull(value: unknown): bigint | null {
  return typeof value === "bigint" ? value : null;
}
