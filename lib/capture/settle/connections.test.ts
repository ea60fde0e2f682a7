import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { projectRoot } from "@/lib/base/project-root";
import { OUTCOME } from "@/lib/insight/outcome";
import { line, lines, TestCapture } from "@/lib/jobs/testing";
import { attemptsOf, exchangesOf } from "./connections.testing";
import { runSteps } from "./steps";

/** Beside the project, no part of it. */
const REAL = path.resolve(projectRoot(), "..", "shared", "data", "real", "flows");
const SAMPLE = path.join(projectRoot(), "public", "sample");

const linesOf = (text: string): string[] => text.split("\n").filter((one) => one !== "");
const sampleFiles = (): string[][] =>
  readdirSync(SAMPLE)
    .filter((name) => name.endsWith(".gz"))
    .map((name) => linesOf(gunzipSync(readFileSync(path.join(SAMPLE, name))).toString("utf8")));

function captureOf(...files: readonly (readonly string[])[]): TestCapture {
  const capture = new TestCapture();
  files.forEach((texts, i) => {
    capture.add(String(i), lines(...texts));
  });
  return capture;
}

const WORDS: Readonly<Record<number, string>> = {
  [OUTCOME.openAlready]: "already",
  [OUTCOME.answered]: "answered",
  [OUTCOME.refused]: "refused",
  [OUTCOME.droppedEgress]: "dropped",
  [OUTCOME.droppedIngress]: "dropped",
  [OUTCOME.dropped]: "dropped",
};

/** Attempts as the slow way tells them. */
function attempts({ database }: TestCapture): string[] {
  return database
    .prepare(
      `SELECT a.protocol, a.clientPort, a.serverPort, a.records, a.syns, a.outcome, c.cluster, c.ip, s.cluster, s.ip, CAST(a.firstNs AS TEXT)
       FROM Attempt a JOIN Address c ON c.id = a.clientAddressId JOIN Address s ON s.id = a.serverAddressId`,
    )
    .rows([])
    .map((row) => {
      const [
        protocol,
        clientPort,
        serverPort,
        records,
        syns,
        outcome,
        clientCluster,
        client,
        serverCluster,
        server,
        first,
      ] = row;
      const name = ["", "TCP", "UDP", "SCTP"][Number(protocol)];
      const word = WORDS[Number(outcome)] ?? "silent";
      return `${name} ${clientCluster} ${client} ${clientPort} > ${serverCluster} ${server} ${serverPort} ${first} ${records} ${syns} ${word}`;
    })
    .sort();
}

/** Exchanges as the slow way tells them. */
function exchanges({ database }: TestCapture): string[] {
  return database
    .prepare(
      `SELECT e.requests, e.status, k.httpMethod, t.value, k.trafficDirection, CAST(e.timeNs AS TEXT)
       FROM L7Exchange e JOIN Flow f ON f.id = e.id JOIN Kind k ON k.id = f.kindId JOIN Text t ON t.id = f.l7TextId`,
    )
    .rows([])
    .map(([requests, status, method, url, side, time]) => {
      const answered = status === null ? "-" : String(status);
      return `${requests === 0 ? "- " : ""}${method} ${url} ${side} ${time} ${answered}`;
    })
    .sort();
}

/** Everything settled, by ids that do not depend on the order of files. */
function settled({ database }: TestCapture): unknown[] {
  const id = (column: string) =>
    `(SELECT printf('%016x.%d', hash, occurrence) FROM Flow WHERE Flow.id = ${column})`;
  return [
    database
      .prepare(
        `SELECT ${id("a.id")} AS id, CAST(firstNs AS TEXT), CAST(lastNs AS TEXT), protocol, clientPort, serverPort, c.ip, s.ip, records, syns, outcome, flags,
         verdict FROM Attempt a JOIN Address c ON c.id = a.clientAddressId JOIN Address s ON s.id = a.serverAddressId ORDER BY 1`,
      )
      .rows([]),
    database
      .prepare(
        `SELECT ${id("e.id")} AS id, CAST(timeNs AS TEXT), protocol, value, requests, responses, ${id("responseId")}, ${id("twinId")}, counted, status,
         grpcStatus, denied, error, CAST(latencyNs AS TEXT), latencyBy, outcome FROM L7Exchange e LEFT JOIN Route ON Route.id = routeId ORDER BY 1`,
      )
      .rows([]),
  ];
}

const sum = (capture: TestCapture, column: string, where = "1"): number =>
  Number(
    capture.database.prepare(`SELECT coalesce(sum(${column}), 0) AS n FROM L7Exchange WHERE ${where}`).get([])
      ?.n,
  );

