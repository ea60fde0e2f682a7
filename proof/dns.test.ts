/**
 * DNS: every number of every table leads to a list of flows that adds up to it, for the whole capture and for random scopes.
 */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { line, lines } from "@/lib/jobs/testing";
import { lookAlikes, STORY } from "@/lib/jobs/testing-lookups";

import type { DnsAnswer, DnsCounts } from "@/lib/questions/dns-answers";
import { DNS_BY, DNS_SERIES_BY } from "@/lib/questions/dns-by";
import { DNS_CELLS, errorCell, latencyCell, NXDOMAIN_CELLS } from "@/lib/scope/dns-cells";
import { generateLogs, type Log, type ProofCapture, REAL_LOGS, sharedProofs } from "./captures";
import { readModel } from "./model";
import { type ModelScope, scopesOver, WHOLE } from "./scopes";

const proofOf = sharedProofs();
/** Fixed, so that a failure can be repeated. */
const SEED = 20261128;

const generated = await generateLogs(21, 4000);
const captures: readonly (readonly [string, readonly Log[]])[] = [
  ["a generated log", generated.logs],
  [
    "a log of connections that are easily mixed up, and of answers without name",
    [{ name: "alike", text: lines(...STORY, ...lookAlikes(), ...nameless()) }],
  ],
  ...REAL_LOGS.filter(({ name }) => name.includes("dns")).map((log): [string, Log[]] => [log.name, [log]]),
];

/** Answers to two workloads of which only the code is known, as rows of Log Analytics have it. */
function nameless(): string[] {
  const answered = (name: string, rcode: number, count: number) =>
    line(80, {
      verdict: "FORWARDED",
      is_reply: true,
      aggregate: { egress_flow_count: count },
      source: { namespace: "kube-system", workloads: [{ name: "coredns", kind: "Deployment" }] },
      destination: { namespace: "shop", workloads: [{ name, kind: "Deployment" }] },
      l4: { UDP: { destination_port: 40_000 } },
      l7: { dns: { rcode } },
    });
  return [answered("web", 3, 5), answered("api", 3, 3), answered("api", 2, 2)];
}

type Counted = DnsCounts & Partial<DnsAnswer["total"]>;

/** The filter of each number that is not zero, with the number. */
function* cellsOf(counts: Counted): Generator<readonly [cell: string, count: number]> {
  for (const [name, cell] of Object.entries(DNS_CELLS)) {
    const count = name === "samples" ? counts.latencyNs.samples : counts[name as keyof Counted];
    if (typeof count === "number") yield [cell, count];
  }
  for (const [code, count] of Object.entries(counts.errors))
    yield [errorCell(code), count - (code === "NXDOMAIN" ? counts.expansion : 0)];
}

function flowsOf(proof: ProofCapture, { parameters }: ModelScope, ...terms: string[]): number | undefined {
  const q = [parameters.q, ...terms].filter((text) => text).join(" ");
  return proof.ask("flows", { ...parameters, q, limit: "1" }).total?.events;
}

/** The tables that a row's numbers of workloads and names lead to have as many rows. */
function expectTables(proof: ProofCapture, { filter, clients, names }: DnsAnswer["rows"][number]): void {
  const listed = (by: string) => proof.ask("dns", { q: filter, by }).rows.map(({ key }) => key);
  expect([filter, listed("client").length]).toEqual([filter, clients]);
  const named = listed("query").filter((key) => "query" in key && key.query !== null);
  expect([filter, named.length]).toEqual([filter, names]);
}

