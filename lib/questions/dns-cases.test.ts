import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { projectRoot } from "@/lib/base/project-root";
import { formatTime } from "@/lib/base/time";
import { ANSWERS } from "@/lib/capture/dns-conditions";
import { line, lines, TestCapture, timeAt } from "@/lib/jobs/testing";
import { DNS_CELLS } from "@/lib/scope/dns-cells";
import { askDns, askExpansion, askLatency, expectAddsUp, keyText, reader } from "./dns-testing";
import { readFlows } from "./flows";

interface Wish {
  readonly pod?: string;
  readonly port?: number;
  readonly types?: readonly string[];
  readonly more?: Record<string, unknown>;
  readonly dns?: Record<string, unknown>;
}

const side = (namespace: string, pod: string) => ({ namespace, pod_name: pod });

/** A record as the DNS proxy of the client's node writes it. */
function message(seconds: number, type: "REQUEST" | "RESPONSE", query: string, wish: Wish = {}): string {
  const { pod = "web-0", port = 40_000, types = ["A"], more = {}, dns = {} } = wish;
  const [client, server] = [side("shop", pod), side("kube-system", "coredns-0")];
  const isAnswer = type === "RESPONSE";
  const [clientIp, serverIp] = [`10.0.0.${pod.charCodeAt(0)}`, "10.0.9.9"];
  return line(seconds, {
    Type: "L7",
    IP: isAnswer ? { source: serverIp, destination: clientIp } : { source: clientIp, destination: serverIp },
    l4: {
      UDP: isAnswer
        ? { source_port: 53, destination_port: port }
        : { source_port: port, destination_port: 53 },
    },
    source: isAnswer ? server : client,
    destination: isAnswer ? client : server,
    l7: { type, dns: { query: `${query}.`, qtypes: types, observation_source: "proxy", ...dns } },
    event_type: { type: 129 },
    traffic_direction: "EGRESS",
    is_reply: isAnswer,
    ...more,
  });
}

const asks = (seconds: number, query: string, wish?: Wish): string =>
  message(seconds, "REQUEST", query, wish);
const answers = (seconds: number, query: string, rcode = 0, wish: Wish = {}): string =>
  message(seconds, "RESPONSE", query, {
    ...wish,
    dns: rcode === 0 ? { ips: ["192.0.2.7"], ttl: 30, ...wish.dns } : { rcode, ...wish.dns },
  });
/** A flow long after all questions, so that none of them is open. */
const END = line(1000);

function captureOf(...texts: readonly string[]): TestCapture {
  const capture = new TestCapture();
  capture.add("a", lines(...texts));
  return capture;
}

function total(capture: TestCapture, q?: string) {
  return askDns(reader(capture), "query", { q }).total;
}

