import { describe, expect, it } from "vitest";
import { type AddressSpan, findAnswerChanges } from "./answer-changes";

/** `ADDRESS FIRST LAST` in seconds. */
const spans = (...drawing: string[]): AddressSpan[] =>
  drawing.map((line) => {
    const [address = "", first, last] = line.split(" ");
    return { address, firstNs: BigInt(Number(first)), lastNs: BigInt(Number(last)) };
  });

describe("addresses of a name", () => {
  it("changed when new ones take the place of all before", () => {
    expect(findAnswerChanges(spans("b 0 40", "a 10 50", "c 60 90"))).toEqual([
      { atNs: 60n, before: ["a", "b"], after: ["c"] },
    ]);
  });

  it.each([
    ["take turns", ["a 0 90", "b 10 80"]],
    ["grow by one", ["a 0 90", "b 50 90"]],
    ["meet at one instant", ["a 0 50", "b 50 90"]],
    ["are one", ["a 0 90"]],
    ["are none", []],
    ["rotate: each a few seconds", ["a 0 1", "b 2 3", "c 4 5", "d 6 7", "e 8 9"]],
  ])("did not change when they %s", (_name, drawing) => {
    expect(findAnswerChanges(spans(...drawing))).toEqual([]);
  });

  it("can change there and back, which is a turn: no change", () => {
    expect(findAnswerChanges(spans("a 0 90", "b 30 60"))).toEqual([]);
  });

  it("can change more than once", () => {
    expect(findAnswerChanges(spans("a 0 1", "b 5 6", "c 8 9")).map(({ atNs }) => atNs)).toEqual([5n, 8n]);
  });
});
