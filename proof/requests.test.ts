/**
 * Requests and workloads: every table of L7 adds up to the requests of the summary and leads to the same responses by
 * status, for the whole capture and for random scopes; and what dashboards count instead is another number.
 */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { generateLogs, REAL_LOGS, runsFor, sharedProofs } from "./captures";
import { object, readModel } from "./model";
import { scopesOver, WHOLE } from "./scopes";

const proofOf = sharedProofs();
/** Fixed, so that a failure can be repeated. */
const SEED = 20261125;
const PROTOCOLS = ["http", "grpc", "kafka"] as const;
const BY = ["route", "status", "client", "server", "pod"] as const;

const generated = await generateLogs(12, 6000);
const captures = [
  ["a generated log", generated.logs] as const,
  ...REAL_LOGS.map((log) => [log.name, [log]] as const),
];

describe.each(captures)("requests in %s", (_name, logs) => {
  it(`add up over every table, and to the summary (seed ${SEED})`, () => {
    const proof = proofOf(logs);
    const model = readModel(logs.map(({ text }) => text));
    const scopes = [WHOLE, ...fc.sample(scopesOver(model), { seed: SEED, numRuns: runsFor(logs, 12) })];
    for (const { parameters } of scopes) {
      const { requests, l7Errors } = proof.ask("summary", parameters);
      let [sum, errors] = [0, 0];
      for (const protocol of PROTOCOLS) {
        const tables = BY.map((by) => proof.ask("l7", { ...parameters, protocol, by, limit: "5000" }));
        for (const { total, rows, folded } of tables) {
          expect(total).toEqual(tables[0]?.total);
          expect(rows.reduce((all, row) => all + row.requests, folded.requests)).toBe(total.requests);
          expect(Object.values(total.status).reduce((all, n) => all + n, 0)).toBe(total.responses);
        }
        sum += tables[0]?.total.requests ?? 0;
        errors += tables[0]?.total.errors ?? 0;
      }
      expect([sum, errors]).toEqual([requests, l7Errors]);
    }
  });

  it("are fewer than their records where both proxies log them, and no attempt counts twice", () => {
    const proof = proofOf(logs);
    const model = readModel(logs.map(({ text }) => text));
    const records = model.filter(({ flow }) => {
      const l7 = object(flow.l7);
      return l7.type === "REQUEST" && (l7.http !== undefined || l7.kafka !== undefined);
    });
    const { requests, attempts } = proof.ask("summary");
    expect(requests).toBeLessThanOrEqual(records.length);
    // A dashboard that counts SYN records counts each packet at every point, and each retry.
    const syns = model.filter(({ flow }) => {
      const flags = object(object(object(flow.l4).TCP).flags);
      return flags.SYN === true && flags.ACK !== true;
    });
    const tcp = proof.ask("summary", { q: "protocol:tcp" }).attempts ?? 0;
    expect(tcp).toBeLessThanOrEqual(syns.length);
    expect(attempts ?? 0).toBeGreaterThanOrEqual(tcp);
    if (logs === generated.logs) {
      expect(requests).toBe(generated.truth.http.requests);
      expect(records.length).toBe(generated.truth.http.requestRecords);
      expect(records.length).toBeGreaterThan(generated.truth.http.requests);
    }
  });
});
