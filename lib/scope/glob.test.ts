import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { globText, matchesGlob, parseGlob } from "./glob";
import { RUNS, SEED } from "./testing";
import { hostileText } from "./testing-values";

describe("a glob", () => {
  const cases: [glob: string, text: string, matches: boolean][] = [
    ["k8s*", "k8s", true],
    ["k8s*", "k8s-1.example", true],
    ["k8s*", "ak8s", false],
    ["*-01", "aks-np-01", true],
    ["*-01", "aks-np-010", false],
    ["a*b*c", "a-b-b-c", true],
    ["a*b*c", "acb", false],
    ["ab*ba", "aba", false],
    ["ab*ba", "abba", true],
    ["*", "", true],
    ["*", "anything", true],
    ["node", "node", true],
    ["node", "node1", false],
    ["a\\*b", "a*b", true],
    ["a\\*b", "axb", false],
    ["a.b", "axb", false],
    ["A", "a", false],
  ];
  it.each(cases)("%s against %s: %s", (glob, text, matches) => {
    expect(matchesGlob(parseGlob(glob), text)).toBe(matches);
  });

  it(`matches as a regular expression would (seed ${SEED})`, () => {
    const small = fc.array(fc.constantFrom("a", "b", "*"), { maxLength: 8 }).map((parts) => parts.join(""));
    const subject = fc.array(fc.constantFrom("a", "b"), { maxLength: 10 }).map((parts) => parts.join(""));
    fc.assert(
      fc.property(small, subject, (glob, text) => {
        const expected = new RegExp(`^${glob.replaceAll("*", "[ab]*")}$`).test(text);
        expect(matchesGlob(parseGlob(glob), text)).toBe(expected);
      }),
      { ...RUNS, numRuns: 2000 },
    );
  });

  it(`is read back as it was written (seed ${SEED})`, () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const glob = parseGlob(text);
        expect(parseGlob(globText(glob))).toEqual(glob);
      }),
      RUNS,
    );
  });

  it("comes to its end on a pattern of many stars, where backtracking would not", () => {
    const glob = parseGlob(`${"a*".repeat(200)}b`);
    expect(matchesGlob(glob, "a".repeat(20_000))).toBe(false);
  });
});
