/** The shapes of answers about workloads, their connections and services; conventions as in answers.ts. */

import { z } from "zod";
import { IMBALANCE_REASONS } from "@/lib/insight/imbalance-reason";
import { CONNECTION_WORDS } from "@/lib/scope/outcome-kinds";
import { metaSchema } from "./answers";

const count = z.number().int().nonnegative();
const time = z.string().nullable();
const text = z.string().nullable();
const ns = z.string().regex(/^\d+$/);

export const workloadRowSchema = z.object({
  /** Id as on the map. */
  workload: z.string(),
  /** Flow events with any of its pods on either end, each once. */
  events: count,
  drops: count,
  /** Most events first; none where the records name no pods. */
  pods: z.array(
    z.object({
      pod: z.string(),
      /** Flow events with the pod on either end. */
      events: count,
      drops: count,
      /** That it served, and TCP attempts that it received; null: not knowable, no record of the scope has ports. */
      requests: count,
      attempts: count.nullable(),
      /** Where it ran, as far as its own node's records say. */
      node: text,
      first: time,
      last: time,
    }),
  ),
  /** Gini coefficient of the pods' events: 0 even, 1 all at one pod; null below a smallest sample. */
  imbalance: z.number().min(0).max(1).nullable(),
  /** Coefficient of variation of the same. */
  variation: z.number().nonnegative().nullable(),
  likelyReason: z.enum(IMBALANCE_REASONS),
  /** The numbers that speak for it, as a sentence. */
  evidence: text,
  /** TCP connection attempts to the workload, and what became of them; null: no record of the scope has ports. */
  syn: count.nullable(),
  unanswered: count.nullable(),
  refused: count.nullable(),
  /** Connections that were reset after they were there, and that were ended. */
  rst: count.nullable(),
  fin: count.nullable(),
});

export const workloadsAnswerSchema = z.object({
  meta: metaSchema,
  /** Most uneven first. */
  rows: z.array(workloadRowSchema),
  folded: z.object({ rows: count, events: count }),
});

export const CONNECTIONS_BY = ["edge", "client", "client-pod", "server", "pod"] as const;
export type ConnectionsBy = (typeof CONNECTIONS_BY)[number];

/** Ids as on the map; null = unknown. */
const connectionKey = z.object({
  client: text.optional(),
  clientPod: text.optional(),
  server: text.optional(),
  /** Of the server. */
  pod: text.optional(),
  port: count.nullable().optional(),
  /** Of the time line. */
  outcome: z.enum(CONNECTION_WORDS).optional(),
});

const connectionCounts = z.object({
  /** Attempts: connections that began in the log. */
  attempts: count,
  /** By the words of the filter's key `connection`; those that are 0 are left out. */
  outcomes: z.partialRecord(z.enum(CONNECTION_WORDS), count),
  /** Reset by either side after it was there. */
  resets: count,
  /** From the first SYN to the last record, where beginning and end are both in the log. */
  lengthNs: z.object({ p50: ns.nullable(), p95: ns.nullable(), samples: count }),
  first: time,
  last: time,
});

export const connectionsAnswerSchema = z.object({
  meta: metaSchema,
  /** `attempts` and `resets` null: no record of the scope has ports and a time, so nothing is known of connections. */
  total: connectionCounts.extend({ attempts: count.nullable(), resets: count.nullable() }),
  /** Those that never got an answer first, then most attempts that failed. */
  rows: z.array(
    connectionCounts.extend({
      key: connectionKey,
      /** True: attempts failed, and none was ever answered. */
      neverAnswered: z.boolean(),
    }),
  ),
  folded: z.object({ rows: count, attempts: count }),
});

export const CONNECTIONS_TIMELINE_BY = ["outcome", "client", "client-pod", "server", "pod"] as const;
export type ConnectionsTimelineBy = (typeof CONNECTIONS_TIMELINE_BY)[number];
export const CONNECTIONS_OF = ["attempts", "unanswered", ...CONNECTION_WORDS] as const;
export type ConnectionsOf = (typeof CONNECTIONS_OF)[number];

