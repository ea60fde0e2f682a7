import { describe, expect, it } from "vitest";
import type { Progress } from "@/lib/questions/answers";
import { ProgressLine, progressWords } from "./progress-line";

const known: Progress = {
  fileId: 1,
  file: "events.log",
  state: "reading",
  receivedBytes: 0,
  expectedBytes: null,
  readBytes: 0,
  read: 120_000,
  flows: 119_997,
  refused: 3,
  recordsPerSecond: 60_123,
  secondsLeft: 12,
  failure: null,
};
const half = { file: "events.log", bytes: 52 * 1024 * 1024, sentBytes: 26 * 1024 * 1024 };

describe("progressWords", () => {
  it("says what was sent, read, refused and how long it will take", () => {
    expect(progressWords(half, known)).toBe(
      "events.log: 26 MiB of 52 MiB sent, 120,000 records read (60,123/s), 3 refused, 12 s left",
    );
  });

  it("says only what is known", () => {
    expect(progressWords({ ...half, bytes: undefined }, undefined)).toBe("events.log: 26 MiB sent");
    expect(progressWords(half, { ...known, read: 0, state: "waiting" })).toBe(
      "events.log: 26 MiB of 52 MiB sent, waiting for its turn",
    );
    expect(progressWords(half, { ...known, refused: 0, secondsLeft: null, state: "settling" })).toBe(
      "events.log: 26 MiB of 52 MiB sent, 120,000 records read (60,123/s), settling",
    );
  });
});

describe("ProgressLine", () => {
  function shownOn(isTTY: boolean, steps: readonly (readonly [atMs: number, text: string])[]): string {
    let nowMs = 0;
    let written = "";
    const output = { isTTY, columns: 30, write: (text: string) => (written += text) };
    const line = new ProgressLine(output, () => nowMs);
    for (const [atMs, text] of steps) {
      nowMs = atMs;
      line.show(text);
    }
    line.clear();
    return written;
  }

  it("writes over its line on a terminal, cut to its width, at most ten times a second", () => {
    const long = "a".repeat(40);
    const steps = [
      [50, "no"],
      [100, "one"],
      [150, "no"],
      [200, long],
    ] as const;
    expect(shownOn(true, steps)).toBe(`\rone\u001b[K\r${long.slice(0, 29)}\u001b[K\r\u001b[K`);
  });

  it("writes plain lines elsewhere, at most one in five seconds, and none for a quick file", () => {
    expect(
      shownOn(false, [
        [100, "no"],
        [5000, "one"],
        [9999, "no"],
        [10_000, "two"],
      ]),
    ).toBe("one\ntwo\n");
  });
});
