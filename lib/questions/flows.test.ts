import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { formatTime } from "@/lib/base/time";
import { line, lines, TestCapture, timeAt } from "@/lib/jobs/testing";
import type { FlowsAnswer } from "./answers";
import { type FlowsParameters, readFlows } from "./flows";
import { hasLadder } from "./ladder";
import { OpenCapture } from "./open-capture";
import { scopeKey } from "./scope-parameters";

function reader(capture: TestCapture): OpenCapture {
  const opened = OpenCapture.open(capture.file);
  if (!opened.ok) throw new Error(opened.failure.message);
  onTestFinished(() => opened.value.close());
  return opened.value;
}

function ask(open: OpenCapture, parameters: Partial<FlowsParameters> = {}): FlowsAnswer {
  const answer = open.ask((capture) =>
    readFlows(capture, { limit: 10, order: "asc", total: false, ...parameters }),
  );
  if (!answer.ok) throw new Error(`${answer.failure.code}: ${answer.failure.message}`);
  return answer.value;
}

function refused(open: OpenCapture, parameters: Partial<FlowsParameters>): string {
  const answer = open.ask((capture) =>
    readFlows(capture, { limit: 10, order: "asc", total: false, ...parameters }),
  );
  if (answer.ok) throw new Error("was answered");
  return answer.failure.code;
}

const ids = ({ flows }: FlowsAnswer): string[] => flows.map(({ id }) => id);

/** All ids by `next` from the first page on, and the pages. */
function walk(open: OpenCapture, parameters: Partial<FlowsParameters>): FlowsAnswer[] {
  const pages = [ask(open, parameters)];
  for (let next = pages[0]?.next; next !== null && next !== undefined; next = pages.at(-1)?.next)
    pages.push(ask(open, { ...parameters, cursor: next }));
  return pages;
}

/** The same pages from the last one on, by `previous`. */
function walkBack(open: OpenCapture, parameters: Partial<FlowsParameters>, last: FlowsAnswer): FlowsAnswer[] {
  const pages = [last];
  for (let previous = last.previous; previous !== null; previous = pages[0]?.previous ?? null)
    pages.unshift(ask(open, { ...parameters, cursor: previous }));
  return pages;
}

/** Flows in the order of the file; `undefined` is untimed. */
function captureOf(
  times: readonly (bigint | undefined)[],
  dropped: (n: number) => boolean = () => false,
): TestCapture {
  const capture = new TestCapture();
  const texts = times.map((time, n) =>
    line(undefined, {
      ...(time === undefined ? {} : { time: formatTime(time) }),
      verdict: dropped(n) ? "DROPPED" : "FORWARDED",
      Summary: `number ${n}`,
    }),
  );
  capture.add("a", lines(...texts));
  return capture;
}

/** Ids in the order of product: untimed first, then by time, equal times in the order of the file. */
function ordered(capture: TestCapture, where = "1"): string[] {
  return capture.database
    .prepareExact(
      `SELECT f.hash FROM Flow f JOIN Kind k ON k.id = f.kindId WHERE ${where} ORDER BY f.timeNs IS NOT NULL, f.timeNs, f.id`,
    )
    .all([])
    .map(({ hash }) =>
      BigInt.asUintN(64, hash as bigint)
        .toString(16)
        .padStart(16, "0"),
    );
}

/** Many equal times, untimed ones, times before 1970 and at the far ends of what can be stored. */
const time = fc.oneof(
  { weight: 5, arbitrary: fc.bigInt({ min: 0n, max: 4n }).map((n) => 1787314338_000000000n + n) },
  {
    weight: 2,
    arbitrary: fc.bigInt({ min: 0n, max: 5000n }).map((n) => 1787314338_000000000n + n * 1_000_000_000n),
  },
  { weight: 1, arbitrary: fc.bigInt({ min: -3n, max: 0n }) },
  { weight: 1, arbitrary: fc.constantFrom(-(2n ** 63n) + 1n, 2n ** 63n - 1n, 2n ** 63n - 2n, -(2n ** 62n)) },
  { weight: 1, arbitrary: fc.constant(undefined) },
);
const NEAR = fc.sample(
  time.filter((ns) => ns === undefined || (ns > 2n ** 60n && ns < 2n ** 62n)),
  { seed: 1, numRuns: 150 },
);
const FAR = fc.sample(time, { seed: 2, numRuns: 150 });
const EQUAL = Array<bigint>(60).fill(5n);
const every3rd = (n: number) => n % 3 === 0;

