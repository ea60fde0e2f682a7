import { expect, test } from "vitest";
import { locate, type RowSource } from "./locate";

interface Row {
  readonly id: string;
  readonly time: bigint | null;
}

/** Rows in memory, as the server would order them: untimed ones at the early end. */
function source(all: readonly Row[], order: "asc" | "desc"): RowSource {
  const key = (row: Row) => row.time ?? -1n;
  const sorted = [...all].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
  const ordered = order === "asc" ? sorted : sorted.reverse();
  return {
    countTimed: async ({ from, to }) =>
      all.filter(
        ({ time }) =>
          time !== null && (from === undefined || time >= from) && (to === undefined || time < to),
      ).length,
    countUntimed: async () => all.filter(({ time }) => time === null).length,
    idsFrom: async (position) => ordered.slice(position, position + 500).map(({ id }) => id),
  };
}

const rows: readonly Row[] = [
  { id: "u", time: null },
  { id: "a", time: 10n },
  { id: "b", time: 20n },
  { id: "c", time: 20n },
  { id: "d", time: 30n },
];

test.each([
  ["a", 10n, "asc", 1],
  ["c", 20n, "asc", 3],
  ["d", 30n, "desc", 0],
  ["b", 20n, "desc", 2],
  ["a", 10n, "desc", 3],
] as const)("flow %s at %d stands in order %s at row %d", async (id, time, order, row) => {
  expect(await locate({ id, time }, {}, order, source(rows, order))).toBe(row);
});

test("a flow outside the range is not looked for", async () => {
  const rowsInRange = source(rows, "asc");
  expect(await locate({ id: "a", time: 10n }, { from: 15n }, "asc", rowsInRange)).toBeUndefined();
  expect(await locate({ id: "d", time: 30n }, { to: 30n }, "asc", rowsInRange)).toBeUndefined();
});

test("a flow that the filter leaves out is not found", async () => {
  const left = rows.filter(({ id }) => id !== "c");
  expect(await locate({ id: "c", time: 20n }, {}, "asc", source(left, "asc"))).toBeUndefined();
});

test("among many flows of one nanosecond the right one is found", async () => {
  const many = Array.from({ length: 1200 }, (_, index) => ({ id: `r${index}`, time: 5n }));
  expect(await locate({ id: "r1100", time: 5n }, {}, "asc", source(many, "asc"))).toBe(1100);
});
