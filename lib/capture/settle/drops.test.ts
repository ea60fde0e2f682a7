import { describe, expect, it } from "vitest";
import { formatTime } from "@/lib/base/time";
import { line, lines, TestCapture } from "@/lib/jobs/testing";
import { OF_ANY_DROP } from "../denied-kinds";
import { runSteps } from "./steps";

const pod = (text: string) => ({
  namespace: text.split("/")[0],
  pod_name: text.split("/")[1],
  identity: 900,
});
const ips: Record<string, string> = {
  "shop/web-0": "10.0.0.1",
  "shop/api-0": "10.0.0.2",
  "bank/ledger-0": "10.0.0.3",
};
const side = (text: string) => (ips[text] === undefined ? { identity: 2 } : pod(text));

type Members = Record<string, unknown>;

/** A denied TCP SYN of shop/web-0 to shop/api-0:8080, at a time in milliseconds. `event`: 1 the drop record, 5 the verdict. */
function denied(
  ms: number,
  event: 1 | 5 | undefined,
  more: Members = {},
  to = "shop/api-0",
  port = 8080,
): string {
  return line(ms / 1000, {
    verdict: "DROPPED",
    time: new Date(Date.UTC(2026, 7, 21, 12))
      .toISOString()
      .replace("00.000Z", `${(ms / 1000).toFixed(9).padStart(12, "0")}Z`),
    event_type: event === undefined ? undefined : { type: event, sub_type: event === 1 ? 133 : 0 },
    drop_reason_desc: "POLICY_DENIED",
    traffic_direction: "EGRESS",
    IP: { source: "10.0.0.1", destination: ips[to] ?? to },
    l4: { TCP: { source_port: 40_000, destination_port: port, flags: { SYN: true } } },
    source: side("shop/web-0"),
    destination: side(to),
    ...more,
  });
}

/** A drop record of `SYN 65`: flags or protocol, and seconds. */
function packet(text: string): string {
  const [what = "", seconds = ""] = text.split(" ");
  const ports = { source_port: 123, destination_port: 123 };
  const flags = what === "TCP" ? {} : { flags: { [what]: true } };
  return denied(0, 1, {
    time: formatTime(
      BigInt(Date.UTC(2026, 7, 21, 12)) * 1_000_000n + BigInt(Math.round(Number(seconds) * 1e9)),
    ),
    l4: what === "UDP" ? { UDP: ports } : { TCP: { ...ports, ...flags } },
  });
}

const request = (ms: number, more: Members = {}) =>
  denied(ms, undefined, {
    Type: "L7",
    event_type: { type: 129 },
    drop_reason_desc: undefined,
    l4: { TCP: { source_port: 40_000, destination_port: 8080 } },
    l7: { type: "REQUEST", http: { method: "DELETE", url: "/admin" } },
    is_reply: false,
    ...more,
  });

function capture(...texts: string[]): TestCapture {
  const made = new TestCapture();
  made.add("a", lines(...texts));
  return made;
}

/** Each drop: how many, with or without a verdict record, and the marks. */
function drops(made: TestCapture): string[] {
  return made.database
    .prepare(
      `SELECT j.drops, CASE WHEN j.verdictId IS NULL THEN 'alone' ELSE 'joined' END AS how, j.certain, j.noise, j.atMost, j.opens
       FROM JoinedDrop j JOIN Flow f ON f.id = j.id ORDER BY j.timeNs, f.hash`,
    )
    .all([])
    .map(({ drops: n, how, certain, noise, atMost, opens }) =>
      [n, how, certain && "certain", noise && "noise", atMost && "at-most", opens && "opens"]
        .filter(Boolean)
        .join(" "),
    );
}

/** Both records of each drop, and every one of them once. */
const RECORDS =
  "SELECT id FROM JoinedDrop UNION ALL SELECT verdictId FROM JoinedDrop WHERE verdictId IS NOT NULL";

function ids(made: TestCapture, sql: string): number[] {
  return made.database
    .prepare(`${sql} ORDER BY 1`)
    .all([])
    .map(({ id }) => Number(id));
}

function causes(made: TestCapture, columns = "type, count, class"): string[] {
  return made.database
    .prepare(`SELECT ${columns} FROM Cause WHERE kind = 'drop' ORDER BY position`)
    .all([])
    .map((row) => Object.values(row).join(" "));
}

