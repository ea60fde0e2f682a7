import { expect, it } from "vitest";
import { lineOf, type OverTime, scaleOf, yOf } from "./latency-lines";

const point = (startNs: string, p50: number, p99: number): OverTime["points"][number] => ({
  startNs,
  latencyNs: { p50: String(p50), p95: String(p99), p99: String(p99), samples: 3 },
});
const MS = 1e6;
const overTime: OverTime = {
  stepNs: "10",
  fromNs: "0",
  toNs: "40",
  points: [point("0", MS, 100 * MS), point("10", 10 * MS, 100 * MS), point("30", MS, MS)],
};

it("lines are level over a step, joined where steps touch, and broken over a step without answers", () => {
  const scale = scaleOf(overTime.points);
  expect(scale).toEqual({ least: 6, most: 8 });
  const size = { width: 80, height: 100, scale };
  const window = { from: 0n, to: 40n };
  // 20 pixels a step; 1 ms at the bottom, 10 ms half way up, 100 ms at the top.
  expect(lineOf(overTime, "p50", window, size)).toBe("M0 100H20V50H40M60 100H80");
  expect(lineOf(overTime, "p99", window, size)).toBe("M0 0H20V0H40M60 100H80");
});

it("times that were cut to nothing lie at the bottom", () => {
  const scale = scaleOf([point("0", 0, 0)]);
  expect(scale).toEqual({ least: 3, most: 4 });
  expect(yOf(0, scale, 100)).toBe(100);
});
