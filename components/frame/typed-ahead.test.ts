import { expect, test } from "vitest";
import { typedOn } from "./typed-ahead";

const press = (key: string, held: "ctrlKey" | "metaKey" | "altKey" | undefined = undefined) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...(held !== undefined && { [held]: true }),
});
const typed = (...keys: string[]) =>
  keys.reduce<string | undefined>((text, key) => typedOn(text ?? "", press(key)), "");

test("characters are kept in their order, and taken back", () => {
  expect(typed("f", "l", "p", "Backspace", "o", "w", "s")).toBe("flows");
  expect(typed("l", "a", "s", "t", " ", "5")).toBe("last 5");
  expect(typed("Backspace")).toBe("");
});

test("Enter ends it once, and is taken back like a character", () => {
  expect(typed("q", "Enter", "Enter")).toBe("q\n");
  expect(typed("q", "Enter", "Backspace")).toBe("q");
});

test("what is no typing is left alone", () => {
  expect([typed("ArrowDown"), typed("Tab"), typed("Shift"), typed("F5")]).toEqual(Array(4).fill(undefined));
  for (const held of ["ctrlKey", "metaKey", "altKey"] as const)
    expect(typedOn("a", press("c", held))).toBeUndefined();
});
