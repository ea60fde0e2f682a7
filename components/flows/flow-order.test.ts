import { expect, test } from "vitest";
import { SORT_COLUMNS } from "@/lib/questions/flow-order";
import { COLUMNS } from "./columns";
import { type FlowOrder, orderLink, orderOf, orderParams, orderWords, pressed } from "./flow-order";

test("every column can be sorted by", () => {
  const asked = COLUMNS.map(({ id }) => id).filter((id) => id !== "time");
  expect([...asked].sort()).toEqual([...SORT_COLUMNS].sort());
});

test.each<[press: Parameters<typeof pressed>[1], orders: string[]]>([
  ["client", ["client asc", "client desc", "time asc", "client asc"]],
  // Who sorts by latency looks for the slow ones.
  ["latency", ["latency desc", "latency asc", "time asc", "latency desc"]],
  ["time", ["time desc", "time asc", "time desc", "time asc"]],
])("presses on %s", (column, orders) => {
  let order: FlowOrder = { sort: "time", way: "asc" };
  const seen = orders.map(() => {
    order = pressed(order, column);
    return `${order.sort} ${order.way}`;
  });
  expect(seen).toEqual(orders);
});

test("from another column time begins with the oldest", () => {
  expect(pressed({ sort: "port", way: "desc" }, "time")).toEqual({ sort: "time", way: "asc" });
});

test("a link gives the order back, and says only what does not go without saying", () => {
  for (const { id } of COLUMNS)
    for (const way of ["asc", "desc"] as const) {
      const { sort, order } = orderLink({ sort: id, way });
      const view = { ...(sort !== null && { sort }), ...(order !== null && { order }) };
      expect(orderOf(view)).toEqual({ sort: id, way });
    }
  expect(orderLink({ sort: "time", way: "asc" })).toEqual({ sort: null, order: null });
  expect(orderLink({ sort: "latency", way: "desc" })).toEqual({ sort: "latency", order: null });
});

test("a link with a column that nobody knows is by time", () => {
  expect(orderOf({ sort: "colour", order: "desc" })).toEqual({ sort: "time", way: "desc" });
});

test("the server is asked for time without a column", () => {
  expect(orderParams({ sort: "time", way: "desc" })).toEqual({ order: "desc" });
  expect(orderParams({ sort: "node", way: "asc" })).toEqual({ sort: "node", order: "asc" });
});

test("the order in words", () => {
  expect(orderWords({ sort: "time", way: "desc" })).toBe("newest first");
  expect(orderWords({ sort: "client", way: "desc" })).toBe("by Client, Z to A");
  expect(orderWords({ sort: "latency", way: "desc" })).toBe("by Latency, highest first");
});
