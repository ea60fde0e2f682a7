import { describe, expect, it } from "vitest";
import { line, lines, TestCapture } from "@/lib/jobs/testing";
import type { Sqlite } from "../driver";
import { type FlowColumns, FOR_ALL } from "./flow-columns";
import { type InTime, type ReadSizes, readInTime } from "./flows-in-time";
import { EVERYTHING, type Neighbourhood } from "./neighbourhood";

/** Ports count lines, fifty lines share a time and later ones are earlier, every hundredth has none. */
const RECORDS = 3000;
const secondOf = (n: number): number => 1000 - Math.floor(n / 50) * 0.001;
function manyFlows(records = RECORDS): TestCapture {
  const capture = new TestCapture();
  const texts = Array.from({ length: records }, (_, n) =>
    line(n % 100 === 0 ? undefined : secondOf(n), {
      l4: { TCP: { source_port: n, destination_port: 80 } },
      verdict: n % 7 === 0 ? "DROPPED" : "FORWARDED",
    }),
  );
  capture.add("a", lines(...texts));
  return capture;
}

/** What a step is shown. Flows of one time are ranked by their ports, backwards. */
class Ports implements InTime {
  readonly isPlain = true;
  readonly lookers = FOR_ALL;
  readonly kinds: Uint8Array;
  readonly found: number[] = [];
  ends = 0;

  constructor(database: Sqlite, where = "1") {
    this.kinds = new Uint8Array(100);
    for (const [id] of database.prepare(`SELECT id FROM Kind WHERE ${where}`).rows([]))
      this.kinds[Number(id)] = 1;
  }

  rankOf({ at }: FlowColumns, row: number): number {
    return -(at.sourcePort[row] as number);
  }

  take({ at }: FlowColumns, row: number): void {
    this.found.push(at.sourcePort[row] as number);
  }

  end(): void {
    this.ends++;
  }
}

const numbers = (to: number): number[] => Array.from({ length: to }, (_, n) => n);
const untimed = numbers(RECORDS).filter((n) => n % 100 === 0);
const timed = numbers(RECORDS)
  .filter((n) => n % 100 !== 0)
  .sort((a, b) => Math.floor(b / 50) - Math.floor(a / 50) || b - a);

function portsOf(database: Sqlite, neighbourhood: Neighbourhood = EVERYTHING, sizes?: ReadSizes): number[] {
  const step = new Ports(database);
  readInTime(database, neighbourhood, [step], { sizes });
  expect(step.ends).toBe(1);
  return step.found;
}

describe("flows in the order of time", () => {
  it("come once each, those of one time by their rank, and last those without a time", () => {
    expect(portsOf(manyFlows().database)).toEqual([...timed, ...untimed]);
  });

  it("come so in windows, of which some wait in a file", () => {
    const { database } = manyFlows();
    for (const sizes of [
      { window: 100, chunk: 64, held: 0 },
      { window: 7, chunk: 16, held: 500 },
      { window: 1, chunk: 1, held: 3 },
    ])
      expect(portsOf(database, EVERYTHING, sizes)).toEqual([...timed, ...untimed]);
  });

  it("come of a stretch of time only, half open, and of the kinds that a step takes", () => {
    const { database } = manyFlows();
    const at = (seconds: number) =>
      BigInt(Date.UTC(2026, 7, 21, 12)) * 1_000_000n + BigInt(Math.round(seconds * 1e9));
    const stretch = { fromNs: at(999.998), toNs: at(1000) };
    const [all, dropped] = [new Ports(database), new Ports(database, "verdict = 'DROPPED'")];
    readInTime(database, stretch, [all, dropped]);
    // Line 50 to 99 are at 999.999 s, 100 to 149 at 999.998 s.
    const within = timed.filter((n) => n >= 50 && n < 150);
    expect(all.found).toEqual([...within, ...untimed]);
    expect(dropped.found).toEqual([...within, ...untimed].filter((n) => n % 7 === 0));
  });

  it("have their times exactly, before 1970 and far from it too", () => {
    const times = [
      "2026-08-21T12:12:18.510175415Z",
      "1969-12-31T23:59:58.500000001Z",
      "1970-01-01T00:00:00Z",
      "2261-12-31T23:59:59.999999999Z",
      "1678-01-01T00:00:00.000000001Z",
    ];
    const capture = new TestCapture();
    capture.add("a", lines(...times.map((time, n) => line(n, { time }))));
    const found: (bigint | undefined)[] = [];
    const step = new Ports(capture.database);
    step.take = (flows, row) => {
      const second = flows.second(row);
      const nano = flows.nano(row, second);
      expect(nano >= 0 && nano < 1e9).toBe(true);
      const ns = BigInt(second) * 1_000_000_000n + BigInt(nano);
      expect(flows.timeNs(row)).toBe(ns);
      found.push(ns);
    };
    readInTime(capture.database, EVERYTHING, [step]);
    const told = capture.database.prepareExact("SELECT timeNs FROM Flow ORDER BY timeNs").rows([]);
    expect(found).toEqual(told.flat());
    expect(found).toHaveLength(times.length);
  });
});
