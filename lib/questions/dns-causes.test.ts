import { describe, expect, it } from "vitest";
import { line } from "@/lib/jobs/testing";
import { asked, captureOf } from "@/lib/jobs/testing-dns";
import { NXDOMAIN_CELLS } from "@/lib/scope/dns-cells";
import { askCauses, askDns, askExpansion, reader } from "./dns-testing";
import { readFlows } from "./flows";
import type { OpenCapture } from "./open-capture";

/** One sentence to find each, with how many it counts. A range that holds all finds the same, however often it is asked. */
function findings(texts: readonly string[], type: string, q = "") {
  const open = reader(captureOf(...texts));
  const found = (range: { readonly from?: string; readonly to?: string }) =>
    askCauses(open, { q, ...range })
      .rows.filter((row) => row.type === type)
      .map(({ sentence, count, unit, first, last }) => ({ sentence, count, unit, first, last }));
  const all = found({});
  const around = { from: "2026-08-21T11:00:00Z", to: "2026-08-22T12:00:00Z" };
  expect([found(around), found(around)]).toEqual([all, all]);
  return all.map(({ sentence, count, unit }) => [sentence, count, unit]);
}

/** A pod asks a cache, which asks an upstream outside; that answers with a code, or never, and the cache with SERVFAIL then. */
function hop(seconds: number, query: string, upstream: string, code: number | null): readonly string[] {
  const cache = { namespace: "kube-system", pod_name: "cache-0" };
  const said = code === 0 ? { ips: ["192.0.2.7"], ttl: 30 } : { rcode: code ?? 2 };
  const first = { pod: "web-0", clientIp: "10.0.0.1", server: cache, serverIp: "10.0.5.5" };
  return [
    packet(seconds, query, first, "REQUEST", {}),
    packet(
      seconds + 0.001,
      query,
      { pod: "cache-0", clientIp: "10.0.5.5", serverIp: upstream },
      "REQUEST",
      {},
    ),
    ...(code === null
      ? []
      : [
          packet(
            seconds + 0.01,
            query,
            { pod: "cache-0", clientIp: "10.0.5.5", serverIp: upstream },
            "RESPONSE",
            said,
          ),
        ]),
    packet(seconds + 0.02, query, first, "RESPONSE", said),
  ];
}

interface Ends {
  readonly pod: string;
  readonly clientIp: string;
  readonly serverIp: string;
  /** Absent: outside the cluster. */
  readonly server?: object;
}

function packet(seconds: number, query: string, ends: Ends, type: string, said: object): string {
  const client = { namespace: ends.pod === "web-0" ? "shop" : "kube-system", pod_name: ends.pod };
  const server = ends.server ?? { identity: 2, labels: ["reserved:world"] };
  const isAnswer = type === "RESPONSE";
  const turned = <T>(one: T, other: T): readonly [T, T] => (isAnswer ? [other, one] : [one, other]);
  const [source, destination] = turned<object>(client, server);
  const [sourceIp, destinationIp] = turned(ends.clientIp, ends.serverIp);
  const [sourcePort, destinationPort] = turned(41_000, 53);
  return line(seconds, {
    Type: "L7",
    IP: { source: sourceIp, destination: destinationIp },
    l4: { UDP: { source_port: sourcePort, destination_port: destinationPort } },
    ...{ source, destination },
    l7: { type, dns: { query: `${query}.`, qtypes: ["A"], ...said } },
    event_type: { type: 129 },
    is_reply: isAnswer,
  });
}

function eventsOf(open: OpenCapture, q: string): number | undefined {
  const answer = open.ask((capture) => readFlows(capture, { q, limit: 1, order: "asc", total: true }));
  return answer.ok ? answer.value.total?.events : undefined;
}

