/** One record as it came, out of any format, as the line of the copy. */

import type { ReadingContext } from "@/lib/flow/reading-context";
import { decodeRecord } from "@/lib/formats/decode";
import { writeFlow, writeOther } from "@/lib/formats/write-hubble";
import type { Mask } from "./mask";
import { redactFlow } from "./redact-flow";

export interface OriginalRecord {
  readonly bytes: Buffer;
  readonly context: ReadingContext | undefined;
  readonly nth: number | undefined;
  /** What tells it from all other records of the capture. */
  readonly id: string;
}

/** The first walk: what the record has that is to be masked becomes known to the mask. */
export function learnRecord({ bytes, context, nth }: OriginalRecord, mask: Mask): void {
  const record = decodeRecord(bytes.toString("utf8"), context, nth)?.record;
  if (record?.kind === "flow") redactFlow(record.flow, mask);
  else if (record !== undefined) mask.path("nodes", record.other.nodeName);
}

/**
 * The second walk: the record as a line, without its break. Undefined for what cannot be read again.
 *
 * Records get a uuid: two that differ only in what is hidden would else be taken for one where they stand in two files. Rows of Log
 * Analytics get it even where they have one, because their shipper made that up.
 */
export function redactRecord({ bytes, context, nth, id }: OriginalRecord, mask: Mask): string | undefined {
  const decoded = decodeRecord(bytes.toString("utf8"), context, nth);
  if (decoded === undefined) return undefined;
  const { record } = decoded;
  if (record.kind === "other")
    return writeOther({ ...record.other, nodeName: mask.path("nodes", record.other.nodeName) });
  const redacted = redactFlow(record.flow, mask);
  if (record.flow.uuid === undefined || decoded.identity !== undefined) redacted.uuid = mask.uuid(id);
  return writeFlow(redacted);
}
