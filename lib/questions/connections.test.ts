import { describe, expect, it, onTestFinished } from "vitest";
import { line, lines, TestCapture } from "@/lib/jobs/testing";
import type { ConnectionsBy } from "./answers-workloads";
import { readConnections } from "./connections";
import { readConnectionsTimeline } from "./connections-timeline";
import { OpenCapture } from "./open-capture";
import { readServices } from "./services";
import { readSummary } from "./summary";
import { readWorkloads } from "./workloads";

type Name = "web" | "api" | "db";
const IPS: Readonly<Record<Name, string>> = { web: "10.0.0.1", api: "10.0.0.2", db: "10.0.0.3" };
const PORTS: Readonly<Record<Name, number>> = { web: 80, api: 8080, db: 5432 };

const endpoint = (name: Name) => ({
  ...{ namespace: "shop", pod_name: `${name}-0` },
  workloads: [{ kind: "StatefulSet", name }],
});

/** One packet of a connection that web opened from this port. */
function packet(
  at: number,
  port: number,
  server: Name,
  flags: string,
  isReply = false,
  flow: object = {},
): string {
  const [from, to] = isReply ? [server, "web" as const] : ["web" as const, server];
  const ports = [port, PORTS[server]];
  const [source_port, destination_port] = isReply ? ports.toReversed() : ports;
  return line(at, {
    ...{ Type: "L3_L4", event_type: { type: 4 }, trace_observation_point: "TO_ENDPOINT", is_reply: isReply },
    ...{ source: endpoint(from), destination: endpoint(to), IP: { source: IPS[from], destination: IPS[to] } },
    l4: {
      TCP: {
        ...{ source_port, destination_port },
        flags: Object.fromEntries(flags.split(" ").map((flag) => [flag, true])),
      },
    },
    ...flow,
  });
}

const dropped = (direction: "EGRESS" | "INGRESS") => ({
  ...{ verdict: "DROPPED", event_type: { type: 1, sub_type: 133 }, drop_reason_desc: "POLICY_DENIED" },
  ...{ traffic_direction: direction, is_reply: undefined, trace_observation_point: undefined },
});

const handshake = (at: number, port: number, server: Name): string[] => [
  packet(at, port, server, "SYN"),
  packet(at + 0.001, port, server, "SYN ACK", true),
  packet(at + 0.002, port, server, "ACK"),
];

/** Each fate once, and those of db: never answered. */
const LOG = [
  // Ended by both after two seconds.
  ...handshake(1, 4001, "api"),
  packet(3, 4001, "api", "FIN ACK"),
  packet(3, 4001, "api", "FIN ACK", true),
  // Reset by the server after one second, and by the client after half of one.
  ...handshake(10, 4002, "api"),
  packet(11, 4002, "api", "RST", true),
  ...handshake(20, 4003, "api"),
  packet(20.5, 4003, "api", "RST"),
  // Refused.
  packet(30, 4004, "api", "SYN"),
  packet(30.001, 4004, "api", "RST ACK", true),
  // Nobody answers, though the client tries again.
  packet(40, 4005, "db", "SYN"),
  packet(41, 4005, "db", "SYN"),
  packet(43, 4005, "db", "SYN"),
  // Dropped on either side.
  packet(50, 4006, "db", "SYN", false, dropped("EGRESS")),
  packet(51, 4007, "db", "SYN", false, dropped("INGRESS")),
  // Open before the log began; and one that is open when it ends.
  packet(60, 4008, "api", "ACK PSH"),
  packet(118, 4009, "api", "SYN"),
  packet(120, 4010, "api", "ACK PSH"),
];

function open(...records: string[]): OpenCapture {
  const capture = new TestCapture();
  capture.add("a", lines(...records));
  const opened = OpenCapture.open(capture.file);
  if (!opened.ok) throw new Error(opened.failure.message);
  onTestFinished(() => opened.value.close());
  return opened.value;
}

function connections(capture: OpenCapture, by: ConnectionsBy) {
  const answer = capture.ask((asked) => readConnections(asked, { by, limit: 100 }));
  if (!answer.ok) throw new Error(answer.failure.message);
  return answer.value;
}

