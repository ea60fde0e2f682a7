import { describe, expect, it } from "vitest";
import { convexHull, curveBetween, distanceTo, fitCamera, isInside, pointOn, zoomAt } from "./geometry";
import { isBlocked, measureOf, share, toneOf } from "./measure";
import { waysBetween, within } from "./reach";
import { edge } from "./testing";

describe("geometry", () => {
  it("finds the hull of points, without those within it or on its sides", () => {
    const square = [
      { x: 0, y: 0 },
      { x: 2, y: 0 },
      { x: 2, y: 2 },
      { x: 0, y: 2 },
    ];
    const hull = convexHull([...square, { x: 1, y: 1 }, { x: 1, y: 0 }]);
    expect(hull).toHaveLength(4);
    expect(hull).toEqual(expect.arrayContaining(square));
    expect(isInside(hull, { x: 1, y: 1.9 })).toBe(true);
    expect(isInside(hull, { x: 2.1, y: 1 })).toBe(false);
  });

  it("draws there and back as two curves, from rim to rim", () => {
    const [a, b] = [
      { x: 0, y: 0 },
      { x: 100, y: 0 },
    ];
    const there = curveBetween(a, 10, b, 10);
    const back = curveBetween(b, 10, a, 10);
    expect(Math.hypot(there.from.x, there.from.y)).toBeCloseTo(10);
    expect(pointOn(there, 0.5).y).toBeCloseTo(-pointOn(back, 0.5).y);
    expect(Math.abs(pointOn(there, 0.5).y)).toBeGreaterThan(3);
    expect(distanceTo(there, pointOn(there, 0.25), 5)).toBeLessThan(0.1);
    expect(distanceTo(there, { x: 50, y: 60 }, 5)).toBe(Number.POSITIVE_INFINITY);
  });

  it("draws a line to itself as a loop that can be pointed at", () => {
    const loop = curveBetween({ x: 5, y: 5 }, 10, { x: 5, y: 5 }, 10);
    expect(distanceTo(loop, pointOn(loop, 0.3), 5)).toBeLessThan(1e-6);
    expect(distanceTo(loop, { x: 5, y: 5 }, 5)).toBeGreaterThan(2);
  });

  it("fits a picture into the screen, never nearer than asked", () => {
    const camera = fitCamera(
      [
        { x: -100, y: 0 },
        { x: 300, y: 100 },
      ],
      { width: 1000, height: 400 },
      { x: 100, y: 50 },
      1.5,
    );
    expect(camera.k).toBe(1.5);
    expect(100 * camera.k + camera.x).toBe(500);
    expect(50 * camera.k + camera.y).toBe(200);
  });

  it("zooms around the pointer", () => {
    const near = zoomAt({ k: 1, x: 10, y: 20 }, { x: 110, y: 70 }, 2);
    expect([(110 - near.x) / near.k, (70 - near.y) / near.k]).toEqual([100, 50]);
  });
});

describe("measures and looks", () => {
  it("shows the worst that happened", () => {
    expect(toneOf([edge("a/a", "a/b", 5)])).toBe("good");
    expect(toneOf([edge("a/a", "a/b", 5, { drops: 1 })])).toBe("bad");
    expect(toneOf([edge("a/a", "a/b", 5, { audited: 1 })])).toBe("warn");
    expect(toneOf([edge("a/a", "a/b", 5, { unanswered: 1 })])).toBe("warn");
    expect(toneOf([edge("a/a", "a/b", 5, { drops: 1 }), edge("a/a", "a/b", 5, { l7Errors: 1 })])).toBe(
      "both",
    );
    expect(toneOf([edge("a/a", "a/b", 5, { verdicts: { TRACED: 5 } })])).toBe("calm");
  });

  it("is blocked when there are drops and nothing came through", () => {
    expect(isBlocked([edge("a/a", "a/b", 5, { drops: 5, verdicts: { DROPPED: 5 } })])).toBe(true);
    expect(isBlocked([edge("a/a", "a/b", 5, { drops: 1 })])).toBe(false);
    expect(isBlocked([edge("a/a", "a/b", 5, { verdicts: { TRACED: 5 } })])).toBe(false);
  });

  it("counts events of what is new only", () => {
    const counts = edge("a/a", "a/b", 5);
    expect([measureOf(counts, "new", true), measureOf(counts, "new", false)]).toEqual([5, 0]);
    expect([share(0, 9), share(9, 9), share(3, 0)]).toEqual([0, 1, 0]);
  });
});

describe("who is near", () => {
  const links = ["ab", "bc", "cd", "ax", "xd", "ef"].map(([from = "", to = ""]) => ({ from, to }));

  it("counts steps whichever way the lines go", () => {
    expect([...within(links, "c", 1)].sort()).toEqual(["b", "c", "d"]);
    expect([...within(links, "c", 2)].sort()).toEqual(["a", "b", "c", "d", "x"]);
  });

  it("finds all shortest ways along the lines, else against them, else any", () => {
    const ways = (a: string, b: string) =>
      waysBetween(links, a, b)
        .map(({ from, to }) => from + to)
        .sort();
    expect(ways("a", "d")).toEqual(["ax", "xd"]);
    expect(ways("d", "a")).toEqual(["ax", "xd"]);
    expect(ways("b", "x")).toEqual(["ab", "ax"]);
    expect(ways("a", "e")).toEqual([]);
    expect(ways("a", "a")).toEqual([]);
  });
});