describe.each(captures)("DNS in %s", (_name, logs) => {
  const model = readModel(logs.map(({ text }) => text));

  it("has in every row of every table numbers that their flows add up to", () => {
    const proof = proofOf(logs);
    let cells = 0;
    for (const by of DNS_BY) {
      const { total, rows } = proof.ask("dns", { by });
      for (const [cell, count] of cellsOf(total))
        expect([cell, flowsOf(proof, WHOLE, cell)]).toEqual([cell, count]);
      for (const row of rows.slice(0, 6)) {
        for (const [cell, count] of cellsOf(row)) {
          expect([row.filter, cell, flowsOf(proof, WHOLE, row.filter, cell)]).toEqual([
            row.filter,
            cell,
            count,
          ]);
          cells++;
        }
        expectTables(proof, row);
      }
      expect(rows.reduce((sum, { queries }) => sum + queries, 0)).toBe(total.queries);
    }
    if (logs === generated.logs) expect(cells).toBeGreaterThan(60);
  }, 180_000);

  it("has search lists whose numbers are listed, NXDOMAIN with and without a name apart", () => {
    const proof = proofOf(logs);
    const { total, rows } = proof.ask("dnsExpansion", { limit: "6" });
    for (const { filter, ...counts } of [{ filter: "", ...total }, ...rows]) {
      for (const [name, cell] of [
        ["queries", DNS_CELLS.queries],
        ["expansion", DNS_CELLS.expansion],
        ["nxdomain", NXDOMAIN_CELLS.real],
        ["vague", NXDOMAIN_CELLS.vague],
      ] as const)
        expect([filter, name, flowsOf(proof, WHOLE, filter, cell)]).toEqual([filter, name, counts[name]]);
    }
  }, 180_000);

  it("has causes and findings that say how many, and list as many", () => {
    const proof = proofOf(logs);
    const { rows } = proof.ask("dnsCauses");
    expect(rows.filter(({ count }) => count === 0)).toEqual([]);
    for (const { type, evidence, ...row } of rows) {
      // Workloads lead to the table that has them as rows.
      if (row.unit !== "drops")
        expect([type, proof.ask("dns", { q: row.filter, by: "client" }).rows.length]).toEqual([
          type,
          row.clients,
        ]);
      for (const { filter, count, unit } of [row, ...evidence]) {
        const { total } = proof.ask("flows", { q: filter, limit: "1" });
        expect([type, filter, unit === "drops" ? total?.drops : total?.events]).toEqual([
          type,
          filter,
          count,
        ]);
      }
    }
    if (logs === generated.logs) expect(rows.length).toBeGreaterThan(3);
  }, 180_000);

  it("has series, a histogram and responses that add up to the totals and list what they count", () => {
    const proof = proofOf(logs);
    const { total } = proof.ask("dns");
    const sum = (list: readonly { readonly total: number }[]) => list.reduce((n, one) => n + one.total, 0);
    const errors = Object.values(total.errors).reduce((all, n) => all + n, 0) - total.expansion;
    for (const by of DNS_SERIES_BY) {
      const series = proof.ask("dnsSeries", { buckets: "20", by });
      const isFailing = by === "node" || by === "qtype";
      expect([by, sum(series.queries), sum(series.responses)]).toEqual([
        by,
        isFailing ? total.unanswered : by === "answers" ? 0 : total.queries,
        isFailing ? errors : total.responses,
      ]);
      for (const { filter, total: n } of [...series.queries, ...series.responses])
        expect([filter, flowsOf(proof, WHOLE, filter)]).toEqual([filter, n]);
    }
    const latency = proof.ask("dnsLatency", { steps: "4" });
    const steps = latency.overTime?.points ?? [];
    expect(steps.reduce((n, { latencyNs }) => n + latencyNs.samples, 0)).toBe(latency.latencyNs.samples);
    for (const { fromNs, toNs, n } of latency.buckets)
      expect([fromNs, flowsOf(proof, WHOLE, latencyCell(fromNs, toNs))]).toEqual([fromNs, n]);
    const responses = proof.ask("dnsResponses", { limit: "12" });
    expect(responses.total).toBe(total.responses);
    for (const { filter, responses: n } of responses.rows)
      expect([filter, flowsOf(proof, WHOLE, filter, DNS_CELLS.responses)]).toEqual([filter, n]);
  }, 180_000);

  it(`has connections behind its answers that list as many records, in any scope (seed ${SEED})`, () => {
    const proof = proofOf(logs);
    let cells = 0;
    for (const scope of [WHOLE, ...fc.sample(scopesOver(model), { seed: SEED, numRuns: 2 })]) {
      const expectListed = (count: number, ...terms: string[]) => {
        expect([scope.parameters, terms, flowsOf(proof, scope, ...terms)]).toEqual([
          scope.parameters,
          terms,
          count,
        ]);
        cells++;
      };
      for (const by of ["query", "client", "address"]) {
        const { total, rows, expired, missing } = proof.ask("dnsConnections", { ...scope.parameters, by });
        expect(rows.reduce((sum, { attempts }) => sum + attempts, 0)).toBe(total.attempts);
        expect(total.fresh + total.expired + total.undated).toBe(total.attempts);
        expectListed(total.attempts, "lookup:fresh,expired,undated");
        expectListed(expired.attempts, "lookup:expired");
        expectListed(missing.attempts, "lookup:missing");
        for (const { expired: late, filter } of rows.slice(0, 6))
          expectListed(late, filter, "lookup:expired");
        for (const list of [rows, expired.rows, missing.rows])
          for (const { attempts, outcomes, filter } of list.slice(0, 6)) {
            const words = Object.entries(outcomes);
            expect(words.reduce((sum, [, n]) => sum + n, 0)).toBe(attempts);
            expectListed(attempts, filter);
            for (const [word, n] of words) expectListed(n, filter, `connection:${word}`);
          }
      }
    }
    if (logs === generated.logs) expect(cells).toBeGreaterThan(60);
  }, 180_000);

  it(`has them in random scopes too (seed ${SEED})`, () => {
    const proof = proofOf(logs);
    const scopes = fc.sample(scopesOver(model), { seed: SEED, numRuns: 6 });
    const own = [
      "dns:response",
      "!dns:query",
      "dns-rcode:NXDOMAIN",
      "expansion:no",
      "dns-state:timed,unanswered",
      "dns-qtype:A",
    ];
    const more = own.map((q): ModelScope => ({ parameters: { q }, holds: () => true }));
    for (const scope of [...scopes, ...more]) {
      for (const by of ["root", "client", "node"]) {
        const { total, rows } = proof.ask("dns", { ...scope.parameters, by });
        const [row] = rows;
        for (const [cell, count] of cellsOf(total))
          expect([scope.parameters, cell, flowsOf(proof, scope, cell)]).toEqual([
            scope.parameters,
            cell,
            count,
          ]);
        if (row === undefined) continue;
        for (const [cell, count] of cellsOf(row))
          expect([scope.parameters, row.filter, cell, flowsOf(proof, scope, row.filter, cell)]).toEqual([
            scope.parameters,
            row.filter,
            cell,
            count,
          ]);
      }
    }
  }, 180_000);
});
