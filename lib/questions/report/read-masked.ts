/** Whether the capture is a masked copy, as its records say. */

import { readRaw } from "@/lib/capture/raw";
import { PLACES_PER_BLOCK } from "@/lib/flow/batch";
import { decodeRecord } from "@/lib/formats/decode";
import type { OpenCapture } from "../open-capture";

/** Files whose first flow is looked at: a copy is one in all of its files. */
const FILES = 20;

export function readMasked({ database }: OpenCapture): string[] {
  const firstFlow = database.prepare("SELECT min(id) AS id FROM Flow WHERE id >= ? AND id < ?");
  const files = database
    .prepare(
      "SELECT firstBlock, endBlock FROM SourceFile WHERE firstBlock IS NOT NULL AND state = 'done' LIMIT ?",
    )
    .all([FILES]);
  const masked = files.flatMap(({ firstBlock, endBlock }) => {
    const range = [Number(firstBlock) * PLACES_PER_BLOCK, Number(endBlock) * PLACES_PER_BLOCK];
    const id = firstFlow.get(range)?.id;
    const raw = id === null || id === undefined ? undefined : readRaw(database, Number(id));
    const record = raw && decodeRecord(raw.bytes.toString("utf8"), raw.context, raw.nth)?.record;
    return record?.kind === "flow" ? (record.flow.masked ?? []) : [];
  });
  return [...new Set(masked)];
}
