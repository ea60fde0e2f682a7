/** Drops, attempts and requests: every table of a unit adds up to the summary, and so do the edges of the map. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { generateLogs, type Log, REAL_LOGS, sharedProofs } from "./captures";
import { readModel } from "./model";
import { type ModelScope, scopesOver, WHOLE } from "./scopes";

const proofOf = sharedProofs();
const SEED = 20261126;

const captures: readonly (readonly [string, readonly Log[]])[] = [
  ["a generated log", (await generateLogs(13, 5000)).logs],
  ...(REAL_LOGS.length > 0 ? [["all real logs together", REAL_LOGS] as const] : []),
];

describe.each(captures)("in %s", (_name, logs) => {
  const model = readModel(logs.map(({ text }) => text));
  const scopes = (numRuns: number, check: (scope: ModelScope) => void): void => {
    check(WHOLE);
    fc.assert(fc.property(scopesOver(model), check), { seed: SEED, numRuns });
  };

  it(`every table of drops, their time line and the flows say as many as the summary (seed ${SEED})`, () => {
    const proof = proofOf(logs);
    scopes(12, ({ parameters }) => {
      const { drops } = proof.ask("summary", parameters);
      expect(proof.ask("flows", { ...parameters, limit: "1" }).total?.drops).toBe(drops);
      const { series, untimed } = proof.ask("timeline", { ...parameters, by: "drops", buckets: "7" });
      const timed = series.flatMap(({ points }) => points.map(([, n]) => n)).reduce((sum, n) => sum + n, 0);
      expect(timed + untimed).toBe(drops);
      for (const by of ["cause", "policy", "reason", "client", "server", "pod", "node"]) {
        for (const limit of ["5000", "2"]) {
          const table = proof.ask("drops", { ...parameters, by, limit });
          const rows = table.rows.reduce((sum, row) => sum + row.drops, 0);
          expect([by, table.total, rows + table.folded.drops]).toEqual([by, drops, drops]);
        }
      }
    });
  });

  it(`edges, folded and unplaced of the map are all events, at each level (seed ${SEED})`, () => {
    const proof = proofOf(logs);
    scopes(10, ({ parameters }) => {
      const { events } = proof.ask("summary", parameters);
      for (const level of ["namespace", "workload", "pod"]) {
        for (const limit of ["10000", "3"]) {
          const { edges, folded, unplaced } = proof.ask("map", { ...parameters, level, limit });
          const placed = edges.reduce((sum, edge) => sum + edge.events, 0);
          expect([level, placed + folded.events + unplaced.events]).toEqual([level, events]);
          const reasons = Object.values(unplaced.reasons).reduce((sum, n) => sum + n, 0);
          expect(reasons).toBe(unplaced.events);
          for (const edge of edges)
            expect(Object.values(edge.verdicts).reduce((sum, n) => sum + n, 0)).toBe(edge.events);
        }
      }
    });
  });

  it("single-valued facets are all events, and two-sided ones say that they are not", () => {
    const proof = proofOf(logs);
    const { events } = proof.ask("summary");
    const keys = ["verdict", "type", "protocol", "traffic-direction", "namespace"];
    const { facets } = proof.ask("facets", { keys: keys.join(",") });
    for (const key of ["verdict", "type", "traffic-direction"]) {
      const facet = facets[key];
      expect([key, facet?.sided, facet?.more]).toEqual([key, false, 0]);
      expect([key, facet?.values.reduce((sum, value) => sum + value.events, 0)]).toEqual([key, events]);
    }
    expect(facets.namespace?.sided).toBe(true);
  });

  it("no reply makes an edge of its own", () => {
    const proof = proofOf(logs);
    const { edges } = proof.ask("map", { level: "pod", limit: "10000" });
    const { edges: ofReplies } = proof.ask("map", { level: "pod", limit: "10000", q: "reply:yes" });
    const name = ({ client, server, port, protocol }: (typeof edges)[number]): string =>
      JSON.stringify([client, server, port, protocol]);
    const all = new Set(edges.map(name));
    expect(ofReplies.length).toBeGreaterThan(0);
    for (const edge of ofReplies) {
      expect(all).toContain(name(edge));
      // A server of this log is asked on a port below 32768.
      if (edge.port !== null) expect(edge.port).toBeLessThan(32_768);
    }
  });
});
