import { describe, expect, it, onTestFinished } from "vitest";
import { line, lines, TestCapture, timeAt } from "@/lib/jobs/testing";
import { type ChangesParameters, readChanges } from "./changes";
import type { ChangesAnswer } from "./changes-answer";
import { OpenCapture } from "./open-capture";

function ask(capture: TestCapture, parameters: Partial<ChangesParameters> = {}): ChangesAnswer {
  const opened = OpenCapture.open(capture.file);
  if (!opened.ok) throw new Error(opened.failure.message);
  onTestFinished(() => opened.value.close());
  const answer = opened.value.ask((open) => readChanges(open, { limit: 20, ...parameters }));
  if (!answer.ok) throw new Error(answer.failure.message);
  return answer.value;
}

const pod = (name: string) => ({
  namespace: "shop",
  pod_name: `${name}-0`,
  workloads: [{ kind: "StatefulSet", name }],
});
const outside = { identity: 2, labels: ["reserved:world"] };

/** A packet of `from` to port 80 of `to`, at the second. */
function packet(seconds: number, from: string, to: string, members: Record<string, unknown> = {}): string {
  return line(seconds, {
    IP: { source: `10.0.0.${from.charCodeAt(0)}`, destination: `10.0.0.${to.charCodeAt(0)}` },
    l4: { TCP: { source_port: 40_000, destination_port: 80, flags: { SYN: true } } },
    source: pod(from),
    destination: pod(to),
    event_type: { type: 4, sub_type: 0 },
    is_reply: false,
    ...members,
  });
}

const every = (step: number, from: number, to: number): number[] =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, at) => from + at * step);
const exact = (seconds: number): string => `${timeAt(seconds).slice(0, -1)}000000Z`;

/** 400 s: a asks b throughout, c asks b until 200, d asks b from 150 on, e asks b once at 10. */
function story(...more: readonly string[]): TestCapture {
  const capture = new TestCapture();
  const log = [
    ...every(10, 0, 400).map((at) => packet(at, "a", "b")),
    ...every(10, 0, 200).map((at) => packet(at, "c", "b")),
    ...every(10, 150, 400).map((at) =>
      packet(at, "d", "b", { verdict: "DROPPED", drop_reason_desc: "POLICY_DENIED" }),
    ),
    packet(10, "e", "b"),
  ];
  capture.add("a", lines(...log, ...more));
  return capture;
}

describe("changes", () => {
  it("of a whole capture: new is what the first quarter lacks, silent who the last quarter lacks", () => {
    const { newSince, silentSince, edges, silent } = ask(story());
    expect([newSince, silentSince]).toEqual([exact(100), exact(300)]);
    expect(edges).toMatchObject({
      total: 1,
      rows: [
        {
          client: "shop/d",
          server: "shop/b",
          port: 80,
          protocol: "TCP",
          events: 26,
          verdicts: { DROPPED: 26 },
          first: exact(150),
          last: exact(400),
          outside: 0,
        },
      ],
    });
    // 21 events in 300 s give 7 in the 100 s of the last quarter; the one event of e says nothing.
    expect(silent).toMatchObject({
      total: 1,
      rows: [{ id: "shop/c", kind: "workload", events: 21, last: exact(200), expected: 7 }],
    });
  });

  it("of a range: compared with all that was before it", () => {
    const capture = story();
    const late = ask(capture, { from: timeAt(250) });
    expect(late.newSince).toBe(exact(250));
    expect(late.edges.rows).toEqual([]);
    // 21 events in 250 s give 12.6 in 150 s.
    expect(late.silent.rows).toMatchObject([{ id: "shop/c", expected: 13 }]);
    const middle = ask(capture, { from: timeAt(120), to: timeAt(180) });
    expect(middle.edges.rows).toMatchObject([{ client: "shop/d", events: 3, last: exact(170) }]);
    expect(middle.silent.rows).toEqual([]);
  });

  it("clients outside are one: a service is new to the outside only once", () => {
    const from = (at: number, n: number, to: string): string =>
      packet(at, "x", to, {
        source: outside,
        IP: { source: `203.0.113.${n}`, destination: `10.0.0.${to.charCodeAt(0)}` },
      });
    const capture = story(
      from(5, 1, "b"),
      from(350, 2, "b"),
      from(360, 3, "c"),
      from(370, 4, "c"),
      from(371, 4, "c"),
    );
    expect(
      ask(capture).edges.rows.map(({ client, server, outside: n, events, first, last }) => [
        client,
        server,
        n,
        events,
        first,
        last,
      ]),
    ).toEqual([
      [null, "shop/c", 2, 3, exact(360), exact(371)],
      ["shop/d", "shop/b", 0, 26, exact(150), exact(400)],
    ]);
    expect(ask(capture, { q: "client:ip:*", limit: 1 }).edges).toMatchObject({ total: 1 });
  });

  it("nothing is before the beginning, and nothing is told of an empty capture, an instant, or what is not settled", () => {
    const nothing = { newSince: null, silentSince: null, edges: { total: 0 }, silent: { total: 0 } };
    expect(ask(story(), { from: timeAt(0) })).toMatchObject(nothing);
    expect(ask(new TestCapture())).toMatchObject(nothing);
    const instant = new TestCapture();
    instant.add("a", lines(packet(1, "a", "b")));
    expect(ask(instant)).toMatchObject(nothing);
    const unsettled = new TestCapture();
    unsettled.load("a", lines(packet(1, "a", "b"), packet(400, "c", "b")));
    expect(ask(unsettled)).toMatchObject(nothing);
  });
});
