import { describe, expect, it } from "vitest";
import { line, lines, TestCapture } from "@/lib/jobs/testing";
import { EVERYTHING } from "./neighbourhood";
import { type FlowChunk, scanInFileOrder, scanInTimeOrder, TIME_COLUMNS } from "./scan";

/** More than two chunks of flows: ports count lines, times go down and repeat, every hundredth has none. */
const RECORDS = 40_000;
function manyFlows(): TestCapture {
  const capture = new TestCapture();
  const texts = Array.from({ length: RECORDS }, (_, n) =>
    line(n % 100 === 0 ? undefined : 1000 - Math.floor(n / 50) * 0.001, {
      l4: { TCP: { source_port: n, destination_port: 80 } },
    }),
  );
  capture.add("a", lines(...texts));
  return capture;
}

const COLUMNS = { ...TIME_COLUMNS, port: "f.sourcePort" };

function ports(chunks: Iterable<FlowChunk<keyof typeof COLUMNS>>): number[] {
  return [...chunks].flatMap(({ columns }) => columns.port.map(Number));
}

describe("flows in chunks", () => {
  const capture = manyFlows;

  it("come once each in the order of file and line", () => {
    const found = ports(scanInFileOrder(capture().database, { columns: COLUMNS }));
    expect(found).toEqual(Array.from({ length: RECORDS }, (_, n) => n));
  });

  it("come in the order of time, then of line, and last those without a time", () => {
    const timed = Array.from({ length: RECORDS }, (_, n) => n).filter((n) => n % 100 !== 0);
    // Fifty lines share a time; later lines are earlier.
    const byTime = timed.sort((a, b) => Math.floor(b / 50) - Math.floor(a / 50) || a - b);
    const untimed = Array.from({ length: RECORDS / 100 }, (_, n) => n * 100);
    const found = ports(scanInTimeOrder(capture().database, { columns: COLUMNS }, EVERYTHING));
    expect(found).toEqual([...byTime, ...untimed]);
  });

  it("come of a stretch of time only, half open, and of those that a condition names", () => {
    const at = (seconds: number) =>
      BigInt(Date.UTC(2026, 7, 21, 12)) * 1_000_000n + BigInt(Math.round(seconds * 1e9));
    const stretch = { fromNs: at(999.998), toNs: at(1000) };
    const scan = { columns: COLUMNS, where: "f.sourcePort % 10 = 0 AND f.sourcePort < 120" };
    // Line 50 to 99 are at 999.999 s, 100 to 149 at 999.998 s; 0 and 100 have no time.
    expect(ports(scanInTimeOrder(capture().database, scan, stretch))).toEqual([
      110, 50, 60, 70, 80, 90, 0, 100,
    ]);
  });

  it("give the time exactly, before 1970 too", () => {
    const one = new TestCapture();
    one.add(
      "a",
      lines(
        line(1, { time: "2026-08-21T12:12:18.510175415Z" }),
        line(2, { time: "1969-12-31T23:59:58.500000001Z" }),
      ),
    );
    const [chunk] = scanInFileOrder(one.database, { columns: TIME_COLUMNS });
    expect(chunk?.columns).toEqual({ seconds: [1787314338, -1], nanos: [510175415, -499999999] });
  });
});
