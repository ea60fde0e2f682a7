import { describe, expect, it, onTestFinished } from "vitest";
import { line, lines, TestCapture } from "@/lib/jobs/testing";
import type { FlowDetailAnswer } from "./answers";
import { readFlow } from "./flow";
import { readFlows } from "./flows";
import { OpenCapture } from "./open-capture";

const WEB = { namespace: "shop", pod_name: "web-1", identity: 1000 };
const DB = { namespace: "shop", pod_name: "db-0", identity: 2000 };
const DNS = { namespace: "kube-system", pod_name: "coredns-1", identity: 3000 };

type Members = Readonly<Record<string, unknown>>;

/** A packet from 10.0.0.1:40000 to 10.0.0.2:5432, or back. */
function packet(
  seconds: number,
  flags: string,
  members: Members = {},
  way: "there" | "back" = "there",
): string {
  const there = way === "there";
  const [ips, ports, ends] = [
    there ? ["10.0.0.1", "10.0.0.2"] : ["10.0.0.2", "10.0.0.1"],
    there ? [40000, 5432] : [5432, 40000],
    there ? [WEB, DB] : [DB, WEB],
  ];
  return line(seconds, {
    IP: { source: ips[0], destination: ips[1], ipVersion: "IPv4" },
    l4: {
      TCP: {
        source_port: ports[0],
        destination_port: ports[1],
        flags: Object.fromEntries(flags.split(",").map((flag) => [flag, true])),
      },
    },
    source: ends[0],
    destination: ends[1],
    event_type: { type: 4, sub_type: there ? 3 : 0 },
    trace_observation_point: there ? "TO_STACK" : "TO_ENDPOINT",
    is_reply: !there,
    ...members,
  });
}

const IN = { node_name: "n2", event_type: { type: 4 }, trace_observation_point: "TO_ENDPOINT" };
const VERDICT = { event_type: { type: 5 }, trace_observation_point: undefined };
const DENIED = {
  verdict: "DROPPED",
  drop_reason_desc: "POLICY_DENIED",
  is_reply: undefined,
  traffic_direction: "EGRESS",
  trace_observation_point: undefined,
};

/** A question or an answer, on the way from 10.0.0.1:50000 to the resolver. */
function dns(seconds: number, type: "REQUEST" | "RESPONSE", answer: Members = {}): string {
  const isAnswer = type === "RESPONSE";
  const [client, server] = ["10.0.0.1", "10.0.0.53"];
  return line(seconds, {
    Type: "L7",
    IP: { source: isAnswer ? server : client, destination: isAnswer ? client : server },
    l4: {
      UDP: { source_port: isAnswer ? 53 : 50000, destination_port: isAnswer ? 50000 : 53 },
    },
    source: isAnswer ? DNS : WEB,
    destination: isAnswer ? WEB : DNS,
    is_reply: isAnswer,
    traffic_direction: "EGRESS",
    event_type: { type: 129 },
    l7: { type, dns: { query: "db.shop.example.", qtypes: ["A"], observation_source: "proxy", ...answer } },
  });
}

function reader(...texts: readonly string[]): { open: OpenCapture; ids: string[] } {
  const capture = new TestCapture();
  capture.add("a", lines(...texts));
  return readerOf(capture);
}

function readerOf(capture: TestCapture): { open: OpenCapture; ids: string[] } {
  const opened = OpenCapture.open(capture.file);
  if (!opened.ok) throw new Error(opened.failure.message);
  onTestFinished(() => opened.value.close());
  const page = opened.value.ask((one) => readFlows(one, { limit: 500, order: "asc", total: false }));
  if (!page.ok) throw new Error(page.failure.message);
  return { open: opened.value, ids: page.value.flows.map(({ id }) => id) };
}

function ask(open: OpenCapture, id: string | undefined): FlowDetailAnswer {
  const answer = open.ask((capture) => readFlow(capture, id ?? ""));
  if (!answer.ok) throw new Error(answer.failure.message);
  return answer.value;
}

/** Second, direction, step, and the number of the record that stands for the same packet. */
function drawn({ connection }: FlowDetailAnswer): string[] {
  const numbers = new Map(connection.map(({ id }, at) => [id, at]));
  return connection.map(({ time, fromClient, step, samePacketAs, sameBecause }) => {
    const same = samePacketAs === null ? "" : ` = ${numbers.get(samePacketAs)} ${sameBecause}`;
    return `${Number(time?.slice(17, -1))} ${fromClient ? ">" : "<"} ${step}${same}`;
  });
}

