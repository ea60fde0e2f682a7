import { describe, expect, it } from "vitest";
import { parseTime } from "@/lib/base/time";
import { findOnset } from "./onset";

const at = (clock: string) => `2026-05-12T${clock}Z`;
const cause = (clock: string, kind = "never-worked") => ({ first: at(clock), class: kind });
const CAPTURE = { first: at("09:40:00"), last: at("10:00:00") };

describe("when the trouble began", () => {
  it("is the stretch of 90 s in which most causes begin", () => {
    const causes = ["09:45:00", "09:50:30", "09:50:47", "09:52:00", "09:52:20", "09:58:00"].map((clock) =>
      cause(clock),
    );
    expect(findOnset(causes, CAPTURE)).toEqual({
      causes: 3,
      from: parseTime(at("09:50:30")),
      to: parseTime(at("09:52:00")),
    });
  });

  it("is not told by fewer than three, or less than a third of what began meanwhile", () => {
    expect(findOnset([cause("09:50:30"), cause("09:50:31")], CAPTURE)).toBeUndefined();
    const spread = ["09:41:00", "09:43:00", "09:45:00", "09:47:00", "09:53:00", "09:55:00", "09:57:00"];
    const three = ["09:50:30", "09:50:31", "09:50:32"];
    expect(
      findOnset(
        [...spread, ...three].map((clock) => cause(clock)),
        CAPTURE,
      ),
    ).toBeUndefined();
    expect(
      findOnset(
        [...spread.slice(1), ...three].map((clock) => cause(clock)),
        CAPTURE,
      )?.causes,
    ).toBe(3);
  });

  it("leaves out noise, what has no time, and what was there when the capture began", () => {
    const causes = [
      cause("09:40:05"),
      cause("09:40:06"),
      cause("09:40:29"),
      cause("09:50:00", "noise"),
      cause("09:50:01"),
      cause("09:50:02"),
      { first: null, class: "degraded" },
    ];
    expect(findOnset(causes, CAPTURE)).toBeUndefined();
    expect(findOnset(causes, { ...CAPTURE, first: null })).toBeUndefined();
  });

  it("is told however much was wrong from the beginning", () => {
    const before = Array.from({ length: 20 }, () => cause("09:40:05"));
    const three = ["09:50:30", "09:50:31", "09:50:32"].map((clock) => cause(clock));
    expect(findOnset([...before, ...three], CAPTURE)?.causes).toBe(3);
  });

  it("is not told where a short capture brings as many together by chance", () => {
    // 3 causes of 4 in 70 s of 150 s, where 1.9 are to be expected.
    const causes = ["09:41:00", "09:41:40", "09:42:10", "09:42:50"].map((clock) => cause(clock));
    expect(findOnset(causes, { ...CAPTURE, last: at("09:43:00") })).toBeUndefined();
    expect(findOnset(causes, CAPTURE)?.causes).toBe(3);
  });
});
