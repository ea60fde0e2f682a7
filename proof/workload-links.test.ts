/**
 * Every number of the Workloads view leads to flows that add up to it: the terms of its link are asked as a filter, for
 * the whole capture and for a random scope.
 */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { actorOfRow } from "@/components/frame/actor-names";
import {
  backendTerms,
  connectionRowTerms,
  countedTerms,
  dropsOf,
  eitherEnd,
  noBackendTerms,
  requestsOf,
  serviceTerms,
  sidesTerms,
  trafficRowTerms,
  trafficTerms,
  translatedTerms,
} from "@/components/workloads/workload-links";
import { TRAFFIC_BY, TRAFFIC_OF, TRAFFIC_SIDES } from "@/lib/questions/answers-workloads";
import { connectionTerms } from "@/lib/scope/connection-terms";
import { formatFilter, type Term } from "@/lib/scope/filter";
import { type ConnectionWord, OUTCOME_WORDS, UNANSWERED_WORDS } from "@/lib/scope/outcome-kinds";
import { generateLogs, type Log, type ProofCapture, REAL_LOGS, sharedProofs } from "./captures";
import { readModel } from "./model";
import { scopesOver, WHOLE } from "./scopes";

const proofOf = sharedProofs();
/** Fixed, so that a failure can be repeated. */
const SEED = 20261128;
const generated = await generateLogs(14, 3000);
const captures: readonly (readonly [string, readonly Log[]])[] = [
  ["a generated log", generated.logs],
  ...REAL_LOGS.filter(({ name }) => /tcp|starwars/.test(name)).map((log): [string, Log[]] => [
    log.name,
    [log],
  ]),
];

type Texts = Readonly<Record<string, string>>;

