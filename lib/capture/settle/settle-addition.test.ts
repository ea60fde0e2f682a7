import { describe, expect, it } from "vitest";
import { line, lines, TestCapture } from "@/lib/jobs/testing";
import { settleAddedFiles } from ".";
import { rowRange } from "./records";
import { isSmallAddition } from "./settle-addition";

/** A flow between two pods; the source is said to be the client, the server, or nothing is said. */
function between(at: number, ports: readonly [number, number], members: object = {}): string {
  return line(at, {
    IP: { source: "10.0.0.1", destination: "10.0.0.2" },
    l4: { TCP: { source_port: ports[0], destination_port: ports[1], flags: { ACK: true } } },
    ...members,
  });
}

/** Enough that whatever is added is little; each a connection of its own. */
const others = (count: number): string[] =>
  Array.from({ length: count }, (_, n) => between(n, [20_000 + n, 80], { is_reply: false }));

/** A question of a pod about which only its identity is known, or its answer: the name does not exist. */
function ask(at: number, identity: number, query: string, isAnswer: boolean, port = 4000): string {
  const [client, server] = [
    { identity, namespace: "shop" },
    { identity: 9, namespace: "kube-system", pod_name: "dns-0" },
  ];
  const [asks, answers] = [
    { ip: "10.0.0.7", port, endpoint: client },
    { ip: "10.0.0.53", port: 53, endpoint: server },
  ];
  const [from, to] = isAnswer ? [answers, asks] : [asks, answers];
  return line(at, {
    Type: "L7",
    IP: { source: from.ip, destination: to.ip },
    l4: { UDP: { source_port: from.port, destination_port: to.port } },
    source: from.endpoint,
    destination: to.endpoint,
    is_reply: isAnswer,
    l7: {
      type: isAnswer ? "RESPONSE" : "REQUEST",
      dns: { query, qtypes: ["A"], ...(isAnswer && { rcode: 3 }) },
    },
  });
}

function settled(capture: TestCapture, sql: string): string[] {
  return capture.database
    .prepareExact(sql)
    .rows([])
    .map((row) => row.join(" "));
}

/** The same files, settled one after the other, and together. */
function both(first: readonly string[], added: readonly string[]): [TestCapture, TestCapture] {
  const [one, other] = [new TestCapture(), new TestCapture()];
  one.add("a", lines(...first));
  const id = one.load("b", lines(...added));
  expect(isSmallAddition(one.database, rowRange(one.database, [id]))).toBe(true);
  settleAddedFiles(one.database, [id], 2000);
  const ids = [other.load("a", lines(...first)), other.load("b", lines(...added))];
  settleAddedFiles(other.database, ids, 2000);
  return [one, other];
}

const ATTEMPTS = "SELECT id, firstNs, clientPort, serverPort, records FROM Attempt ORDER BY id";
const PAIRS = `SELECT level, bucketNs, p.clientBy, p.serverPort, sum(records), sum(events), min(firstNs), max(lastNs), sum(attempts)
  FROM RollUp r LEFT JOIN Pair p ON p.id = r.pairId GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`;
const DNS =
  "SELECT id, requestId, responseId, state, suffixLabels, asIs, isFirst, retryOf, secondHop FROM DnsExchange ORDER BY id";
const LEVELS = "SELECT level, widthNs FROM RollUpLevel ORDER BY level";

