import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { formatTime, parseTime } from "@/lib/base/time";
import { line, lines, TestCapture, timeAt } from "@/lib/jobs/testing";
import type { TimelineAnswer } from "./answers";
import { OpenCapture } from "./open-capture";
import { readTimeline, type TimelineParameters } from "./timeline";

function reader(capture: TestCapture): OpenCapture {
  const opened = OpenCapture.open(capture.file);
  if (!opened.ok) throw new Error(opened.failure.message);
  onTestFinished(() => opened.value.close());
  return opened.value;
}

function ask(open: OpenCapture, parameters: Partial<TimelineParameters> = {}): TimelineAnswer {
  const answer = open.ask((capture) => readTimeline(capture, { buckets: 120, by: "verdict", ...parameters }));
  if (!answer.ok) throw new Error(`${answer.failure.code}: ${answer.failure.message}`);
  return answer.value;
}

const sum = ({ series }: TimelineAnswer): number =>
  series.reduce((total, { points }) => total + points.reduce((n, [, events]) => n + events, 0), 0);

interface Event {
  readonly ns: bigint | undefined;
  readonly verdict: string;
  readonly events: number;
}

function captureOf(events: readonly Event[]): TestCapture {
  const capture = new TestCapture();
  const texts = events.map(({ ns, verdict, events: number }) =>
    line(undefined, {
      ...(ns === undefined ? {} : { time: formatTime(ns) }),
      verdict,
      ...(number === 1 ? {} : { aggregate: { egress_flow_count: number } }),
    }),
  );
  capture.add("a", lines(...texts));
  return capture;
}

const T = 1787314338_000000000n;
const verdict = fc.constantFrom("FORWARDED", "DROPPED", "15");
const events = fc.constantFrom(1, 1, 1, 40);
const near = fc.oneof(
  fc.bigInt({ min: 0n, max: 3600n * 10n ** 9n }).map((n) => T + n),
  fc.constant(T),
);
const far = fc.oneof(near, fc.constantFrom(-(2n ** 63n) + 1n, 2n ** 63n - 1n, -1n, 0n, -(2n ** 62n)));
const event = (ns: fc.Arbitrary<bigint>): fc.Arbitrary<Event> =>
  fc.record({ ns: fc.option(ns, { nil: undefined, freq: 10 }), verdict, events });

describe("events over time", () => {
  it.each([
    ["within an hour", near],
    ["over centuries, also before 1970", far],
  ])(
    "%s: buckets and untimed add up to all events, for any range, filter and number of buckets",
    (_name, ns) => {
      const all = fc.sample(event(ns), { seed: 20260304, numRuns: 300 });
      const open = reader(captureOf(all));
      const limit = fc.option(ns, { nil: undefined });
      const q = fc.constantFrom(undefined, "verdict:DROPPED", "!verdict:DROPPED", "verdict:ERROR");
      fc.assert(
        fc.property(limit, limit, q, fc.integer({ min: 6, max: 500 }), (a, b, filter, buckets) => {
          if (a !== undefined && b !== undefined && a >= b) return;
          const [from, to] = [a, b].map((time) => (time === undefined ? undefined : formatTime(time)));
          const answer = ask(open, { q: filter, from, to, buckets });
          const inScope = all.filter(({ ns: time, verdict: has }) => {
            if (filter === "verdict:DROPPED" && has !== "DROPPED") return false;
            if (filter === "!verdict:DROPPED" && has === "DROPPED") return false;
            if (filter === "verdict:ERROR") return false;
            if (a === undefined && b === undefined) return true;
            return time !== undefined && (a === undefined || time >= a) && (b === undefined || time < b);
          });
          const expected = inScope.reduce((total, { events: n }) => total + n, 0);
          expect(sum(answer) + answer.untimed).toBe(expected);

          const width = BigInt(answer.bucketNs);
          const starts = answer.series.flatMap(({ points }) => points.map(([start]) => BigInt(start)));
          for (const start of starts) {
            expect(start % width).toBe(0n);
            expect(start >= BigInt(answer.fromNs ?? 0) && start + width <= BigInt(answer.toNs ?? 0)).toBe(
              true,
            );
          }
          if (answer.fromNs !== null)
            expect((BigInt(answer.toNs ?? 0) - BigInt(answer.fromNs)) / width).toBeLessThanOrEqual(
              BigInt(buckets),
            );
          for (const { key, points } of answer.series)
            for (const [start, n] of points) {
              const within = inScope.filter(
                (one) =>
                  one.verdict === key &&
                  one.ns !== undefined &&
                  one.ns >= BigInt(start) &&
                  one.ns < BigInt(start) + width,
              );
              expect(n).toBe(within.reduce((total, one) => total + one.events, 0));
            }
        }),
        { seed: 20260304, numRuns: 60 },
      );
    },
  );

  it("shows the verdicts each by itself, in buckets of whole seconds", () => {
    const capture = new TestCapture();
    capture.add("a", lines(line(0), line(0.9), line(1, { verdict: "DROPPED" }), line(100), line(undefined)));
    const start = (seconds: number) => String(parseTime(timeAt(seconds)));
    expect(ask(reader(capture))).toMatchObject({
      bucketNs: "1000000000",
      fromNs: start(0),
      toNs: start(101),
      series: [
        { key: "DROPPED", points: [[start(1), 1]] },
        {
          key: "FORWARDED",
          points: [
            [start(0), 2],
            [start(100), 1],
          ],
        },
      ],
      untimed: 1,
      gaps: [],
      meta: { unit: "events", exact: true, partial: false },
    });
  });

  it.each([
    ["a capture without flows", []],
    ["a capture with untimed flows only", [line(undefined), line(undefined)]],
  ])("has no span in %s", (_name, texts) => {
    const capture = new TestCapture();
    capture.add("a", lines(...texts));
    expect(ask(reader(capture))).toMatchObject({
      fromNs: null,
      toNs: null,
      series: [],
      untimed: texts.length,
    });
  });

  it("draws the range that was asked for, though the capture holds less", () => {
    const capture = new TestCapture();
    capture.add("a", lines(line(10), line(20)));
    const answer = ask(reader(capture), { from: timeAt(0), to: timeAt(60) });
    expect([answer.fromNs, answer.toNs]).toEqual([parseTime(timeAt(0)), parseTime(timeAt(60))].map(String));
    const empty = ask(reader(capture), { from: timeAt(100) });
    expect(empty).toMatchObject({ series: [], untimed: 0 });
  });

  it("is that of the file as it is now", () => {
    const capture = new TestCapture();
    capture.add("a", lines(line(1)));
    const open = reader(capture);
    expect(sum(ask(open))).toBe(1);
    capture.add("b", lines(line(2)));
    expect(sum(ask(open))).toBe(2);
  });
});

