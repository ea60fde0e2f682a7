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
  facet("port"),
  facet("drop"),
  {
    name: "drops by cause",
    ask: (capture, scope) => QUESTIONS.drops(capture, { ...scope, by: "cause", limit: 100, buckets: 60 }),
    duck: (where, width) =>
      `SELECT cause, time // ${width}, sum(drops), min(time), max(time) FROM flow WHERE drops > 0 AND ${where} GROUP BY 1, 2`,
  },
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
  {
    name: "dns by name",
    ask: (capture, scope) => QUESTIONS.dns(capture, { ...scope, by: "query", limit: 100 }),
  },
  {
    name: "l7 by route",
    ask: (capture, scope) => QUESTIONS.l7(capture, { ...scope, protocol: "http", by: "route", limit: 100 }),
  },
  {
    name: "l7 over time",
    ask: (capture, scope) =>
      QUESTIONS.l7Timeline(capture, {
        ...scope,
        ...{ protocol: "http", by: "class", of: "all", buckets: 60, limit: 12 },
      }),
  },
  {
    name: "dns over time",
    ask: (capture, scope) => QUESTIONS.dnsSeries(capture, { ...scope, by: "outcome", buckets: 60 }),
  },
  { name: "dns latency", ask: (capture, scope) => QUESTIONS.dnsLatency(capture, { ...scope, steps: 60 }) },
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
  },
  {
    name: "connections over time",
    ask: (capture, scope) =>
      QUESTIONS.connectionsTimeline(capture, {
        ...scope,
        ...{ by: "server", of: "attempts", buckets: 60, limit: 12 },
      }),
  },
  { name: "services", ask: (capture, scope) => QUESTIONS.services(capture, { ...scope, limit: 100 }) },
  {
    name: "traffic by workload",
    ask: (capture, scope) =>
      QUESTIONS.traffic(capture, {
        ...scope,
        ...{ by: "workload", side: "from", of: "events", buckets: 60, limit: 100 },
      }),
  },
  { name: "changes", ask: (capture, scope) => QUESTIONS.changes(capture, { ...scope, limit: 100 }) },
  {
    name: "not drops",
    ask: (capture, scope) => QUESTIONS.notDrops(capture, { ...scope, kind: "not-a-loss", limit: 100 }),
  },
  { name: "workloads", ask: (capture, scope) => QUESTIONS.workloads(capture, { ...scope, limit: 100 }) },
  {
    name: "causes",
    ask: (capture, scope) => QUESTIONS.causes(capture, { ...scope, limit: 100, buckets: 60 }),
  },
  { name: "report", ask: (capture) => QUESTIONS.report(capture, {}) },
];