describe("connections, each followed to its end", () => {
  it("are told apart by what became of them, and who reset whom", () => {
    const { total } = connections(open(...LOG), "edge");
    expect(total.attempts).toBe(8);
    expect(total.outcomes).toEqual({
      // Ended, reset by the server, reset by the client.
      answered: 3,
      ...{ refused: 1, "dropped-at-client": 1, "dropped-at-server": 1, "no-reply": 1, open: 1 },
      "open-already": 2,
      ...{ "reset-by-client": 1, "reset-by-server": 1, closed: 1, timed: 3 },
    });
    expect(total.resets).toBe(2);
    expect(total.lengthNs.samples).toBe(3);
    // Half a second, one, two.
    expect(Math.abs(Number(total.lengthNs.p50) / 1e9 - 1)).toBeLessThan(0.01);
  });

  it("are not known, never none, where no record has ports and a time: as the summary has it", () => {
    const untimed = line(undefined, { l4: { TCP: { source_port: 4001, destination_port: 80 } } });
    const portless = line(1, { l4: { TCP: {} } });
    const udp = line(1, { l4: { UDP: { source_port: 4001, destination_port: 53 } } });
    const found = [[untimed], [portless], [udp, portless]].map((records) => {
      const capture = open(...records);
      const timeline = capture.ask((asked) =>
        readConnectionsTimeline(asked, { by: "outcome", of: "attempts", buckets: 10, limit: 20 }),
      );
      const summary = capture.ask((asked) => readSummary(asked, {}));
      if (!timeline.ok || !summary.ok) throw new Error("no answer");
      const { attempts, resets } = connections(capture, "edge").total;
      expect(summary.value.attempts === null).toBe(attempts === null);
      return [attempts, resets, timeline.value.total];
    });
    expect(found).toEqual([
      [null, null, null],
      [null, null, null],
      [0, 0, 0],
    ]);
  });

  it("name first who never answered", () => {
    const { rows } = connections(open(...LOG), "edge");
    expect(rows.map(({ key, neverAnswered, attempts }) => [key, neverAnswered, attempts])).toEqual([
      [{ client: "shop/web", server: "shop/db", port: 5432 }, true, 3],
      [{ client: "shop/web", server: "shop/api", port: 8080 }, false, 5],
    ]);
    const pods = connections(open(...LOG), "pod").rows.map(({ key, outcomes }) => [
      key.pod,
      outcomes.answered,
    ]);
    expect(pods).toEqual([
      ["shop/db-0", undefined],
      ["shop/api-0", 3],
    ]);
  });

  it("stand in the bucket of their first packet", () => {
    const asked = { by: "outcome", of: "unanswered", buckets: 14, limit: 20 } as const;
    const answer = open(...LOG).ask((capture) => readConnectionsTimeline(capture, asked));
    if (!answer.ok) throw new Error(answer.failure.message);
    const { bucketNs, fromNs, series } = answer.value;
    expect(bucketNs).toBe("10000000000");
    const places = series.map(({ key, points }) => [
      key.outcome,
      points.map(([start, n]) => [Number((BigInt(start) - BigInt(fromNs ?? 0)) / BigInt(bucketNs)), n]),
    ]);
    expect(places).toEqual([
      ["dropped-at-client", [[5, 1]]],
      ["dropped-at-server", [[5, 1]]],
      ["no-reply", [[4, 1]]],
    ]);
  });

  it("are what the workload counts", () => {
    const answer = open(...LOG).ask((capture) => readWorkloads(capture, { limit: 10 }));
    if (!answer.ok) throw new Error(answer.failure.message);
    const of = (name: string) => answer.value.rows.find(({ workload }) => workload === `shop/${name}`);
    expect(of("api")).toMatchObject({ syn: 5, unanswered: 0, refused: 1, rst: 2, fin: 1, drops: 0 });
    expect(of("db")).toMatchObject({
      syn: 3,
      unanswered: 3,
      refused: 0,
      rst: 0,
      fin: 0,
      drops: 2,
      events: 5,
    });
    expect(of("web")).toMatchObject({ syn: 0, drops: 2, events: LOG.length });
  });
});