describe("what dashboards get wrong", () => {
  const capture = (): TestCapture =>
    captureOf(
      asks(1, "a.example"),
      answers(1.1, "a.example"),
      asks(2, "b.example"),
      answers(2.1, "b.example", 3),
      asks(3, "c.example"),
      END,
    );

  it("three questions are three, though five records are about DNS", () => {
    expect(total(capture())).toMatchObject({ queries: 3, responses: 2, unanswered: 1 });
  });

  it("NOERROR is no error, nor is a code that was left out", () => {
    const answer = askDns(reader(capture()), "rcode");
    expect(answer.total.errors).toEqual({ NXDOMAIN: 1 });
    expect(answer.rows.map((row) => [keyText(row), row.queries, row.errors])).toEqual([
      ["null", 1, {}],
      ["NXDOMAIN", 1, { NXDOMAIN: 1 }],
      ["NOERROR", 1, {}],
    ]);
  });

  it("a name without a record of this type (NODATA) is no error either", () => {
    const one = captureOf(
      asks(1, "a.example", { types: ["AAAA"] }),
      message(1.1, "RESPONSE", "a.example", { types: ["AAAA"], dns: { ttl: 4294967295 } }),
      asks(2, "mail.example", { types: ["MX"] }),
      message(2.1, "RESPONSE", "mail.example", { types: ["MX"] }),
      END,
    );
    expect(total(one)).toMatchObject({ queries: 2, errors: {}, noData: 1 });
  });

  it("a question that both proxies logged counts once", () => {
    const server = { node_name: "n2", traffic_direction: "INGRESS" };
    const both = captureOf(
      asks(1, "a.example"),
      asks(1.001, "a.example", { more: server }),
      answers(1.003, "a.example", 3, { more: server }),
      answers(1.004, "a.example", 3),
      END,
    );
    expect(total(both)).toMatchObject({ queries: 1, responses: 1, errors: { NXDOMAIN: 1 }, unanswered: 0 });
    // The server's side counts: 2 ms.
    expect(total(both).latencyNs).toEqual({
      p50: expect.stringMatching(/^(19|20)\d{5}$/),
      p95: expect.anything(),
      p99: expect.anything(),
      samples: 1,
    });
  });

  it("what a node-local cache passes on is not a second client", () => {
    const cache = {
      source: side("kube-system", "node-local-dns-x"),
      IP: { source: "10.0.5.5", destination: "10.0.9.9" },
    };
    const toCache = {
      destination: side("kube-system", "node-local-dns-x"),
      IP: { source: "10.0.0.119", destination: "10.0.5.5" },
    };
    const fromCache = {
      source: side("kube-system", "node-local-dns-x"),
      IP: { source: "10.0.5.5", destination: "10.0.0.119" },
    };
    const toAsker = {
      destination: side("kube-system", "node-local-dns-x"),
      IP: { source: "10.0.9.9", destination: "10.0.5.5" },
    };
    const hop = captureOf(
      asks(1, "a.example", { more: toCache }),
      asks(1.001, "a.example", { port: 50_000, more: cache }),
      answers(1.003, "a.example", 0, { port: 50_000, more: toAsker }),
      answers(1.004, "a.example", 0, { more: fromCache }),
      // Its own question: nobody asked it.
      asks(9, "b.example", { port: 50_001, more: cache }),
      answers(9.1, "b.example", 0, { port: 50_001, more: toAsker }),
      END,
    );
    expect(total(hop)).toMatchObject({ queries: 2, responses: 2, secondHops: 1, clients: 2 });
    expectAddsUp(askDns(reader(hop), "client"));
  });
});

describe("questions without an answer", () => {
  it("are unanswered after five seconds, open in the last five of the capture", () => {
    const capture = captureOf(asks(1, "a.example"), asks(4.9, "b.example"), asks(5, "c.example"), line(10));
    expect(total(capture)).toMatchObject({ queries: 3, unanswered: 2, open: 1 });
    // More of the log: the end is another one.
    capture.add("b", lines(line(20)));
    expect(total(capture)).toMatchObject({ queries: 3, unanswered: 3, open: 0 });
  });

  it.each<[string, string, number]>([
    ["a loss on its node while it waits", lost(3, "n1"), 1],
    ["a loss on a node that is not named", lost(3, undefined), 1],
    ["a loss on another node", lost(3, "n2"), 0],
    ["a loss before it was asked", lost(0.9, "n1"), 0],
    ["a loss after the time-out", lost(6.1, "n1"), 0],
    ["a loss over all that time", lost(20, "n1", [0, 20]), 1],
  ])("beside %s", (_name, loss, open) => {
    const capture = captureOf(asks(1, "a.example"), loss, END);
    expect(total(capture)).toMatchObject({ open, unanswered: 1 - open });
  });

  it("that a DNS rule refused are neither", () => {
    const refused = { verdict: "DROPPED" };
    const capture = captureOf(asks(1, "a.example", { more: refused }), END);
    expect(total(capture)).toMatchObject({ queries: 1, responses: 0, refused: 1, unanswered: 0, open: 0 });
  });

  it("are unanswered though an answer came too late, and asked again", () => {
    const capture = captureOf(
      asks(1, "a.example"),
      asks(6, "a.example", { port: 40_001 }),
      answers(6.01, "a.example", 0, { port: 40_001 }),
      answers(6.5, "a.example"),
      END,
    );
    expect(total(capture)).toMatchObject({ queries: 2, responses: 2, unanswered: 1, retries: 1 });
  });
});