export const connectionsTimelineAnswerSchema = z.object({
  meta: metaSchema,
  bucketNs: ns,
  fromNs: z.string().nullable(),
  toNs: z.string().nullable(),
  /** Null: no record of the scope has ports and a time. */
  total: count.nullable(),
  /** Largest first; with `by=outcome` in the order of the words. */
  series: z.array(
    z.object({ key: connectionKey, total: count, points: z.array(z.tuple([z.string(), count])) }),
  ),
  /** Series beyond the limit, together. */
  folded: z.object({ series: count, connections: count, points: z.array(z.tuple([z.string(), count])) }),
});

export const servicesAnswerSchema = z.object({
  meta: metaSchema,
  /** Most drops for want of a backend first, then most events. */
  rows: z.array(
    z.object({
      /** Null: what was asked for is known by its address only. */
      namespace: text,
      name: text,
      address: text,
      /** Flow events that name it on either side. */
      events: count,
      /** Drops because it had no backend (158). */
      noBackend: count,
      /** Servers of the flows that name it: most events first; null = unknown. */
      backends: z.array(z.object({ pod: text, events: count })),
      /** Pods to which sockets were led that asked for it, and how often. */
      translatedTo: z.array(z.object({ pod: z.string(), events: count })),
      first: time,
      last: time,
    }),
  ),
  folded: z.object({ rows: count, events: count }),
});

export const TRAFFIC_BY = ["pod", "workload", "namespace", "trace-point", "verdict"] as const;
export type TrafficBy = (typeof TRAFFIC_BY)[number];
/** What is drawn over time; all of them are counted. */
export const TRAFFIC_OF = ["events", "forwarded", "drops"] as const;
export type TrafficOf = (typeof TRAFFIC_OF)[number];
export const TRAFFIC_SIDES = ["from", "to"] as const;
export type TrafficSide = (typeof TRAFFIC_SIDES)[number];

const trafficCounts = z.object({
  /** Flow events, those with verdict FORWARDED, and drops: each drop once. */
  events: count,
  forwarded: count,
  drops: count,
  /** Of what was asked for; buckets without any are left out. */
  points: z.array(z.tuple([z.string(), count])),
  first: time,
  last: time,
});

export const trafficAnswerSchema = z.object({
  meta: metaSchema,
  bucketNs: ns,
  fromNs: z.string().nullable(),
  toNs: z.string().nullable(),
  total: trafficCounts,
  /** Most of what was asked for first. */
  rows: z.array(
    trafficCounts.extend({
      key: z.object({
        /** At the packet's side: id as on the map; null while its file is being read. */
        actor: text.optional(),
        /** Name of a trace point; `-` where there is none, `?` where the record left out what it was. */
        tracePoint: z.string().optional(),
        verdict: z.string().optional(),
      }),
    }),
  ),
  /** Rows beyond the limit. */
  folded: trafficCounts.extend({ rows: count }),
  /** Of what was asked for, those without a time: in no bucket. */
  untimed: count,
});

export type WorkloadRow = z.infer<typeof workloadRowSchema>;
export type WorkloadsAnswer = z.infer<typeof workloadsAnswerSchema>;
export type ConnectionKey = z.infer<typeof connectionKey>;
export type ConnectionCounts = z.infer<typeof connectionCounts>;
export type ConnectionsAnswer = z.infer<typeof connectionsAnswerSchema>;
export type ConnectionsTimelineAnswer = z.infer<typeof connectionsTimelineAnswerSchema>;
export type TrafficAnswer = z.infer<typeof trafficAnswerSchema>;
export type TrafficRow = TrafficAnswer["rows"][number];
export type ServicesAnswer = z.infer<typeof servicesAnswerSchema>;
