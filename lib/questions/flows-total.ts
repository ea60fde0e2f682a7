/** How a page of flows is asked for, and how many there are. */

import { countedFlows } from "@/lib/capture/rolled-flows";
import type { CompiledScope } from "@/lib/capture/scope-sql";
import type { FlowsAnswer } from "./answers";
import { AT_MOST_NOTE, hasAtMost } from "./at-most";
import { totalDrops } from "./drop-counts";
import type { SortColumn } from "./flow-order";
import type { Ladder } from "./ladder";
import type { OpenCapture } from "./open-capture";
import type { ScopeParameters } from "./scope-parameters";

export interface FlowsParameters extends ScopeParameters {
  readonly limit: number;
  readonly order: "asc" | "desc";
  readonly sort?: "time" | SortColumn;
  readonly cursor?: string;
  /** Number of the first row wanted, from 0 in the given order. */
  readonly position?: number;
  /** First row at this time or behind it, in the given order. RFC 3339. */
  readonly at?: string;
  /** Id of the flow that is the first row wanted. */
  readonly flow?: string;
  /** False: rows only, without waiting for the count. */
  readonly total: boolean;
}

/** Read from a roll-up where one has them; undefined where only the flows themselves say it. */
export function rolledTotal(
  capture: OpenCapture,
  scope: CompiledScope,
  key: string,
): Pick<Ladder, "records" | "events"> | undefined {
  return capture.keep(`total ${key}`, () => {
    const { from, parameters, where, isRolledUp } = countedFlows(capture.database, scope, {
      ...{ reads: "", hasTimes: false },
    });
    if (!isRolledUp) return undefined;
    const [row] = capture.database
      .prepare(`SELECT sum(f.records), sum(f.events) FROM ${from} WHERE ${where.sql}`)
      .rows([...parameters, ...where.parameters]);
    return { records: Number(row?.[0] ?? 0), events: Number(row?.[1] ?? 0) };
  });
}

/** The records are counted exactly in any case; the drops among them can be at most what is said. */
export function flowsMeta(
  capture: OpenCapture,
  scope: CompiledScope,
  key: string,
  isCounted: boolean,
): FlowsAnswer["meta"] {
  const meta = capture.meta("records");
  if (!isCounted || !hasAtMost(capture, () => scope, key)) return meta;
  return { ...meta, notes: [...meta.notes, AT_MOST_NOTE] };
}

export function flowTotal(
  capture: OpenCapture,
  scope: CompiledScope,
  key: string,
  { records, events }: Pick<Ladder, "records" | "events">,
): FlowsAnswer["total"] {
  // Before the first revision no drops are joined.
  const drops = capture.isSettled()
    ? capture.keep(`drops ${key}`, () => totalDrops(capture, scope).drops)
    : null;
  return { records, events, drops };
}
