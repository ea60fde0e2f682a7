import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { bucketOf } from "@/lib/base/log-histogram";
import { projectRoot } from "@/lib/base/project-root";
import { openSqlite } from "@/lib/capture/driver";
import { bucketSql } from "@/lib/capture/latency-bucket";
import { line, lines, TestCapture, testFolder, timeAt } from "@/lib/jobs/testing";
import type { L7Answer, L7By, L7Row } from "./answers-l7";
import type { WorkloadsAnswer } from "./answers-workloads";
import { readL7 } from "./l7";
import { readL7Examples } from "./l7-examples";
import { readL7Timeline } from "./l7-timeline";
import { OpenCapture } from "./open-capture";
import type { ScopeParameters } from "./scope-parameters";
import { readWorkloads } from "./workloads";

const SAMPLE = path.join(projectRoot(), "public", "sample");
const truth = JSON.parse(readFileSync(path.join(SAMPLE, "truth.json"), "utf8"));

const folder = mkdtempSync(path.join(tmpdir(), "eyepiece-test-"));
afterAll(() => rmSync(folder, { recursive: true }));
let made: string | undefined;

/** Read once; its file is opened by each test. */
function sample(): OpenCapture {
  if (made === undefined) {
    const capture = new TestCapture(folder);
    for (const name of readdirSync(SAMPLE).filter((file) => file.endsWith(".gz")))
      capture.add(name, gunzipSync(readFileSync(path.join(SAMPLE, name))));
    made = capture.file;
  }
  return open({ file: made });
}

function open(capture: { readonly file: string }): OpenCapture {
  const opened = OpenCapture.open(capture.file);
  if (!opened.ok) throw new Error(opened.failure.message);
  onTestFinished(() => opened.value.close());
  return opened.value;
}

function l7(
  capture: OpenCapture,
  by: L7By,
  protocol: "http" | "grpc" | "kafka" = "http",
  scope: ScopeParameters & { limit?: number } = {},
): L7Answer {
  const answer = capture.ask((asked) => readL7(asked, { by, protocol, limit: 1000, ...scope }));
  if (!answer.ok) throw new Error(answer.failure.message);
  return answer.value;
}

function workloads(capture: OpenCapture, scope: ScopeParameters = {}): WorkloadsAnswer {
  const answer = capture.ask((asked) => readWorkloads(asked, { limit: 1000, ...scope }));
  if (!answer.ok) throw new Error(answer.failure.message);
  return answer.value;
}

const numbers = ({ requests, responses, errors, denied, unanswered, open: pending }: L7Row): number[] => [
  ...[requests, responses, errors, denied, unanswered, pending],
];

