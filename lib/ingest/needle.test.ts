import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Needle } from "./needle";

describe("a needle", () => {
  it("is found where indexOf finds it, within bounds", () => {
    const few = fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 1, maxLength: 5 });
    const hay = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 60 });
    fc.assert(
      fc.property(few, hay, fc.nat(60), fc.nat(60), (text, within, one, other) => {
        const [from, end] = [Math.min(one, other), Math.min(within.length, Math.max(one, other))];
        const found = new Needle(text).find(Buffer.from(within), from, end);
        const expected = from <= end ? within.slice(0, end).indexOf(text, from) : -1;
        expect(found).toBe(expected);
      }),
      { seed: 3, numRuns: 3000 },
    );
  });

  it("is found among bytes that are no text", () => {
    expect(new Needle('"time":"').find(Buffer.from([255, 0, ...Buffer.from('"time":"x')]), 0, 11)).toBe(2);
  });
});
