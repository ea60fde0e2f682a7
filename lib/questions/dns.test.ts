import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { projectRoot } from "@/lib/base/project-root";
import { formatTime } from "@/lib/base/time";
import { lines, TestCapture } from "@/lib/jobs/testing";
import type { Truth } from "@/scripts/generator/truth";
import type { DnsCounts } from "./dns-answers";
import type { DnsBy } from "./dns-by";
import { askDns, expectAddsUp, keyText, reader } from "./dns-testing";
import { dnsLines, type SlowExchange, slowExchanges, slowTime } from "./dns-testing-slow";

const SAMPLE = path.join(projectRoot(), "public", "sample");
const sampleFiles = readdirSync(SAMPLE)
  .filter((file) => file.endsWith(".gz"))
  .sort()
  .map((file) => gunzipSync(readFileSync(path.join(SAMPLE, file))).toString("utf8"));
const sampleRecords = dnsLines(sampleFiles.flatMap((text) => text.split("\n").filter((one) => one !== "")));
const truth = JSON.parse(readFileSync(path.join(SAMPLE, "truth.json"), "utf8")) as Truth;
const NODE_SUFFIX = "eu-west.compute.internal";

/** The DNS records of the sample and its last flow alone: everything else says nothing about DNS. */
function sampleCapture(change = (text: string): string => text): TestCapture {
  const capture = new TestCapture();
  const keep = (text: string): boolean =>
    text.includes('"dns":') || text.includes('"lost_events"') || text.includes(`"time":"${truth.last}"`);
  for (const [n, text] of sampleFiles.entries())
    capture.add(`node-${n}`, lines(...text.split("\n").filter(keep).map(change)));
  return capture;
}

describe("DNS of the sample, against the truth that its generator wrote", () => {
  it("has the same questions and answers where an export cut times to milliseconds, as the portal of Azure does", () => {
    const open = reader(sampleCapture((text) => text.replaceAll(/(T[\d:]+\.\d{3})\d*Z/g, "$1Z")));
    const { dns } = truth;
    const { total } = askDns(open, "rcode");
    expect(total).toMatchObject({
      queries: dns.queries,
      responses: dns.responses,
      refused: dns.refusedByPolicy,
      expansion: dns.expansion,
      unasked: 0,
      latencyNs: { samples: dns.latency?.samples },
    });
    expect(total.unanswered + total.open).toBe(dns.withoutResponse);
  });

  it("has the same questions, answers, codes, expansion, and latency within 1 %", () => {
    const open = reader(sampleCapture());
    const { total, rows } = askDns(open, "rcode");
    const { dns } = truth;
    expect(total).toMatchObject({
      queries: dns.queries,
      responses: dns.responses,
      refused: dns.refusedByPolicy,
      expansion: dns.expansion,
      noData: sampleRecords.filter(isNoData).length,
      unpaired: 0,
      secondHops: 0,
    });
    expect(total.unanswered + total.open).toBe(dns.withoutResponse);
    expect(total.errors).toEqual({
      SERVFAIL: dns.byRcode["2"],
      NXDOMAIN: dns.byRcode["3"],
    });
    expect(Object.fromEntries(rows.map((row) => [keyText(row), row.responses]))).toEqual({
      NOERROR: dns.byRcode["0"],
      SERVFAIL: dns.byRcode["2"],
      NXDOMAIN: dns.byRcode["3"],
      null: 0,
    });
    expect(total.latencyNs.samples).toBe(dns.latency?.samples);
    // The truth's own percentiles come from buckets 1 % wide.
    for (const [own, real] of [
      [total.latencyNs.p50, dns.latency?.p50Ns],
      [total.latencyNs.p95, dns.latency?.p95Ns],
      [total.latencyNs.p99, dns.latency?.p99Ns],
    ])
      expect(Math.abs(Number(own) / Number(real) - 1)).toBeLessThan(0.02);
  });

  it("names the same clients", () => {
    const { rows } = askDns(reader(sampleCapture()), "client");
    const counts = ({ queries, responses, expansion, errors }: DnsCounts) => ({
      queries,
      responses,
      expansion,
      realNxdomain: (errors.NXDOMAIN ?? 0) - expansion,
    });
    expect(Object.fromEntries(rows.map((row) => [keyText(row), counts(row)]))).toEqual(
      Object.fromEntries(truth.dns.clients.map(({ client, ...row }) => [`${client}@shop-prod`, row])),
    );
  });
});

function isNoData({ l7: { type, dns } }: (typeof sampleRecords)[number]): boolean {
  return type === "RESPONSE" && !dns.rcode && !dns.ips && !dns.cnames;
}

/** Scopes as text and as what they mean for a question, worked out by hand. */
const SCOPES: readonly (readonly [string, (one: SlowExchange) => boolean])[] = [
  ["", () => true],
  ["namespace:reports", ({ clientNamespace }) => clientNamespace === "reports"],
  ["!namespace:reports", ({ clientNamespace }) => clientNamespace !== "reports"],
  ["from-namespace:storefront", ({ clientNamespace }) => clientNamespace === "storefront"],
  [
    "to-namespace:storefront",
    ({ clientNamespace, response }) => clientNamespace === "storefront" && response !== undefined,
  ],
  ["verdict:DROPPED", ({ request }) => request.verdict === "DROPPED"],
  [
    "!verdict:DROPPED namespace:reports,search",
    ({ request, clientNamespace }) =>
      request.verdict !== "DROPPED" && ["reports", "search"].includes(clientNamespace),
  ],
];