describe("L7 of the sample capture", () => {
  const capture = sample;

  it("counts requests, responses and statuses of each server as its maker does", () => {
    const asked = capture();
    for (const server of truth.http.servers) {
      const protocol = server.grpc ? "grpc" : "http";
      const row = l7(asked, "server", protocol).rows.find(
        ({ key }) => key.server === `${server.server}@shop-prod`,
      );
      const isCheckout = server.server === "storefront/checkout";
      // The 403 of checkout are the proxy's: an HTTP rule refused the requests, the server never saw them.
      const { 403: refused, ...others } = server.byStatus;
      const status = isCheckout ? { ...others, "403 by policy": refused } : server.byStatus;
      expect(row, server.server).toMatchObject({
        ...{ requests: server.requests, responses: server.responses, status, denied: isCheckout ? 11 : 0 },
      });
    }
    const total = ["http", "grpc"].map((protocol) => l7(asked, "route", protocol as "http").total);
    // Counting both ends, as dashboards do, gives 1,269.
    expect(total.reduce((sum, { requests }) => sum + requests, 0)).toBe(truth.http.requests);
  });

  it("has the latencies of the records, at most 1 % off, where one side logs them", () => {
    const asked = capture();
    const close = (found: string | null | undefined, expected: number): void => {
      // The truth's own percentiles come from buckets 1 % wide.
      expect(Math.abs(Number(found) - expected) / expected).toBeLessThan(0.02);
    };
    for (const server of truth.http.servers) {
      if (server.latency === null || ["payments/payments-api", "storefront/checkout"].includes(server.server))
        continue;
      const row = l7(asked, "server").rows.find(({ key }) => key.server === `${server.server}@shop-prod`);
      expect(row?.latencyNs).toMatchObject({ samples: server.latency.samples, computed: 0 });
      close(row?.latencyNs.p50, server.latency.p50Ns);
      close(row?.latencyNs.p95, server.latency.p95Ns);
      close(row?.latencyNs.p99, server.latency.p99Ns);
    }
    const grpc = l7(asked, "server", "grpc").total.latencyNs;
    expect([grpc.samples, grpc.computed]).toEqual([233, 233]);
  });

  it("adds up the same over every table, in any scope", () => {
    const asked = capture();
    const scopes: ScopeParameters[] = [
      {},
      { q: "namespace:search" },
      { q: "!namespace:search", from: "2026-05-12T09:45:00Z", to: "2026-05-12T09:55:00Z" },
    ];
    for (const scope of scopes) {
      for (const by of ["route", "status", "client", "server", "pod"] as const) {
        const { rows, total } = l7(asked, by, "http", scope);
        const sums = numbers(total as L7Row).map((_, i) =>
          rows.reduce((sum, row) => sum + (numbers(row)[i] ?? 0), 0),
        );
        expect(sums, by).toEqual(numbers(total as L7Row));
        const statuses = Object.values(total.status).reduce((sum, n) => sum + n, 0);
        expect(statuses).toBe(total.responses);
      }
    }
  });

  it("folds ids out of routes, names gRPC methods, and puts errors first", () => {
    const asked = capture();
    const { rows } = l7(asked, "route");
    expect(rows[0]?.key.server).toBe("search/opensearch@shop-prod");
    expect(rows.filter(({ key }) => /\d{2,}|\?/.test(key.route ?? "")).map(({ key }) => key.route)).toEqual(
      [],
    );
    expect(rows.every(({ key, method }) => key.method === method)).toBe(true);
    const methods = l7(asked, "route", "grpc").rows.map(({ key }) => key.route);
    expect(methods.every((method) => /^[\w.]+\/\w+$/.test(method ?? ""))).toBe(true);
  });

  it("folds what is beyond the limit, and says how much that is", () => {
    const asked = capture();
    const all = l7(asked, "route");
    const { rows, total, folded } = l7(asked, "route", "http", { limit: 2 });
    expect(rows).toEqual(all.rows.slice(0, 2));
    expect(total).toEqual(all.total);
    expect(folded.rows).toBe(all.rows.length - 2);
    expect(folded.requests + rows.reduce((sum, { requests }) => sum + requests, 0)).toBe(all.total.requests);
  });
});