describe.each([
  ["with many equal times and untimed flows", NEAR],
  ["with times centuries apart", FAR],
  ["with one time only", EQUAL],
  ["with untimed flows only", Array<undefined>(30).fill(undefined)],
  ["with no flows", []],
])("pages of flows %s", (_name, times) => {
  describe.each([
    ["all", undefined, "1"],
    ["filtered", "verdict:DROPPED", "k.verdict = 'DROPPED'"],
    ["with a filter that matches nothing", "verdict:ERROR", "0"],
  ])("%s", (_scope, q, where) => {
    describe.each([true, false])("counted: %s", (total) => {
      it.each([
        ["asc", 7],
        ["desc", 7],
        ["asc", 1],
        ["desc", 500],
      ] as const)("are walked %s by %i, each flow once, and back again", (order, limit) => {
        const capture = captureOf(times, every3rd);
        const open = reader(capture);
        const expected = ordered(capture, where);
        if (order === "desc") expected.reverse();
        const parameters = { q, total, order, limit };
        const pages = walk(open, parameters);
        expect(pages.flatMap(ids)).toEqual(expected);
        for (const page of pages.slice(0, -1)) expect(page.flows).toHaveLength(limit);
        expect(pages[0]?.previous).toBeNull();
        const back = walkBack(open, parameters, pages.at(-1) as FlowsAnswer);
        expect(back.flatMap(ids)).toEqual(expected);
        const dropped = ordered(capture, `k.verdict = 'DROPPED' AND ${where}`).length;
        // Without flows there is no revision, and nothing is settled.
        const drops = times.length === 0 ? null : dropped;
        const counted = total ? { records: expected.length, events: expected.length, drops } : null;
        for (const page of pages) expect(page.total).toEqual(counted);
      });

      it.each(["asc", "desc"] as const)("begin at any number of the order %s", (order) => {
        const capture = captureOf(times, every3rd);
        const open = reader(capture);
        const expected = ordered(capture, where);
        if (order === "desc") expected.reverse();
        for (let position = 0; position <= expected.length + 1; position += 7) {
          const page = ask(open, { q, total, order, limit: 9, position });
          expect(ids(page)).toEqual(expected.slice(position, position + 9));
          expect(page.position).toBe(position);
          expect(page.next === null).toBe(position + 9 >= expected.length);
          if (page.flows.length > 0) expect(page.previous === null).toBe(position === 0);
        }
      });

      it.each(["asc", "desc"] as const)("begin at any flow of the order %s, with its number", (order) => {
        const capture = captureOf(times, every3rd);
        const open = reader(capture);
        const expected = ordered(capture, where);
        if (order === "desc") expected.reverse();
        expect(ask(open, { q, total, order, limit: 5 }).flows).toHaveLength(Math.min(5, expected.length));
        for (let position = 0; position < expected.length; position += 7) {
          const page = ask(open, { q, total, order, limit: 5, flow: expected[position] });
          expect(page.position).toBe(position);
          expect(ids(page)).toEqual(expected.slice(position, position + 5));
        }
      });
    });
  });
});