describe("flows that were there", () => {
  it("get the client that an added record of their connection tells, hours away, with their attempts and roll-ups", () => {
    const there = [between(5000, [8000, 40_000]), ...others(40)];
    const added = [between(40_000, [8000, 40_000], { is_reply: false })];
    const [one, other] = both(there, added);
    const attempt = (capture: TestCapture): string | undefined =>
      settled(capture, ATTEMPTS).find((row) => row.includes("40000"));
    // By its ports alone, port 8000 was the server.
    const before = new TestCapture();
    before.add("a", lines(...there));
    expect(attempt(before)).toMatch(/ 40000 8000 1$/);
    expect(attempt(one)).toMatch(/ 8000 40000 1$/);
    for (const sql of [ATTEMPTS, PAIRS, LEVELS]) expect(settled(one, sql)).toEqual(settled(other, sql));
    const told =
      "SELECT count(*) FROM Flow f JOIN Pair p ON p.id = f.pairId WHERE p.clientBy = 'same-connection'";
    expect(settled(one, told)).toEqual(["1"]);
  });

  it("are rolled up in wider buckets when what is added lies far away", () => {
    const [one, other] = both(others(40), [between(500_000, [30_000, 80], { is_reply: false })]);
    for (const sql of [PAIRS, LEVELS]) expect(settled(one, sql)).toEqual(settled(other, sql));
  });

  it("keep their attempt when the added record goes on with it, and it counts once", () => {
    const [one, other] = both(
      [between(2, [30_000, 80], { is_reply: false }), ...others(40)],
      [
        between(1, [30_000, 80], { is_reply: false }),
        between(3, [80, 30_000], { is_reply: true, IP: { source: "10.0.0.2", destination: "10.0.0.1" } }),
      ],
    );
    const attempts = settled(one, ATTEMPTS).filter((row) => row.includes(" 30000 80 "));
    expect(attempts).toHaveLength(1);
    expect(attempts[0]).toMatch(/ 3$/);
    for (const sql of [ATTEMPTS, PAIRS]) expect(settled(one, sql)).toEqual(settled(other, sql));
  });

  it("keep what a question means beside one that lies further away than what was added can reach", () => {
    const there = [ask(100, 1000, "api.example.", false), ask(105, 1000, "api.example.", false)];
    const added = [ask(132, 1000, "other.example.", false, 5000)];
    const [one, other] = both([...there, ...others(60)], added);
    const again = "SELECT count(*) FROM DnsExchange WHERE retryOf IS NOT NULL";
    expect(settled(one, again)).toEqual(["1"]);
    expect(settled(one, DNS)).toEqual(settled(other, DNS));
  });

  it("are asked about DNS anew when added records name who asked", () => {
    // Two identities of one address, which nothing tells apart but that one of them has a workload, as the added record says.
    const names = ["api.shop.svc.cluster.local.", "api.svc.cluster.local.", "api.cluster.local.", "api."];
    const there = names.flatMap((name, n) => [
      ask(n, n % 2 === 0 ? 1000 : 2000, name, false),
      ask(n + 0.01, n % 2 === 0 ? 1000 : 2000, name, true),
    ]);
    const parted = [ask(100, 1000, "one.example.", false), ask(100.01, 2000, "one.example.", true)];
    const web = { identity: 1000, namespace: "shop", workloads: [{ name: "web", kind: "Deployment" }] };
    const added = [between(5000, [31_000, 80], { is_reply: false, source: web })];
    const [one, other] = both([...there, ...parted, ...others(60)], added);
    const before = new TestCapture();
    before.add("a", lines(...there, ...parted, ...others(60)));
    expect(settled(before, DNS)).not.toEqual(settled(other, DNS));
    expect(settled(one, DNS)).toEqual(settled(other, DNS));
  });
});