describe("L7 of single records", () => {
  const client = { ip: "10.0.0.1", endpoint: { namespace: "shop", pod_name: "web-0" } };
  const server = { ip: "10.0.0.2", endpoint: { namespace: "shop", pod_name: "api-0" } };
  const http = (
    at: number,
    port: number,
    type: "REQUEST" | "RESPONSE",
    members: object,
    flow: object = {},
  ): string => {
    const isReply = type === "RESPONSE";
    const [from, to] = isReply ? [server, client] : [client, server];
    return line(at, {
      ...{ Type: "L7", is_reply: isReply, traffic_direction: "INGRESS" },
      ...{ source: from.endpoint, destination: to.endpoint, IP: { source: from.ip, destination: to.ip } },
      l4: { TCP: { source_port: isReply ? 80 : port, destination_port: isReply ? port : 80 } },
      l7: { type, http: { method: "GET", url: "http://api/users/7", protocol: "HTTP/1.1", ...members } },
      ...flow,
    });
  };

  it("tells 403 by policy from 403 by the server, and 4xx from errors", () => {
    const capture = new TestCapture();
    capture.add(
      "a",
      lines(
        ...[
          http(1, 4001, "REQUEST", {}, { verdict: "DROPPED" }),
          http(1.001, 4001, "RESPONSE", { code: 403 }),
        ],
        ...[http(2, 4002, "REQUEST", {}), http(2.5, 4002, "RESPONSE", { code: 403 })],
        ...[http(3, 4003, "REQUEST", {}), http(3.5, 4003, "RESPONSE", { code: 404 })],
        ...[http(4, 4004, "REQUEST", {}), http(4.5, 4004, "RESPONSE", { code: 500 })],
        ...[http(5, 4005, "REQUEST", {}), http(50, 4006, "REQUEST", {})],
        http(60, 4007, "REQUEST", {}),
      ),
    );
    const { total, rows } = l7(open(capture), "route");
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      key: { server: "shop/api", method: "GET", route: "/users/{id}" },
      method: "GET",
    });
    expect(total).toMatchObject({
      // 403 and 404 of the server: what the rule refused and the 500 did not succeed.
      ...{ requests: 7, responses: 4, succeeded: 2, denied: 1, errors: 2, unanswered: 1, open: 2 },
      status: { "403": 1, "403 by policy": 1, "404": 1, "500": 1 },
      // Half a second each, the refused one apart.
      latencyNs: { samples: 3, computed: 3 },
      ...{ first: timeAt(1).replace("Z", "000000Z"), last: timeAt(60).replace("Z", "000000Z") },
    });
    expect(Math.abs(Number(total.latencyNs.p50) / 5e8 - 1)).toBeLessThan(0.01);
    const statuses = l7(open(capture), "status").rows.map(({ key, requests }) => [key.status, requests]);
    expect(Object.fromEntries(statuses)).toEqual({
      ...{ "403 by policy": 1, "500": 1, "403": 1, "404": 1, "no answer": 1, open: 2 },
    });
  });

  it("gives the server's answer to no request that a rule refused, whose own answer is not in the log", () => {
    const capture = new TestCapture();
    const call = { method: "POST", url: "http://cart/shop.v1.Cart/Get", protocol: "HTTP/2" };
    const denied = { code: 200, headers: [{ key: "Grpc-Status", value: "7" }] };
    capture.add(
      "a",
      lines(
        // One connection: refused, then let through; and so with a 403 of the server's own.
        ...[http(1, 4001, "REQUEST", {}, { verdict: "DROPPED" }), http(2, 4001, "REQUEST", {})],
        http(2.5, 4001, "RESPONSE", { code: 200 }),
        ...[http(3, 4001, "REQUEST", {}, { verdict: "DROPPED" }), http(4, 4001, "REQUEST", {})],
        http(4.5, 4001, "RESPONSE", { code: 403 }),
        // Envoy refuses calls of gRPC with status 200.
        http(5, 4002, "REQUEST", call, { verdict: "DROPPED" }),
        ...[http(5.001, 4002, "RESPONSE", { ...call, ...denied }), http(6, 4002, "REQUEST", call)],
        ...[http(6.5, 4002, "RESPONSE", { ...call, code: 200 }), http(99, 4003, "REQUEST", {})],
      ),
    );
    const opened = open(capture);
    expect(l7(opened, "status").total).toMatchObject({
      ...{ requests: 5, responses: 2, denied: 2, deniedUnanswered: 2, unanswered: 0, open: 1 },
      ...{ errors: 2, clientErrors: 1, succeeded: 2, status: { "200": 1, "403": 1 } },
      latencyNs: { samples: 2, computed: 2 },
    });
    expect(l7(opened, "status", "grpc").total).toMatchObject({
      ...{
        requests: 2,
        responses: 2,
        denied: 1,
        deniedUnanswered: 0,
        unanswered: 0,
        latencyNs: { samples: 1 },
      },
    });
  });

  it("draws each request in one class, and finds the slowest and the newest error of a route", () => {
    const capture = new TestCapture();
    const answered = (
      at: number,
      port: number,
      code: number,
      latency: number,
      url = "http://api/users/7",
    ) => [http(at, port, "REQUEST", { url }), http(at + latency, port, "RESPONSE", { code, url })];
    capture.add(
      "a",
      lines(
        ...answered(1, 4001, 200, 0.25),
        ...answered(2, 4002, 404, 0.125),
        ...answered(11, 4003, 500, 2),
        ...answered(14, 4004, 502, 0.5, "http://api/users/8"),
        ...answered(15, 4005, 503, 0.25, "http://api/orders"),
        http(16, 4006, "REQUEST", {}, { verdict: "DROPPED" }),
        http(17, 4007, "REQUEST", {}),
        http(90, 4008, "REQUEST", {}),
      ),
    );
    const opened = open(capture);
    const timeline = readL7Timeline(opened, {
      ...{ protocol: "http", by: "class", of: "all", buckets: 12, limit: 20 },
    });
    if (!timeline.ok) throw new Error(timeline.failure.message);
    const { series, total, bucketNs } = timeline.value;
    expect(bucketNs).toBe("10000000000");
    expect(total).toBe(8);
    const start = BigInt(timeline.value.fromNs ?? 0);
    const places = series.map(({ key, points }) => [
      key.class,
      points.map(([at, n]) => [Number((BigInt(at) - start) / 10_000_000_000n), n]),
    ]);
    expect(places).toEqual([
      ["ok", [[0, 1]]],
      ["open", [[9, 1]]],
      ["no-answer", [[1, 1]]],
      ["client-error", [[0, 1]]],
      ["server-error", [[1, 3]]],
      ["denied", [[1, 1]]],
    ]);

    const examples = readL7Examples(opened, { protocol: "http", limit: 2 });
    if (!examples.ok) throw new Error(examples.failure.message);
    const { slowest, failing } = examples.value;
    expect(slowest.map(({ latencyNs, status, isComputed }) => [latencyNs, status, isComputed])).toEqual([
      ["2000000000", "500", true],
      ["500000000", "502", true],
    ]);
    // The refused request is the newest of three errors of its route.
    // The request that was refused without an answer takes nothing from those that were answered.
    expect(l7(opened, "route").total).toMatchObject({ responses: 5, succeeded: 2, errors: 4, denied: 1 });
    expect(failing.map(({ route, status, errors, url }) => [route, status, errors, url])).toEqual([
      ["/users/{id}", "denied", 3, "http://api/users/7"],
      ["/orders", "503", 1, "http://api/orders"],
    ]);
    expect(slowest[0]).toMatchObject({ client: "shop/web", server: "shop/api", method: "GET" });
    expect(slowest[0]?.answerId).not.toBe(slowest[0]?.flowId);
  });

  it("shows URLs as they stand in the log beside the route that they are folded into", () => {
    const capture = new TestCapture();
    const of = (at: number, url: string) => http(at, 4000 + at, "REQUEST", { url });
    capture.add(
      "a",
      lines(of(1, "/users/7"), of(2, "/users/8"), of(3, "/users/7"), of(4, "/HUBBLE_REDACTED")),
    );
    const rows = l7(open(capture), "url").rows.map(({ key, requests }) => [key.url, key.route, requests]);
    expect(rows).toEqual([
      ["/users/7", "/users/{id}", 2],
      ["/users/8", "/users/{id}", 1],
      ["/HUBBLE_REDACTED", "/{redacted}", 1],
    ]);
  });

  it("counts what may be one request twice, and says so, where records name neither side nor node", () => {
    const asked = (at: number, url: string): string =>
      http(at, 4001, "REQUEST", { url }, { traffic_direction: undefined });
    const counted = (...texts: string[]) => {
      const capture = new TestCapture();
      capture.add("a", lines(...texts));
      const { meta, total } = l7(open(capture), "route");
      return [meta.exact, total.requests];
    };
    expect(counted(asked(1, "/a"), asked(1.5, "/b"), asked(3, "/a"))).toEqual([true, 3]);
    expect(counted(asked(1, "/a"), asked(1.5, "/b"), asked(1.9, "/a"))).toEqual([false, 3]);
  });

  it("gives a Kafka answer that names no topic to every topic of its request", () => {
    const kafka = (at: number, type: "REQUEST" | "RESPONSE", members: object): string =>
      http(at, 4001, type, {}, { l7: { type, kafka: members } });
    const capture = new TestCapture();
    capture.add(
      "a",
      lines(
        ...["orders", "stock"].map((topic) =>
          kafka(1, "REQUEST", { topic, api_key: "produce", correlation_id: 7 }),
        ),
        kafka(1.25, "RESPONSE", { correlation_id: 7 }),
        kafka(2, "REQUEST", { topic: "orders", api_key: "produce", correlation_id: 8 }),
        kafka(2.5, "RESPONSE", { correlation_id: 8, error_code: 3 }),
        kafka(90, "REQUEST", { topic: "orders", api_key: "fetch", correlation_id: 9 }),
        http(
          91,
          4001,
          "REQUEST",
          {},
          {
            verdict: "DROPPED",
            l7: { type: "REQUEST", kafka: { topic: "secret", api_key: "fetch", correlation_id: 10 } },
          },
        ),
      ),
    );
    const { total, rows } = l7(open(capture), "route", "kafka");
    expect(total).toMatchObject({
      ...{ requests: 5, responses: 3, errors: 2, open: 1, unanswered: 0, answersOnly: 0 },
      ...{ denied: 1, deniedUnanswered: 1, unpaired: 0 },
      ...{ status: { NONE: 2, UNKNOWN_TOPIC_OR_PARTITION: 1 } },
    });
    expect(total.latencyNs).toMatchObject({ samples: 3, computed: 3 });
    expect(rows.map(({ key, method, requests, status }) => [key.route, method, requests, status])).toEqual([
      ["orders", "produce", 2, { NONE: 1, UNKNOWN_TOPIC_OR_PARTITION: 1 }],
      ["secret", "fetch", 1, {}],
      ["orders", "fetch", 1, {}],
      ["stock", "produce", 1, { NONE: 1 }],
    ]);
  });

  it("counts aggregated records by their events, at most", () => {
    const capture = new TestCapture();
    const l7Record = (type: string, code?: number): string =>
      line(1, {
        Type: "L7",
        l7: { type, http: { code } },
        aggregate: { ingress_flow_count: 5, egress_flow_count: 5 },
      });
    capture.add("a", lines(l7Record("REQUEST"), l7Record("RESPONSE", 503)));
    const { meta, total, rows } = l7(open(capture), "route");
    expect(meta.exact).toBe(false);
    expect(total).toMatchObject({ requests: 10, responses: 10, errors: 10, status: { "503": 10 } });
    expect(rows.map(({ key }) => key.route)).toEqual([null]);
  });

  it("takes what has a code for an answer where aggregation left the type out, and the direction for the rest", () => {
    const capture = new TestCapture();
    const aggregated = (http: object, flow: object, ingress_flow_count: number): string =>
      line(1, { Type: undefined, l7: { http }, ...flow, aggregate: { ingress_flow_count } });
    capture.add(
      "a",
      lines(
        ...[
          aggregated({ code: 200 }, { is_reply: true }, 7),
          aggregated({ code: 503 }, { is_reply: true }, 3),
        ],
        ...[aggregated({ code: 404 }, {}, 2), aggregated({}, { is_reply: false }, 11)],
        // It could be either.
        aggregated({}, {}, 100),
      ),
    );
    const { meta, total } = l7(open(capture), "route");
    expect(meta.exact).toBe(false);
    expect(total).toMatchObject({
      ...{ requests: 11, responses: 12, answersOnly: 12, errors: 3, clientErrors: 2 },
      status: { "200": 7, "404": 2, "503": 3 },
    });
  });
});

