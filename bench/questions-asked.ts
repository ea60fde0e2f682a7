/** The questions of the benchmark, and the same as one statement over the rival's flat table where there is one. */

import type { OpenCapture } from "@/lib/questions/open-capture";
import { QUESTIONS } from "@/lib/questions/questions";

export type Asked = Readonly<Record<string, string>>;
export interface Question {
  readonly name: string;
  ask(capture: OpenCapture, scope: Asked): unknown;
  readonly duck?: (where: string, widthNs: bigint) => string;
}

const facet = (name: string, column?: string): Question => ({
  name: `facet ${name}`,
  ask: (capture, scope) => QUESTIONS.facets(capture, { ...scope, keys: name, limit: 50 }),
  ...(column !== undefined && {
    duck: (where: string) => `SELECT ${column}, sum(events) FROM flow WHERE ${where} GROUP BY 1`,
  }),
});

/** Where a view has sixty buckets, not a hundred and twenty: of 300 s over the capture of the benchmark, as ours. */
const sixty = (widthNs: bigint): bigint => (widthNs * 5n) / 2n;

/** Of all times of a group, as our histograms estimate them. */
const QUANTILES = "quantile_cont(latency, [0.5, 0.95, 0.99])";

const dropsBy = (by: "policy" | "reason" | "client" | "server" | "node", column: string): Question => ({
  name: `drops by ${by}`,
  ask: (capture, scope) => QUESTIONS.drops(capture, { ...scope, by, limit: 100, buckets: 60 }),
  duck: (where, width) =>
    `SELECT ${column}, time // ${sixty(width)}, sum(drops), min(time), max(time) FROM dropped WHERE ${where} GROUP BY 1, 2`,
});

const dnsBy = (name: string, by: "query" | "rcode" | "client", column: string): Question => ({
  name: `dns by ${name}`,
  ask: (capture, scope) => QUESTIONS.dns(capture, { ...scope, by, limit: 100 }),
  duck: (where) =>
    `SELECT ${column}, sum(asked), sum(answered), sum(asked) FILTER (WHERE rcode > 0), sum(asked) FILTER (WHERE state = 1), ${QUANTILES}
     FROM dns WHERE ${where} GROUP BY 1 ORDER BY 2 DESC LIMIT 100`,
});

const requestsBy = (by: "route" | "status" | "server", column: string): Question => ({
  name: `l7 by ${by}`,
  ask: (capture, scope) => QUESTIONS.l7(capture, { ...scope, protocol: "http", by, limit: 100 }),
  duck: (where) =>
    `SELECT ${column}, sum(asked), sum(answered), sum(error), sum(denied), min(time), max(time), ${QUANTILES}
     FROM request WHERE kind = 1 AND ${where} GROUP BY 1 ORDER BY 2 DESC LIMIT 100`,
});

