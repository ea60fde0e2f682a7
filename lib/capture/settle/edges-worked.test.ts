import { expect, it } from "vitest";
import { line, lines, TestCapture } from "@/lib/jobs/testing";
import { type EdgeWorked, NEVER_WORKED, readWorked } from "./edges-worked";

const PORTS = [80, 81, 82, 83, 84, 85];

/** Over an hour flows between two pods, some of them denied, by a fixed sequence that looks like chance. */
function hour(): Record<string, unknown>[] {
  let seed = 7;
  const below = (end: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((seed / 2 ** 31) * end);
  };
  return Array.from({ length: 1500 }, () => {
    const port = PORTS[below(PORTS.length)] as number;
    // Each port is denied from another time on, and the last one always.
    const from = (port - 79) * 500_000;
    // Half of the flows are close to that, so that first drops lie between others of their bucket.
    const ms = below(2) === 0 ? below(3_600_000) : from - 1500 + below(3000);
    const isDenied = port === 85 || (ms > from && below(3) === 0);
    const isReply = !isDenied && below(2) === 0;
    const ends = [
      { ID: 1, namespace: "shop", pod_name: "web-0", identity: 900 },
      { ID: 2, namespace: "shop", pod_name: "api-0", identity: 901 },
    ];
    const ports = { source_port: 40_000 + below(9), destination_port: port };
    return {
      time: new Date(Date.UTC(2026, 7, 21, 12) + ms).toISOString(),
      verdict: isDenied ? "DROPPED" : "FORWARDED",
      drop_reason_desc: isDenied ? "POLICY_DENIED" : undefined,
      event_type: isDenied ? { type: 1, sub_type: 133 } : { type: 4 },
      trace_observation_point: isDenied ? undefined : (["TO_ENDPOINT", "TO_STACK"][below(2)] as string),
      traffic_direction: "EGRESS",
      is_reply: isDenied ? undefined : isReply,
      IP: isReply
        ? { source: "10.0.0.2", destination: "10.0.0.1" }
        : { source: "10.0.0.1", destination: "10.0.0.2" },
      l4: {
        TCP: {
          source_port: isReply ? ports.destination_port : ports.source_port,
          destination_port: isReply ? ports.source_port : ports.destination_port,
          flags: below(9) === 0 ? { RST: true } : isReply ? { ACK: true } : { SYN: true },
        },
      },
      source: isReply ? ends[1] : ends[0],
      destination: isReply ? ends[0] : ends[1],
    };
  });
}

it("is told by roll-ups and cut buckets as it is by all flows", () => {
  const flows = hour();
  const capture = new TestCapture();
  capture.add("a", lines(...flows.map((flow, n) => line(n, flow))));
  const { database } = capture;
  const causes = database.prepare("SELECT id, port FROM Cause WHERE kind = 'drop'").rows([]);
  expect(causes).toHaveLength(PORTS.length);
  const rolled = readWorked(database);
  for (const [id, port] of causes)
    expect(rolled.get(Number(id)) ?? NEVER_WORKED).toEqual(workedAt(flows, Number(port)));
  // Without roll-ups the flows are asked.
  database.exec("DELETE FROM RollUpLevel");
  expect(readWorked(database)).toEqual(rolled);
});

/** The rule, over the records themselves. */
function workedAt(flows: readonly Record<string, unknown>[], port: number): EdgeWorked {
  const ofPort = flows
    .map((flow) => JSON.parse(JSON.stringify(flow)))
    .filter(({ l4: { TCP } }) => TCP.source_port === port || TCP.destination_port === port)
    .map((flow) => ({ ...flow, ns: BigInt(Date.parse(flow.time)) * 1_000_000n }));
  const times = (of: typeof ofPort): bigint[] =>
    of.map(({ ns }) => ns as bigint).sort((a, b) => (a < b ? -1 : 1));
  const first = times(ofPort.filter(({ verdict }) => verdict === "DROPPED"))[0] as bigint;
  const worked = ofPort.filter(
    ({ verdict, is_reply, trace_observation_point, l4 }) =>
      verdict === "FORWARDED" &&
      l4.TCP.flags.RST === undefined &&
      (is_reply === true || trace_observation_point === "TO_ENDPOINT"),
  );
  const before = worked.filter(({ ns }) => ns < first);
  return {
    beforeNs: times(before).at(-1) ?? null,
    sinceNs: times(worked.filter(({ ns }) => ns >= first))[0] ?? null,
    deliveredNs: times(before.filter(({ is_reply }) => is_reply === false)).at(-1) ?? null,
    answeredNs: times(before.filter(({ is_reply }) => is_reply === true)).at(-1) ?? null,
  };
}
