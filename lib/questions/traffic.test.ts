import { describe, expect, it, onTestFinished } from "vitest";
import { line, lines, TestCapture } from "@/lib/jobs/testing";
import type { TrafficAnswer } from "./answers-workloads";
import { OpenCapture } from "./open-capture";
import { readTraffic, type TrafficParameters } from "./traffic";

const ends = {
  web: { ip: "10.0.0.1", endpoint: { namespace: "shop", pod_name: "web-0" } },
  api: { ip: "10.0.0.2", endpoint: { namespace: "shop", pod_name: "api-0" } },
  db: { ip: "10.0.0.3", endpoint: { namespace: "data", pod_name: "db-0" } },
};
type End = keyof typeof ends;

function packet(at: number | undefined, from: End, to: End, port: number, more: object = {}): string {
  return line(at ?? 0, {
    ...{ Type: "L3_L4", event_type: { type: 4 }, trace_observation_point: "TO_ENDPOINT" },
    ...{ source: ends[from].endpoint, destination: ends[to].endpoint },
    IP: { source: ends[from].ip, destination: ends[to].ip },
    l4: { TCP: { source_port: port, destination_port: 8080, flags: { ACK: true } } },
    ...(at === undefined && { time: undefined }),
    ...more,
  });
}

const dropped = (event: number) => ({
  ...{ verdict: "DROPPED", drop_reason_desc: "POLICY_DENIED", traffic_direction: "EGRESS" },
  ...{
    event_type: event === 5 ? { type: 5 } : { type: 1, sub_type: 133 },
    trace_observation_point: undefined,
  },
});

/** Buckets of ten seconds: web sends 3 in the first and 1 in the third, api 2 in the first; of web's one is lost. */
const LOG = [
  packet(1, "web", "api", 4001),
  packet(2, "api", "web", 4001, { trace_observation_point: "TO_STACK" }),
  packet(3, "api", "db", 4002),
  // One drop in two records.
  packet(4, "web", "db", 4003, dropped(5)),
  packet(4.0005, "web", "db", 4003, dropped(1)),
  packet(25, "web", "api", 4004, { verdict: "AUDIT" }),
];

function traffic(
  log: readonly string[],
  asked: Partial<TrafficParameters> = {},
  change?: string,
): TrafficAnswer {
  const made = new TestCapture();
  made.add("a", lines(...log));
  if (change !== undefined) made.database.exec(change);
  const opened = OpenCapture.open(made.file);
  if (!opened.ok) throw new Error(opened.failure.message);
  onTestFinished(() => opened.value.close());
  const parameters = { by: "pod", side: "from", of: "events", buckets: 4, limit: 100, ...asked } as const;
  const answer = readTraffic(opened.value, parameters);
  if (!answer.ok) throw new Error(answer.failure.message);
  return answer.value;
}

/** Key, events, forwarded, drops, and the points by the number of their bucket. */
function table({ rows, fromNs, bucketNs }: TrafficAnswer): unknown[] {
  const place = (start: string) => Number((BigInt(start) - BigInt(fromNs ?? 0)) / BigInt(bucketNs));
  return rows.map(({ key, events, forwarded, drops, points }) => [
    key.actor ?? key.tracePoint ?? key.verdict,
    [events, forwarded, drops],
    points.map(([start, n]) => [place(start), n]),
  ]);
}

describe("traffic over time", () => {
  it("counts each event at its sender, or at who was to get it", () => {
    const sent = traffic(LOG);
    expect(sent.bucketNs).toBe("10000000000");
    expect(table(sent)).toEqual([
      [
        "shop/web-0",
        [4, 1, 1],
        [
          [0, 3],
          [2, 1],
        ],
      ],
      ["shop/api-0", [2, 2, 0], [[0, 2]]],
    ]);
    expect(table(traffic(LOG, { side: "to" }))).toEqual([
      ["data/db-0", [3, 1, 1], [[0, 3]]],
      [
        "shop/api-0",
        [2, 1, 0],
        [
          [0, 1],
          [2, 1],
        ],
      ],
      ["shop/web-0", [1, 1, 0], [[0, 1]]],
    ]);
    expect(table(traffic(LOG, { by: "namespace", side: "to" }))).toEqual([
      ["data", [3, 1, 1], [[0, 3]]],
      [
        "shop",
        [3, 2, 0],
        [
          [0, 2],
          [2, 1],
        ],
      ],
    ]);
  });

  it("draws what is asked for, and puts those with most of it first", () => {
    const forwarded = traffic(LOG, { of: "forwarded" });
    expect(table(forwarded)).toEqual([
      ["shop/api-0", [2, 2, 0], [[0, 2]]],
      ["shop/web-0", [4, 1, 1], [[0, 1]]],
    ]);
    const { total } = forwarded;
    expect([total.events, total.forwarded, total.drops]).toEqual([6, 3, 1]);
    const drops = traffic(LOG, { of: "drops", side: "to" });
    expect(drops.meta.unit).toBe("drops");
    expect(table(drops)[0]).toEqual(["data/db-0", [3, 1, 1], [[0, 1]]]);
  });

  it("tells trace points and verdicts apart, and what the record left out from what it has not", () => {
    const untold = packet(6, "web", "api", 4005, {
      event_type: undefined,
      trace_observation_point: undefined,
      Type: undefined,
    });
    const found = traffic([...LOG, untold], { by: "trace-point" });
    expect(table(found).map((row) => (row as unknown[]).slice(0, 2))).toEqual([
      ["TO_ENDPOINT", [3, 2, 0]],
      ["-", [2, 0, 1]],
      ["?", [1, 1, 0]],
      ["TO_STACK", [1, 1, 0]],
    ]);
    expect(table(traffic(LOG, { by: "verdict" })).map((row) => (row as unknown[]).slice(0, 2))).toEqual([
      ["FORWARDED", [3, 3, 0]],
      ["DROPPED", [2, 0, 1]],
      ["AUDIT", [1, 0, 0]],
    ]);
  });

  it("folds what is beyond the limit with its points, and keeps what has no time", () => {
    const answer = traffic([...LOG, packet(undefined, "db", "web", 4006)], { limit: 1 });
    expect(table(answer)).toHaveLength(1);
    expect(answer.folded).toMatchObject({ rows: 2, events: 3, forwarded: 3, drops: 0 });
    expect(answer.folded.points.map(([, n]) => n)).toEqual([2]);
    expect(answer.untimed).toBe(1);
    expect(answer.total.events).toBe(7);
  });
});
