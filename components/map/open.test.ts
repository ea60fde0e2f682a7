import { describe, expect, it } from "vitest";
import { readFocus, writeFocus } from "@/lib/insight/map/focus";
import { readKeys, readPins, writeKeys, writePins } from "./open";

describe("what the link keeps of the map", () => {
  it("reads what it wrote, whatever is in a name", () => {
    const [a, b] = ['shop/"web"', ">dns:a,b\\c.example"];
    expect(readKeys(writeKeys(a))).toEqual([a]);
    expect(readKeys(writeKeys(a, b))).toEqual([a, b]);
    const near = { kind: "near", key: a, steps: 2 } as const;
    const ways = { kind: "ways", from: a, to: b } as const;
    expect([readFocus(writeFocus(near)), readFocus(writeFocus(ways))]).toEqual([near, ways]);
    const pins = new Map([[a, { x: 12, y: -40 }]]);
    expect(readPins(writePins(pins) ?? "")).toEqual(pins);
  });

  it("leaves a link without pins short, and rounds places to whole pixels", () => {
    expect(writePins(new Map())).toBeNull();
    expect(writePins(new Map([["a", { x: 1.4, y: -2.6 }]]))).toBe('{"a":[1,-3]}');
  });

  it.each(["", "x", "{}", "[1]", '["a","b","c"]', "null"])("takes %s for nothing open", (text) => {
    expect(readKeys(text)).toEqual([]);
  });

  it.each(["", "x", "[]", '["a",3]', '[1,"a"]', '["a",1,2]', "null"])("takes %s for no focus", (text) => {
    expect(readFocus(text)).toBeUndefined();
  });

  it("leaves out places that are none", () => {
    expect(readPins('{"a":[1,2],"b":[1],"c":["x",2],"d":3,"e":[null,1]}')).toEqual(
      new Map([["a", { x: 1, y: 2 }]]),
    );
    expect(readPins("[1,2]").size + readPins("null").size + readPins("x").size).toBe(0);
  });
});