describe("the sample capture", () => {
  const files = sampleFiles();
  const truth = JSON.parse(readFileSync(path.join(SAMPLE, "truth.json"), "utf8"));

  it("has the attempts and exchanges of the slow way, and the requests that its maker knows", () => {
    const capture = captureOf(...files);
    expect(attempts(capture)).toEqual(attemptsOf(files.flat()));
    expect(exchanges(capture)).toEqual(exchangesOf(files.flat()));
    const { http } = truth;
    // Counted at both ends, as dashboards do, it would be 1,269 requests.
    expect([sum(capture, "requests"), sum(capture, "responses")]).toEqual([
      http.requestRecords,
      http.responseRecords,
    ]);
    expect([sum(capture, "requests", "counted"), sum(capture, "responses", "counted")]).toEqual([
      http.requests,
      http.responses,
    ]);
    expect(sum(capture, "requests", "counted AND denied")).toBe(http.deniedByPolicy);
    for (const [status, n] of Object.entries(http.byStatus))
      expect(sum(capture, "responses", `counted AND status = ${Number(status)}`), status).toBe(n);
  });

  it("is settled the same in any order of files, cut anywhere, one part after the other", {
    timeout: 90_000,
  }, () => {
    const expected = settled(captureOf(...files));
    const all = files.flat();
    expect(settled(captureOf(...[...files].reverse()))).toEqual(expected);
    const mixed =
      fc.sample(fc.shuffledSubarray(all, { minLength: all.length }), { seed: 7, numRuns: 1 })[0] ?? [];
    const cut = Math.floor(mixed.length / 3);
    expect(settled(captureOf(mixed.slice(0, cut), mixed.slice(cut)))).toEqual(expected);
    const byTime = all.toSorted((a, b) => (timeOf(a) < timeOf(b) ? -1 : 1));
    expect(settled(captureOf(byTime.slice(cut), byTime.slice(0, cut)))).toEqual(expected);
  });

  it("is settled as if a file that was removed had never been there", () => {
    const [first = [], second = [], third = []] = files;
    const expected = settled(captureOf(first, third));
    const capture = captureOf(first);
    const { id } = capture.add("second", lines(...second));
    capture.add("third", lines(...third));
    capture.remove(id);
    expect(settled(capture)).toEqual(expected);
  });

  it("does not change when it is settled again", () => {
    const capture = captureOf(...files);
    const before = settled(capture);
    runSteps(capture.database, { fromNs: null, toNs: null });
    expect(settled(capture)).toEqual(before);
  });
});

const timeOf = (text: string): string => /"time":"([^"]+)"/.exec(text)?.[1] ?? "";

if (existsSync(REAL)) describe("real logs", testReal);
else
  describe("real logs", () => {
    it("are not on this machine", () => {
      expect(existsSync(REAL)).toBe(false);
    });
  });

function testReal(): void {
  it.each(readdirSync(REAL))(
    "%s has the attempts and exchanges of the slow way, in any order of lines",
    (name) => {
      const texts = linesOf(readFileSync(path.join(REAL, name), "utf8"));
      const capture = captureOf(texts);
      expect(attempts(capture)).toEqual(attemptsOf(texts));
      expect(exchanges(capture)).toEqual(exchangesOf(texts));
      expect(settled(captureOf([...texts].reverse()))).toEqual(settled(capture));
      const cut = texts.length >> 1;
      if (new Set(texts).size === texts.length)
        expect(settled(captureOf(texts.slice(cut), texts.slice(0, cut)))).toEqual(settled(capture));
    },
  );

  it("of Bookinfo hold 33 requests and 32 answers, all 200; two requests were open at the end", () => {
    const capture = captureOf(linesOf(readFileSync(path.join(REAL, "bookinfo-kind-tcp.jsonl"), "utf8")));
    expect([sum(capture, "requests", "counted"), sum(capture, "responses", "counted")]).toEqual([33, 32]);
    expect(sum(capture, "responses", "status = 200")).toBe(32);
    // One answer belongs to a request before the log; so 33 - 31 requests have none.
    expect(sum(capture, "requests", `outcome = ${OUTCOME.open}`)).toBe(2);
    expect(sum(capture, "error")).toBe(0);
  });

  it("of policy verdicts only say nothing about answers", () => {
    const capture = captureOf(
      linesOf(readFileSync(path.join(REAL, "bookinfo-kind-redirected.jsonl"), "utf8")),
    );
    const outcomes = capture.database.prepare("SELECT DISTINCT outcome FROM Attempt").rows([]);
    expect(outcomes).toEqual([[OUTCOME.unknowable]]);
  });
}

