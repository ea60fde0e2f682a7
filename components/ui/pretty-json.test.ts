import { expect, test } from "vitest";
import { layOutJson } from "./pretty-json";

test("objects and arrays are laid out over lines, empty ones stay together", () => {
  expect(layOutJson('{"a":[1,2],"b":{},"c":[]}')).toBe(
    '{\n  "a": [\n    1,\n    2\n  ],\n  "b": {},\n  "c": []\n}',
  );
});

test("numbers beyond 2^53, duplicate keys and escapes stay as they are", () => {
  expect(layOutJson('{"id":18446744073709551615,"id":1e400,"s":"\\u0041\\/"}')).toBe(
    '{\n  "id": 18446744073709551615,\n  "id": 1e400,\n  "s": "\\u0041\\/"\n}',
  );
});

test("brackets, commas and colons inside strings are text", () => {
  expect(layOutJson('["{,:]\\"[", 1]')).toBe('[\n  "{,:]\\"[",\n  1\n]');
});

test("white space between values is not kept, inside strings it is", () => {
  expect(layOutJson('{ "a" :\n\t"x  y" }')).toBe('{\n  "a": "x  y"\n}');
});

test.each(["", "plain text", "12", '{"a":1', "[1]]", "[}", "{} {}"])("%j is not one document", (text) => {
  expect(layOutJson(text)).toBeUndefined();
});
