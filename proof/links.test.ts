/**
 * Every number of the L7 view leads to flows whose events add up to it: the terms of its link are asked as a filter, for
 * the whole capture and for random scopes.
 */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { line, lines } from "@/lib/jobs/testing";
import type { L7Counts } from "@/lib/questions/answers-l7";
import { pinBlocks } from "@/lib/report/pin-report";
import { formatFilter, type Term } from "@/lib/scope/filter";
import {
  classTerms,
  type Measure,
  measureTerms,
  podsTerms,
  requestTerm,
  rowTerms,
  statusTerms,
} from "@/lib/scope/request-terms";
import { generateLogs, type Log, type ProofCapture, REAL_LOGS, sharedProofs } from "./captures";
import { readModel } from "./model";
import { scopesOver, WHOLE } from "./scopes";

const proofOf = sharedProofs();
/** Fixed, so that a failure can be repeated. */
const SEED = 20261128;
const PROTOCOLS = ["http", "grpc", "kafka"] as const;
const BY = ["route", "url", "edge", "method", "status", "client", "client-pod", "server", "pod"] as const;

const generated = await generateLogs(13, 2500);

/** Two namespaces named like a workload, masks, methods in two spellings, Kafka, gRPC with its status, aggregated. */
const oddLog: Log = { name: "odd.log", text: oddRecords() };

const captures: readonly (readonly [string, readonly Log[]])[] = [
  ["a generated log", generated.logs],
  ["odd requests", [oddLog]],
  ...REAL_LOGS.filter(({ text }) => text.includes('"http"')).map((log): [string, Log[]] => [log.name, [log]]),
];

type Texts = Readonly<Record<string, string>>;

/** Views as they are pinned, whose figures or tables lead on from several numbers. */
const PINS = [
  ["overview", ""],
  ["drops", ""],
  ["dns", ""],
  ["map", "level=pod&hide=dns,host"],
  ["l7", ""],
  ["l7", "protocol=grpc&by=edge"],
  ["workloads", ""],
] as const;

