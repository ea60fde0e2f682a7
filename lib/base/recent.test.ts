import { describe, expect, it } from "vitest";
import { Recent } from "./recent";

/** Which keys are known after 0 to `last` were set in turn: each asked of a map of its own, because asking uses. */
function knownAfter(last: number, use: (recent: Recent<number, number>) => void = () => undefined): number[] {
  const keys = Array.from({ length: last + 1 }, (_, key) => key);
  return keys.filter((asked) => {
    const recent = new Recent<number, number>(6);
    for (const key of keys) {
      recent.set(key, key);
      use(recent);
    }
    return recent.get(asked) === asked;
  });
}

describe("what was met lately", () => {
  it("is known by its last value", () => {
    const recent = new Recent<string, number>(4);
    recent.set("a", 1);
    recent.set("a", 2);
    expect([recent.get("a"), recent.get("b")]).toEqual([2, undefined]);
  });

  it("are at least half of the limit and at most all of it", () => {
    for (let last = 0; last < 20; last++) {
      const known = knownAfter(last);
      expect(known.length).toBeLessThanOrEqual(6);
      expect(known.slice(-3)).toEqual([last - 2, last - 1, last].filter((key) => key >= 0));
    }
  });

  it("stays when it is used again", () => {
    expect(knownAfter(19)).not.toContain(0);
    expect(knownAfter(19, (recent) => recent.get(0))).toContain(0);
  });
});