describe("a page at a time", () => {
  const capture = () =>
    captureOf([undefined, 10n, 10n, 20n, 30n].map((ns) => (ns === undefined ? ns : ns * 1_000_000_000n)));
  const at = (seconds: number) => formatTime(BigInt(seconds) * 1_000_000_000n);
  /** Numbers of the flows in the order of time, from 0 = untimed. */
  const numbers = (all: string[], page: FlowsAnswer) => ids(page).map((id) => all.indexOf(id));

  it.each([
    ["asc", 10, [1, 2, 3, 4]],
    ["asc", 11, [3, 4]],
    ["asc", 0, [1, 2, 3, 4]],
    ["asc", 31, []],
    ["desc", 10, [2, 1, 0]],
    ["desc", 25, [3, 2, 1, 0]],
    ["desc", 5, [0]],
    ["desc", 99, [4, 3, 2, 1, 0]],
  ] as const)("%s begins with the first flow at or behind %i s", (order, seconds, expected) => {
    const made = capture();
    const open = reader(made);
    for (const total of [false, true]) {
      const page = ask(open, { order, at: at(seconds), total });
      expect(numbers(ordered(made), page)).toEqual(expected);
      // Of five flows, those that are not behind it stand before it.
      expect(page.position).toBe(5 - expected.length);
    }
  });

  it("that holds nothing is left by its cursor", () => {
    const made = capture();
    const open = reader(made);
    const page = ask(open, { at: at(31) });
    expect(page).toMatchObject({ flows: [], next: null });
    const back = ask(open, { cursor: page.previous ?? undefined });
    expect(numbers(ordered(made), back)).toEqual([0, 1, 2, 3, 4]);
    expect(back.next).not.toBeNull();
  });

  it("goes on by its cursors both ways", () => {
    const made = capture();
    const open = reader(made);
    const page = ask(open, { at: at(20), limit: 1 });
    expect(numbers(ordered(made), page)).toEqual([3]);
    expect(numbers(ordered(made), ask(open, { cursor: page.next ?? "", limit: 1 }))).toEqual([4]);
    expect(numbers(ordered(made), ask(open, { cursor: page.previous ?? "", limit: 2 }))).toEqual([1, 2]);
  });
});

describe("the first page of a range", () => {
  const first = 1787314338_000000000n;
  const rangeOf = (from: number, to: number) => ({
    from: formatTime(first + BigInt(from)),
    to: formatTime(first + BigInt(to)),
  });

  it("begins far behind the first flows of all and far before the last ones, and is read without a count of the range", () => {
    // More flows stand before and behind it than are looked at from an end of the capture.
    const capture = captureOf(Array.from({ length: 9000 }, (_, n) => first + BigInt(n)));
    const open = reader(capture);
    const [all, range] = [ordered(capture), rangeOf(4300, 4700)];
    expect(ids(ask(open, { ...range, limit: 5 }))).toEqual(all.slice(4300, 4305));
    expect(ids(ask(open, { ...range, limit: 5, order: "desc" }))).toEqual(all.slice(4695, 4700).toReversed());
    expect(hasLadder(open, scopeKey(range))).toBe(false);
    // Of fewer flows than the page has room for, too.
    expect(ids(ask(open, { ...rangeOf(4300, 4303), limit: 5 }))).toEqual(all.slice(4300, 4303));
  });
});

describe("a cursor", () => {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

  it.each([
    ["", "nothing"],
    ["x", "no JSON"],
    [encode({}), "another shape"],
    [encode(["n", "1", "2", "3"]), "too many parts"],
    [encode(["x", "1", "20000"]), "another side"],
    [encode(["n", "9223372036854775808", "1"]), "a time beyond 64 bits"],
    [encode(["n", "-9223372036854775809", "1"]), "a time below 64 bits"],
    [encode(["n", 5, "1"]), "a number for a text"],
    [encode(["n", "1 OR 1=1", "1"]), "more than a number"],
    [encode(["n", null, "-1"]), "a negative row"],
  ])("%s is refused: %s", (cursor) => {
    expect(refused(reader(captureOf([1n, 2n])), { cursor })).toBe("cursor_invalid");
  });

  it("of one filter is a place in the order of another", () => {
    const capture = captureOf(EQUAL, every3rd);
    const open = reader(capture);
    const { next } = ask(open, { limit: 9 });
    const rest = ask(open, { cursor: next ?? "", q: "verdict:DROPPED", limit: 100, total: true });
    const dropped = ordered(capture, "k.verdict = 'DROPPED'");
    expect(ids(rest)).toEqual(dropped.slice(3));
  });

  it.each(["verdict:DROPPED", "drop:yes", "!verdict:FORWARDED"])(
    "of %s begins far behind the first flows of all, and far before the last ones",
    (q) => {
      const times = Array.from({ length: 9000 }, (_, n) => 1787314338_000000000n + BigInt(n));
      const capture = captureOf(times, (n) => n >= 4300 && n <= 4330);
      const dropped = ordered(capture).slice(4300, 4331);
      const open = reader(capture);
      expect(ids(ask(open, { q, limit: 5 }))).toEqual(dropped.slice(0, 5));
      expect(ids(ask(open, { q, limit: 5, order: "desc" }))).toEqual(dropped.toReversed().slice(0, 5));
      expect(walk(reader(capture), { q, limit: 7 }).flatMap(ids)).toEqual(dropped);
      expect(ids(ask(reader(capture), { q, limit: 100 }))).toEqual(dropped);
    },
  );

  it("still leads on when a file was removed under it", () => {
    const capture = new TestCapture();
    const first = capture.add("a", lines(...[1, 2, 3, 4, 5].map((n) => line(n))));
    capture.add("b", lines(...[6, 7].map((n) => line(n))));
    const open = reader(capture);
    const { next } = ask(open, { limit: 3 });
    capture.remove(first.id);
    expect(ask(open, { cursor: next ?? "" }).flows.map((flow) => flow.time)).toEqual(
      [6, 7].map((n) => timeAt(n).replace("Z", "000000Z")),
    );
    expect(ask(open, { cursor: next ?? "", order: "desc" })).toMatchObject({ flows: [], next: null });
  });
});

