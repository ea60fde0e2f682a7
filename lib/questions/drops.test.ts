import { describe, expect, it, onTestFinished } from "vitest";
import { formatTime } from "@/lib/base/time";
import { line, lines, TestCapture } from "@/lib/jobs/testing";
import type { DropsBy } from "./answers-drops";
import { type DropsParameters, readDrops } from "./drops";
import { OpenCapture } from "./open-capture";

const START = BigInt(Date.UTC(2026, 7, 21, 12)) * 1_000_000n;
const MINUTE = 60_000_000_000n;

/** A packet that a pod of `web` sent to `api`, dropped at its node; undefined: without a time. */
function drop(minute: number | undefined, client: number, node: string, port: number): string {
  return line(undefined, {
    ...(minute !== undefined && { time: formatTime(START + BigInt(minute) * MINUTE) }),
    ...{ node_name: node, verdict: "DROPPED", event_type: { type: 1, sub_type: 133 } },
    ...{ drop_reason: 133, drop_reason_desc: "POLICY_DENIED", traffic_direction: "EGRESS", is_reply: false },
    source: {
      namespace: "shop",
      pod_name: `web-${client}`,
      workloads: [{ kind: "Deployment", name: "web" }],
    },
    destination: { namespace: "shop", pod_name: "api-0", workloads: [{ kind: "Deployment", name: "api" }] },
    IP: { source: `10.0.0.${client}`, destination: "10.0.1.0", ipVersion: "IPv4" },
    l4: { TCP: { source_port: port, destination_port: 80, flags: { SYN: true } } },
  });
}

/** web-0 at n1: two in minute 0, one in minute 20; web-1 at n2: one in minute 20, one in minute 59; web-1 at n1: one without a time. */
const LOG = lines(
  ...[drop(0, 0, "n1", 40_001), drop(0, 0, "n1", 40_002), drop(20, 0, "n1", 40_003)],
  ...[drop(20, 1, "n2", 40_004), drop(59, 1, "n2", 40_005), drop(undefined, 1, "n1", 40_006)],
);

type Told = Record<string, readonly [drops: number, trend: Record<string, number>]>;

/** By the text of the row's key: its drops, and what it draws by the minute at which a bucket begins, of two minutes each. */
function rows(by: DropsBy, more: Partial<DropsParameters> = {}): Told {
  const capture = new TestCapture();
  capture.add("a", LOG);
  const open = OpenCapture.open(capture.file);
  if (!open.ok) throw new Error(open.failure.message);
  onTestFinished(() => open.value.close());
  const answer = open.value.ask((at) => readDrops(at, { by, limit: 10, buckets: 60, ...more }));
  if (!answer.ok) throw new Error(answer.failure.message);
  return Object.fromEntries(
    answer.value.rows.map(({ key, drops, trend }) => [
      Object.values(key).join(" "),
      [drops, Object.fromEntries(trend.map(([start, n]) => [String((BigInt(start) - START) / MINUTE), n]))],
    ]),
  );
}

describe("rows of drops draw their own drops, those with a time", () => {
  it("by pod", () => {
    expect(rows("pod")).toEqual({
      "shop/web-0": [3, { 0: 2, 20: 1 }],
      "shop/web-1": [3, { 20: 1, 58: 1 }],
    });
  });

  it("by node", () => {
    expect(rows("node")).toEqual({ n1: [4, { 0: 2, 20: 1 }], n2: [2, { 20: 1, 58: 1 }] });
  });

  it("by client", () => {
    expect(rows("client")).toEqual({ "shop/web": [6, { 0: 2, 20: 2, 58: 1 }] });
  });

  it("in a range that cuts buckets", () => {
    const range = {
      from: formatTime(START + 1n),
      to: formatTime(START + 59n * MINUTE + 1n),
    };
    expect(rows("pod", range)).toEqual({ "shop/web-1": [2, { 20: 1, 58: 1 }], "shop/web-0": [1, { 20: 1 }] });
    expect(rows("node", range)).toEqual({ n2: [2, { 20: 1, 58: 1 }], n1: [1, { 20: 1 }] });
  });
});
