/** How the rows are ordered: what the link says, what pressing a heading makes of it, and the words for it. */

import type { SortColumn } from "@/lib/questions/flow-order";
import type { ViewState } from "@/lib/scope/link";
import { COLUMNS, type ColumnId } from "./columns";

export interface FlowOrder {
  readonly sort: "time" | SortColumn;
  readonly way: "asc" | "desc";
}

const BY_TIME: FlowOrder = { sort: "time", way: "asc" };

/** Of interest from the largest down. */
const AMOUNTS: ReadonlySet<ColumnId> = new Set(["events", "latency"]);
/** Sorted by number, not by its digits as text. */
const NUMBERS: ReadonlySet<ColumnId> = new Set([...AMOUNTS, "port", "source-ip", "destination-ip"]);

/** A column that is not known is no order: rows are by time then. */
export function orderOf({ sort, order }: Pick<ViewState, "sort" | "order">): FlowOrder {
  const id = COLUMNS.find((column) => column.id === sort)?.id ?? "time";
  return { sort: id, way: order ?? firstWay(id) };
}

function firstWay(column: ColumnId): FlowOrder["way"] {
  return AMOUNTS.has(column) ? "desc" : "asc";
}

/** The first press sorts by the column, the second turns it round, the third gives the order of time back. */
export function pressed({ sort, way }: FlowOrder, column: ColumnId): FlowOrder {
  const first = firstWay(column);
  if (column !== sort) return { sort: column, way: first };
  if (column !== "time" && way !== first) return BY_TIME;
  return { sort: column, way: way === "asc" ? "desc" : "asc" };
}

/** What stands in the link; what goes without saying is left out. */
export function orderLink({ sort, way }: FlowOrder): {
  readonly sort: string | null;
  readonly order: "asc" | "desc" | null;
} {
  return { sort: sort === "time" ? null : sort, order: way === firstWay(sort) ? null : way };
}

export function orderParams({ sort, way }: FlowOrder): Record<string, string> {
  return sort === "time" ? { order: way } : { sort, order: way };
}

/** `newest first`, `by Client, A to Z`. */
export function orderWords({ sort, way }: FlowOrder): string {
  if (sort === "time") return way === "asc" ? "oldest first" : "newest first";
  const label = COLUMNS.find(({ id }) => id === sort)?.label ?? sort;
  const words = NUMBERS.has(sort) ? ["lowest first", "highest first"] : ["A to Z", "Z to A"];
  return `by ${label}, ${words[way === "asc" ? 0 : 1]}`;
}
