/**
 * Conservation: what one question counts, the others count too, for the whole capture and for random scopes;
 * and each is what the model counts.
 */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatTime } from "@/lib/base/time";
import type { TimelineAnswer } from "@/lib/questions/answers";
import { generateLogs, type Log, REAL_LOGS, runsFor, sharedProofs } from "./captures";
import {
  dropReasonOf,
  eventSubTypeOf,
  eventsBy,
  eventTypeOf,
  l7ProtocolOf,
  type ModelFlow,
  nodeOf,
  protocolOf,
  rcodeOf,
  readModel,
  statusOf,
  sumEvents,
  verdictOf,
} from "./model";
import { type ModelScope, scopesOver, WHOLE } from "./scopes";

const proofOf = sharedProofs();
/** Fixed, so that a failure can be repeated. */
const SEED = 20261125;
const NOT_LOST = [173, 199, 200, 201, 205];

const generated = await generateLogs(11, 4000);
/** Aggregated records and records without a time stand beside plain ones. */
const odd = [
  ["2026-08-21T12:00:00.5Z", { aggregate: { egress_flow_count: 40, ingress_flow_count: 2 } }],
  ["2026-08-21T12:00:30Z", { aggregate: { unknown_direction_flow_count: 7 }, verdict: "DROPPED" }],
  ["2026-08-21T12:00:30.000000001Z", {}],
  ["no time", { verdict: "AUDIT" }],
  [undefined, { aggregate: { ingress_flow_count: 5 }, verdict: 20 }],
  ["1969-12-31T23:59:59.999999999Z", { verdict: "DROPPED", drop_reason_desc: "IGMP_HANDLED" }],
] as const;
const oddLog = odd
  .map(([time, members], n) =>
    JSON.stringify({ flow: { time, verdict: "FORWARDED", uuid: `u${n}`, ...members } }),
  )
  .join("\n");

const captures: readonly (readonly [string, readonly Log[]])[] = [
  ["a generated log", generated.logs],
  ["odd records", [{ name: "odd.log", text: `${oddLog}\n` }]],
  ...REAL_LOGS.map((log): [string, Log[]] => [log.name, [log]]),
  ...(REAL_LOGS.length > 0 ? [["all real logs together", REAL_LOGS] as const] : []),
];

const pointsOf = ({ series }: TimelineAnswer): number =>
  series.reduce((sum, { points }) => points.reduce((all, [, n]) => all + n, sum), 0);