function lost(seconds: number, node: string | undefined, range?: readonly [number, number]): string {
  const between = range === undefined ? {} : { first: timeAt(range[0]), last: timeAt(range[1]) };
  const lost_events = { source: "PERF_EVENT_RING_BUFFER", num_events_lost: "5", ...between };
  return JSON.stringify({ lost_events, node_name: node, time: timeAt(seconds) });
}

describe("logs that hold less", () => {
  it("aggregated: codes by workload, no names; what became of a question is not known", () => {
    const members = (direction: Record<string, unknown>, n: number, l7: Record<string, unknown>) => ({
      Type: undefined,
      l7,
      aggregate: { egress_flow_count: n },
      ...direction,
    });
    const web = { namespace: "shop", workloads: [{ name: "web", kind: "Deployment" }] };
    const dns = { namespace: "kube-system", workloads: [{ name: "coredns", kind: "Deployment" }] };
    const ask = { source: web, destination: dns, is_reply: false, l4: { UDP: { destination_port: 53 } } };
    const answer = { source: dns, destination: web, is_reply: true, l4: { UDP: {} } };
    const capture = captureOf(
      line(0, members(ask, 10, { dns: {} })),
      line(0, members(answer, 7, { dns: {} })),
      line(0, members(answer, 3, { dns: { rcode: 3 } })),
      END,
    );
    const byClient = askDns(reader(capture), "client");
    expect(byClient.rows.map((row) => [keyText(row), row])).toMatchObject([
      [
        "shop/web",
        {
          queries: 10,
          responses: 10,
          errors: { NXDOMAIN: 3 },
          unanswered: 0,
          latencyNs: { p50: null, samples: 0 },
        },
      ],
    ]);
    expect(byClient.total).toMatchObject({ unpaired: 10, expansion: 0, noData: 0 });
    expect(askDns(reader(capture), "query").rows.map(keyText)).toEqual(["null"]);
    const notes = byClient.meta.notes.join(" ");
    expect(notes).toContain("10 questions stand in records without name, port or time");
    expect(notes).toContain("10 answers without a name: which question each answers is not known.");
    expect(notes).not.toContain("no question in the log");
    expectAddsUp(byClient);
  });

  it("rows of ContainerNetworkLogs: errors by workload; successes and questions are not in them", () => {
    const row = (name: string, rcode: number, count: number) =>
      JSON.stringify({
        TimeGenerated: timeAt(0),
        Verdict: "FORWARDED",
        SourceNamespace: "kube-system",
        SourceWorkloads: '[{"name":"coredns","kind":"Deployment"}]',
        DestinationNamespace: "shop",
        DestinationWorkloads: JSON.stringify([{ name, kind: "Deployment" }]),
        Layer4: '{"UDP":{"destination_port":46091}}',
        Layer7: JSON.stringify({ dns: { rcode } }),
        Reply: true,
        IngressFlowCount: 0,
        EgressFlowCount: count,
        Type: "ContainerNetworkLogs",
      });
    const capture = new TestCapture();
    capture.add("rows.json", lines(row("web", 3, 5), row("web", 2, 2), row("api", 3, 4)));
    const { rows, total, meta } = askDns(reader(capture), "client");
    expect(rows.map(({ filter, responses, errors }) => [filter, responses, errors])).toEqual([
      [expect.stringContaining("shop/web"), 7, { SERVFAIL: 2, NXDOMAIN: 5 }],
      [expect.stringContaining("shop/api"), 4, { NXDOMAIN: 4 }],
    ]);
    expect(meta.notes).toContain("11 answers have no question in the log.");
    expect(total).toMatchObject({
      queries: 0,
      responses: 11,
      unasked: 11,
      namelessResponses: 11,
      unanswered: 0,
    });
  });

  it("without ports or times, nothing is paired", () => {
    const masked = { l4: undefined };
    const capture = captureOf(
      asks(1, "a.example", { more: masked }),
      answers(1.1, "a.example", 0, { more: masked }),
      END,
    );
    expect(total(capture)).toMatchObject({
      queries: 1,
      responses: 1,
      unpaired: 1,
      unanswered: 0,
      latencyNs: { samples: 0 },
    });
    const untimed = captureOf(asks(1, "a.example", { more: { time: undefined } }), END);
    expect(total(untimed)).toMatchObject({ queries: 1, unpaired: 1, unanswered: 0 });
  });

  it("without records about DNS, a note says why names can be missing", () => {
    expect(askDns(reader(captureOf(line(1))), "query").meta.notes).toEqual([
      expect.stringContaining("No record is about a DNS message"),
    ]);
  });

  it("of Retina: a packet seen at four points of its way is one question", () => {
    const at = (node: string, direction: string, point: string) => ({
      node_name: node,
      traffic_direction: direction,
      trace_observation_point: point,
    });
    const plain = { observation_source: undefined, ttl: undefined };
    const capture = captureOf(
      asks(1, "a.example", { more: at("n1", "EGRESS", "TO_STACK"), dns: plain }),
      asks(1.0002, "a.example", { more: at("n1", "EGRESS", "TO_NETWORK"), dns: plain }),
      asks(1.3, "a.example", { more: at("n2", "INGRESS", "FROM_NETWORK"), dns: plain }),
      asks(1.3001, "a.example", { more: at("n2", "INGRESS", "TO_ENDPOINT"), dns: plain }),
      answers(1.302, "a.example", 0, { more: at("n2", "EGRESS", "TO_STACK"), dns: plain }),
      answers(1.3021, "a.example", 0, { more: at("n2", "EGRESS", "TO_NETWORK"), dns: plain }),
      answers(1.004, "a.example", 0, { more: at("n1", "INGRESS", "FROM_NETWORK"), dns: plain }),
      answers(1.0041, "a.example", 0, { more: at("n1", "INGRESS", "TO_ENDPOINT"), dns: plain }),
      END,
    );
    // The clock of n2 is 0.3 s fast: the latency is that of one node, 2 ms at the server's.
    expect(total(capture)).toMatchObject({
      queries: 1,
      responses: 1,
      unanswered: 0,
      latencyNs: { samples: 1 },
    });
    expect(Number(total(capture).latencyNs.p50)).toBeLessThan(2_100_000);
  });
});