describe("the connection of a flow", () => {
  const handshake = [
    packet(10, "SYN", VERDICT),
    packet(10.001, "SYN"),
    packet(10.002, "SYN", IN),
    packet(10.003, "SYN,ACK", {}, "back"),
    packet(10.5, "ACK"),
    packet(11, "FIN,ACK"),
  ];

  it("has all records of its 5-tuple in order, from whichever of them one asks", () => {
    const other = packet(10.3, "SYN", { IP: { source: "10.0.0.9", destination: "10.0.0.2" } });
    const { open, ids } = reader(...handshake, other, packet(80, "ACK"));
    const expected = [
      "10 > verdict",
      "10.001 > trace = 0 trace-point",
      "10.002 > trace = 0 node",
      "10.003 < trace",
      "10.5 > trace",
      "11 > trace",
    ];
    const [first, , , answer] = ids;
    for (const id of [first, answer, ids.at(-2)]) expect(drawn(ask(open, id))).toEqual(expected);
    const { story, connectionNote } = ask(open, answer);
    expect(connectionNote).toBeNull();
    expect(story).toMatchObject({
      protocol: "TCP",
      client: { pod: "web-1", ip: "10.0.0.1", port: 40000 },
      server: { pod: "db-0", ip: "10.0.0.2", port: 5432 },
      isClientKnown: true,
      isWhole: true,
      attempt: {
        outcome: 1,
        text: "answered",
        records: 6,
        syns: 1,
        first: "2026-08-21T12:00:10.000000000Z",
        last: "2026-08-21T12:00:11.000000000Z",
      },
      resolved: null,
    });
    // The same ports 69 s later are another piece.
    expect(drawn(ask(open, ids.at(-1)))).toEqual(["20 > trace"]);
  });

  it("tells retries from sightings, and a verdict from its drop", () => {
    const { open, ids } = reader(
      packet(10, "SYN", { ...DENIED, ...VERDICT }),
      packet(10.001, "SYN", { ...DENIED, event_type: { type: 1, sub_type: 133 } }),
      packet(11, "SYN", { ...DENIED, ...VERDICT }),
      packet(11.001, "SYN", { ...DENIED, event_type: { type: 1, sub_type: 133 } }),
    );
    const answer = ask(open, ids[2]);
    expect(drawn(answer)).toEqual([
      "10 > verdict = 1 verdict",
      "10.001 > drop",
      "11 > verdict = 3 verdict",
      "11.001 > drop",
    ]);
    expect(answer.story?.attempt).toMatchObject({ outcome: 3, syns: 2, records: 4 });
    expect(answer.twin).toBe(ids[3]);
  });

  it("begins with the name that its client had asked for", () => {
    const { open, ids } = reader(
      dns(5, "REQUEST"),
      dns(5.01, "RESPONSE", { ips: ["10.0.0.2", "10.0.0.3"], ttl: 4 }),
      ...handshake,
      dns(12, "REQUEST"),
      dns(12.01, "RESPONSE", { ips: ["10.0.0.2"], ttl: 30 }),
    );
    expect(ask(open, ids[4]).story?.resolved).toEqual({
      query: "db.shop.example",
      id: ids[1],
      answered: "2026-08-21T12:00:05.010000000Z",
      ttlSeconds: 4,
      ageNs: "4990000000",
      isExpired: true,
    });
    // A question of the same client is a connection of its own, with both messages.
    expect(drawn(ask(open, ids[0]))).toEqual(
      ["5 > request", "5.01 < response"].concat("12 > request", "12.01 < response"),
    );
  });

  it("knows no name when another client had asked, or the answer came later", () => {
    const { open, ids } = reader(
      dns(5, "RESPONSE", { ips: ["10.0.0.2"], ttl: 60 }).replaceAll('"10.0.0.1"', '"10.0.0.7"'),
      ...handshake,
      dns(12.01, "RESPONSE", { ips: ["10.0.0.2"], ttl: 30 }),
    );
    expect(ask(open, ids[2]).story?.resolved).toBeNull();
  });

  it("lists the nearest records of a long one with the first, and says so", () => {
    const many = Array.from({ length: 480 }, (_, at) => packet(1 + at / 20, "ACK"));
    const { open, ids } = reader(packet(0, "SYN"), ...many);
    const answer = ask(open, ids[400]);
    expect(answer.connection).toHaveLength(1 + 250 + 1 + 80);
    expect(answer.connection.map(({ id }) => id)).toEqual([ids[0], ...ids.slice(150)]);
    expect(answer.story).toMatchObject({ isWhole: false, attempt: { records: 481 } });
    expect(answer.connectionNote).toBe(
      "The connection has more records: the 250 before and the 250 behind this one are listed.",
    );
  });

  it("of ICMP is what went between both addresses within 65 s", () => {
    const echo = (seconds: number, type: number, way: "there" | "back") =>
      packet(seconds, "", { l4: { ICMPv4: { type } } }, way);
    const { open, ids } = reader(
      echo(0, 8, "there"),
      echo(65, 8, "there"),
      echo(65.1, 0, "back"),
      echo(131, 8, "there"),
    );
    const answer = ask(open, ids[1]);
    expect(drawn(answer)).toEqual(["0 > trace", "5 > trace", "5.1 < trace"]);
    expect(answer.story).toMatchObject({ attempt: null, protocol: "ICMPv4", isWhole: true });
  });

  it.each([
    ["no time", packet(1, "SYN", { time: "noon" }), /no time/],
    ["no ports", packet(1, "SYN", { l4: { TCP: { destination_port: 80 } } }), /both ports/],
    ["no protocol", packet(1, "SYN", { l4: undefined }), /protocol/],
    [
      "no address and no name",
      packet(1, "SYN", { IP: { source: "10.0.0.1" }, destination: {} }),
      /neither addresses nor names/,
    ],
  ])("is empty for a record with %s, and says why", (_name, text, why) => {
    const { open, ids } = reader(text, packet(2, "SYN"));
    const found = ids.map((id) => ask(open, id)).find(({ connection }) => connection.length === 0);
    expect(found).toMatchObject({ story: null, connection: [] });
    expect(found?.connectionNote).toMatch(why);
  });

  it("is empty while the file is on its way, which is no lack of the record", () => {
    const capture = new TestCapture();
    capture.load("a", lines(...handshake));
    const { open, ids } = readerOf(capture);
    const { connection, connectionNote } = ask(open, ids[0]);
    expect(connection).toEqual([]);
    expect(connectionNote).toBe("The connection is found when the file has been read to its end.");
  });
});
