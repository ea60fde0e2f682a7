/** Whether drops of a scope may be counted twice, as every answer that counts them has to say. */

import type { CompiledScope } from "@/lib/capture/scope-sql";
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
    const sql = "SELECT 1 FROM JoinedDrop WHERE atMost = 1 LIMIT 1";
    return capture.database.prepare(sql).get([]) !== undefined;
  });
  return isAnywhere && capture.keep(`at most ${key}`, () => totalDrops(capture, compile()).atMost > 0);
}