describe("a denial", () => {
  it.each<readonly [string, string[], string[]]>([
    ["that both records tell counts once", [denied(0, 5), denied(1, 1)], ["1 joined certain opens"]],
    [
      "a nanosecond beyond 1 ms is two",
      [denied(0, 5), denied(1.000001, 1)],
      ["1 alone certain opens", "1 alone"],
    ],
    [
      "two drop records are two",
      [denied(0, 1), denied(0.5, 1), denied(0.2, 5)],
      ["1 joined certain opens", "1 alone"],
    ],
    ["of a verdict record alone is one drop", [denied(0, 5)], ["1 alone certain opens"]],
    [
      "of another node is another",
      [denied(0, 5), denied(0, 1, { node_name: "n2" })],
      ["1 alone certain opens", "1 alone"],
    ],
    [
      "of another direction is another",
      [denied(0, 5), denied(0, 1, { traffic_direction: "INGRESS" })],
      ["1 alone certain opens", "1 alone"],
    ],
    [
      "of another port is another",
      [denied(0, 5), denied(0.1, 1, {}, "shop/api-0", 81)],
      ["1 alone certain opens", "1 alone opens"],
    ],
    [
      "whose verdict record gives another reason is joined, but not certain",
      [denied(0, 5, { drop_reason_desc: "POLICY_DENY" }), denied(0.1, 1)],
      ["1 joined opens"],
    ],
    [
      "with a masked event type is not joined, and counts at most",
      [denied(0, undefined), denied(0.1, undefined)],
      ["1 alone at-most opens", "1 alone at-most"],
    ],
    [
      "with a masked node is not joined, and counts at most",
      [denied(0, 5, { node_name: undefined }), denied(0.1, 1, { node_name: undefined })],
      ["1 alone certain at-most opens", "1 alone at-most"],
    ],
    [
      "with masked addresses is told by the pods' names",
      [denied(0, 5, { IP: undefined }), denied(0.1, 1, { IP: undefined })],
      ["1 joined certain opens"],
    ],
    [
      "with masked addresses and names is not joined, and counts at most",
      [
        denied(0, 5, { IP: undefined, source: {}, destination: {} }),
        denied(0.1, 1, { IP: undefined, source: {}, destination: {} }),
      ],
      ["1 alone certain at-most opens", "1 alone at-most opens"],
    ],
    [
      "of an aggregated record counts what it stands for, at most",
      [denied(0, 1, { aggregate: { egress_flow_count: 30 } })],
      ["30 alone at-most opens"],
    ],
    ["of a request counts once", [request(0)], ["1 alone opens"]],
    ["the proxy's answer to it is none", [request(0, { l7: { type: "RESPONSE", http: { code: 403 } } })], []],
    ["in audit mode is none", [denied(0, 5, { verdict: "AUDIT" })], []],
    ["an error is none", [denied(0, 1, { verdict: "ERROR" })], []],
    ["a retransmission that Retina saw is none", [denied(0, 1, { verdict: 15 })], []],
    [
      "what loses nothing is none",
      ["NAT_NOT_NEEDED", "IGMP_HANDLED", "IGMP_SUBSCRIBED", "MULTICAST_HANDLED", "DROP_PUNT_PROXY"].map(
        (name, at) => denied(at, 1, { drop_reason_desc: name, event_type: { type: 1 } }),
      ),
      [],
    ],
    [
      "router solicitations are noise",
      [denied(0, 1, { drop_reason_desc: "UNSUPPORTED_L3_PROTOCOL", event_type: { type: 1, sub_type: 139 } })],
      ["1 alone noise opens"],
    ],
    [
      "of ICMP is told by type and code",
      [
        denied(0, 5, { l4: { ICMPv4: { type: 8 } } }),
        denied(0.1, 1, { l4: { ICMPv4: { type: 8 } } }),
        denied(0.2, 1, { l4: { ICMPv4: { type: 3, code: 1 } } }),
      ],
      // Without ports each packet is a try of its own.
      ["1 joined certain opens", "1 alone opens"],
    ],
    [
      "without a time is alone, and counts at most",
      [
        line(
          undefined,
          JSON.parse(denied(0, 5)).flow && { ...JSON.parse(denied(0, 5)).flow, time: undefined },
        ),
        denied(0, 1),
      ],
      ["1 alone certain at-most opens", "1 alone opens"],
    ],
    // `+` opens a try, `-` goes on with one.
    ...(
      [
        ["the same try while its SYN is denied again within 65 s", ["SYN 0", "SYN 65", "SYN 130"], "+--"],
        ["another when more than 65 s went by", ["SYN 0", "SYN 65.000000001"], "++"],
        ["the same without flags, which say nothing against a SYN", ["TCP 0", "TCP 65"], "+-"],
        [
          "another when what is no SYN rested for more than 30 s",
          ["ACK 0", "ACK 30", "ACK 60.000000001"],
          "+-+",
        ],
        ["another 31 s after more than SYNs", ["SYN 0", "ACK 1", "SYN 32"], "+-+"],
        // NTP asks every 64 s, from one port.
        ["another of UDP after more than 30 s", ["UDP 0", "UDP 30", "UDP 94", "UDP 158"], "+-++"],
      ] as const
    ).map(([how, packets, tries]): [string, string[], string[]] => [
      `is ${how}`,
      packets.map(packet),
      [...tries].map((mark) => (mark === "+" ? "1 alone opens" : "1 alone")),
    ]),
  ])("%s", (_name, texts, expected) => {
    const made = capture(...texts);
    expect(drops(made)).toEqual(expected);
    expect(ids(made, `SELECT f.id FROM Flow f WHERE ${OF_ANY_DROP.sql}`)).toEqual(ids(made, RECORDS));
  });

  it("is joined although both records came in different files, and parted when one goes", () => {
    const made = new TestCapture();
    made.add("a", lines(denied(0, 1)));
    const second = made.add("b", lines(denied(0.5, 5)));
    expect(drops(made)).toEqual(["1 joined certain opens"]);
    made.remove(second.id);
    expect(drops(made)).toEqual(["1 alone opens"]);
  });

  it("is settled anew only where something changed, with the same outcome", () => {
    const made = new TestCapture();
    const far = { time: "2026-08-22T12:00:00Z" };
    made.add("a", lines(denied(0, 1), denied(0.5, 5), denied(0, 1, far)));
    made.add("b", lines(denied(0, 5, far)));
    const partly = made.database.prepare("SELECT * FROM JoinedDrop ORDER BY id").all([]);
    runSteps(made.database, { fromNs: null, toNs: null });
    expect(made.database.prepare("SELECT * FROM JoinedDrop ORDER BY id").all([])).toEqual(partly);
    expect(drops(made)).toEqual(["1 joined certain opens", "1 joined certain opens"]);
  });
});