/** What the views ask. `widthNs` is that of buckets that the rival makes. */
export const LIST: readonly Question[] = [
  {
    name: "summary",
    ask: (capture, scope) => QUESTIONS.summary(capture, scope),
    duck: (where) =>
      `SELECT verdict, node, count(*), sum(events), min(time), max(time), sum(attempts), sum(requests), sum(drops) FROM flow WHERE ${where} GROUP BY 1, 2`,
  },
  {
    name: "timeline verdict",
    ask: (capture, scope) => QUESTIONS.timeline(capture, { ...scope, by: "verdict", buckets: 120 }),
    duck: (where, width) =>
      `SELECT verdict, time // ${width}, sum(events) FROM flow WHERE ${where} GROUP BY 1, 2`,
  },
  {
    name: "timeline namespace",
    ask: (capture, scope) => QUESTIONS.timeline(capture, { ...scope, by: "namespace", buckets: 120 }),
    duck: (where, width) =>
      `SELECT server_namespace, time // ${width}, sum(events) FROM flow WHERE ${where} GROUP BY 1, 2`,
  },
  {
    name: "map",
    ask: (capture, scope) => QUESTIONS.map(capture, { ...scope, level: "workload", limit: 2000 }),
    duck: (where) =>
      `SELECT client, server, server_port, protocol, verdict, reason, sum(events), sum(drops), min(time), max(time) FROM flow WHERE ${where} GROUP BY ALL`,
  },
  facet("verdict", "verdict"),
  facet("server", "server"),
  facet("node-name", "node"),
  facet("server-port", "server_port"),
  {
    ...facet("port"),
    duck: (where) =>
      `SELECT port, sum(events) FROM (SELECT unnest([source_port, destination_port]) AS port, events FROM flow WHERE ${where}) GROUP BY 1 ORDER BY 2 DESC LIMIT 50`,
  },
  facet("drop", "drops > 0"),
  {
    name: "drops by cause",
    ask: (capture, scope) => QUESTIONS.drops(capture, { ...scope, by: "cause", limit: 100, buckets: 60 }),
    duck: (where, width) =>
      `SELECT cause, time // ${sixty(width)}, sum(drops), min(time), max(time) FROM dropped WHERE ${where} GROUP BY 1, 2`,
  },
  dropsBy("policy", "policies"),
  dropsBy("reason", "reason"),
  dropsBy("client", "client"),
  dropsBy("server", "server"),
  dropsBy("node", "node"),
  {
    name: "page of flows",
    ask: (capture, scope) => QUESTIONS.flows(capture, { ...scope, limit: 100, order: "desc", total: false }),
    duck: (where) => `SELECT * FROM flow WHERE ${where} ORDER BY time DESC LIMIT 100`,
  },
  {
    name: "count of flows",
    ask: (capture, scope) => QUESTIONS.flows(capture, { ...scope, limit: 1, order: "asc", total: true }),
    duck: (where) => `SELECT count(*), sum(events), sum(drops) FROM flow WHERE ${where}`,
  },
  dnsBy("name", "query", "query"),
  dnsBy("rcode", "rcode", "rcode"),
  dnsBy("client", "client", "client"),
  requestsBy("route", "route"),
  requestsBy("status", "code"),
  requestsBy("server", "server"),
  {
    name: "l7 over time",
    ask: (capture, scope) =>
      QUESTIONS.l7Timeline(capture, {
        ...scope,
        ...{ protocol: "http", by: "class", of: "all", buckets: 60, limit: 12 },
      }),
    duck: (where, width) =>
      `SELECT code // 100, time // ${sixty(width)}, sum(greatest(asked, answered)) FROM request WHERE kind = 1 AND ${where} GROUP BY 1, 2`,
  },
  {
    name: "dns over time",
    ask: (capture, scope) => QUESTIONS.dnsSeries(capture, { ...scope, by: "outcome", buckets: 60 }),
    duck: (where, width) =>
      `SELECT state, rcode, asked_at // ${sixty(width)}, sum(asked) FROM dns WHERE ${where} GROUP BY 1, 2, 3`,
  },
  {
    name: "dns latency",
    ask: (capture, scope) => QUESTIONS.dnsLatency(capture, { ...scope, steps: 60 }),
    duck: (where, width) =>
      `SELECT asked_at // ${sixty(width)}, ${QUANTILES} FROM dns WHERE ${where} GROUP BY 1`,
  },
  { name: "dns causes", ask: (capture, scope) => QUESTIONS.dnsCauses(capture, { ...scope, limit: 100 }) },
  {
    name: "dns expansion",
    ask: (capture, scope) => QUESTIONS.dnsExpansion(capture, { ...scope, limit: 100 }),
  },
  {
    name: "dns responses",
    ask: (capture, scope) => QUESTIONS.dnsResponses(capture, { ...scope, limit: 100 }),
  },
  {
    name: "dns and connections",
    ask: (capture, scope) => QUESTIONS.dnsConnections(capture, { ...scope, by: "query", limit: 100 }),
  },
  {
    name: "connections",
    ask: (capture, scope) => QUESTIONS.connections(capture, { ...scope, by: "edge", limit: 100 }),
    duck: (where) =>
      `SELECT client, server, server_port, count(*), count(*) FILTER (WHERE outcome = 1), count(*) FILTER (WHERE outcome = 2),
         count(*) FILTER (WHERE outcome IN (3, 4, 5)), count(*) FILTER (WHERE outcome = 6), min(first), max(last),
         quantile_cont(last - first, [0.5, 0.95]) FILTER (WHERE flags & 14 <> 0)
       FROM attempt WHERE ${where} GROUP BY 1, 2, 3 ORDER BY 4 DESC LIMIT 100`,
  },
  {
    name: "connections over time",
    ask: (capture, scope) =>
      QUESTIONS.connectionsTimeline(capture, {
        ...scope,
        ...{ by: "server", of: "attempts", buckets: 60, limit: 12 },
      }),
    duck: (where, width) =>
      `SELECT server, time // ${sixty(width)}, count(*) FROM attempt WHERE ${where} GROUP BY 1, 2`,
  },
  { name: "services", ask: (capture, scope) => QUESTIONS.services(capture, { ...scope, limit: 100 }) },
  {
    name: "traffic by workload",
    ask: (capture, scope) =>
      QUESTIONS.traffic(capture, {
        ...scope,
        ...{ by: "workload", side: "from", of: "events", buckets: 60, limit: 100 },
      }),
    duck: (where, width) =>
      `SELECT source, time // ${sixty(width)}, sum(events) FROM flow WHERE ${where} GROUP BY 1, 2`,
  },
  { name: "changes", ask: (capture, scope) => QUESTIONS.changes(capture, { ...scope, limit: 100 }) },
  {
    name: "not drops",
    ask: (capture, scope) => QUESTIONS.notDrops(capture, { ...scope, kind: "not-a-loss", limit: 100 }),
  },
  {
    name: "workloads",
    ask: (capture, scope) => QUESTIONS.workloads(capture, { ...scope, limit: 100 }),
    duck: (where) => {
      const side = (name: string): string =>
        `SELECT ${name} AS workload, '${name}' AS side, sum(events) AS events, sum(attempts) AS attempts, sum(requests), sum(errors), sum(drops),
           count(DISTINCT ${name}_pod) FROM flow WHERE ${where} GROUP BY 1`;
      return `${side("client")} UNION ALL ${side("server")} ORDER BY events DESC LIMIT 200`;
    },
  },
  {
    name: "causes",
    ask: (capture, scope) => QUESTIONS.causes(capture, { ...scope, limit: 100, buckets: 60 }),
  },
  { name: "report", ask: (capture) => QUESTIONS.report(capture, {}) },
];
