import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { projectRoot } from "@/lib/base/project-root";
import { line, lines, TestCapture, timeAt } from "@/lib/jobs/testing";
import { OpenCapture } from "../open-capture";
import { type ReportAnswer, reportAnswerSchema } from "./answer";
import { readReport } from "./report";

function reportOf(capture: TestCapture): ReportAnswer {
  const opened = OpenCapture.open(capture.file);
  if (!opened.ok) throw new Error(opened.failure.message);
  onTestFinished(() => opened.value.close());
  const answer = opened.value.ask(readReport);
  if (!answer.ok) throw new Error(answer.failure.message);
  return reportAnswerSchema.parse(answer.value);
}

const trace = (point: string, flags: Record<string, boolean>, members: object): Record<string, unknown> => ({
  event_type: { type: 4, sub_type: point === "TO_ENDPOINT" ? 0 : 3 },
  trace_observation_point: point,
  l4: { TCP: { source_port: 40000, destination_port: 80, flags } },
  ...members,
});

describe("the quality report", () => {
  it("adds up over all files, whatever became of each", () => {
    const capture = new TestCapture();
    capture.add(
      "a",
      lines(line(1), line(2), "rubbish", '{"lost_events":{"num_events_lost":"7"},"node_name":"n1"}'),
    );
    capture.add("b", lines(line(2), line(3)));
    const report = reportOf(capture);
    // Five lines and two: line(2) stands in both files.
    expect(report).toMatchObject({ read: 6, accepted: 3, duplicate: 1, otherKinds: 1, refused: 1 });
    expect(report.refusedBy).toEqual({ not_a_record: 1 });
    expect(report.files.map(({ file }) => file)).toEqual(["a", "b"]);
    expect(report.first).toBe("2026-08-21T12:00:01.000000000Z");
    expect(report.last).toBe("2026-08-21T12:00:03.000000000Z");
  });

  it("has each node with its span, rate and losses, and its silence as a gap", () => {
    const busy = (from: number, to: number, node: string) =>
      Array.from({ length: (to - from) * 20 }, (_, i) =>
        line(from + i / 20, { node_name: node, uuid: `${node}-${from}-${i}` }),
      );
    const capture = new TestCapture();
    const lost = { source: "HUBBLE_RING_BUFFER", num_events_lost: "7", first: timeAt(5), last: timeAt(8) };
    capture.add(
      "a",
      lines(
        ...busy(0, 20, "n1"),
        ...busy(60, 80, "n1"),
        ...busy(0, 80, "n2"),
        JSON.stringify({ lost_events: lost, node_name: "n2", time: timeAt(8) }),
      ),
    );
    const report = reportOf(capture);
    expect(report.nodes).toMatchObject([
      {
        name: "n1",
        flows: 800,
        events: 800,
        lost: 0,
        flowsPerSecond: 10,
        first: "2026-08-21T12:00:00.000000000Z",
      },
      { name: "n2", flows: 1600, events: 1600, lost: 7, flowsPerSecond: 20 },
    ]);
    expect(report.gaps.map(({ kind, node }) => [kind, node])).toEqual([
      ["lost-events", "n2"],
      ["silence", "n1"],
    ]);
    expect(report.gaps[0]).toMatchObject({
      from: "2026-08-21T12:00:05.000000000Z",
      to: "2026-08-21T12:00:08.000000000Z",
      missing: 7,
    });
    // From 20 s to 60 s, to the width of a bucket (80 s in 2,000 parts); 40 of 80 s at 800 flows make 400.
    expect(report.gaps[1]?.from).toMatch(/^2026-08-21T12:00:(19\.9|20\.0)/);
    expect(report.gaps[1]?.to).toMatch(/^2026-08-21T12:00:59\.9|^2026-08-21T12:01:00\.0/);
    expect(Math.abs((report.gaps[1]?.missing ?? 0) - 400)).toBeLessThan(10);
  });

  it("shows how far clocks are apart, from packets seen on both nodes", () => {
    const sides = (from: string, to: string) => ({
      IP: { source: from, destination: to, ipVersion: "IPv4" },
    });
    const capture = new TestCapture();
    const packets = Array.from({ length: 6 }, (_, i) => {
      const [a, b] = [`10.0.0.${i + 1}`, "10.0.1.1"];
      const there = (seconds: number, point: string, node: string) =>
        line(i + seconds, trace(point, { SYN: true }, { ...sides(a, b), node_name: node }));
      const back = (seconds: number, point: string, node: string) =>
        line(i + seconds, {
          ...trace(point, { SYN: true, ACK: true }, { ...sides(b, a), node_name: node }),
          l4: { TCP: { source_port: 80, destination_port: 40000, flags: { SYN: true, ACK: true } } },
        });
      // n2's clock is 200 ms ahead; a packet takes 2 ms.
      return [
        there(0.1, "TO_STACK", "n1"),
        there(0.302, "TO_ENDPOINT", "n2"),
        back(0.303, "TO_STACK", "n2"),
        back(0.105, "TO_ENDPOINT", "n1"),
      ];
    }).flat();
    capture.add("a", lines(...packets));
    expect(reportOf(capture).clockSkew).toEqual([
      { node: "n2", reference: "n1", differenceNs: "200000000", atLeast: false, samples: 12 },
    ]);
  });

  it("guesses the interval of aggregation from the times of groups", () => {
    const record = (seconds: number, pod: string) =>
      line(seconds, {
        source: { namespace: "shop", identity: pod.length },
        aggregate: { egress_flow_count: 3 },
      });
    const capture = new TestCapture();
    // The first flow of a group comes anywhere in the interval; the second group is not in all of them.
    const first = [1, 29, 3, 14, 28, 2, 27, 9];
    const windows = first.map((within, i) => [
      record(i * 30 + within, "a"),
      ...(i % 4 === 3 ? [] : [record(i * 30 + 29 - within, "bb")]),
    ]);
    capture.add("a", lines(...windows.flat()));
    expect(reportOf(capture).aggregation).toEqual({
      flows: 14,
      events: 42,
      withoutCounters: 0,
      intervalNs: "30000000000",
    });
  });

  it("says for which namespaces requests were looked into, replies turned round", () => {
    const l7 = (type: string, source: string, destination: string, direction: string) =>
      line(1, {
        Type: "L7",
        traffic_direction: direction,
        l7: { type, http: { method: "GET", url: "http://x/" } },
        source: { namespace: source },
        destination: { namespace: destination },
      });
    const capture = new TestCapture();
    // The egress proxy of "web" and the ingress proxy of "api", with the answers of both.
    capture.add(
      "a",
      lines(
        l7("REQUEST", "web", "other", "EGRESS"),
        l7("RESPONSE", "other", "web", "EGRESS"),
        l7("REQUEST", "other", "api", "INGRESS"),
        l7("RESPONSE", "api", "other", "INGRESS"),
      ),
    );
    expect(reportOf(capture).layer7).toEqual([{ protocol: "http", flows: 4, namespaces: ["api", "web"] }]);
  });

  it("tells of a loss whose record does not say when", () => {
    const capture = new TestCapture();
    capture.add("a.log", lines(line(1), "EVENTS LOST: HUBBLE_RING_BUFFER CPU(0) 5"));
    const { sentences, gaps } = reportOf(capture);
    expect(sentences.filter(({ about }) => about === "loss").map(({ text }) => text)).toEqual([
      "5 events were lost on a node without a name, and the log does not say when: that a flow is missing proves nothing.",
    ]);
    expect(gaps).toEqual([]);
  });

  it("is there for a capture without files", () => {
    expect(reportOf(new TestCapture())).toMatchObject({
      read: 0,
      files: [],
      nodes: [],
      sentences: [],
      advice: [],
    });
  });
});

const real = path.join(projectRoot(), "..", "shared", "data", "real", "flows");

describe.runIf(existsSync(real))("the report of real logs", () => {
  const reportOfFile = (name: string): ReportAnswer => {
    const capture = new TestCapture();
    capture.add(name, readFileSync(path.join(real, name)));
    return reportOf(capture);
  };

  it("knows a log that was exported with one verdict only", () => {
    const report = reportOfFile("bookinfo-kind-redirected.jsonl");
    // All 400 have namespace bookinfo on one of their sides, too.
    expect(report.filters).toMatchObject([
      { sign: "one-verdict", value: "REDIRECTED" },
      { sign: "one-namespace", value: "bookinfo" },
    ]);
  });

  it("knows what a field mask left out", () => {
    const report = reportOfFile("cilium-docs-fieldmask.jsonl");
    expect(report.missing.map(({ field }) => field)).toEqual(
      expect.arrayContaining([
        "uuid",
        "Type",
        "event_type",
        "traffic_direction",
        "identity",
        "labels",
        "workloads",
      ]),
    );
    expect(report.missing.map(({ field }) => field)).not.toContain("IP");
  });
});