describe("the total", () => {
  it("counts records and events of the scope, exactly", () => {
    const capture = new TestCapture();
    const many = { aggregate: { ingress_flow_count: 4294967295, egress_flow_count: 4294967295 } };
    capture.add("a", lines(line(1, many), line(2), line(undefined, { verdict: "DROPPED" })));
    const open = reader(capture);
    expect(ask(open, { total: true }).total).toEqual({ records: 3, events: 8589934592, drops: 1 });
    expect(ask(open, { total: true, q: "verdict:DROPPED" }).total).toEqual({
      records: 1,
      events: 1,
      drops: 1,
    });
    expect(ask(open, { total: true, from: timeAt(0) }).total?.records).toBe(2);
    expect(ask(open, { total: true, from: timeAt(1), to: timeAt(2) }).total?.records).toBe(1);
  });

  it("is that of the file as it is now", () => {
    const capture = new TestCapture();
    capture.add("a", lines(line(1)));
    const open = reader(capture);
    expect(ask(open, { total: true }).total?.records).toBe(1);
    const second = capture.add("b", lines(line(2), line(3)));
    expect(ask(open, { total: true }).total?.records).toBe(3);
    capture.remove(second.id);
    expect(ask(open, { total: true }).total?.records).toBe(1);
  });
});

describe("refusals", () => {
  it.each<[Partial<FlowsParameters>, string]>([
    [{ q: "verdict:NONSENSE" }, "filter_invalid"],
    [{ q: "dns-query:(" }, "filter_invalid"],
    [{ from: "yesterday" }, "bad_request"],
    [{ from: timeAt(2), to: timeAt(1) }, "bad_request"],
    [{ at: "noon" }, "bad_request"],
    [{ at: timeAt(1), sort: "verdict" }, "bad_request"],
    [{ flow: "0123456789abcdef" }, "flow_not_found"],
    [{ flow: "0123456789abcdef", sort: "verdict" }, "flow_not_found"],
    [{ flow: "no id" }, "flow_not_found"],
    [{ revision: "99" }, "revision_not_found"],
  ])("%j: %s", (parameters, code) => {
    expect(refused(reader(captureOf([1n])), parameters)).toBe(code);
  });
});

