/**
 * Finds the row number of a flow that was named by a link: how many rows stand before its time, then which
 * of the rows of that time it is.
 */

import type { Scope } from "@/lib/scope/link";

export interface Place {
  readonly id: string;
  /** Nanoseconds since the epoch. */
  readonly time: bigint;
}

export interface RowSource {
  /** Rows of the scope whose time lies in the range; ends that are absent are open. Untimed rows are not counted. */
  readonly countTimed: (range: { readonly from?: bigint; readonly to?: bigint }) => Promise<number>;
  /** Rows without a time; they stand at the early end, and only where the scope has no range. */
  readonly countUntimed: () => Promise<number>;
  /** Ids of the rows from a number on, at most `ROWS_AT_ONCE`; none behind the last one. */
  readonly idsFrom: (position: number) => Promise<readonly string[]>;
}

export const ROWS_AT_ONCE = 500;
/** More rows with the very same nanosecond are not looked through. */
const MOST_PAGES = 4;

/** The row number in the given order; `undefined` when the flow is not in the scope. */
export async function locate(
  place: Place,
  scope: Pick<Scope, "from" | "to">,
  order: "asc" | "desc",
  rows: RowSource,
): Promise<number | undefined> {
  const { time, id } = place;
  if (scope.from !== undefined && time < scope.from) return undefined;
  if (scope.to !== undefined && time >= scope.to) return undefined;
  const start = order === "asc" ? await rowsBefore(time, scope, rows) : await rowsAfter(time, scope, rows);
  for (let page = 0; page < MOST_PAGES; page++) {
    const position = start + page * ROWS_AT_ONCE;
    const ids = await rows.idsFrom(position);
    const index = ids.indexOf(id);
    if (index >= 0) return position + index;
    if (ids.length < ROWS_AT_ONCE) return undefined;
  }
  return undefined;
}

async function rowsBefore(time: bigint, scope: Pick<Scope, "from" | "to">, rows: RowSource): Promise<number> {
  const hasRange = scope.from !== undefined || scope.to !== undefined;
  const untimed = hasRange ? 0 : await rows.countUntimed();
  if (scope.from === time) return untimed;
  return untimed + (await rows.countTimed({ from: scope.from, to: time }));
}

async function rowsAfter(time: bigint, scope: Pick<Scope, "from" | "to">, rows: RowSource): Promise<number> {
  const next = time + 1n;
  return scope.to === next ? 0 : await rows.countTimed({ from: next, to: scope.to });
}