describe("the search list", () => {
  const walk = (at: number, wish: Wish = {}): string[] =>
    [
      "api.example.com.shop.svc.cluster.local",
      "api.example.com.svc.cluster.local",
      "api.example.com.cluster.local",
    ]
      .flatMap((name, n) => [asks(at + n / 100, name, wish), answers(at + n / 100 + 0.005, name, 3, wish)])
      .concat(asks(at + 0.04, "api.example.com", wish), answers(at + 0.045, "api.example.com", 0, wish));

  it("is told by workload, with what would save it", () => {
    const capture = captureOf(
      ...walk(1),
      ...walk(60),
      // Two labels, completed by the second suffix: costs one question with ndots:1, whose answer would be in vain.
      asks(100, "orders.sales.shop.svc.cluster.local"),
      answers(100.01, "orders.sales.shop.svc.cluster.local", 3),
      asks(100.02, "orders.sales.svc.cluster.local"),
      answers(100.03, "orders.sales.svc.cluster.local"),
      // A real one.
      asks(200, "gone.shop.svc.cluster.local", { pod: "cart-0" }),
      answers(200.01, "gone.shop.svc.cluster.local", 3, { pod: "cart-0" }),
      END,
    );
    const answer = askExpansion(reader(capture));
    expect(answer.total).toEqual({ queries: 11, expansion: 7, nxdomain: 1, vague: 0 });
    expect(answer.rows).toMatchObject([
      {
        workload: { id: "shop/web", namespace: "shop", name: "web" },
        queries: 10,
        expansion: 7,
        nxdomain: 0,
        // api.example.com has two dots: six questions with either; orders.sales one dot: one more with ndots:1.
        saved: { ndots1: 5, ndots2: 6, dot: 7 },
        suffixes: ["shop.svc.cluster.local", "cluster.local", "svc.cluster.local"],
      },
      {
        workload: { id: "shop/cart" },
        queries: 1,
        expansion: 0,
        nxdomain: 1,
        saved: { ndots1: 0, ndots2: 0, dot: 0 },
        suffixes: [],
      },
    ]);
    const folded = askExpansion(reader(capture), { limit: 1 });
    expect(folded.folded).toEqual({ rows: 1, queries: 1, expansion: 0, nxdomain: 1, vague: 0 });
    const errors = askDns(reader(capture), "query").rows;
    // What really fails stands first.
    expect(keyText(errors[0] as (typeof errors)[number])).toBe("gone.shop.svc.cluster.local");
  });

  it("of the nodes is learned later too: what was read before means something else then", () => {
    const corp = (at: number, name: string): string[] => [
      asks(at, `${name}.dc1.corp`),
      answers(at + 0.01, `${name}.dc1.corp`, 3),
      asks(at + 0.02, name),
      answers(at + 0.03, name),
    ];
    const capture = captureOf(...corp(1, "a.example"), line(2));
    expect(total(capture).expansion).toBe(0);
    const second = capture.add("b", lines(...corp(5000, "b.example"), line(6000)));
    expect(total(capture).expansion).toBe(2);
    capture.remove(second.id);
    expect(total(capture).expansion).toBe(0);
  });
});

