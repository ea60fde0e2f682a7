/**
 * DNS: every number of every table leads to a list of flows that adds up to it, for the whole capture and for random scopes.
 */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DNS_BY } from "@/lib/questions/dns";
import type { DnsAnswer, DnsCounts } from "@/lib/questions/dns-answers";
import { DNS_CELLS, errorCell } from "@/lib/scope/dns-cells";
import { generateLogs, type Log, ProofCapture, REAL_LOGS } from "./captures";
import { readModel } from "./model";
import { type ModelScope, scopesOver, WHOLE } from "./scopes";

/** Fixed, so that a failure can be repeated. */
const SEED = 20261128;

const generated = await generateLogs(21, 4000);
const captures: readonly (readonly [string, readonly Log[]])[] = [
  ["a generated log", generated.logs],
  ...REAL_LOGS.filter(({ name }) => name.includes("dns")).map((log): [string, Log[]] => [log.name, [log]]),
];

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

describe.each(captures)("DNS in %s", (_name, logs) => {
  const model = readModel(logs.map(({ text }) => text));

  it("has in every row of every table numbers that their flows add up to", () => {
    const proof = new ProofCapture(logs);
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
      }
      expect(rows.reduce((sum, { queries }) => sum + queries, 0)).toBe(total.queries);
    }
    expect(cells).toBeGreaterThan(60);
  }, 180_000);

  it(`has them in random scopes too (seed ${SEED})`, () => {
    const proof = new ProofCapture(logs);
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