describe("the edge of a cause of drops", () => {
  const WORKED = `SELECT clientKey, serverKey, firstNs - t.first, workedNs - t.first, worksNs - t.first, (evidence ->> 'deliveredNs') - t.first
    FROM Cause, (SELECT min(timeNs) AS first FROM Flow) t WHERE kind = 'drop' ORDER BY causeId`;
  const web = { identity: 11, namespace: "shop", pod_name: "web-0" };
  const api = { identity: 12, namespace: "shop", pod_name: "api-0" };
  /** From web to api: at each second a packet that was delivered, or a drop. */
  const delivered = (at: number, more: object = {}): string =>
    between(at, [30_000 + at, 80], {
      ...{ is_reply: false, trace_observation_point: "TO_ENDPOINT", source: web, destination: api },
      ...more,
    });
  const dropped = (at: number, more: object = {}): string =>
    delivered(at, {
      ...{ verdict: "DROPPED", event_type: { type: 1, sub_type: 133 }, drop_reason_desc: "POLICY_DENIED" },
      ...{ trace_observation_point: "UNKNOWN_POINT", traffic_direction: "EGRESS" },
      ...more,
    });
  const worked = (capture: TestCapture): number[][] =>
    settled(capture, WORKED).map((row) =>
      row
        .split(" ")
        .slice(2)
        .map((ns) => Number(ns) / 1e9),
    );

  it("worked when flows that were there say so, or added ones", () => {
    const there = [...others(60), delivered(10), dropped(20), delivered(30), dropped(40)];
    const cases: [added: string[], expected: number[]][] = [
      [[dropped(22)], [20, 10, 30, 10]],
      [
        [delivered(12), delivered(8), dropped(50)],
        [20, 12, 30, 12],
      ],
      [
        [delivered(28), dropped(41)],
        [20, 10, 28, 10],
      ],
      [[dropped(5)], [5, 0, 10, 0]],
    ];
    for (const [added, expected] of cases) {
      const [one, other] = both(there, added);
      // Nothing was delivered before the fifth second.
      expect(worked(one)).toEqual([expected]);
      expect(settled(one, WORKED)).toEqual(settled(other, WORKED));
    }
  });

  it("is one with others when an added record names the workload of a pod that was there", () => {
    const lone = { identity: 13, namespace: "shop", pod_name: "lone" };
    const named = { ...lone, workloads: [{ name: "web", kind: "StatefulSet" }] };
    const known = { ...web, workloads: [{ name: "web", kind: "StatefulSet" }] };
    const of = (source: object, ip: string) => ({ source, IP: { source: ip, destination: "10.0.0.2" } });
    const there = [
      ...others(60),
      delivered(10, of(lone, "10.0.0.3")),
      dropped(20, of(known, "10.0.0.1")),
      delivered(5, of(known, "10.0.0.1")),
    ];
    const [one, other] = both(there, [delivered(40, of(named, "10.0.0.3"))]);
    expect(worked(one)).toEqual([[20, 10, 40, 10]]);
    expect(settled(one, WORKED)).toEqual(settled(other, WORKED));
  });
});