describe("what is wrong with DNS", () => {
  it("SERVFAIL is told by the resolver, with the domain that its names share", () => {
    const log = [
      ...asked(1, "a.corp.example", { rcode: 2 }),
      ...asked(2, "b.corp.example", { rcode: 2 }),
      ...asked(3, "c.other.example"),
    ];
    expect(findings(log, "servfail")).toEqual([
      [
        "kube-system/coredns answers SERVFAIL to 2 of 3 questions, for 2 names, all below corp.example.",
        2,
        "responses",
      ],
    ]);
  });

  it("a resolver that fails or is asked again says when it worked, in the whole capture whatever the filter", () => {
    const log = [
      ...asked(1, "good.example"),
      ...asked(2, "denied.example", { rcode: 5 }),
      ...asked(3, "a.example", { rcode: 2 }),
      ...asked(4, "a.example", { rcode: 2 }),
      ...asked(5, "lost.example", { after: null }),
      ...asked(10, "lost.example", { rcode: 2 }),
    ];
    const worked = (texts: readonly string[], type: string, q = "") =>
      askCauses(reader(captureOf(...texts)), { q })
        .rows.filter((row) => row.type === type)
        .map((row) => [row.class, row.worked.before?.slice(17, 19), row.worked.since?.slice(17, 19)]);
    expect(worked(log, "servfail")).toEqual([["broken-since", "01", undefined]]);
    expect(worked(log, "servfail", "dns-query:a.example")).toEqual([["broken-since", "01", undefined]]);
    expect(worked(log.slice(2), "servfail")).toEqual([["never-worked", undefined, undefined]]);
    const healed = [...log, ...asked(11, "none.example", { rcode: 3 }), ...asked(12, "good.example")];
    expect(worked(healed, "servfail")).toEqual([["degraded", "01", "11"]]);
    // SERVFAIL is an answer: who was asked again at second 10 had answered at 4, and answers another at 11.
    expect(worked(healed, "retries")).toEqual([["degraded", "04", "11"]]);
  });

  it("SERVFAIL is told by upstream, of each resolver its own, where the log shows what it passed on", () => {
    // web asks the cache for a and b: upstream 198.51.100.1 fails a, 198.51.100.2 never answers b. CoreDNS fails on its own.
    const open = reader(
      captureOf(
        ...hop(1, "a.corp.example", "198.51.100.1", 2),
        ...hop(2, "b.corp.example", "198.51.100.2", null),
        ...hop(3, "c.corp.example", "198.51.100.1", 0),
        ...asked(4, "z.corp.example", { rcode: 2 }),
      ),
    );
    const rows = askCauses(open).rows.filter(({ type }) => type === "servfail");
    expect(rows.map(({ server, details }) => [server?.name, details])).toEqual([
      ["coredns", ["Which upstream failed is not in the log: it does not show what the resolver passed on."]],
      [
        "cache",
        [
          "Of its upstreams 198.51.100.1 answered SERVFAIL. 198.51.100.2 did not answer, and a resolver makes SERVFAIL of that.",
        ],
      ],
    ]);
    const evidence = rows.flatMap((row) => row.evidence);
    expect(evidence.map(({ says, count, unit }) => [says, count, unit])).toEqual([
      ["Passed on to 198.51.100.1, which answered SERVFAIL", 1, "queries"],
      ["Passed on to 198.51.100.2, which did not answer within 5 s", 1, "queries"],
    ]);
    for (const { filter, count } of evidence)
      expect([filter, eventsOf(open, filter)]).toEqual([filter, count]);
    // The cache answered one question of three well, CoreDNS none.
    expect(rows.map((row) => row.class)).toEqual(["never-worked", "degraded"]);
    const ofClient = askCauses(open, { q: "client:shop/web" }).rows.find(
      ({ type, server }) => type === "servfail" && server?.name === "cache",
    );
    expect(ofClient?.details).toEqual([expect.stringContaining("The filter can leave it out")]);
  });

  it("names that the log left out are no failing names: what is known is the code, and of whom", () => {
    const left = (seconds: number, code: number, count: number) =>
      line(seconds, {
        Type: undefined,
        verdict: "FORWARDED",
        is_reply: true,
        aggregate: { egress_flow_count: count },
        source: { namespace: "kube-system", workloads: [{ name: "coredns", kind: "Deployment" }] },
        destination: { namespace: "shop", workloads: [{ name: "web", kind: "Deployment" }] },
        l4: { UDP: { destination_port: 40_000 } },
        l7: { dns: { rcode: code } },
      });
    const open = reader(captureOf(left(1, 3, 30), left(2, 2, 4)));
    expect(
      askCauses(open).rows.map(({ type, class: kind, sentence, count }) => [type, kind, sentence, count]),
    ).toEqual([
      [
        "failing-name",
        "degraded",
        "shop/web got NXDOMAIN in 30 answers, to names that the log left out: attempts of a search list can be among them.",
        30,
      ],
      expect.arrayContaining([4]),
      expect.arrayContaining([4]),
    ]);
    const { total, rows } = askExpansion(open);
    expect(total).toEqual({ queries: 0, expansion: 0, nxdomain: 0, vague: 30 });
    expect(rows[0]).toMatchObject({ nxdomain: 0, vague: 30 });
    expect(eventsOf(open, NXDOMAIN_CELLS.vague)).toBe(30);
    expect(askDns(open, "client").total).toMatchObject({
      queries: 0,
      responses: 34,
      nameless: 0,
      namelessResponses: 34,
      unasked: 34,
    });
  });

  it("a silent resolver is told with the drops on the way, by node, and with lost halves of pairs", () => {
    const drop = (seconds: number, node: string) =>
      line(seconds, {
        node_name: node,
        verdict: "DROPPED",
        drop_reason_desc: "POLICY_DENIED",
        event_type: { type: 1 },
        traffic_direction: "EGRESS",
        source: { namespace: "shop", pod_name: "web-0" },
        destination: { namespace: "kube-system", pod_name: "coredns-0" },
        IP: { source: "10.0.0.119", destination: "10.0.9.9" },
        l4: { UDP: { source_port: 50_000 + seconds, destination_port: 53 } },
      });
    const open = reader(
      captureOf(
        ...asked(1, "a.example"),
        ...asked(1.001, "a.example", { qtype: "AAAA", after: null }),
        drop(20, "n1"),
        drop(21, "n2"),
        drop(22, "n2"),
        // No packet is lost here: the proxy answers.
        ...asked(23, "refused.example", { after: "refused" }),
      ),
    );
    const [silent] = askCauses(open).rows.filter(({ type }) => type === "silent-resolver");
    expect(silent?.details).toEqual([expect.stringMatching(/^All of them are one half/)]);
    expect(silent?.evidence.map(({ says, count }) => [says, count])).toEqual([
      ["Drops on port 53 on n2, to whichever resolver", 2],
      ["Drops on port 53 on n1, to whichever resolver", 1],
    ]);
    for (const { filter, count } of silent?.evidence ?? []) expect(eventsOf(open, filter)).toBe(count);
    const alone = reader(captureOf(...asked(1, "a.example", { after: null })));
    expect(askCauses(alone).rows.find(({ type }) => type === "silent-resolver")).toMatchObject({
      details: ["No drop on port 53 is in this scope."],
      evidence: [],
    });
  });

  it("questions asked again are told with what they cost", () => {
    const log = [...asked(1, "slow.example", { after: null }), ...asked(6, "slow.example")];
    expect(findings(log, "retries")).toEqual([
      [
        "One question to kube-system/coredns had to be asked again by one workload; programs waited 5 s for it.",
        1,
        "queries",
      ],
    ]);
  });

  it("a search list that ends with a refusal is told with the rule that all its names need", () => {
    const log = asked(1, "api.pay.example.shop.svc.cluster.local", { after: "refused" });
    const [row] = askCauses(reader(captureOf(...log))).rows.filter(({ type }) => type === "stopped-walk");
    expect(row).toMatchObject({ count: 1, clients: 1, client: { namespace: "shop", name: "web" } });
    expect(row?.remedy.yaml).toContain(`    - matchName: "api.pay.example"
    - matchName: "api.pay.example.shop.svc.cluster.local"
    - matchName: "api.pay.example.svc.cluster.local"
    - matchName: "api.pay.example.cluster.local"
`);
    const goesOn = [...log, ...asked(1.1, "api.pay.example")];
    expect(findings(goesOn, "stopped-walk")).toEqual([]);
  });

  it("AAAA without data is noise once there is much of it", () => {
    const log = (count: number) =>
      Array.from({ length: count }, (_, n) => asked(n, `n${n}.example`, { qtype: "AAAA", ips: [] })).flat();
    expect(findings(log(49), "ipv6-noise")).toEqual([]);
    expect(findings(log(50), "ipv6-noise")).toEqual([
      [
        "100 % of answers (50) say that a name has no IPv6 address (AAAA, NODATA), asked by one workload.",
        50,
        "responses",
      ],
    ]);
  });

  it("a name whose addresses changed is told with both", () => {
    const log = [
      ...asked(1, "db.example", { ips: ["192.0.2.1", "192.0.2.9"] }),
      ...asked(30, "db.example", { ips: ["192.0.2.1", "192.0.2.9"] }),
      ...asked(60, "db.example", { ips: ["192.0.2.2", "192.0.2.3"] }),
      ...asked(61, "cdn.example", { ips: ["192.0.2.4"] }),
      ...asked(62, "cdn.example", { ips: ["192.0.2.4", "192.0.2.5"] }),
    ];
    expect(findings(log, "answers-changed")).toEqual([
      [
        expect.stringMatching(
          /^The addresses of db\.example \(A\) changed at .*: 192\.0\.2\.1, 192\.0\.2\.9 before, 192\.0\.2\.2, 192\.0\.2\.3 since\.$/,
        ),
        3,
        "responses",
      ],
    ]);
  });

  it("names that look like data are a suspicion of the workload that asks for them", () => {
    const digits = (n: number) =>
      ((BigInt(n + 1) * 0x9e3779b97f4a7c15f39cc0605cedc835n) % 2n ** 128n).toString(16);
    const log = Array.from({ length: 20 }, (_, n) => asked(n, `${digits(n)}.t.example.com`)).flat();
    expect(findings(log, "random-labels")).toEqual([
      [
        expect.stringContaining(
          "shop/web asks for 20 names below example.com that look like data (20 questions",
        ),
        20,
        "queries",
      ],
    ]);
    expect(findings(log, "random-labels", "dns-root:nothing")).toEqual([]);
  });

  it("a name that stopped resolving says until when it worked", () => {
    const log = [
      ...asked(1, "gone.example"),
      ...asked(60, "gone.example", { rcode: 3 }),
      ...asked(90, "gone.example", { rcode: 3 }),
    ];
    const [row] = askCauses(reader(captureOf(...log))).rows.filter(({ type }) => type === "failing-name");
    expect(row).toMatchObject({
      class: "broken-since",
      count: 2,
      unit: "responses",
      subject: "gone.example",
    });
    expect(row?.worked.before).toMatch(/01/);
    expect(row?.worked.since).toBeNull();
  });
});