describe("silence", () => {
  const packet = (at: number, port: number, flags: readonly string[], members: object = {}): string =>
    line(at, {
      IP: { source: "10.0.0.1", destination: "10.0.0.2" },
      l4: {
        TCP: {
          source_port: port,
          destination_port: 80,
          flags: Object.fromEntries(flags.map((flag) => [flag, true])),
        },
      },
      ...members,
    });
  const answer = (at: number, port: number): string =>
    line(at, {
      IP: { source: "10.0.0.2", destination: "10.0.0.1" },
      l4: { TCP: { source_port: 80, destination_port: port, flags: { SYN: true, ACK: true } } },
    });
  const lost = (node: string, first: string, last: string): string =>
    JSON.stringify({ lost_events: { num_events_lost: "5", first, last }, node_name: node, time: last });
  const outcomeOf = (capture: TestCapture, port: number): unknown =>
    capture.database.prepare("SELECT outcome FROM Attempt WHERE clientPort = ?").get([port])?.outcome;
  const answered = [packet(0, 40000, ["SYN"]), answer(0.1, 40000)];

  it.each<readonly [string, readonly string[], number]>([
    [
      "is no reply when the log goes on for 5 s",
      [...answered, packet(10, 40001, ["SYN"]), packet(15, 40000, ["ACK"])],
      OUTCOME.noReply,
    ],
    [
      "is open when it ends before",
      [...answered, packet(10, 40001, ["SYN"]), packet(14.9, 40000, ["ACK"])],
      OUTCOME.open,
    ],
    [
      "is open when only another node's log goes on",
      [...answered, packet(10, 40001, ["SYN"]), packet(60, 40000, ["ACK"], { node_name: "n2" })],
      OUTCOME.open,
    ],
    [
      "is beside a gap when the node lost events",
      [
        ...answered,
        packet(10, 40001, ["SYN"]),
        lost("n1", "2026-08-21T12:00:14Z", "2026-08-21T12:00:20Z"),
        packet(30, 40000, ["ACK"]),
      ],
      OUTCOME.gap,
    ],
    ...[
      ["behind labels in braces", (record: string) => `2026-08-21 {app="hubble"} ${record}`],
      ["in a text", (record: string) => JSON.stringify({ message: record })],
    ].map(([how, wrap]): [string, string[], number] => [
      `is beside a gap when the record of the loss stands ${how}`,
      [
        ...answered,
        packet(10, 40001, ["SYN"]),
        (wrap as (record: string) => string)(lost("n1", "2026-08-21T12:00:14Z", "2026-08-21T12:00:40Z")),
        packet(30, 40000, ["ACK"]),
      ],
      OUTCOME.gap,
    ]),
    [
      "is no reply when another node lost events",
      [
        ...answered,
        packet(10, 40001, ["SYN"]),
        lost("n2", "2026-08-21T12:00:10Z", "2026-08-21T12:00:20Z"),
        packet(30, 40000, ["ACK"]),
      ],
      OUTCOME.noReply,
    ],
    [
      "is no reply when the node lost events later",
      [
        ...answered,
        packet(10, 40001, ["SYN"]),
        lost("n1", "2026-08-21T12:00:15.5Z", "2026-08-21T12:00:20Z"),
        packet(30, 40000, ["ACK"]),
      ],
      OUTCOME.noReply,
    ],
    [
      "cannot be judged in a log without answers",
      [packet(10, 40001, ["SYN"]), packet(30, 40002, ["SYN"])],
      OUTCOME.unknowable,
    ],
  ])("%s", (_name, texts, expected) => {
    expect(outcomeOf(captureOf(texts), 40001)).toBe(expected);
  });

  it("at the end of a log is judged again when a file is added far behind it", () => {
    const capture = captureOf([...answered, packet(10, 40001, ["SYN"])]);
    expect(outcomeOf(capture, 40001)).toBe(OUTCOME.open);
    const { id } = capture.add("later", lines(packet(5000, 40002, ["SYN"]), answer(5000.1, 40002)));
    expect(outcomeOf(capture, 40001)).toBe(OUTCOME.noReply);
    capture.remove(id);
    expect(outcomeOf(capture, 40001)).toBe(OUTCOME.open);
  });
});

describe("exchanges that cannot be paired", () => {
  it("count by their events, without a route", () => {
    const l7 = (at: number, type: string, code: number | undefined, n: number): string =>
      line(at, {
        Type: "L7",
        l7: { type, http: code === undefined ? {} : { code } },
        aggregate: { ingress_flow_count: n },
      });
    const capture = captureOf([
      l7(0, "REQUEST", undefined, 40),
      l7(0, "RESPONSE", 200, 30),
      l7(0, "RESPONSE", 503, 7),
    ]);
    expect([sum(capture, "requests"), sum(capture, "responses")]).toEqual([40, 37]);
    expect(sum(capture, "responses", "error")).toBe(7);
    expect(sum(capture, "1", "routeId IS NOT NULL")).toBe(0);
  });

  it("without a time count once, however often they are settled", () => {
    const untimed = line(undefined, {
      Type: "L7",
      l7: { type: "REQUEST", http: { method: "GET", url: "http://a/b" } },
    });
    const capture = captureOf([untimed], [line(1)]);
    expect(sum(capture, "requests")).toBe(1);
  });
});