describe("sums by bucket", () => {
  const pair = (of: string) =>
    `(SELECT json_array(sourceId, destinationId, clientBy, serverPort) FROM Pair WHERE id = ${of})`;
  const cause = "(SELECT causeId FROM Cause WHERE id = s.causeId)";
  const keys = `level, bucketNs, s.kindId, s.observerId, ${pair("s.pairId")}`;
  /** Where numbers are given out in the order in which things are met, what they are numbers of. */
  const SUMS = {
    attempts: `SELECT ${keys}, outcome, flags, ${cause}, n, firstNs, lastNs, series FROM AttemptSum s`,
    requests: `SELECT ${keys}, outcome, latencyBy, n, weight FROM RequestSum s`,
    drops: `SELECT ${keys}, ${cause}, drops, tries, firstNs, lastNs FROM DropSum s`,
    records: `SELECT ${keys}, ${cause}, records, attempts, drops FROM DropRecordSum s`,
    marked: `SELECT ${keys}, mark, ${cause}, answerKindId, ${pair("s.answerPairId")}, events FROM MarkedSum s`,
    dns: `SELECT ${keys}, g.state, g.suffixLabels, g.retry, sum(s.n) FROM DnsSum s JOIN DnsGroup g ON g.id = s.groupId
      GROUP BY 1, 2, 3, 4, 5, 6, 7, 8`,
    lookups: `SELECT ${keys}, lookup, outcome, n FROM LookupSum s`,
  };
  type Sums = keyof typeof SUMS;
  const sums = (capture: TestCapture, of: Sums): string[] => settled(capture, SUMS[of]).sort();
  /** Those of the bucket that begins then, five seconds long in a capture of twenty minutes. */
  const at = (capture: TestCapture, of: Sums, seconds: number): string[] => {
    const startNs = (Date.UTC(2026, 7, 21, 12) + seconds * 1000) * 1e6;
    return sums(capture, of).filter((row) => row.startsWith(`1 ${startNs} `));
  };
  const web = { identity: 11, namespace: "shop", pod_name: "lone" };
  const named = { ...web, workloads: [{ name: "web", kind: "StatefulSet" }] };
  const syn = (at: number, port: number, more: object = {}): string =>
    between(at, [port, 80], {
      ...{ is_reply: false, l4: { TCP: { source_port: port, destination_port: 80, flags: { SYN: true } } } },
      ...more,
    });
  const denied = (at: number, port: number, eventType: number, more: object = {}): string =>
    syn(at, port, {
      ...{
        verdict: "DROPPED",
        event_type: { type: eventType, sub_type: eventType === 1 ? 133 : 0 },
        source: web,
      },
      ...{ drop_reason_desc: "POLICY_DENIED", traffic_direction: "EGRESS" },
      ...more,
    });
  /** Of one connection, without an id of its own. */
  const http = (at: number, isAnswer: boolean): string =>
    between(at, isAnswer ? [80, 30_500] : [30_500, 80], {
      ...{ Type: "L7", is_reply: isAnswer, traffic_direction: "INGRESS" },
      ...(isAnswer && { IP: { source: "10.0.0.2", destination: "10.0.0.1" } }),
      l7: {
        type: isAnswer ? "RESPONSE" : "REQUEST",
        http: { method: "GET", url: "http://api/", protocol: "HTTP/1.1", ...(isAnswer && { code: 200 }) },
      },
    });
  const end = between(1200, [50_000, 80], { is_reply: false });
  const names = ["api.shop.svc.cluster.local.", "api.svc.cluster.local.", "api.cluster.local.", "api."];
  const unlike = names.flatMap((name, n) => {
    const [identity, seconds] = [n % 2 === 0 ? 1000 : 2000, [597, 598, 599.995, 605.1][n] as number];
    return [ask(seconds, identity, name, false), ask(seconds + 0.01, identity, name, true)];
  });
  const cases: [what: string, there: string[], added: string[], buckets: [Sums, seconds: number][]][] = [
    [
      "of a drop, and of the verdict in the bucket before, whose cause has another name now",
      [denied(599.9998, 30_100, 5), denied(600.0003, 30_100, 1)],
      [syn(900, 30_200, { source: named })],
      [
        ["drops", 600],
        ["records", 595],
        ["records", 600],
        ["attempts", 595],
      ],
    ],
    [
      "of a drop that is no first one any more",
      [denied(660, 30_100, 1)],
      [denied(600, 30_100, 1)],
      [["drops", 660]],
    ],
    [
      "of an attempt whose node turns out to have logged on",
      [
        syn(300, 30_300),
        between(300.1, [80, 30_300], {
          is_reply: true,
          IP: { source: "10.0.0.2", destination: "10.0.0.1" },
          l4: { TCP: { source_port: 80, destination_port: 30_300, flags: { SYN: true, ACK: true } } },
        }),
        syn(1198, 30_400),
      ],
      [between(1209, [50_001, 80], { is_reply: false })],
      [["attempts", 1195]],
    ],
    [
      "of a request whose answer is that of an earlier one",
      [between(590, [30_500, 80], { is_reply: false }), http(606, false), http(612, true)],
      [http(600, false)],
      [["requests", 605]],
    ],
    [
      "of an answer in the bucket behind its question, of somebody else now",
      [...unlike, ask(100, 1000, "one.example.", false), ask(100.01, 2000, "one.example.", true)],
      [
        between(900, [31_000, 80], {
          is_reply: false,
          source: { identity: 1000, namespace: "shop", workloads: [{ name: "web", kind: "Deployment" }] },
        }),
      ],
      [
        ["marked", 600],
        ["marked", 595],
      ],
    ],
  ];

  it.each(cases)("are made anew in the bucket %s", (_what, there, added, buckets) => {
    const first = [...there, ...others(60), end];
    const [one, other] = both(first, added);
    const before = new TestCapture();
    before.add("a", lines(...first));
    for (const [of, seconds] of buckets) {
      expect(at(before, of, seconds)).not.toEqual(at(other, of, seconds));
      expect(at(one, of, seconds)).toEqual(at(other, of, seconds));
    }
    for (const of of Object.keys(SUMS) as Sums[]) expect(sums(one, of)).toEqual(sums(other, of));
  });
});

describe("an addition", () => {
  it("is small when at most a quarter of all flows came with it", () => {
    const capture = new TestCapture();
    capture.add("a", lines(...others(12)));
    const four = capture.load("b", lines(...[1, 2, 3, 4].map((n) => between(n, [30_000 + n, 80]))));
    expect(isSmallAddition(capture.database, rowRange(capture.database, [four]))).toBe(true);
    settleAddedFiles(capture.database, [four], 2000);
    const six = capture.load("c", lines(...[1, 2, 3, 4, 5, 6].map((n) => between(n, [40_000 + n, 80]))));
    expect(isSmallAddition(capture.database, rowRange(capture.database, [six]))).toBe(false);
  });
});
