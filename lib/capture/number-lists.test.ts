import { describe, expect, it } from "vitest";
import { bucketCounts, countByPlace, countedList } from "./number-lists";

/** What a list says, the slow way. */
function spelled(list: string): Map<number, number> {
  const counts = new Map<number, number>();
  for (const part of list.split(",")) {
    const [number = 0, n = 1] = part.split(":").map(Number);
    if (n > 0) counts.set(number, (counts.get(number) ?? 0) + n);
  }
  return counts;
}

describe("a list of numbers", () => {
  for (const list of ["7", "640,641,640", "2:7,3:1,2:1", "5,5:2,70000,70000:3,0,0", "3:0,4"])
    it(`says how often each is there: ${list}`, () => {
      expect(bucketCounts(list)).toEqual(spelled(list));
      // Nothing is left over from a list that was read before.
      expect(bucketCounts(list)).toEqual(spelled(list));
    });

  it("is empty where there is none", () => {
    expect([bucketCounts(null), bucketCounts(undefined), bucketCounts("")]).toEqual([
      new Map(),
      new Map(),
      new Map(),
    ]);
  });

  it("is said in short", () => {
    expect(countedList(bucketCounts("640,641,640,9:1,9"))).toBe("640:2,641,9:2");
    expect(countedList(new Map())).toBe("");
  });
});

describe("lists by place", () => {
  it("are counted where their place says", () => {
    const counts = new Map<number, Uint32Array>();
    countByPlace("3=5,2,5;0=7:4;12=5;3=5:2", (place) => {
      const array = new Uint32Array(10);
      counts.set(place, array);
      return array;
    });
    expect([...counts].map(([place, array]) => [place, [...array]])).toEqual([
      [3, [0, 0, 1, 0, 0, 4, 0, 0, 0, 0]],
      [0, [0, 0, 0, 0, 0, 0, 0, 4, 0, 0]],
      [12, [0, 0, 0, 0, 0, 1, 0, 0, 0, 0]],
    ]);
  });

  it("may be missing", () => {
    const asked: number[] = [];
    for (const lists of [null, ""])
      countByPlace(lists, (place) => {
        asked.push(place);
        return new Uint32Array(1);
      });
    expect(asked).toEqual([]);
  });
});
