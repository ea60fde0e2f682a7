import { expect, test } from "vitest";
import { OUTCOME_WORDS } from "@/lib/scope/outcome-kinds";
import { endsOf, type Outcomes } from "./connection-ends";

test("each connection that began in the log is in one column", () => {
  const began = OUTCOME_WORDS.filter((word) => word !== "open-already");
  const outcomes: Outcomes = Object.fromEntries(began.map((word, at) => [word, at + 1]));
  const ends = endsOf([outcomes]);
  expect(ends.flatMap(({ words }) => words).sort()).toEqual([...began].sort());
  // 1 + 2 + … + 9.
  expect(ends.reduce((sum, { countOf }) => sum + countOf(outcomes), 0)).toBe(45);
});

test("what no row has is left out", () => {
  const columns = endsOf([{ answered: 2 }, { "dropped-somewhere": 1, "dropped-at-server": 3 }]);
  expect(
    columns.map(({ label, countOf }) => [label, countOf({ answered: 2, "dropped-at-server": 3 })]),
  ).toEqual([
    ["Answered", 2],
    ["Dropped", 3],
  ]);
  expect(endsOf([])).toEqual([]);
});
