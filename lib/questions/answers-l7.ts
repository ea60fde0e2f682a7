/** The shapes of answers about HTTP, gRPC and Kafka; conventions as in answers.ts. */

import { z } from "zod";
import { REQUEST_CLASSES } from "@/lib/insight/request-class";
import { metaSchema } from "./answers";

const count = z.number().int().nonnegative();
const time = z.string().nullable();
const text = z.string().nullable();
const ns = z.string().regex(/^\d+$/);

export const L7_PROTOCOLS = ["http", "grpc", "kafka"] as const;
export const L7_BY = [
  "route",
  "url",
  "edge",
  "method",
  "status",
  "client",
  "client-pod",
  "server",
  "pod",
] as const;
export type L7Protocol = (typeof L7_PROTOCOLS)[number];
export type L7By = (typeof L7_BY)[number];

const countsSchema = z.object({
  /** Of one proxy side: a request that both sides logged counts at the server's. */
  requests: count,
  responses: count,
  /** 5xx, refused by a rule, verdict ERROR; a gRPC or Kafka error of the server. 4xx are in `status`. */
  errors: count,
  /** Refused by an L7 rule. */
  denied: count,
  /** 4xx that no rule said, gRPC statuses that blame the caller; not in `errors`. */
  clientErrors: count,
  /** Answers that are no error, those with a client error among them. */
  succeeded: count,
  /** Requests without an answer: none came; the log ended, or lost events, before one could be seen. */
  unanswered: count,
  open: count,
  /** Of `denied`, those whose answer is not in the log; and requests of which nothing says whether they were answered. */
  deniedUnanswered: count,
  unpaired: count,
  /** Answers whose request is not in the log; they are in `responses` and `errors`, not in `requests`. */
  answersOnly: count,
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
  /** URL as it stands in the log. */
  url: text.optional(),
  /** As in `status`; `denied`, `no answer`, `open`, `unpaired` for requests without an answer. */
  status: z.string().optional(),
  client: text.optional(),
  clientPod: text.optional(),
  /** Of the server. */
  pod: text.optional(),
  /** Of the time line. */
  class: z.enum(REQUEST_CLASSES).optional(),
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

export const L7_TIMELINE_BY = ["class", "client", "client-pod", "server", "pod"] as const;
export type L7TimelineBy = (typeof L7_TIMELINE_BY)[number];
export const L7_TIMELINE_OF = ["all", ...REQUEST_CLASSES] as const;
export type L7TimelineOf = (typeof L7_TIMELINE_OF)[number];

export const l7TimelineAnswerSchema = z.object({
  meta: metaSchema,
  bucketNs: ns,
  fromNs: z.string().nullable(),
  toNs: z.string().nullable(),
  /** Requests, and answers whose request is not in the log: those in the series, folded and without a time. */
  total: count,
  /** Largest first; with `by=class` in the order of the classes. */
  series: z.array(
    z.object({ key: l7Key, total: count, points: z.array(z.tuple([z.string(), count])), untimed: count }),
  ),
  /** Series beyond the limit, together. */
  folded: z.object({ series: count, requests: count, points: z.array(z.tuple([z.string(), count])) }),
});

const l7ExampleSchema = z.object({
  /** Of the record at which the request counts. */
  flowId: z.string(),
  /** Of its answer, where that is another record. */
  answerId: text,
  time,
  client: text,
  server: text,
  method: text,
  /** URL or topic as it stands in the log; redacted parts read HUBBLE_REDACTED. */
  url: text,
  route: text,
  /** As in `by=status`. */
  status: z.string(),
  latencyNs: ns.nullable(),
  /** True: answer minus request. */
  isComputed: z.boolean(),
});

export const l7ExamplesAnswerSchema = z.object({
  meta: metaSchema,
  /** Longest latency first. */
  slowest: z.array(l7ExampleSchema),
  /** The newest error of each route, routes with most errors first. */
  failing: z.array(l7ExampleSchema.extend({ errors: count })),
});

export type L7Row = z.infer<typeof l7RowSchema>;
export type L7Counts = z.infer<typeof countsSchema>;
export type L7Answer = z.infer<typeof l7AnswerSchema>;
export type L7TimelineAnswer = z.infer<typeof l7TimelineAnswerSchema>;
export type L7Example = z.infer<typeof l7ExampleSchema>;
export type L7ExamplesAnswer = z.infer<typeof l7ExamplesAnswerSchema>;
