/** Pages of flows in the order of a column other than time. */

import { z } from "zod";
import { formatCount } from "@/lib/base/count";
import { fail, ok, type Result } from "@/lib/base/result";
import type { CompiledScope } from "@/lib/capture/scope-sql";
import type { FlowsAnswer } from "./answers";
import { toFlowRows } from "./drop-of-flow";
import type { QuestionFailure } from "./failure";
import { orderFlows, type SortColumn } from "./flow-order";
import { keyOf, readFlowId, rowOfFlowId, selectFlowRows } from "./flow-row";
import { type FlowsParameters, flowsMeta, flowTotal } from "./flows-total";
import type { Ladder } from "./ladder";
import type { OpenCapture } from "./open-capture";

/** Records that are sorted by a column: their order is held in memory, and has to be there within a blink. */
export const SORTED_MOST = 100_000;

const cursorSchema = z.tuple([z.enum(["n", "p"]), z.string(), z.string()]);

interface Asked extends FlowsParameters {
  readonly sort: SortColumn;
}

export function readSortedFlows(
  capture: OpenCapture,
  scope: CompiledScope,
  key: string,
  ladder: Ladder,
  parameters: Asked,
): Result<FlowsAnswer, QuestionFailure> {
  const { sort, order, limit, total } = parameters;
  if (ladder.records > SORTED_MOST)
    return fail(
      "scope_too_wide",
      `${formatCount(ladder.records)} records are too many to sort by ${sort}: at most ${formatCount(SORTED_MOST)} are.`,
      "Narrow the filter or the time range, or sort by time.",
      { records: ladder.records, most: SORTED_MOST },
    );
  const ids = capture.keep(`order ${sort} ${order} ${key}`, () => orderFlows(capture, scope, sort, order));
  const start = startOf(capture, ids, parameters);
  if (!start.ok) return start;
  const first = Math.max(0, start.value);
  const shown = [...ids.subarray(first, Math.max(first, start.value + limit))];
  const last = shown.at(-1);
  return ok({
    meta: flowsMeta(capture, scope, key, total),
    total: total ? flowTotal(capture, scope, key, ladder) : null,
    flows: readInOrder(capture, shown),
    next:
      last === undefined || first + shown.length >= ids.length ? null : cursorOf(capture, "n", sort, last),
    previous:
      first === 0 || ids.length === 0
        ? null
        : cursorOf(capture, "p", sort, ids[Math.min(first, ids.length - 1)] as number),
    position: first,
  });
}

/** Number of the first row; below 0 where a page before the first one would begin. */
function startOf(
  capture: OpenCapture,
  ids: Float64Array,
  { sort, limit, cursor, position, flow, at }: Asked,
): Result<number, QuestionFailure> {
  if (at !== undefined)
    return fail(
      "bad_request",
      "`at` is a place in the order of time.",
      "Leave `sort` out, or give `position`.",
    );
  if (position !== undefined) return ok(position);
  if (flow !== undefined) return placeOf(capture, ids, flow) ?? notAmong(flow);
  if (cursor === undefined) return ok(0);
  const from = decodeCursor(cursor);
  const place = from === undefined || from.sort !== sort ? undefined : placeOf(capture, ids, from.flowId);
  if (from === undefined || place === undefined)
    return fail(
      "cursor_invalid",
      "This cursor was not made for this order, or its flow is not in the scope any more.",
      "Ask for the first page again.",
    );
  return place.ok ? ok(from.side === "n" ? place.value + 1 : place.value - limit) : place;
}

export function notAmong(flowId: string): Result<never, QuestionFailure> {
  return fail(
    "flow_not_found",
    `The flow ${flowId.slice(0, 40)} is not among the rows: it is not in this capture, or the filter or the time range leaves it out.`,
    "Check the flow id, or widen the scope.",
  );
}

function placeOf(
  capture: OpenCapture,
  ids: Float64Array,
  flowId: string,
): Result<number, QuestionFailure> | undefined {
  const id = rowOfFlowId(capture, flowId);
  const place = id === undefined ? -1 : ids.indexOf(id);
  return place < 0 ? undefined : ok(place);
}

function readInOrder(capture: OpenCapture, ids: readonly number[]): FlowsAnswer["flows"] {
  const rows = capture.database
    .prepareExact(`${selectFlowRows(undefined)} WHERE f.id IN (SELECT value FROM json_each(?))`)
    .rows([JSON.stringify(ids)]);
  const byId = new Map(rows.map((row) => [Number(keyOf(row).id), row]));
  const inOrder = ids.flatMap((id) => {
    const row = byId.get(id);
    return row === undefined ? [] : [row];
  });
  return toFlowRows(capture, inOrder);
}

/** Names the flow, not its row: it leads on when files come and go, as long as the flow is there. */
function cursorOf(capture: OpenCapture, side: "n" | "p", sort: SortColumn, id: number): string {
  return Buffer.from(JSON.stringify([side, sort, readFlowId(capture, id)])).toString("base64url");
}

function decodeCursor(text: string): { side: "n" | "p"; sort: string; flowId: string } | undefined {
  try {
    const [side, sort, flowId] = cursorSchema.parse(
      JSON.parse(Buffer.from(text, "base64url").toString("utf8")),
    );
    return { side, sort, flowId };
  } catch {
    return undefined;
  }
}