describe.each(captures)("in %s", (_name, logs) => {
  const model = readModel(logs.map(({ text }) => text));
  const scopes = (most: number, check: (scope: ModelScope, held: readonly ModelFlow[]) => void): void => {
    check(WHOLE, model);
    fc.assert(
      fc.property(scopesOver(model), (scope) =>
        check(
          scope,
          model.filter((flow) => scope.holds(flow)),
        ),
      ),
      { seed: SEED, numRuns: runsFor(logs, most) },
    );
  };

  it(`the summary is what the model counts (seed ${SEED})`, () => {
    const proof = proofOf(logs);
    scopes(60, ({ parameters }, held) => {
      const summary = proof.ask("summary", parameters);
      const times = held.flatMap(({ timeNs }) => timeNs ?? []).sort((a, b) => (a < b ? -1 : 1));
      const format = (time: bigint | undefined) => (time === undefined ? null : formatTime(time));
      expect(summary).toMatchObject({
        records: held.length,
        flows: held.length,
        events: sumEvents(held),
        untimed: sumEvents(held.filter(({ timeNs }) => timeNs === null)),
        audited: sumEvents(held.filter((flow) => verdictOf(flow) === "AUDIT")),
        notLosses: sumEvents(held.filter(isNotLost)),
        first: format(times[0]),
        last: format(times.at(-1)),
      });
      expect(Object.entries(summary.verdicts)).toEqual(
        Object.entries(eventsBy(held, verdictOf)).sort(([a], [b]) => (a < b ? -1 : 1)),
      );
      const byNode = Object.fromEntries(summary.nodes.map(({ name, events }) => [String(name), events]));
      expect(byNode).toEqual(eventsBy(held, (flow) => String(nodeOf(flow))));
    });
  });

  it(`time line, untimed and summary add up, bucket by bucket (seed ${SEED})`, () => {
    const proof = proofOf(logs);
    scopes(40, ({ parameters }, held) => {
      const summary = proof.ask("summary", parameters);
      for (const buckets of ["2", "37"]) {
        const timeline = proof.ask("timeline", { ...parameters, buckets });
        expect(pointsOf(timeline) + timeline.untimed).toBe(summary.events);
        for (const { key, points } of timeline.series) {
          const width = BigInt(timeline.bucketNs);
          for (const [start, events] of points) {
            const inBucket = held.filter(
              (flow) =>
                verdictOf(flow) === key &&
                flow.timeNs !== null &&
                flow.timeNs >= BigInt(start) &&
                flow.timeNs < BigInt(start) + width,
            );
            expect(events).toBe(sumEvents(inBucket));
          }
        }
      }
    });
  });

  it(`every time line of events adds up, whatever it tells apart, and each series is the model's (seed ${SEED})`, () => {
    const proof = proofOf(logs);
    scopes(15, ({ parameters }, held) => {
      const { events } = proof.ask("summary", parameters);
      const timed = held.filter(({ timeNs }) => timeNs !== null);
      for (const [by, of] of Object.entries(KEYS)) {
        const timeline = proof.ask("timeline", { ...parameters, buckets: "9", by });
        expect(pointsOf(timeline) + timeline.untimed).toBe(events);
        if (timeline.series.some(({ key }) => key === "…")) continue;
        const sums = timeline.series.map(({ key, points }) => [
          key,
          points.reduce((sum, [, n]) => sum + n, 0),
        ]);
        if (of !== undefined) expect(Object.fromEntries(sums)).toEqual(eventsBy(timed, of));
      }
    });
  });

  it(`walking the flows gives each record once, and their events in all (seed ${SEED})`, () => {
    const proof = proofOf(logs);
    scopes(12, ({ parameters }, held) => {
      const { total } = proof.ask("flows", { ...parameters, limit: "1" });
      expect(total).toMatchObject({ records: held.length, events: sumEvents(held) });
      const flows = proof.walk(parameters);
      expect(flows.length).toBe(held.length);
      expect(new Set(flows.map(({ id }) => id)).size).toBe(held.length);
      expect(flows.reduce((sum, { events }) => sum + events, 0)).toBe(sumEvents(held));
    });
  });
});

const RCODES: Readonly<Record<number, string>> = { 0: "NOERROR", 2: "SERVFAIL", 3: "NXDOMAIN", 5: "REFUSED" };

/** By what a time line is told apart, with the model's key; namespaces of servers are settled, and only add up. */
const KEYS: Readonly<Record<string, ((flow: ModelFlow) => string) | undefined>> = {
  verdict: verdictOf,
  reason: (flow) => dropReasonOf(flow) ?? (isReasonMissing(flow) ? "?" : "-"),
  protocol: (flow) => l7ProtocolOf(flow) ?? protocolOf(flow) ?? absentOf(flow),
  rcode: (flow) => {
    const rcode = rcodeOf(flow);
    return rcode === null ? absentOf(flow) : (RCODES[rcode] ?? String(rcode));
  },
  status: (flow) => {
    const status = statusOf(flow);
    return status === null ? absentOf(flow) : `${Math.floor(status / 100)}xx`;
  },
  namespace: undefined,
};

/** What a field mask was at work on may have left the value out: every record that is whole has a type. */
function absentOf({ flow }: ModelFlow): string {
  return flow.Type === undefined ? "?" : "-";
}

/** A dropped packet has a reason; a verdict record and a refused request have none. */
function isReasonMissing(flow: ModelFlow): boolean {
  return verdictOf(flow) === "DROPPED" && flow.flow.Type !== "L7" && eventTypeOf(flow) !== 5;
}

function isNotLost(flow: ModelFlow): boolean {
  if (verdictOf(flow) !== "DROPPED") return false;
  if (eventTypeOf(flow) === 1) return NOT_LOST.includes(eventSubTypeOf(flow));
  return flow.flow.drop_reason_desc === "IGMP_HANDLED";
}
