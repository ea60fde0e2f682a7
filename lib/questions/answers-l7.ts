/** The shapes of answers about HTTP, gRPC and Kafka, and about workloads; conventions as in answers.ts. */

import { z } from "zod";
import { IMBALANCE_REASONS } from "@/lib/insight/imbalance";
import { metaSchema } from "./answers";

const count = z.number().int().nonnegative();
const time = z.string().nullable();
const text = z.string().nullable();
const ns = z.string().regex(/^\d+$/);

export const L7_PROTOCOLS = ["http", "grpc", "kafka"] as const;
export const L7_BY = ["route", "status", "client", "server", "pod"] as const;
export type L7By = (typeof L7_BY)[number];

const countsSchema = z.object({
  /** Of one proxy side: a request that both sides logged counts at the server's. */
  requests: count,
  responses: count,
  /** 5xx, refused by a rule, verdict ERROR; a gRPC or Kafka error of the server. 4xx are in `status`. */
  errors: count,
  /** Refused by an L7 rule. */
  denied: count,
  /** Requests without an answer: none came; the log ended, or lost events, before one could be seen. */
  unanswered: count,
  open: count,
  /** Responses by status: HTTP status, name of the gRPC status or Kafka error; `403 by policy` is the proxy's own. */
  status: z.record(z.string(), count),
  /** Percentiles are at most 1 % off; null without samples. `computed` of the samples are answer minus request. */
  latencyNs: z.object({
    p50: ns.nullable(),
    p95: ns.nullable(),
    p99: ns.nullable(),
    samples: count,
    computed: count,
  }),
  first: time,
  last: time,
});

/** What the rows of a table differ in; which members there are depends on `by`. Ids as on the map; null = unknown. */
const l7Key = z.object({
  server: text.optional(),
  method: text.optional(),
  /** Route, `service/method`, topic. */
  route: text.optional(),
  /** As in `status`; `denied`, `no answer`, `open`, `unpaired` for requests without an answer. */
  status: z.string().optional(),
  client: text.optional(),
  pod: text.optional(),
});

export const l7RowSchema = countsSchema.extend({
  key: l7Key,
  /** HTTP method or Kafka API key, where all requests of the row have the same. */
  method: text,
});

export const l7AnswerSchema = z.object({
  meta: metaSchema,
  total: countsSchema,
  /** Most errors first, then most requests. */
  rows: z.array(l7RowSchema),
  /** Rows beyond the limit. */
  folded: z.object({ rows: count, requests: count }),
});

export const workloadRowSchema = z.object({
  /** Id as on the map. */
  workload: z.string(),
  pods: z.array(
    z.object({
      pod: z.string(),
      /** Flow events with the pod on either end. */
      events: count,
      drops: count,
    }),
  ),
  /** Gini coefficient of the pods' events: 0 even, 1 all at one pod; null below a smallest sample. */
  imbalance: z.number().min(0).max(1).nullable(),
  likelyReason: z.enum(IMBALANCE_REASONS),
  /** TCP connection attempts to the workload, and what became of them. */
  syn: count,
  unanswered: count,
  refused: count,
  /** Connections that were reset after they were there, and that were ended. */
  rst: count,
  fin: count,
});

export const workloadsAnswerSchema = z.object({
  meta: metaSchema,
  /** Most uneven first. */
  rows: z.array(workloadRowSchema),
  folded: z.object({ rows: count, events: count }),
});

export type L7Row = z.infer<typeof l7RowSchema>;
export type L7Counts = z.infer<typeof countsSchema>;
export type L7Answer = z.infer<typeof l7AnswerSchema>;
export type WorkloadRow = z.infer<typeof workloadRowSchema>;
export type WorkloadsAnswer = z.infer<typeof workloadsAnswerSchema>;
