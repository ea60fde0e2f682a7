import { describe, expect, it, onTestFinished } from "vitest";
import { settleAddedFiles } from "@/lib/capture/settle";
import { line, lines, TestCapture, timeAt } from "@/lib/jobs/testing";
import type { SummaryAnswer } from "./answers";
import { AT_MOST_NOTE } from "./at-most";
import { readFlows } from "./flows";
import { readMap } from "./map";
import { OpenCapture } from "./open-capture";
import type { ScopeParameters } from "./scope-parameters";
import { readSummary } from "./summary";
import { readTimeline } from "./timeline";
import { readTraffic } from "./traffic";
import { readWorkloads } from "./workloads";

function summaryOf(capture: TestCapture, parameters: ScopeParameters = {}): SummaryAnswer {
  const opened = OpenCapture.open(capture.file);
  if (!opened.ok) throw new Error(opened.failure.message);
  onTestFinished(() => opened.value.close());
  const answer = opened.value.ask((open) => readSummary(open, parameters));
  if (!answer.ok) throw new Error(`${answer.failure.code}: ${answer.failure.message}`);
  return answer.value;
}

describe("the summary", () => {
  it("of an empty capture has zeros, and no time", () => {
    expect(summaryOf(new TestCapture())).toMatchObject({
      records: 0,
      flows: 0,
      events: 0,
      verdicts: {},
      notLosses: 0,
      audited: 0,
      untimed: 0,
      first: null,
      last: null,
      nodes: [],
    });
  });

  it("of a capture whose first file is not settled says nothing of what settling finds", () => {
    const unknown = {
      drops: null,
      dropCauses: null,
      harmlessCauses: null,
      attempts: null,
      requests: null,
      dnsErrors: null,
      l7Errors: null,
    };
    const capture = new TestCapture();
    const fileId = capture.load(
      "a",
      lines(line(1, { verdict: "DROPPED", event_type: { type: 1, sub_type: 133 } })),
    );
    expect(summaryOf(capture)).toMatchObject({ events: 1, verdicts: { DROPPED: 1 }, ...unknown });
    settleAddedFiles(capture.database, [fileId], 2000);
    expect(summaryOf(capture)).toMatchObject({
      drops: 1,
      dropCauses: 1,
      harmlessCauses: 0,
      dnsErrors: 0,
      l7Errors: 0,
    });
  });

  it("counts events, not records, where a record stands for several", () => {
    const capture = new TestCapture();
    const aggregate = { ingress_flow_count: 3, egress_flow_count: 4, unknown_direction_flow_count: 5 };
    capture.add("a", lines(line(1), line(2, { aggregate }), line(3, { aggregate: {} })));
    const summary = summaryOf(capture);
    expect(summary).toMatchObject({ records: 3, events: 14, verdicts: { FORWARDED: 14 } });
    expect(summary.meta.exact).toBe(false);
  });

  it("puts a node that is seen through several interfaces together, and nodes without a name last", () => {
    const capture = new TestCapture();
    capture.add(
      "a",
      lines(
        line(3, { node_name: "n2" }),
        line(1, { node_name: "n1", interface: { index: 1, name: "eth0" } }),
        line(2, { node_name: "n1", interface: { index: 2, name: "lxc1" } }),
        line(4, { node_name: undefined }),
      ),
    );
    expect(summaryOf(capture).nodes).toEqual([
      {
        name: "n1",
        events: 2,
        first: "2026-08-21T12:00:01.000000000Z",
        last: "2026-08-21T12:00:02.000000000Z",
      },
      {
        name: "n2",
        events: 1,
        first: "2026-08-21T12:00:03.000000000Z",
        last: "2026-08-21T12:00:03.000000000Z",
      },
      {
        name: null,
        events: 1,
        first: "2026-08-21T12:00:04.000000000Z",
        last: "2026-08-21T12:00:04.000000000Z",
      },
    ]);
  });

  it("keeps audited and consumed packets apart from what was lost", () => {
    const capture = new TestCapture();
    const dropped = (code: number) => ({ verdict: "DROPPED", event_type: { type: 1, sub_type: code } });
    capture.add(
      "a",
      lines(
        ...[133, 173, 199, 200, 201, 205, 132].map((code, n) => line(n, dropped(code))),
        line(10, { verdict: "AUDIT", event_type: { type: 5 } }),
      ),
    );
    expect(summaryOf(capture)).toMatchObject({
      verdicts: { AUDIT: 1, DROPPED: 7 },
      notLosses: 5,
      audited: 1,
    });
  });

  it("counts a record whose time cannot be read as untimed, beside others of its kind", () => {
    const capture = new TestCapture();
    capture.add("a", lines(line(1), line(2, { time: "yesterday" }), line(undefined), line(9)));
    expect(summaryOf(capture)).toMatchObject({ records: 4, untimed: 2 });
    expect(summaryOf(capture, { from: timeAt(0) })).toMatchObject({ records: 2, untimed: 0 });
  });

  it("is not exact where drops may be counted twice", () => {
    const capture = new TestCapture();
    const masked = { verdict: "DROPPED", drop_reason_desc: "POLICY_DENIED", event_type: undefined };
    capture.add("a", lines(line(1, masked)));
    const { meta, drops } = summaryOf(capture);
    expect([drops, meta.exact, meta.notes.length]).toEqual([1, false, 1]);
  });

  it("is said to count at most so many by every question that counts drops, where the scope has such", () => {
    const capture = new TestCapture();
    const masked = { verdict: "DROPPED", drop_reason_desc: "POLICY_DENIED", event_type: undefined };
    capture.add("a", lines(line(1, masked), line(9)));
    const opened = OpenCapture.open(capture.file);
    if (!opened.ok) throw new Error(opened.failure.message);
    onTestFinished(() => opened.value.close());
    const traffic = { by: "workload", side: "from", of: "events", limit: 10 } as const;
    const metas = (scope: { readonly from?: string }) =>
      opened.value
        .ask((open) => [
          readMap(open, { level: "workload", limit: 10, ...scope }),
          readTimeline(open, { by: "drops", buckets: 10, ...scope }),
          readWorkloads(open, { limit: 10, ...scope }),
          readTraffic(open, { ...traffic, buckets: 10, ...scope }),
          readFlows(open, { limit: 10, order: "asc", total: true, ...scope }),
        ])
        .map((answer) => (answer.ok ? answer.value.meta : undefined));
    for (const meta of metas({})) expect(meta?.notes).toEqual([AT_MOST_NOTE]);
    // Flows count records, and those exactly.
    expect(metas({}).map((meta) => meta?.exact)).toEqual([false, false, false, false, true]);
    for (const meta of metas({ from: timeAt(5) })) expect(meta).toMatchObject({ exact: true, notes: [] });
  });

  it("leaves records without a time out of every range, and counts them without one", () => {
    const capture = new TestCapture();
    capture.add("a", lines(line(1), line(undefined), line(9)));
    expect(summaryOf(capture)).toMatchObject({ records: 3, untimed: 1 });
    expect(summaryOf(capture, { from: timeAt(0) })).toMatchObject({ records: 2, untimed: 0 });
    expect(summaryOf(capture, { to: timeAt(9) })).toMatchObject({
      records: 1,
      first: "2026-08-21T12:00:01.000000000Z",
    });
  });

  it("counts a verdict under whatever name the log gives it", () => {
    const capture = new TestCapture();
    capture.add("a", lines(line(1, { verdict: "__proto__" }), line(2, { verdict: 15 })));
    expect(Object.entries(summaryOf(capture).verdicts)).toEqual([
      ["15", 1],
      ["__proto__", 1],
    ]);
  });
});
