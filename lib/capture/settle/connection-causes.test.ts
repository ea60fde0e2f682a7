import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { projectRoot } from "@/lib/base/project-root";
import { line, lines, TestCapture, timeAt } from "@/lib/jobs/testing";

const SAMPLE = path.join(projectRoot(), "public", "sample");

/** Causes in the order of their rank, as `kind type client > server:port subject count/total class`. */
function causes({ database }: TestCapture): string[] {
  return database
    .prepare("SELECT * FROM Cause WHERE kind IN ('tcp', 'http') ORDER BY position")
    .all([])
    .map(({ kind, type, clientKey, serverKey, port, subject, count, evidence, class: level }) => {
      const { total } = JSON.parse(String(evidence));
      const edge = `${clientKey ?? "*"} > ${serverKey}:${port}`;
      return `${kind} ${type} ${edge} ${subject ?? "-"} ${count}/${total} class ${level}`;
    });
}

const endpoint = (pod: string) => ({ namespace: "shop", pod_name: `${pod}-0` });

function packet(
  at: number,
  port: number,
  back: boolean,
  flags: readonly string[],
  members: object = {},
): string {
  const [web, api] = [
    { ip: "10.0.0.1", pod: "web" },
    { ip: "10.0.0.2", pod: "api" },
  ];
  const [from, to] = back ? [api, web] : [web, api];
  return line(at, {
    ...{
      source: endpoint(from.pod),
      destination: endpoint(to.pod),
      IP: { source: from.ip, destination: to.ip },
    },
    l4: {
      TCP: {
        ...{ source_port: back ? 80 : port, destination_port: back ? port : 80 },
        flags: Object.fromEntries(flags.map((flag) => [flag, true])),
      },
    },
    ...members,
  });
}

const answered = (at: number, port: number): string[] => [
  ...[packet(at, port, false, ["SYN"]), packet(at + 0.1, port, true, ["SYN", "ACK"])],
];
const refused = (at: number, port: number): string[] => [
  ...[packet(at, port, false, ["SYN"]), packet(at + 0.1, port, true, ["RST", "ACK"])],
];
const retried = (at: number, port: number, members: object = {}): string[] =>
  [0, 1, 3, 7].map((later) => packet(at + later, port, false, ["SYN"], members));

function captureOf(...texts: readonly string[]): TestCapture {
  const capture = new TestCapture();
  capture.add("a", lines(...texts));
  return capture;
}

describe("causes of connections", () => {
  it.each<readonly [string, readonly string[], readonly string[]]>([
    ["none where all are answered", answered(0, 4001), []],
    [
      "refused, never answered",
      [...refused(0, 4001), ...refused(9, 4002)],
      ["tcp refused shop/web > shop/api:80 - 2/2 class 1"],
    ],
    [
      "refused since it worked",
      [...answered(0, 4001), ...refused(9, 4002)],
      ["tcp refused shop/web > shop/api:80 - 1/2 class 2"],
    ],
    [
      "refused now and then",
      [...refused(0, 4001), ...answered(9, 4002)],
      ["tcp refused shop/web > shop/api:80 - 1/2 class 3"],
    ],
    [
      "unanswered when the client tried again and the log went on",
      [...answered(0, 4001), ...retried(10, 4002), ...answered(40, 4003)],
      ["tcp unanswered shop/web > shop/api:80 - 1/3 class 3"],
    ],
    [
      "not unanswered when it did not try again",
      [...answered(0, 4001), packet(10, 4002, false, ["SYN"]), ...answered(40, 4003)],
      [],
    ],
    [
      "not told again when drops explain it",
      [
        ...answered(0, 4001),
        ...retried(10, 4002, { verdict: "DROPPED", event_type: { type: 1, sub_type: 133 } }),
        ...answered(40, 4003),
      ],
      [],
    ],
  ])("are %s", (_name, texts, expected) => {
    expect(causes(captureOf(...texts))).toEqual(expected);
  });

  it("of aggregated answers are a share of all answers, of which others were fine", () => {
    const told = (at: number, code: number | undefined, events: number): string =>
      line(at, {
        ...(code === undefined
          ? { source: endpoint("web"), destination: endpoint("api") }
          : { source: endpoint("api"), destination: endpoint("web") }),
        ...{ Type: "L7", is_reply: code !== undefined, l7: { http: { code } } },
        aggregate: { ingress_flow_count: events },
      });
    // 45 requests, of which 5 failed and 40 did not: neither 90, nor "none was answered".
    expect(causes(captureOf(told(0, undefined, 45), told(0, 503, 5), told(0, 200, 40)))).toEqual([
      "http errors * > shop/api:null - 5/45 class 3",
    ]);
    expect(causes(captureOf(told(0, undefined, 5), told(0, 503, 5)))).toEqual([
      "http errors * > shop/api:null - 5/5 class 1",
    ]);
  });

  it("say when, how regularly, since when, and show their flows", () => {
    const tries = [10, 40, 70, 100, 130, 160].flatMap((at, i) => refused(at, 4100 + i));
    const { database } = captureOf(...answered(0, 4001), ...tries);
    const ns = (at: number): bigint => BigInt(Date.parse(timeAt(at))) * 1_000_000n;
    expect(database.prepareExact("SELECT * FROM Cause WHERE kind = 'tcp'").all([])).toMatchObject([
      {
        ...{ firstNs: ns(10), lastNs: ns(160), workedNs: ns(0), worksNs: null, rhythmNs: 30_000_000_000n },
        ...{ clients: 1n, attempts: 6n, count: 6n, unit: "attempts", certain: 1n },
      },
    ]);
    const shown = database
      .prepareExact("SELECT f.timeNs FROM CauseFlow c JOIN Flow f ON f.id = c.flowId ORDER BY 1")
      .rows([]);
    expect(shown.map(([time]) => time)).toEqual([10, 40, 70, 100, 130, 160].map(ns));
  });

  it("of the sample name the search that became slow and fails, and keep their ids in any order of files", () => {
    const files = readdirSync(SAMPLE)
      .filter((name) => name.endsWith(".gz"))
      .map((name) => gunzipSync(readFileSync(path.join(SAMPLE, name))));
    const made = (order: readonly Buffer[]) => {
      const capture = new TestCapture();
      order.forEach((content, i) => {
        capture.add(String(i), content);
      });
      return capture;
    };
    const capture = made(files);
    const found = causes(capture);
    const errors = found.filter((cause) => cause.startsWith("http errors"));
    // The maker's 26 answers with 503 of the search's servers.
    const counted = errors
      .filter((cause) => cause.includes("search/opensearch"))
      .map((cause) => Number(/ (\d+)\//.exec(cause)?.[1]));
    expect(counted.reduce((sum, n) => sum + n, 0)).toBe(26);
    expect(found.some((cause) => cause.startsWith("http slow * > search/opensearch"))).toBe(true);
    // Refused by an HTTP rule: a drop, and not told again.
    expect(found.filter((cause) => cause.includes("/admin"))).toEqual([]);
    const ids = ({ database }: TestCapture) =>
      database
        .prepare("SELECT causeId, position, count, firstNs, rhythmNs FROM Cause ORDER BY causeId")
        .rows([]);
    expect(ids(made([...files].reverse()))).toEqual(ids(capture));
  });
});