describe("latency", () => {
  it("is a histogram whose buckets hold each answer once", () => {
    const capture = captureOf(
      ...[1, 2, 2, 4, 100].flatMap((ms, n) => [
        asks(10 * n, "a.example", { port: 40_000 + n }),
        answers(10 * n + ms / 1000, "a.example", 0, { port: 40_000 + n }),
      ]),
      END,
    );
    const answer = askLatency(reader(capture));
    expect(answer.latencyNs.samples).toBe(5);
    // 2^21 ns is 2.097 ms: 2 ms lies in the last quarter below it.
    expect(answer.buckets.map(({ fromNs, toNs, n }) => [Number(fromNs), Number(toNs), n])).toEqual([
      [2 ** 19 * 1.75, 2 ** 20, 1],
      [2 ** 20 * 1.75, 2 ** 21, 2],
      [2 ** 21 * 1.75, 2 ** 22, 1],
      [2 ** 26 * 1.25, 2 ** 26 * 1.5, 1],
    ]);
    expect(answer.overTime).toBeUndefined();
  });

  it("over time belongs to when the question was asked, and each step lists the answers it counts", () => {
    // Two steps of half an hour. 1 to 20 ms in the first: rank 10 of 20 is 10 ms, rank 19 is 19 ms, rank 20 is 20 ms. The
    // last question of it is answered 300 ms later, in the second step, so there are 21: ranks 11, 20 and 21.
    const early = [...Array.from({ length: 20 }, (_, n) => [10 * n, n + 1]), [1799.9, 300]];
    // 40 and 80 ms in the second: rank 1 of 2, rank 2, rank 2.
    const late = [[1800, 80] as const, [1900, 40] as const];
    const open = reader(
      captureOf(
        ...[...early, ...late].flatMap(([at = 0, ms = 0], n) => [
          asks(at, "a.example", { port: 40_000 + n }),
          answers(at + ms / 1000, "a.example", 0, { port: 40_000 + n }),
        ]),
        asks(2000, "lost.example"),
        line(3500),
      ),
    );
    const { overTime, latencyNs } = askLatency(open, { steps: 3 });
    const start = BigInt(Date.parse(timeAt(0))) * 1_000_000n;
    expect(overTime).toMatchObject({ stepNs: "1800000000000", fromNs: String(start) });
    const said = overTime?.points.map(({ startNs, latencyNs: { p50, p95, p99, samples } }) => [
      Number(BigInt(startNs) - start) / 1e9,
      ...[p50, p95, p99].map((ns) => Number(ns) / 1e6),
      samples,
    ]);
    // At most 1 % off.
    expect(said?.map((numbers) => numbers.map((n) => Number(n.toPrecision(2))))).toEqual([
      [0, 11, 20, 300, 21],
      [1800, 40, 80, 80, 2],
    ]);
    expect(latencyNs.samples).toBe(23);
    for (const { startNs, latencyNs: own } of overTime?.points ?? []) {
      const to = BigInt(startNs) + BigInt(overTime?.stepNs ?? 0);
      const scope = { from: formatTime(BigInt(startNs)), to: formatTime(to), q: DNS_CELLS.samples };
      const flows = open.ask((capture) =>
        readFlows(capture, { ...scope, limit: 1, order: "asc", total: true }),
      );
      expect(flows.ok && flows.value.total?.events).toBe(own.samples);
      // The step by itself.
      expect(askLatency(open, { from: scope.from, to: scope.to }).latencyNs).toEqual(own);
    }
  });

  it("over time has no step where nothing was answered by the same clock", () => {
    const open = reader(captureOf(asks(1, "lost.example"), END));
    expect(askLatency(open, { steps: 10 })).toMatchObject({
      latencyNs: { samples: 0 },
      overTime: { points: [] },
    });
  });
});

