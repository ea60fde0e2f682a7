import { expect, test } from "vitest";
import { chipsOf, joinTexts, negateChip, removeChip, replaceChip, shownText, toggleChip } from "./chips";

test("each term of a filter is a chip in its one spelling", () => {
  expect(chipsOf("ns:shop  !proto:UDP").map((chip) => chip.text)).toEqual([
    "namespace:shop",
    "!protocol:udp",
  ]);
});

test("a term that cannot be read does not hide the others", () => {
  const chips = chipsOf("port:53 verdct:DROPPED ns:shop");
  expect(chips.map((chip) => chip.text)).toEqual(["port:53", "verdct:DROPPED", "namespace:shop"]);
  expect(chips.map((chip) => chip.failure?.reason)).toEqual([undefined, "key_unknown", undefined]);
});

test("a part of a map is shown in words, anything else as it is written", () => {
  const shown = (text: string): string[] => chipsOf(text).map(shownText);
  expect(shown("port:53 !map-part:level=pod&client=%2Bshop%40default&q=verdict%3ADROPPED")).toEqual([
    "port:53",
    "!map-part:from +shop@default",
  ]);
  expect(shown("map-part:level=workload&client=shop%2Fweb&server=shop%2Fapi")).toEqual([
    "map-part:shop/web → shop/api",
  ]);
  expect(shown("map-part:level=pod&rest=yes map-part:level=nonsense")).toEqual([
    "map-part:out of focus",
    "map-part:level=nonsense",
  ]);
});

test("joining keeps equal terms once", () => {
  expect(joinTexts("port:53", " port:53 ns:shop ", "")).toBe("port:53 namespace:shop");
});

test("joining keeps text that cannot be read as it was typed", () => {
  expect(joinTexts("port:53", "verdct:X")).toBe("port:53 verdct:X");
});

test("a chip can be replaced, removed and negated", () => {
  expect(replaceChip("port:53 ns:shop", 0, "port:80")).toBe("port:80 namespace:shop");
  expect(removeChip("port:53 ns:shop", 1)).toBe("port:53");
  expect(negateChip("port:53 ns:shop", 0)).toBe("!port:53 namespace:shop");
  expect(negateChip("!port:53", 0)).toBe("port:53");
});

test("chips beside one that cannot be read can be changed too", () => {
  expect(removeChip("port:53 verdct:X", 1)).toBe("port:53");
  expect(removeChip("port:53 verdct:X", 0)).toBe("verdct:X");
  expect(negateChip("port:53 verdct:X", 0)).toBe("!port:53 verdct:X");
});

test("a chip is switched off and on without being lost", () => {
  const off = toggleChip({ q: "port:53 namespace:shop", off: "" }, 0, false);
  expect(off).toEqual({ q: "namespace:shop", off: "port:53" });
  expect(toggleChip(off, 0, true)).toEqual({ q: "namespace:shop port:53", off: "" });
});