describe("a row", () => {
  function rowOf(members: Record<string, unknown>) {
    const capture = new TestCapture();
    capture.add("a", lines(line(1, members)));
    const [row] = ask(reader(capture)).flows;
    if (row === undefined) throw new Error("no row");
    return row;
  }

  it("says what the record says", () => {
    const row = rowOf({
      verdict: "DROPPED",
      drop_reason_desc: "POLICY_DENIED",
      IP: { source: "10.0.0.1", destination: "10.0.0.2" },
      l4: { TCP: { source_port: 44916, destination_port: 80, flags: { SYN: true, ACK: true } } },
      source: {
        identity: 5,
        namespace: "shop",
        pod_name: "web-0",
        labels: ["k8s:a=b"],
        workloads: [{ kind: "StatefulSet", name: "web" }],
      },
      destination: { cluster_name: "c" },
      destination_names: ["api.example"],
      destination_service: { name: "api", namespace: "shop" },
      event_type: { type: 1, sub_type: 133 },
      traffic_direction: "EGRESS",
      is_reply: false,
      egress_denied_by: [
        { kind: "CiliumNetworkPolicy", namespace: "shop", name: "deny" },
        { labels: ["a", "b"] },
        {},
      ],
    });
    expect(row).toMatchObject({
      time: "2026-08-21T12:00:01.000000000Z",
      node: "n1",
      verdict: "DROPPED",
      dropReason: "POLICY_DENIED",
      dropCode: 133,
      trafficDirection: "EGRESS",
      isReply: false,
      type: "L3_L4",
      event: "drop:133",
      protocol: "TCP",
      sourcePort: 44916,
      destinationPort: 80,
      tcpFlags: ["SYN", "ACK"],
      icmp: null,
      l7: null,
      policies: { allowedBy: [], deniedBy: ["CiliumNetworkPolicy shop/deny", "a, b", "unnamed policy"] },
      events: 1,
      aggregated: false,
      source: {
        identity: 5,
        namespace: "shop",
        pod: "web-0",
        workload: { kind: "StatefulSet", name: "web" },
        labels: ["k8s:a=b"],
        ip: "10.0.0.1",
        names: [],
        service: null,
      },
      destination: {
        cluster: "c",
        pod: null,
        workload: null,
        labels: null,
        names: ["api.example"],
        service: { namespace: "shop", name: "api" },
      },
    });
  });

  it.each([
    [{ event_type: { type: 4 } }, "trace:to-endpoint"],
    [{ event_type: { type: 4, sub_type: 3 } }, "trace:to-stack"],
    [{ event_type: { type: 4, sub_type: 99 } }, "trace:99"],
    [{ event_type: { type: 5 } }, "policy-verdict"],
    [{ event_type: { type: 129 } }, "l7"],
    [{ event_type: { type: 77 } }, "77"],
    [{}, null],
  ])("names its event: %j is %s", (members, event) => {
    expect(rowOf(members).event).toBe(event);
  });

  it.each([
    [{ ICMPv4: { type: 8 } }, { type: 8, code: 0 }],
    [{ ICMPv6: {} }, { type: 0, code: 0 }],
    [{ VRRP: { type: 1 } }, null],
    [{ UDP: {} }, null],
  ])("has an ICMP type only for ICMP: %j", (l4, icmp) => {
    expect(rowOf({ l4 }).icmp).toEqual(icmp);
  });

  it("shows a DNS answer, and an HTTP answer with its own latency", () => {
    const dns = { query: "API.example.COM.", rcode: 3, qtypes: ["A", "AAAA"] };
    expect(rowOf({ Type: "L7", l7: { type: "RESPONSE", dns } }).l7).toEqual({
      protocol: "dns",
      type: "RESPONSE",
      text: "api.example.com",
      method: null,
      status: null,
      rcode: { code: 3, name: "NXDOMAIN" },
      qtypes: ["A", "AAAA"],
      latencyNs: null,
    });
    const http = { code: 503, method: "GET", url: "http://api/x", protocol: "HTTP/1.1" };
    expect(
      rowOf({ Type: "L7", l7: { type: "RESPONSE", latency_ns: "9007199254740993", http } }).l7,
    ).toMatchObject({
      protocol: "http",
      text: "http://api/x",
      method: "GET",
      status: 503,
      rcode: null,
      latencyNs: "9007199254740993",
    });
  });

  it("cuts a hostile URL to a length that a page can bear", () => {
    const url = `http://${"x".repeat(500_000)}`;
    const { l7 } = rowOf({ Type: "L7", l7: { type: "REQUEST", http: { url } } });
    expect(l7?.text).toHaveLength(2001);
    expect(url.startsWith(l7?.text?.slice(0, -1) ?? "?")).toBe(true);
  });

  it("says that an aggregated record stands for several events, or for at least one", () => {
    expect(rowOf({ aggregate: { egress_flow_count: 5 } })).toMatchObject({ events: 5, aggregated: true });
    expect(rowOf({ aggregate: {} })).toMatchObject({ events: 1, aggregated: true });
  });

  it("takes the remote side's workload from any record of the same pod", () => {
    const capture = new TestCapture();
    const pod = { cluster_name: "c", namespace: "shop", pod_name: "web-0" };
    const named = { ...pod, workloads: [{ kind: "Deployment", name: "web" }] };
    capture.add(
      "a",
      lines(
        line(1, { destination: pod }),
        line(2, { source: pod, destination: { ...pod, cluster_name: "other" } }),
      ),
    );
    const open = reader(capture);
    expect(ask(open).flows.map((row) => row.destination.workload)).toEqual([null, null]);
    // From another file, later.
    const second = capture.add("b", lines(line(3, { source: named })));
    const [first, other] = ask(open).flows;
    expect(first?.destination.workload).toEqual({ kind: "Deployment", name: "web" });
    expect(other?.source.workload).toEqual({ kind: "Deployment", name: "web" });
    // A pod of the same name in another cluster is another pod.
    expect(other?.destination.workload).toBeNull();
    capture.remove(second.id);
    expect(ask(open).flows.map((row) => row.destination.workload)).toEqual([null, null]);
  });

  it("learns the same workload whatever the order of the files", () => {
    const pod = { pod_name: "web-0" };
    const files = [
      lines(line(1, { source: pod })),
      lines(line(2, { source: { ...pod, workloads: [{ name: "web-b" }] } })),
      lines(line(3, { source: { ...pod, workloads: [{ name: "web-a" }] } })),
    ];
    for (const order of [files, [...files].reverse()]) {
      const capture = new TestCapture();
      order.forEach((text, n) => {
        capture.add(String(n), text);
      });
      expect(ask(reader(capture)).flows[0]?.source.workload?.name).toBe("web-a");
    }
  });
});

