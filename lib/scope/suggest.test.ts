import { describe, expect, it } from "vitest";
import { editDistance, nearestWord } from "./suggest";

describe("editDistance", () => {
  const cases: [a: string, b: string, distance: number][] = [
    ["", "", 0],
    ["", "abc", 3],
    ["port", "port", 0],
    ["prot", "port", 1],
    ["verdct", "verdict", 1],
    ["kitten", "sitting", 3],
    ["ca", "abc", 3],
  ];
  it.each(cases)("from %j to %j is %d, both ways", (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
    expect(editDistance(b, a)).toBe(distance);
  });
});

describe("nearestWord", () => {
  const words = ["verdict", "namespace", "pod", "port", "ip"];
  const cases: [typed: string, nearest: string | undefined][] = [
    ["verdict", "verdict"],
    ["VERDCT", "verdict"],
    ["name", "namespace"],
    ["prot", "port"],
    ["pdo", "pod"],
    ["x", undefined],
    ["zzzz", undefined],
    ["abcdefghij", undefined],
    ["p".repeat(1000), undefined],
  ];
  it.each(cases)("%s is nearest to %s", (typed, nearest) => {
    expect(nearestWord(typed, words)).toBe(nearest);
  });
});
