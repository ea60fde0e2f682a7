import { expect, test } from "vitest";
import { becauseText, hasProxy, offsetText, reachOf, rungs, type StoryRecord } from "./ladder";
import { flowRow } from "./test-row";

function record(members: Partial<StoryRecord>): StoryRecord {
  const {
    source: _s,
    destination: _d,
    sourcePort: _sp,
    destinationPort: _dp,
    protocol: _p,
    ...row
  } = flowRow({});
  return { ...row, step: "trace", fromClient: true, samePacketAs: null, sameBecause: null, ...members };
}

test("each packet stands once, with its further sightings below it", () => {
  const connection = [
    record({ id: "verdict", samePacketAs: "drop", sameBecause: "verdict" }),
    record({ id: "drop" }),
    record({ id: "there", samePacketAs: "drop", sameBecause: "node" }),
    record({ id: "next" }),
    record({ id: "orphan", samePacketAs: "not listed", sameBecause: "node" }),
  ];
  expect(
    rungs(connection).map(({ record: { id }, others }) => [id, others.map((other) => other.id)]),
  ).toEqual([
    ["drop", ["verdict", "there"]],
    ["next", []],
    ["orphan", []],
  ]);
  expect(connection.slice(0, 1).map(becauseText)).toEqual([
    "the policy verdict of the same packet: one drop, told twice",
  ]);
});

test("an arrow ends where the packet was seen: at a pod, at the proxy, where a policy dropped it", () => {
  expect(reachOf(record({ event: "trace:to-endpoint" }))).toEqual({ from: 0, to: 1, mark: "arrow" });
  expect(reachOf(record({ event: "trace:from-proxy" }))).toEqual({ from: 0.5, to: 1, mark: "arrow" });
  expect(reachOf(record({ event: null })).to).toBeLessThan(1);
  const dropped = { verdict: "DROPPED", step: "drop" } as const;
  expect(reachOf(record({ ...dropped, trafficDirection: "EGRESS" }))).toEqual({
    from: 0,
    to: 0.3,
    mark: "cross",
  });
  expect(reachOf(record({ ...dropped, trafficDirection: "INGRESS" }))).toEqual({
    from: 0,
    to: 0.85,
    mark: "cross",
  });
  expect(reachOf(record({ step: "verdict", trafficDirection: "EGRESS" }))).toEqual({
    from: 0,
    to: 0.3,
    mark: "check",
  });
  expect(reachOf(record({ step: "request" }))).toEqual({ from: 0, to: 0.5, mark: "arrow" });
});

test("a proxy has a lane where a record tells of one", () => {
  expect(hasProxy([record({ event: "trace:to-endpoint" })])).toBe(false);
  expect(hasProxy([record({}), record({ event: "trace:to-proxy" })])).toBe(true);
  expect(hasProxy([record({ step: "response" })])).toBe(true);
});

test("times are told from the first record on, before it with a minus", () => {
  const first = "2026-05-12T09:50:47.690734384Z";
  expect(offsetText("2026-05-12T09:50:47.690742457Z", first)).toBe("+8.07 µs");
  expect(offsetText("2026-05-12T09:50:46.690734384Z", first)).toBe("−1 s");
  expect(offsetText(null, first)).toBe("no time");
});