describe("tables", () => {
  it("fold what is beyond the limit, and still add up", () => {
    const names = Array.from({ length: 30 }, (_, n) => `n${n}.example`);
    const capture = captureOf(
      ...names.flatMap((name, n) => [asks(n, name), answers(n + 0.01, name, n % 4)]),
      END,
    );
    const answer = askDns(reader(capture), "query", { limit: 7 });
    expect(answer.rows).toHaveLength(7);
    expect(answer.folded).toMatchObject({ rows: 23, queries: 23 });
    expectAddsUp(answer);
    expectAddsUp(askDns(reader(capture), "query", { limit: 30 }));
    expect(askDns(reader(capture), "query", { limit: 30 }).folded).toBeNull();
  });

  it("take a question into a scope with its answer, and a range by when it was asked", () => {
    const capture = captureOf(
      asks(1, "a.example"),
      answers(1.5, "a.example", 3),
      asks(2, "b.example"),
      answers(2.1, "b.example"),
      END,
    );
    expect(total(capture, "from-pod:shop/web")).toMatchObject({ queries: 2, responses: 2 });
    expect(total(capture, "!from-pod:shop/web")).toMatchObject({ queries: 0, responses: 0 });
    const open = reader(capture);
    const range = (from: number, to: number) =>
      askDns(open, "query", { from: timeAt(from), to: timeAt(to) }).total;
    expect(range(0, 1.2)).toMatchObject({ queries: 1, responses: 1, errors: { NXDOMAIN: 1 } });
    expect(range(1.2, 1.9)).toMatchObject({ queries: 0, responses: 0, errors: {} });
  });
});

const record = fc.record({
  at: fc.integer({ min: 0, max: 120 }).map((n) => n / 4),
  pod: fc.constantFrom("web-0", "cart-0"),
  port: fc.constantFrom(40_000, 40_001),
  name: fc.constantFrom("a.b", "a.b.shop.svc.cluster.local", "a.b.svc.cluster.local", "c.d", "c.d.dc1.corp"),
  what: fc.constantFrom("ask", "ask", "answer", "missing", "refused"),
  far: fc.constantFrom(0, 0, 500),
});

/** Two answers of questions at once make two lines alike, so a number tells them apart. */
function drawn(records: readonly (typeof record extends fc.Arbitrary<infer R> ? R : never)[]): string[] {
  return records.map(({ at, pod, port, name, what, far }, n) => {
    const wish = { pod, port, more: { uuid: `00000000-0000-4000-8000-${String(n).padStart(12, "0")}` } };
    const time = far + at;
    if (what === "ask") return asks(time, name, wish);
    if (what === "refused") return asks(time, name, { ...wish, more: { ...wish.more, verdict: "DROPPED" } });
    return answers(time, name, what === "missing" ? 3 : 0, wish);
  });
}

/** All that is settled about DNS, without ids of rows: those follow the order of files. */
function settled(capture: TestCapture): unknown {
  return capture.database
    .prepareExact(
      `SELECT q.hash AS question, r.hash AS answer, x.askedNs, x.answeredNs, t.value AS name, x.qtypes, x.rcode, x.state, x.latencyNs, x.latencyBucket,
         x.noData, p.hash AS retried, x.secondHop, x.suffixLabels, x.asIs, x.isFirst, x.requests, x.responses, a.key
       FROM DnsExchange x LEFT JOIN Flow q ON q.id = x.requestId LEFT JOIN Flow r ON r.id = x.responseId LEFT JOIN Flow p ON p.id = x.retryOf
       LEFT JOIN Text t ON t.id = x.queryId JOIN Endpoint e ON e.id = x.clientId JOIN Actor a ON a.id = e.actorId ORDER BY 1, 2`,
    )
    .all([]);
}