const slow = slowExchanges(sampleRecords, [NODE_SUFFIX]);

function slowCounts(exchanges: readonly SlowExchange[]): Omit<DnsCounts, "latencyNs" | "retries"> {
  const answered = exchanges.filter(({ response }) => response !== undefined);
  const codes = answered.map(({ response }) => response?.l7.dns.rcode ?? 0);
  const named = [
    ["SERVFAIL", 2],
    ["NXDOMAIN", 3],
  ] as const;
  const times = exchanges.map(({ asked }) => asked).sort((a, b) => (a < b ? -1 : 1));
  const silent = exchanges.filter(({ request, response }) => !response && request.verdict !== "DROPPED");
  const [first, last] = [times[0], times.at(-1)];
  return {
    queries: exchanges.length,
    responses: answered.length,
    errors: Object.fromEntries(
      named
        .map(([word, code]) => [word, codes.filter((one) => one === code).length] as const)
        .filter(([, n]) => n > 0),
    ),
    // Beside a loss of events it is open; the other test holds the two apart.
    unanswered: silent.length,
    open: 0,
    refused: exchanges.filter(({ request }) => request.verdict === "DROPPED").length,
    expansion: exchanges.filter(({ isExpansion }) => isExpansion).length,
    noData: exchanges.filter(({ response }) => response !== undefined && isNoData(response)).length,
    clients: new Set(exchanges.map(({ client }) => client)).size,
    names: new Set(exchanges.map(({ query }) => query)).size,
    first: first === undefined ? null : formatTime(first),
    last: last === undefined ? null : formatTime(last),
    lastError: lastErrorOf(exchanges),
  };
}

function lastErrorOf(exchanges: readonly SlowExchange[]): string | null {
  const last = exchanges
    .filter(({ response, isExpansion }) => (response?.l7.dns.rcode ?? 0) > 0 && !isExpansion)
    .reduce<bigint>((latest, { asked }) => (asked > latest ? asked : latest), 0n);
  return last === 0n ? null : formatTime(last);
}

function comparable({
  latencyNs: _,
  retries: _r,
  unanswered,
  open,
  ...counts
}: DnsCounts): Omit<DnsCounts, "latencyNs" | "retries"> {
  return { ...counts, unanswered: unanswered + open, open: 0 };
}

const SLOW_KEY: Readonly<Record<Exclude<DnsBy, "root">, (one: SlowExchange) => string>> = {
  rcode: ({ response }) =>
    response === undefined
      ? "null"
      : ({ 2: "SERVFAIL", 3: "NXDOMAIN" }[response.l7.dns.rcode ?? 0] ?? "NOERROR"),
  query: ({ query }) => query,
  client: ({ client }) => `${client}@shop-prod`,
  server: ({ server }) => `${server}@shop-prod`,
  pod: ({ request: { source } }) => `${source.namespace}/${source.pod_name}@shop-prod`,
  node: ({ request }) => request.node_name,
  qtype: ({ request }) => request.l7.dns.qtypes.join(","),
  answers: ({ response }) => (response === undefined ? "null" : String(response.l7.dns.ips?.length ?? 0)),
};
const BY = Object.keys(SLOW_KEY) as (keyof typeof SLOW_KEY)[];

describe("DNS, two ways", () => {
  it("gives for any scope and grouping what counting the lines one by one gives", () => {
    const open = reader(sampleCapture());
    const [begin, end] = [slowTime(String(truth.first)), slowTime(String(truth.last))];
    const time = fc.option(fc.bigInt({ min: begin - 10n ** 9n, max: end + 10n ** 9n }), { nil: undefined });
    fc.assert(
      fc.property(
        fc.constantFrom(...SCOPES),
        time,
        time,
        fc.constantFrom(...BY),
        ([q, matches], a, b, by) => {
          if (a !== undefined && b !== undefined && a >= b) return;
          const inScope = slow.filter(
            (one) =>
              matches(one) && (a === undefined || one.asked >= a) && (b === undefined || one.asked < b),
          );
          const range = {
            from: a === undefined ? undefined : formatTime(a),
            to: b === undefined ? undefined : formatTime(b),
          };
          const answer = askDns(open, by, { q, ...range });
          const keys = [...new Set(inScope.map(SLOW_KEY[by]))];
          expect(
            Object.fromEntries(
              answer.rows.map((row) => {
                const { key: _, filter: _f, ...counts } = row;
                return [keyText(row), comparable(counts)];
              }),
            ),
          ).toEqual(
            Object.fromEntries(
              keys.map((key) => [key, slowCounts(inScope.filter((one) => SLOW_KEY[by](one) === key))]),
            ),
          );
          const {
            nameless: _n,
            namelessResponses: _nr,
            unpaired: _u,
            unasked: _ua,
            secondHops: _h,
            ...total
          } = answer.total;
          expect(comparable(total)).toEqual(slowCounts(inScope));
          expectAddsUp(answer);
          // Latency, exactly sorted.
          const sorted = inScope
            .flatMap(({ asked, answered }) => (answered === undefined ? [] : [Number(answered - asked)]))
            .sort((x, y) => x - y);
          const p95 = sorted[Math.ceil(0.95 * sorted.length) - 1];
          if (p95 === undefined) expect(answer.total.latencyNs.p95).toBeNull();
          else expect(Math.abs(Number(answer.total.latencyNs.p95) - p95)).toBeLessThanOrEqual(p95 / 100);
        },
      ),
      { seed: 20260304, numRuns: 60 },
    );
  });
});
