import { describe, expect, it } from "vitest";
import { Spans } from "./touched-flows";

/** Whether the key's flow at each second is looked at again. */
const held = (spans: Spans, seconds: readonly number[]): boolean[] =>
  seconds.map((second) => spans.holds(0, second));

describe("the flows of a key that are looked at again", () => {
  it("are those that no silence parts from a changed one, on both sides", () => {
    const spans = new Spans();
    for (const second of [500, 0, 60, 120, 300, 360, 430])
      spans.note(0, second, second === 120 || second === 300);
    spans.close();
    expect(held(spans, [0, 60, 120, 300, 360, 430, 500])).toEqual([
      true,
      true,
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  it("are none of a key of which nothing changed", () => {
    const spans = new Spans();
    spans.note(1, 10, true);
    spans.note(0, 10, false);
    spans.close();
    expect(held(spans, [10])).toEqual([false]);
    expect(spans.holds(1, 10)).toBe(true);
  });

  it("are all of them where there are more times than are kept", () => {
    const spans = new Spans(3);
    for (const second of [0, 1000, 2000, 3000]) spans.note(0, second, second === 0);
    spans.close();
    expect(held(spans, [0, 1000, 3000])).toEqual([true, true, true]);
  });
});