describe("services", () => {
  const services = (...records: string[]) => {
    const answer = open(...records).ask((capture) => readServices(capture, { limit: 10 }));
    if (!answer.ok) throw new Error(answer.failure.message);
    return answer.value.rows;
  };
  const named = { destination_service: { namespace: "shop", name: "api" } };
  const noBackend = {
    ...{ verdict: "DROPPED", event_type: { type: 1, sub_type: 158 }, traffic_direction: "EGRESS" },
    ...{
      drop_reason_desc: "SERVICE_BACKEND_NOT_FOUND",
      is_reply: undefined,
      trace_observation_point: undefined,
    },
  };

  it("have their traffic by who answered, and drops for want of a backend", () => {
    const rows = services(
      packet(1, 4001, "api", "SYN", false, named),
      packet(1.1, 4001, "api", "SYN ACK", true, { source_service: { namespace: "shop", name: "api" } }),
      packet(2, 4002, "db", "SYN", false, named),
      packet(3, 4003, "api", "SYN"),
      packet(4, 4004, "api", "SYN", false, { ...named, ...noBackend }),
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ namespace: "shop", name: "api", address: null, events: 4, noBackend: 1 });
    expect(rows[0]?.backends).toEqual([
      { pod: "shop/api-0", events: 3 },
      { pod: "shop/db-0", events: 1 },
    ]);
  });

  it("name the pods to which sockets were led, where nothing stands between the two events", () => {
    const admin = { destination_service: { namespace: "shop", name: "admin" } };
    const socket = (
      at: number,
      before: boolean,
      destination: object,
      ip: string,
      service: object = named,
    ): string =>
      packet(at, 4001, "api", "", false, {
        ...{
          Type: "SOCK",
          verdict: before ? "TRACED" : "TRANSLATED",
          event_type: { type: 7, sub_type: before ? 1 : 2 },
        },
        ...{ is_reply: undefined, trace_observation_point: undefined, destination },
        sock_xlate_point: `SOCK_XLATE_POINT_${before ? "PRE" : "POST"}_DIRECTION_FWD`,
        ...{ IP: { source: IPS.web, destination: ip }, l4: { TCP: { destination_port: 80 } } },
        ...(before && service),
      });
    const asked = (at: number) => socket(at, true, {}, "10.96.0.12");
    const rows = services(
      ...[asked(1), socket(1.0001, false, endpoint("api"), IPS.api)],
      ...[asked(2), socket(2.0001, false, endpoint("api"), IPS.api)],
      // Two at once: which led where is not known. And one that came too late.
      ...[asked(3), asked(3.0001), socket(3.0002, false, endpoint("db"), IPS.db)],
      ...[asked(4), socket(4.002, false, endpoint("db"), IPS.db)],
      // Another service with the same pod.
      ...[socket(5, true, {}, "10.96.0.13", admin), socket(5.0001, false, endpoint("api"), IPS.api)],
    );
    expect(rows).toMatchObject([
      { name: "api", events: 5, translatedTo: [{ pod: "shop/api-0", events: 2 }] },
      { name: "admin", events: 1, translatedTo: [{ pod: "shop/api-0", events: 1 }] },
    ]);
  });

  it("stand under their address where such a drop names no service", () => {
    const to = { IP: { source: IPS.web, destination: "10.96.0.12" }, destination: {} };
    const rows = services(
      packet(1, 4001, "api", "SYN", false, { ...noBackend, ...to }),
      packet(2, 4002, "api", "SYN", false, { ...noBackend, ...to }),
      // Another reason is no matter of a service.
      packet(3, 4003, "api", "SYN", false, { ...dropped("EGRESS"), ...to }),
    );
    expect(rows).toMatchObject([
      { namespace: null, name: null, address: "10.96.0.12", noBackend: 2, backends: [], translatedTo: [] },
    ]);
  });
});