describe.each(captures)("the links of the Workloads view, in %s", (_name, logs) => {
  const totalOf = (proof: ProofCapture, scope: Texts, terms: readonly Term[]) => {
    const q = [scope.q ?? "", formatFilter({ terms })].filter((text) => text !== "").join(" ");
    return proof.ask("flows", { ...scope, q, limit: "1" }).total ?? { records: -1, events: -1, drops: -1 };
  };
  const scopes = () => {
    const model = readModel(logs.map(({ text }) => text));
    return [WHOLE, ...fc.sample(scopesOver(model), { seed: SEED, numRuns: 1 })].map(
      ({ parameters }) => parameters,
    );
  };

  it(`lead to what each workload and pod counts (seed ${SEED})`, () => {
    const proof = proofOf(logs);
    const wrong: unknown[] = [];
    for (const scope of scopes()) {
      const check = (what: unknown, expected: number | null, found: number | null) => {
        // What cannot be known is not there either.
        if (found !== (expected ?? 0)) wrong.push({ what, expected, found, scope });
      };
      const events = (terms: readonly Term[]) => totalOf(proof, scope, terms).events;
      const drops = (terms: readonly Term[]) => totalOf(proof, scope, terms).drops;
      for (const row of proof.ask("workloads", scope).rows) {
        const { workload } = row;
        const server = connectionRowTerms({ server: workload });
        check([workload, "events"], row.events, events(eitherEnd("workload", workload)));
        check([workload, "drops"], row.drops, drops(dropsOf("workload", workload)));
        check([workload, "syn"], row.syn, events([...server, ...countedTerms("attempts")]));
        check(
          [workload, "unanswered"],
          row.unanswered,
          events([...server, ...connectionTerms(...UNANSWERED_WORDS)]),
        );
        check([workload, "refused"], row.refused, events([...server, ...connectionTerms("refused")]));
        check([workload, "fin"], row.fin, events([...server, ...connectionTerms("closed")]));
        check(
          [workload, "rst"],
          row.rst,
          events([...server, ...connectionTerms("reset-by-client", "reset-by-server")]),
        );
        for (const pod of row.pods) {
          check([pod.pod, "events"], pod.events, events(eitherEnd("pod", pod.pod)));
          check([pod.pod, "drops"], pod.drops, drops(dropsOf("pod", pod.pod)));
          check([pod.pod, "requests"], pod.requests, events(requestsOf(pod.pod)));
          check(
            [pod.pod, "attempts"],
            pod.attempts,
            events([...connectionRowTerms({ pod: pod.pod }), ...countedTerms("attempts")]),
          );
        }
      }
    }
    expect(wrong.slice(0, 5)).toEqual([]);
  }, 120_000);

  it(`lead to what each table of connections counts, and the outcomes are its attempts (seed ${SEED})`, () => {
    const proof = proofOf(logs);
    const wrong: unknown[] = [];
    for (const scope of scopes()) {
      for (const by of ["edge", "client", "client-pod", "server", "pod"] as const) {
        const { rows, total, folded } = proof.ask("connections", { ...scope, by, limit: "10" });
        // What is not known has no rows.
        const all = total.attempts ?? 0;
        expect(rows.reduce((sum, { attempts }) => sum + attempts, folded.attempts)).toBe(all);
        const outcomes = OUTCOME_WORDS.filter((word) => word !== "open-already");
        expect(outcomes.reduce((sum, word) => sum + (total.outcomes[word] ?? 0), 0)).toBe(all);
        expect(total.lengthNs.samples).toBe(total.outcomes.timed ?? 0);
        for (const { key, attempts, outcomes: counts } of [...rows, { key: {}, ...total, attempts: all }]) {
          const check = (what: string, expected: number, terms: readonly Term[]) => {
            const found = totalOf(proof, scope, [...connectionRowTerms(key), ...terms]).events;
            if (found !== expected) wrong.push({ key, what, expected, found, scope });
          };
          check("attempts", attempts, countedTerms("attempts"));
          for (const [word, count] of Object.entries(counts))
            check(word, count, connectionTerms(word as ConnectionWord));
        }
      }
      const { attempts } = proof.ask("connections", scope).total;
      for (const by of ["outcome", "client", "client-pod", "server", "pod"] as const) {
        const timeline = proof.ask("connectionsTimeline", { ...scope, by, buckets: "9", limit: "5" });
        expect([by, timeline.total]).toEqual([by, attempts]);
        for (const { key, total } of timeline.series) {
          const found = totalOf(proof, scope, [
            ...connectionRowTerms(key),
            ...countedTerms("attempts"),
          ]).events;
          if (found !== total) wrong.push({ key, what: "timeline", expected: total, found, scope });
        }
        if (by === "outcome") continue;
        const keys = timeline.series.map(({ key }) => actorOfRow(by, key));
        if (keys.length === 0) continue;
        const others = totalOf(proof, scope, sidesTerms("attempts", by, keys, true)).events;
        if (others !== timeline.folded.connections) wrong.push({ by, what: "others", others, scope });
      }
    }
    expect(wrong.slice(0, 5)).toEqual([]);
  }, 120_000);

  it(`lead to what each row of the traffic counts, and the rows are the scope (seed ${SEED})`, () => {
    const proof = proofOf(logs);
    const wrong: unknown[] = [];
    for (const scope of scopes()) {
      const whole = totalOf(proof, scope, []);
      for (const by of TRAFFIC_BY) {
        for (const side of TRAFFIC_SIDES) {
          for (const of of TRAFFIC_OF) {
            const asked = { ...scope, by, side, of, buckets: "7", limit: "4" };
            const { rows, folded, total, untimed } = proof.ask("traffic", asked);
            const check = (what: unknown, expected: unknown, found: unknown) => {
              if (found !== expected) wrong.push({ asked, what, expected, found });
            };
            check("events", whole.events, total.events);
            check("drops", whole.drops, total.drops);
            for (const measure of TRAFFIC_OF) {
              const sum = rows.reduce((n, row) => n + row[measure], folded[measure]);
              check([measure, "adds up"], total[measure], sum);
            }
            const drawn = total.points.reduce((n, [, count]) => n + count, 0);
            check("is drawn", total[of], drawn + untimed);
            const keys = rows.map(({ key }) => key);
            const parts = [
              ...rows.map((row) => ({ row, keys: [row.key], negated: false })),
              { row: folded, keys, negated: true },
            ];
            for (const part of parts) {
              const terms = [...trafficRowTerms(by, side, part.keys, part.negated), ...trafficTerms(of)];
              const found = totalOf(proof, scope, terms);
              if (keys.length > 0)
                check([part.keys, of], part.row[of], of === "drops" ? found.drops : found.events);
            }
          }
        }
      }
    }
    expect(wrong.slice(0, 5)).toEqual([]);
  }, 120_000);

  it(`lead to what each service counts (seed ${SEED})`, () => {
    const proof = proofOf(logs);
    const wrong: unknown[] = [];
    for (const scope of scopes()) {
      for (const row of proof.ask("services", scope).rows) {
        const named = serviceTerms(row) ?? [];
        const found = totalOf(proof, scope, named).events;
        if (row.name !== null && found !== row.events) wrong.push({ row, found, scope });
        const lost = totalOf(proof, scope, noBackendTerms(row) ?? []).drops;
        if (lost !== row.noBackend) wrong.push({ row, lost, scope });
        for (const { pod, events } of row.backends) {
          const of = totalOf(proof, scope, backendTerms(row, pod) ?? []).events;
          if (of !== events) wrong.push({ row, pod, of, scope });
        }
        for (const { pod, events } of row.translatedTo) {
          const of = totalOf(proof, scope, translatedTerms(row, pod)).events;
          if (of !== events) wrong.push({ row, pod, translated: of, scope });
        }
        if (row.name !== null)
          expect(row.backends.reduce((sum, { events }) => sum + events, 0)).toBe(row.events);
      }
    }
    expect(wrong.slice(0, 5)).toEqual([]);
  }, 120_000);
});