describe("a cause", () => {
  const deny = (name: string) => ({
    drop_reason_desc: "POLICY_DENY",
    event_type: { type: 5 },
    egress_denied_by: [{ kind: "CiliumNetworkPolicy", namespace: "shop", name }],
    ingress_denied_by: [{ kind: "CiliumNetworkPolicy", namespace: "shop", name: "not-this-side" }],
  });

  it("is what one rule would fix: direction, reason, policies, both workloads, port and protocol", () => {
    const made = capture(
      denied(0, 1),
      denied(100, 1, { IP: { source: "10.0.0.9", destination: "10.0.0.2" }, source: pod("shop/web-1") }),
      denied(200, 1, {}, "shop/api-0", 81),
      denied(300, 1, {}, "bank/ledger-0"),
      denied(400, 1, { traffic_direction: "INGRESS" }),
      denied(500, 1, {}, "192.0.2.7"),
      denied(600, 5, deny("one")),
      denied(700, 5, deny("two")),
      request(800),
    );
    expect(causes(made, "direction, type, policies, clientKey, serverKey, port, count").sort()).toEqual(
      [
        "EGRESS default-deny [] shop/web shop/api 8080 2",
        "EGRESS default-deny [] shop/web shop/api 81 1",
        "EGRESS default-deny [] shop/web bank/ledger 8080 1",
        "INGRESS default-deny [] shop/web shop/api 8080 1",
        "EGRESS default-deny [] shop/web ip:192.0.2.7 8080 1",
        'EGRESS policy [{"kind":"CiliumNetworkPolicy","namespace":"shop","name":"one"}] shop/web shop/api 8080 1',
        'EGRESS policy [{"kind":"CiliumNetworkPolicy","namespace":"shop","name":"two"}] shop/web shop/api 8080 1',
        "EGRESS l7-rule [] shop/web shop/api 8080 1",
      ].sort(),
    );
  });

  it("is another where the verdict record is missing: which policy denied is not known then, whatever others name", () => {
    const bare = { drop_reason_desc: "POLICY_DENY", event_type: { type: 1, sub_type: 181 } };
    const unnamed = { drop_reason_desc: "POLICY_DENY", event_type: { type: 5 } };
    const one = '[{"kind":"CiliumNetworkPolicy","namespace":"shop","name":"one"}]';
    expect(
      causes(capture(denied(0, 5, deny("one")), denied(100, 1, bare)), "policies, count").sort(),
    ).toEqual(["[] 1", `${one} 1`].sort());
    // With a verdict record that names none it is one.
    expect(causes(capture(denied(0, 5, unnamed), denied(100, 1, bare)), "policies, count")).toEqual(["[] 2"]);
  });

  const answer = (ms: number, more: Members = {}) =>
    line(ms / 1000, {
      IP: { source: "10.0.0.2", destination: "10.0.0.1" },
      l4: { TCP: { source_port: 8080, destination_port: 41_000, flags: { ACK: true } } },
      source: pod("shop/api-0"),
      destination: pod("shop/web-0"),
      is_reply: true,
      event_type: { type: 4 },
      ...more,
    });
  const reset = { l4: { TCP: { source_port: 8080, destination_port: 41_000, flags: { RST: true } } } };

  it.each<readonly [string, string[], number]>([
    ["never worked when no answer came", [denied(5000, 1)], 1],
    ["never worked when only a reset came", [answer(0, reset), denied(5000, 1)], 1],
    [
      "never worked when another port answered",
      [answer(0, { l4: { TCP: { source_port: 81, destination_port: 41_000 } } }), denied(5000, 1)],
      1,
    ],
    ["is broken since, when it worked before", [answer(0), denied(5000, 1)], 2],
    ["is degraded when it works again", [answer(0), denied(5000, 1), answer(9000)], 3],
    ["is degraded when it worked only afterwards", [denied(5000, 1), answer(9000)], 3],
    [
      "is noise for router solicitations, whatever else",
      [
        answer(0),
        denied(5000, 1, { drop_reason_desc: "INVALID_SOURCE_IP", event_type: { type: 1, sub_type: 132 } }),
      ],
      4,
    ],
  ])("%s", (_name, texts, expected) => {
    expect(causes(capture(...texts), "class")).toEqual([String(expected)]);
  });

  it("shows a rhythm where tries come regularly", () => {
    const tries = Array.from({ length: 6 }, (_, n) =>
      denied(0, 1, {
        time: new Date(Date.UTC(2026, 7, 21, 12, n * 5, n % 2)).toISOString(),
      }),
    );
    // Gaps of 301, 299, 301, 299, 301 s: the middle is 301.
    expect(causes(capture(...tries), "rhythmNs / 1000000000")).toEqual(["301"]);
    expect(causes(capture(...tries.slice(0, 4)), "rhythmNs")).toEqual([""]);
  });

  it("has the same id and example whatever the order, and in another capture", () => {
    const texts = [denied(0, 1), denied(0, 1, { Summary: "x" }), denied(9000, 5), request(1)];
    const told = (made: TestCapture) =>
      made.database
        .prepare("SELECT causeId, f.hash FROM Cause c JOIN Flow f ON f.id = c.exampleId ORDER BY 1")
        .all([]);
    expect(told(capture(...[...texts].reverse()))).toEqual(told(capture(...texts)));
  });

  it("goes with its last drop", () => {
    const made = new TestCapture();
    const first = made.add("a", lines(denied(0, 1)));
    made.add("b", lines(denied(0, 1, {}, "bank/ledger-0")));
    expect(causes(made)).toHaveLength(2);
    made.remove(first.id);
    expect(causes(made, "serverKey")).toEqual(["bank/ledger"]);
  });
});