describe("who asked", () => {
  it("is what all records of a connection say, not what one does", () => {
    const capture = new TestCapture();
    const ports = (source: number, destination: number) => ({
      l4: { TCP: { source_port: source, destination_port: destination, flags: { ACK: true } } },
    });
    const [web, api] = ["web", "api"].map((name) => ({
      namespace: "shop",
      pod_name: `${name}-0`,
      workloads: [{ name }],
    }));
    const [there, back] = [
      { source: web, destination: api, IP: { source: "10.0.0.1", destination: "10.0.0.2" } },
      { source: api, destination: web, IP: { source: "10.0.0.2", destination: "10.0.0.1" } },
    ];
    capture.add(
      "a",
      lines(
        line(1, { ...there, ...ports(41_000, 50_051), is_reply: false }),
        // Not said by the record: the one before tells.
        line(2, { ...back, ...ports(50_051, 41_000) }),
        // Nothing tells.
        line(3, { ...back, ...ports(50_000, 50_001) }),
      ),
    );
    const open = reader(capture);
    expect(ask(open).flows.map(({ isReply, client }) => [isReply, client])).toEqual([
      [false, "source"],
      [null, "destination"],
      [null, null],
    ]);
    const found = (q: string) => ask(open, { q }).flows.length;
    expect([found("client:shop/web"), found("server-port:50051")]).toEqual([2, 2]);
  });
});

describe("what an answer is worth", () => {
  it("says while a file is read or settled that counts still grow", () => {
    const capture = new TestCapture();
    capture.add("first", lines(line(1)));
    const open = reader(capture);
    expect(ask(open).meta).toEqual({ revision: 1, unit: "records", exact: true, partial: false, notes: [] });
    capture.load("second.log", lines(line(2)));
    expect(ask(open).meta).toMatchObject({
      partial: true,
      notes: [expect.stringContaining('"second.log" is being settled')],
    });
    capture.database.exec("UPDATE SourceFile SET state = 'reading' WHERE name = 'second.log'");
    expect(ask(open).meta).toMatchObject({
      partial: true,
      notes: [expect.stringContaining('"second.log" is being read')],
    });
  });

  it("says when counts are at least", () => {
    const capture = new TestCapture();
    const file = capture.add("a", lines(line(1, { aggregate: {} })));
    const open = reader(capture);
    expect(ask(open).meta).toMatchObject({ exact: false, notes: [expect.stringContaining("at least")] });
    capture.remove(file.id);
    expect(ask(open).meta).toMatchObject({ exact: true, notes: [] });
  });
});
