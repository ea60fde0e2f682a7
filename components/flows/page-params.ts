/** How a page of rows is asked for. */

import { type FlowOrder, orderParams } from "./flow-order";

/** Rows asked for at once. Row n is on page n / 100, whatever was scrolled before. */
export const PAGE_ROWS = 100;

/** `query` holds the parameters of the scope. */
export function pageParams(query: string, order: FlowOrder, page: number): URLSearchParams {
  const params = new URLSearchParams(query);
  for (const [name, value] of Object.entries(orderParams(order))) params.set(name, value);
  params.set("position", String(page * PAGE_ROWS));
  params.set("limit", String(PAGE_ROWS));
  params.set("total", "false");
  return params;
}
