/** One flow: all its fields, and the record as it was received. */

import { fail, ok, type Result } from "@/lib/base/result";
import { formatTime } from "@/lib/base/time";
import { type RawRecord, readRaw } from "@/lib/capture/raw";
import type { Flow, FlowAnswer } from "@/lib/flow/flow";
import { decodeRecord } from "@/lib/formats/decode";
import { isLossy } from "@/lib/formats/record";
import type { FlowDetailAnswer } from "./answers";
import { readConnection } from "./connection";
import { readDropOf } from "./drop-of-flow";
import type { QuestionFailure } from "./failure";
import { type FlowValues, keyOf, parseFlowId, selectFlowRows, toFlowRow } from "./flow-row";
import type { OpenCapture } from "./open-capture";

/** Longest text of a record in the answer; the bytes are at `/raw`. */
const SHOWN_CHARS = 1_000_000;

export function readFlow(capture: OpenCapture, flowId: string): Result<FlowDetailAnswer, QuestionFailure> {
  const found = find(capture, flowId);
  if (!found.ok) return found;
  const { values, raw } = found.value;
  const text = raw.bytes.toString("utf8");
  // Parsed anew from the original bytes by the same code that read them: the store holds only what is grouped by.
  const decoded = decodeRecord(text, raw.context, raw.nth);
  if (decoded?.record.kind !== "flow") throw new Error(`flow ${flowId} no longer decodes`);
  return ok({
    meta: capture.meta("records"),
    flow: { id: flowId, ...toAnswer(decoded.record.flow) },
    row: toFlowRow(capture, values),
    raw: {
      text: text.slice(0, SHOWN_CHARS),
      exact: text.length <= SHOWN_CHARS && Buffer.from(text, "utf8").equals(raw.bytes),
      file: raw.fileName,
      fileId: raw.fileId,
      line: raw.line,
      offset: raw.offset,
      bytes: raw.bytes.length,
      format: decoded.format,
      lossy: isLossy(decoded.format),
    },
    ...readConnection(capture, Number(keyOf(values).id)),
    ...readDropOf(capture, Number(keyOf(values).id)),
  });
}

/** The record's bytes, exactly as they were received. */
export function readFlowBytes(capture: OpenCapture, flowId: string): Result<Uint8Array, QuestionFailure> {
  const found = find(capture, flowId);
  return found.ok ? ok(new Uint8Array(found.value.raw.bytes)) : found;
}

function find(
  capture: OpenCapture,
  flowId: string,
): Result<{ values: FlowValues; raw: RawRecord }, QuestionFailure> {
  const id = parseFlowId(flowId);
  const [values] =
    id === undefined
      ? []
      : capture.database
          .prepareExact(
            `${selectFlowRows(undefined)} WHERE f.hash = ? AND f.occurrence = ? ORDER BY f.id LIMIT 1`,
          )
          .rows([id.hash, id.occurrence]);
  if (values === undefined) {
    return fail(
      "flow_not_found",
      `There is no flow ${flowId.slice(0, 40)} in this capture.`,
      "Its file may have been removed from the capture.",
    );
  }
  const raw = readRaw(capture.database, Number(keyOf(values).id));
  if (raw === undefined) throw new Error(`flow ${flowId} has no original bytes`);
  return ok({ values, raw });
}

function toAnswer({ timeNs, ...flow }: Flow): FlowAnswer {
  return { time: timeNs === undefined ? undefined : formatTime(timeNs), ...flow };
}
