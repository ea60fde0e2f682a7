/** DNS answers and the connections behind them. Imported by tests only. */

import { line } from "./testing";

const side = (pod: string) => ({ namespace: "shop", pod_name: pod, identity: 1000 });
const WORLD = { identity: 2, labels: ["reserved:world"] };
const IP: Readonly<Record<string, string>> = { "web-0": "10.0.0.1", "api-0": "10.0.0.2", "db-0": "10.0.0.3" };
const end = (name: string) => (name in IP ? side(name) : WORLD);
const ipOf = (name: string): string => IP[name] ?? name;

/** An answer of the resolver to a pod. */
export function answer(
  seconds: number,
  pod: string,
  query: string,
  ips: readonly string[],
  ttl?: number,
): string {
  return line(seconds, {
    Type: "L7",
    IP: { source: "10.0.9.9", destination: ipOf(pod) },
    l4: { UDP: { source_port: 53, destination_port: 40_000 } },
    source: { namespace: "kube-system", pod_name: "coredns-0" },
    destination: side(pod),
    l7: {
      type: "RESPONSE",
      dns: {
        ...(query !== "" && { query: `${query}.` }),
        qtypes: ["A"],
        ips,
        ...(ttl !== undefined && { ttl }),
        observation_source: "proxy",
      },
    },
    event_type: { type: 129 },
    traffic_direction: "EGRESS",
    is_reply: true,
  });
}

type Became = "answered" | "refused" | "dropped" | "silent";
let port = 20_000;

/** A TCP connection attempt, and what came of it 10 ms later. */
export function connect(seconds: number, from: string, to: string, became: Became): string[] {
  port++;
  const packet = (at: number, flags: string[], isBack: boolean, more: Record<string, unknown> = {}) =>
    line(at, {
      IP: { source: ipOf(isBack ? to : from), destination: ipOf(isBack ? from : to) },
      l4: {
        TCP: {
          source_port: isBack ? 443 : port,
          destination_port: isBack ? port : 443,
          flags: Object.fromEntries(flags.map((flag) => [flag, true])),
        },
      },
      source: end(isBack ? to : from),
      destination: end(isBack ? from : to),
      event_type: { type: 4, sub_type: isBack ? 0 : 3 },
      trace_observation_point: isBack ? "TO_ENDPOINT" : "TO_STACK",
      is_reply: isBack,
      ...more,
    });
  const denied = {
    verdict: "DROPPED",
    drop_reason_desc: "POLICY_DENIED",
    event_type: { type: 1, sub_type: 133 },
    is_reply: undefined,
    traffic_direction: "EGRESS",
  };
  switch (became) {
    case "answered":
      return [packet(seconds, ["SYN"], false), packet(seconds + 0.01, ["SYN", "ACK"], true)];
    case "refused":
      return [packet(seconds, ["SYN"], false), packet(seconds + 0.01, ["RST", "ACK"], true)];
    case "dropped":
      return [packet(seconds, ["SYN"], false, denied)];
    case "silent":
      return [packet(seconds, ["SYN"], false)];
  }
}

/** Two names, an address that nobody had asked for, and one that another pod had. */
export const STORY: readonly string[] = [
  answer(1, "web-0", "a.example", ["192.0.2.7", "192.0.2.9"], 30),
  ...connect(2, "web-0", "192.0.2.7", "answered"),
  ...connect(3, "api-0", "192.0.2.7", "dropped"),
  answer(4, "web-0", "b.example", ["192.0.2.8"]),
  ...connect(5, "web-0", "192.0.2.8", "silent"),
  ...connect(6, "web-0", "198.51.100.1", "refused"),
  ...connect(7, "web-0", "db-0", "answered"),
  ...connect(20, "web-0", "192.0.2.7", "dropped"),
  ...connect(25, "web-0", "192.0.2.9", "answered"),
  // 39 s and 49 s behind an answer of 30 s.
  ...connect(40, "web-0", "192.0.2.7", "refused"),
  ...connect(50, "web-0", "192.0.2.7", "answered"),
  answer(60, "web-0", "a.example", ["192.0.2.7"], 30),
  line(1000),
];

/** Behind the story: connections that one term less would mix up, each beside the one that it would be mixed up with. */
export function lookAlikes(): readonly string[] {
  return [
    // A peer of the same name calls another one: the address alone would find both.
    answer(70, "web-0", "peers.shop", [ipOf("api-0"), ipOf("db-0")]),
    answer(70, "api-0", "peers.shop", [ipOf("api-0"), ipOf("db-0")]),
    ...connect(71, "web-0", "api-0", "answered"),
    ...connect(72, "api-0", "db-0", "refused"),
    // Two that call one unexplained address, and one that calls two; a name that two clients use too late.
    ...connect(73, "api-0", "198.51.100.1", "answered"),
    ...connect(74, "web-0", "198.51.100.2", "answered"),
    answer(75, "api-0", "a.example", ["192.0.2.7"], 30),
    ...connect(120, "api-0", "192.0.2.7", "answered"),
  ];
}
