/** Whether drops of a scope may be counted twice, as every answer that counts them has to say. */

import { type CompiledScope, WHOLE_CAPTURE } from "@/lib/capture/scope-sql";
import { summedRows } from "@/lib/capture/summed";
import type { Meta } from "./answers";
import { totalDrops } from "./drop-counts";
import type { OpenCapture } from "./open-capture";

export const AT_MOST_NOTE =
  "Some drops may be counted twice, because their records left out the event type, the node or the addresses, or are aggregated: counts are at most these.";

export function atMost(meta: Meta, isAtMost: boolean): Meta {
  return isAtMost ? { ...meta, exact: false, notes: [...meta.notes, AT_MOST_NOTE] } : meta;
}

/** Of a question that counts drops beside something else. `key`: of the scope ({@link scopeKey}). */
export function hasAtMost(capture: OpenCapture, compile: () => CompiledScope, key: string): boolean {
  const isAnywhere = capture.keep("at most", () => {
    const drops = summedRows(capture.database, WHOLE_CAPTURE, "DropSum", { reads: "f.atMost" });
    const sql = `SELECT 1 FROM ${drops.from} WHERE f.atMost = 1 AND ${drops.where.sql} LIMIT 1`;
    return capture.database.prepare(sql).get(drops.parameters) !== undefined;
  });
  return isAnywhere && capture.keep(`at most ${key}`, () => totalDrops(capture, compile()).atMost > 0);
}