describe("stretches in which events were lost", () => {
  const lost = (seconds: number, more = "") =>
    `{"lost_events":{"source":"HUBBLE_RING_BUFFER","num_events_lost":"5"${more}},"node_name":"n1","time":"${timeAt(seconds)}"}`;
  const ns = (seconds: number) => String(parseTime(timeAt(seconds)));

  it("are the reported ranges, or the instant of the report", () => {
    const capture = new TestCapture();
    const range = `,"first":"${timeAt(2)}","last":"${timeAt(4)}"`;
    capture.add(
      "a",
      lines(
        line(0),
        `[pod/x] ${lost(3)}`,
        lost(5, range),
        line(10),
        '{"lost_events":{"num_events_lost":"1"}}',
      ),
    );
    expect(ask(reader(capture)).gaps).toEqual([
      { fromNs: ns(3), toNs: ns(3), lost: 5, node: "n1", reason: "5 events lost (HUBBLE_RING_BUFFER)" },
      { fromNs: ns(2), toNs: ns(4), lost: 5, node: "n1", reason: "5 events lost (HUBBLE_RING_BUFFER)" },
    ]);
  });

  it("of several records on one line have each their own range", () => {
    const capture = new TestCapture();
    const range = (a: number, b: number) => `,"first":"${timeAt(a)}","last":"${timeAt(b)}"`;
    capture.add("a", lines(line(0), lost(3, range(1, 2)) + lost(6, range(4, 5)), line(10)));
    expect(ask(reader(capture)).gaps.map(({ fromNs, toNs }) => [fromNs, toNs])).toEqual([
      [ns(1), ns(2)],
      [ns(4), ns(5)],
    ]);
  });

  it("are those within the range, once each though two files have them", () => {
    const capture = new TestCapture();
    capture.add("a", lines(line(0), lost(3), line(10)));
    capture.add("b", lines(line(1), lost(3), lost(8)));
    const open = reader(capture);
    expect(ask(open).gaps.map(({ fromNs }) => fromNs)).toEqual([ns(3), ns(8)]);
    expect(ask(open, { from: timeAt(4) }).gaps.map(({ fromNs }) => fromNs)).toEqual([ns(8)]);
    expect(ask(open, { to: timeAt(8) }).gaps.map(({ fromNs }) => fromNs)).toEqual([ns(3)]);
  });

  it("are drawn up to a bound, which is told", () => {
    const capture = new TestCapture();
    capture.add("a", lines(line(0), ...Array.from({ length: 600 }, (_, n) => lost(n)), line(700)));
    const { gaps, meta } = ask(reader(capture));
    expect(gaps).toHaveLength(500);
    expect(meta.notes).toEqual(["There are more losses than can be drawn: these are the first 500."]);
  });
});
