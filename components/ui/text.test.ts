import { expect, test } from "vitest";
import { visible } from "./text";

test.each([
  ["shop/web", "shop/web"],
  ["naïve 東京", "naïve 東京"],
  ["a\u202eb", "a\\u202eb"],
  ["a\nb\tc", "a\\u000ab\\u0009c"],
  ["\u200bweb", "\\u200bweb"],
  ["\u{e0041}", "\\u{e0041}"],
])("characters without a glyph are spelled out: %j", (text, shown) => {
  expect(visible(text)).toBe(shown);
});
