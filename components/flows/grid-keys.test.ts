import { expect, test } from "vitest";
import { gridKey, movedRow } from "./grid-keys";

function press(
  key: string,
  held: { shiftKey?: boolean; ctrlKey?: boolean; metaKey?: boolean; altKey?: boolean } = {},
) {
  return gridKey({ key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...held });
}

test.each([
  ["j", { kind: "move", move: "next" }],
  ["ArrowUp", { kind: "move", move: "previous" }],
  ["End", { kind: "move", move: "last" }],
  ["ArrowRight", { kind: "column", by: 1 }],
  ["Enter", { kind: "open" }],
  [" ", { kind: "menu" }],
  [".", { kind: "include" }],
  [",", { kind: "exclude" }],
  ["s", { kind: "sort" }],
  ["Escape", { kind: "close" }],
])("%j does %o", (key, action) => {
  expect(press(key)).toEqual(action);
});

test("keys of the browser and of other parts are left alone", () => {
  expect(press("c", { ctrlKey: true })).toBeUndefined();
  expect(press("ArrowLeft", { altKey: true })).toBeUndefined();
  expect(press("Tab")).toBeUndefined();
  expect(press("/")).toBeUndefined();
});

test("shift and an arrow change the width of the column", () => {
  expect(press("ArrowLeft", { shiftKey: true })).toEqual({ kind: "width", by: -16 });
});

test("a move stays within the rows", () => {
  const place = { active: 5, first: 0, total: 10, page: 8 };
  expect(movedRow("next", place)).toBe(6);
  expect(movedRow("page-down", place)).toBe(9);
  expect(movedRow("page-up", place)).toBe(0);
  expect(movedRow("last", place)).toBe(9);
});

test("the first move goes to the first row in sight", () => {
  expect(movedRow("next", { active: undefined, first: 40, total: 100, page: 8 })).toBe(40);
  // The ends are the ends, wherever a walk would begin.
  expect(movedRow("last", { active: undefined, first: 40, total: 100, page: 8 })).toBe(99);
  expect(movedRow("first", { active: undefined, first: 40, total: 100, page: 8 })).toBe(0);
  expect(movedRow("next", { active: undefined, first: 0, total: 0, page: 8 })).toBeUndefined();
});