/** Exchanges whose group says something else, and groups without an exchange. */
function strays({ database }: TestCapture): unknown[] {
  return database
    .prepare(
      `SELECT x.id, g.id FROM DnsExchange x FULL JOIN DnsGroup g ON g.id = x.groupId
       WHERE x.id IS NULL OR g.id IS NULL
         OR (g.clientId, g.serverId, g.requests, g.responses, g.state, g.secondHop) IS NOT (x.clientId, x.serverId, x.requests, x.responses, x.state, x.secondHop)
         OR (g.queryId, g.qtypes, g.rcode, g.noData, g.suffixLabels) IS NOT (x.queryId, x.qtypes, x.rcode, x.noData, x.suffixLabels)
         OR (g.answers, g.retry) IS NOT (${ANSWERS}, x.retryOf IS NOT NULL)
         OR g.observerId IS NOT (SELECT observerId FROM Flow WHERE id = x.id)`,
    )
    .rows([]);
}

describe("whatever the order", () => {
  it("of lines and files, files split, or files that came and went, the same is settled", () => {
    fc.assert(
      fc.property(
        fc.array(record, { minLength: 1, maxLength: 24 }),
        fc.infiniteStream(fc.nat(3)),
        (records, random) => {
          const texts = drawn(records);
          // A file of which everything was there already is not kept: each has a line of its own.
          const own = [0, 1, 2].map((part) => line(520 + part));
          const whole = captureOf(...texts, ...own);
          const shuffled = [...texts]
            .map((text) => [random.next().value, text] as const)
            .sort(([a], [b]) => a - b);
          const parts = [0, 1, 2].map((part) =>
            shuffled.filter((_, n) => n % 3 === part).map(([, text]) => text),
          );
          const split = new TestCapture();
          const passing = split.add(
            "passing",
            lines(...(parts[0] as string[]), asks(3, "a.b", { port: 40_001 }), answers(7, "c.d", 3)),
          );
          for (const [n, part] of parts.entries()) split.add(`part ${n}`, lines(...part, own[n] as string));
          split.remove(passing.id);
          expect(settled(split)).toEqual(settled(whole));
          for (const capture of [split, whole]) expect(strays(capture)).toEqual([]);
          whole.database.close();
          split.database.close();
        },
      ),
      { seed: 20260304, numRuns: 40 },
    );
  });
});

const BOOKINFO = path.resolve(
  projectRoot(),
  "..",
  "shared",
  "data",
  "real",
  "flows",
  "bookinfo-kind-udp-dns.jsonl",
);

describe.runIf(existsSync(BOOKINFO))(
  "Bookinfo on kind, 148 DNS records (worked out with a script of its own)",
  () => {
    it("has 74 questions, all answered, half of them without data", () => {
      const capture = new TestCapture();
      capture.add("a", readFileSync(BOOKINFO));
      const open = reader(capture);
      const { total: all, rows } = askDns(open, "query");
      expect(all).toMatchObject({
        queries: 74,
        responses: 74,
        errors: {},
        unanswered: 0,
        open: 0,
        expansion: 0,
        noData: 37,
        retries: 0,
        secondHops: 0,
        clients: 2,
        first: "2021-11-10T10:40:56.872104700Z",
        last: "2021-11-10T10:41:02.196968300Z",
      });
      expect(rows.map((row) => [keyText(row), row.queries, row.responses])).toEqual([
        ["productpage.bookinfo.svc.cluster.local", 26, 26],
        ["details.bookinfo.svc.cluster.local", 24, 24],
        ["reviews.bookinfo.svc.cluster.local", 24, 24],
      ]);
      // Of the sorted 74 latencies the 37th, 71st and 74th.
      for (const [own, real] of [
        [all.latencyNs.p50, 2_147_300],
        [all.latencyNs.p95, 7_089_600],
        [all.latencyNs.p99, 9_878_500],
      ] as const)
        expect(Math.abs(Number(own) - real)).toBeLessThanOrEqual(real / 100);
      expect(askDns(open, "client").rows.map((row) => row.queries)).toEqual([48, 26]);
      for (const by of ["rcode", "query", "client", "server"] as const) expectAddsUp(askDns(open, by));
    });
  },
);