describe("the bucket of a latency in SQL", () => {
  it("is that of the histogram", () => {
    const database = openSqlite(path.join(testFolder(), "x.db"));
    const sql = database.prepareExact(`SELECT ${bucketSql("v")} AS bucket FROM (SELECT ? AS v)`);
    const values = [0, 1, 63, 64, 65, 127, 128, 129, 1000, 123_456, 5e8, 2 ** 31, 2 ** 32 + 5, 1e15];
    values.push(Number.MAX_SAFE_INTEGER - 1, Number.MAX_SAFE_INTEGER);
    for (const value of values)
      expect(Number(sql.get([BigInt(value)])?.bucket), String(value)).toBe(bucketOf(value));
    expect(Number(sql.get([2n ** 60n])?.bucket)).toBe(bucketOf(2 ** 60));
    database.close();
  });
});

describe("workloads of the sample capture", () => {
  it("have the events of each pod that their maker counts, and name the uneven one with its reason", () => {
    const { rows } = workloads(sample());
    const { workload, pods } = truth.unbalanced;
    const row = rows.find((one) => one.workload === `${workload}@shop-prod`);
    const expected = pods.map(({ pod, events }: { pod: string; events: number }) => [pod, events]);
    expect(row?.pods.map(({ pod, events }) => [pod.split("/")[1]?.split("@")[0], events])).toEqual(
      expected.toSorted((a: [string, number], b: [string, number]) => b[1] - a[1]),
    );
    // Of 875, 288 and 273: differences 587, 602, 15; 2 · 1204 / (2 · 3 · 1436) · 3/2 = 0.419.
    expect(row?.imbalance).toBe(0.419);
    expect(row?.likelyReason).not.toBe("even");
  });

  it("tell how TCP attempts to a workload ended, for the one that lost its client's rule", () => {
    const asked = sample();
    const row = workloads(asked).rows.find((one) => one.workload === "orders/orders-api@shop-prod");
    const cause = truth.drops.causes.find(({ name }: { name: string }) => name === "orders-api-default-deny");
    expect(row?.unanswered).toBe(cause.attempts);
    expect(row?.syn).toBeGreaterThan(cause.attempts);
    expect(row?.pods.reduce((sum, { drops }) => sum + drops, 0)).toBe(cause.drops);
    const inRange = workloads(asked, { to: truth.incidentAt }).rows.find(
      (one) => one.workload === row?.workload,
    );
    expect(inRange?.unanswered).toBe(0);
  });
});