/** A question as the interface is asked it. */
function texts(ask: object): Texts {
  return Object.fromEntries(
    Object.entries(ask).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}

function eventsOf(proof: ProofCapture, scope: Texts, terms: readonly Term[]): number {
  const q = [scope.q ?? "", formatFilter({ terms })].filter((text) => text !== "").join(" ");
  return proof.ask("flows", { ...scope, q, limit: "1" }).total?.events ?? -1;
}

function measuresOf(counts: L7Counts): [Measure, number][] {
  return [
    ["requests", counts.requests],
    ["responses", counts.responses],
    ["errors", counts.errors],
    ["serverErrors", counts.errors - counts.denied],
    ["clientErrors", counts.clientErrors],
    ["denied", counts.denied],
    ["unanswered", counts.unanswered],
    ["open", counts.open],
    ["answersOnly", counts.answersOnly],
    ["samples", counts.latencyNs.samples],
  ];
}

describe.each(captures)("the links of the L7 view, in %s", (_name, logs) => {
  it(`lead to what each number counts (seed ${SEED})`, () => {
    const proof = proofOf(logs);
    const model = readModel(logs.map(({ text }) => text));
    const scopes = [WHOLE, ...fc.sample(scopesOver(model), { seed: SEED, numRuns: 1 })];
    const wrong: unknown[] = [];
    const check = (what: unknown, expected: number, scope: Texts, terms: readonly Term[]) => {
      const found = eventsOf(proof, scope, terms);
      if (found !== expected) wrong.push({ what, expected, found, scope, q: formatFilter({ terms }) });
    };
    for (const { parameters } of scopes) {
      for (const protocol of PROTOCOLS) {
        for (const by of BY) {
          const { total, rows } = proof.ask("l7", { ...parameters, protocol, by, limit: "5" });
          for (const [measure, n] of measuresOf(total))
            check(measure, n, parameters, [requestTerm(protocol), ...measureTerms(measure)]);
          for (const counts of [total, ...rows]) {
            const { requests, answersOnly, responses, unanswered, open, deniedUnanswered, unpaired } = counts;
            const told = responses + unanswered + open + deniedUnanswered + unpaired;
            if (requests + answersOnly !== told) wrong.push({ by, told, counts, scope: parameters });
          }
          for (const row of rows) {
            const terms = rowTerms(protocol, row.key) ?? [];
            // What is zero of the whole is zero of each row.
            for (const [measure, n] of measuresOf(row).filter(([, count]) => count > 0))
              check([by, row.key, measure], n, parameters, [...terms, ...measureTerms(measure)]);
            for (const [status, n] of Object.entries(row.status))
              check([by, row.key, status], n, parameters, [
                ...terms,
                ...statusTerms(status),
                ...measureTerms("responses"),
              ]);
          }
        }
      }
    }
    expect(wrong.slice(0, 5)).toEqual([]);
  }, 120_000);

  it("lead from a pin's report to what it counts, hidden parts of the map left out", async () => {
    const proof = proofOf(logs);
    let numbers = 0;
    for (const [view, link] of PINS) {
      const blocks = await pinBlocks({ view, link }, async (question, ask) =>
        proof.ask(question as "l7", texts(ask)),
      );
      const rows = blocks.flatMap((block) => (block.kind === "table" ? [block] : []));
      for (const { columns, cells, filters = [] } of rows.flatMap(({ columns, rows }) =>
        rows.map((row) => ({ columns, ...row })),
      ))
        for (const [at, q] of filters.entries()) {
          if (q === null || cells[at] === null) continue;
          const counted = proof.ask("flows", { q, limit: "1" }).total;
          const found = columns[at]?.label === "Drops" ? counted?.drops : counted?.events;
          expect({ view, link, q, found }).toEqual({ view, link, q, found: cells[at] });
          numbers += 1;
        }
      for (const { label, value, unit, filter: q } of blocks.flatMap((block) =>
        block.kind === "figures" ? block.figures : [],
      )) {
        // How long something takes is no number of flows.
        if (unit !== "count" || value === null) continue;
        const counted =
          q === undefined || q === null ? undefined : proof.ask("flows", { q, limit: "1" }).total;
        // One drop may stand in two records.
        const found = q?.startsWith("drop:yes") ? counted?.drops : counted?.events;
        expect({ view, label, q, found }).toEqual({ view, label, q, found: value });
      }
    }
    expect(numbers).toBeGreaterThan(20);
  }, 120_000);

  it(`lead from each series and cell of the time line to its requests (seed ${SEED})`, () => {
    const proof = proofOf(logs);
    for (const protocol of PROTOCOLS) {
      const { requests, answersOnly } = proof.ask("l7", { protocol }).total;
      for (const by of ["class", "client", "client-pod", "server", "pod"] as const) {
        const timeline = proof.ask("l7Timeline", { protocol, by, buckets: "7", limit: "4" });
        expect(timeline.total).toBe(requests + answersOnly);
        const sums = timeline.series.reduce((sum, { total }) => sum + total, timeline.folded.requests);
        expect(sums).toBe(timeline.total);
        for (const { key, total, points, untimed } of timeline.series) {
          const terms = rowTerms(protocol, key) ?? [];
          expect([key, eventsOf(proof, {}, terms)]).toEqual([key, total]);
          expect(points.reduce((sum, [, n]) => sum + n, untimed)).toBe(total);
          const [cell] = points;
          if (cell === undefined) continue;
          const [from, to] = [BigInt(cell[0]), BigInt(cell[0]) + BigInt(timeline.bucketNs)];
          const range = { from: instant(from), to: instant(to) };
          expect([key, eventsOf(proof, range, terms)]).toEqual([key, cell[1]]);
        }
      }
      for (const of of ["denied", "server-error", "client-error", "no-answer", "ok"] as const) {
        const { series, folded } = proof.ask("l7Timeline", { protocol, by: "pod", of, limit: "2" });
        const keys = series.map(({ key }) => key.pod ?? null);
        expect(folded.points.reduce((sum, [, n]) => sum + n, 0)).toBe(folded.requests);
        if (keys.length > 0)
          expect(eventsOf(proof, {}, podsTerms(protocol, of, "pod", keys, true))).toBe(folded.requests);
        for (const { key, total } of series)
          expect([
            key,
            of,
            eventsOf(proof, {}, [...(rowTerms(protocol, key) ?? []), ...classTerms(of)]),
          ]).toEqual([key, of, total]);
      }
    }
  }, 120_000);
});

it("causes of a pin's report lead to their drops, or to what failed", async () => {
  const proof = proofOf(generated.logs);
  let causes = 0;
  for (const view of ["overview", "drops"]) {
    const blocks = await pinBlocks({ view, link: "" }, async (question, ask) =>
      proof.ask(question as "l7", texts(ask)),
    );
    for (const { count, unit, filter: q } of blocks.flatMap((block) =>
      block.kind === "causes" ? block.causes : [],
    )) {
      const counted = proof.ask("flows", { q: q ?? "", limit: "1" }).total;
      const isOfDrops = /^drops?$/.test(unit);
      expect({ view, q, drops: isOfDrops ? counted?.drops : null }).toEqual({
        ...{ view, q, drops: isOfDrops ? count : null },
      });
      expect(counted?.events).toBeGreaterThan(0);
      expect(unit.endsWith("s")).toBe(count !== 1);
      causes += 1;
    }
  }
  expect(causes).toBeGreaterThan(0);
}, 120_000);

function instant(ns: bigint): string {
  const seconds = ns / 1_000_000_000n;
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}.${String(ns % 1_000_000_000n).padStart(9, "0")}Z`;
}

function oddRecords(): string {
  const ends = {
    web: { IP: "10.0.0.1", end: { namespace: "shop", pod_name: "web-0" } },
    // Known by its namespace only, which is the first part of the others' names, too.
    shop: { IP: "10.0.0.2", end: { namespace: "shop" } },
    // A pod whose name is that of a workload in the same namespace.
    api: {
      IP: "10.0.0.3",
      end: { namespace: "shop", pod_name: "api", workloads: [{ kind: "Deployment", name: "x" }] },
    },
    x: {
      IP: "10.0.0.4",
      end: { namespace: "shop", pod_name: "x-1", workloads: [{ kind: "Deployment", name: "api" }] },
    },
  };
  const l7 = (
    at: number,
    server: keyof typeof ends,
    port: number,
    type: "REQUEST" | "RESPONSE",
    layer7: object,
    flow: object = {},
  ): string => {
    const isReply = type === "RESPONSE";
    const [from, to] = isReply ? [ends[server], ends.web] : [ends.web, ends[server]];
    return line(at, {
      ...{ Type: "L7", event_type: { type: 129 }, is_reply: isReply, traffic_direction: "INGRESS" },
      ...{ source: from.end, destination: to.end, IP: { source: from.IP, destination: to.IP } },
      l4: { TCP: { source_port: isReply ? 80 : port, destination_port: isReply ? port : 80 } },
      l7: { type, ...layer7 },
      ...flow,
    });
  };
  const http = (members: object) => ({
    http: { url: "http://api/users/7?x=(1)", protocol: "HTTP/1.1", ...members },
  });
  const grpc = (members: object, status?: string) => ({
    http: {
      ...{ method: "POST", protocol: "HTTP/2", url: "http://api/shop.v1.Cart/Get", ...members },
      headers: [
        { key: "Content-Type", value: "application/grpc" },
        ...(status === undefined ? [] : [{ key: "Grpc-Status", value: status }]),
      ],
    },
  });
  const kafka = (members: object) => ({ kafka: { topic: "orders", api_key: "produce", ...members } });
  return lines(
    ...[
      l7(1, "shop", 4001, "REQUEST", http({ method: "get" })),
      l7(1.1, "shop", 4001, "RESPONSE", http({ method: "get", code: 200 })),
    ],
    ...[
      l7(2, "api", 4002, "REQUEST", http({ method: "GET" })),
      l7(2.1, "api", 4002, "RESPONSE", http({ method: "GET", code: 404 })),
    ],
    ...[
      l7(3, "x", 4003, "REQUEST", http({ method: "GET" }), { verdict: "DROPPED" }),
      l7(3.1, "x", 4003, "RESPONSE", http({ method: "GET", code: 403 })),
    ],
    l7(4, "x", 4004, "REQUEST", http({ method: "GET", url: "http://api/HUBBLE_REDACTED/1" }), {
      verdict: "DROPPED",
    }),
    ...[
      l7(5, "x", 4005, "REQUEST", http({ method: "GET" }), { verdict: "ERROR" }),
      l7(5.1, "x", 4005, "RESPONSE", http({ method: "GET", code: 400 })),
    ],
    // Answers alone: one with an error, one without a code, one without method and URL.
    l7(6, "x", 4006, "RESPONSE", http({ method: "PUT", code: 503 })),
    l7(6.5, "x", 4007, "RESPONSE", http({ method: "PUT" })),
    l7(7, "x", 4008, "RESPONSE", { http: { code: 500 } }),
    ...[l7(8, "x", 4009, "REQUEST", grpc({})), l7(8.1, "x", 4009, "RESPONSE", grpc({ code: 200 }, "14"))],
    ...[l7(9, "x", 4010, "REQUEST", grpc({})), l7(9.1, "x", 4010, "RESPONSE", grpc({ code: 200 }, "5"))],
    ...[l7(10, "x", 4011, "REQUEST", grpc({})), l7(10.1, "x", 4011, "RESPONSE", grpc({ code: 200 }, "77"))],
    ...[l7(11, "x", 4012, "REQUEST", grpc({})), l7(11.1, "x", 4012, "RESPONSE", grpc({ code: 404 }))],
    ...[
      l7(12, "x", 4013, "REQUEST", kafka({ correlation_id: 1 })),
      l7(12.1, "x", 4013, "RESPONSE", kafka({ correlation_id: 1, error_code: 3 })),
    ],
    ...[
      l7(13, "x", 4013, "REQUEST", kafka({ correlation_id: 2, api_key: "fetch" })),
      l7(13.1, "x", 4013, "RESPONSE", kafka({ correlation_id: 2, api_key: "fetch" })),
    ],
    // One that nobody answers while the log goes on, and one that is open at its end.
    l7(14, "x", 4014, "REQUEST", http({ method: "GET", url: "/lost" })),
    line(20, { Type: "L7", l7: { type: "REQUEST", http: {} }, aggregate: { ingress_flow_count: 5 } }),
    line(21, {
      Type: "L7",
      l7: { type: "RESPONSE", http: { code: 503 } },
      aggregate: { egress_flow_count: 3 },
    }),
    line(22, {
      Type: "L7",
      verdict: "DROPPED",
      l7: { type: "REQUEST", http: {} },
      aggregate: { egress_flow_count: 2 },
    }),
    l7(100, "x", 4015, "REQUEST", http({ method: "GET", url: "/open" })),
  );
}
