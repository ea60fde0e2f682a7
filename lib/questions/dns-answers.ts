/** The shapes of answers about DNS; conventions as in answers.ts. */

import { z } from "zod";
import { metaSchema } from "./answers";

const count = z.number().int().nonnegative();
const ns = z.string().regex(/^\d+$/);
const text = z.string().nullable();

/** Answer minus question, computed: no log holds it. Percentiles are at most 1 % off; null without samples. */
const latencySchema = z.object({
  p50: ns.nullable(),
  p95: ns.nullable(),
  p99: ns.nullable(),
  samples: count,
});

const countsSchema = z.object({
  /** Questions, not answers. */
  queries: count,
  responses: count,
  /** Answers by the name of their code, NOERROR left out; those of the search list are among them. */
  errors: z.record(z.string(), count),
  /** Questions without an answer within 5 s. */
  unanswered: count,
  /** Without an answer too, but asked at the end of the capture or beside a loss of events. */
  open: count,
  /** NXDOMAIN that only the search list brought about. */
  expansion: count,
  /** Workloads that asked. */
  clients: count,
  latencyNs: latencySchema,
  /** Times of the first and last question (of an answer alone: of the answer). */
  first: text,
  last: text,
});

/** A workload, or what stands for it: `id` is that of the map's nodes at the level of workloads. */
export const dnsWorkloadSchema = z.object({
  id: z.string(),
  kind: text,
  namespace: text,
  name: z.string(),
  cluster: z.string(),
});

export const dnsKeySchema = z.union([
  /** null: no answer, or one that does not say. */
  z.object({ rcode: count.nullable(), name: text }),
  /** Lower case, without the final dot; null: the log left it out. */
  z.object({ query: text }),
  z.object({ client: dnsWorkloadSchema }),
  z.object({ server: dnsWorkloadSchema }),
]);

const dnsRowSchema = countsSchema.extend({ key: dnsKeySchema });

export const dnsAnswerSchema = z.object({
  meta: metaSchema,
  total: countsSchema.extend({
    /** Questions that a DNS rule refused. */
    refused: count,
    /** Answers that say: the name exists, but has no record of this type. No errors. */
    noData: count,
    /** Questions that repeat one without an answer. */
    retries: count,
    /** Questions of which cannot be known what became of them. */
    unpaired: count,
    /** Questions that a resolver only passed on; they are in no other number. */
    secondHops: count,
  }),
  /** Real errors and silence first, then by questions. */
  rows: z.array(dnsRowSchema),
  /** What the rows beyond the limit count together; null when all are here. */
  folded: countsSchema.extend({ rows: count }).nullable(),
});

export const dnsLatencyAnswerSchema = z.object({
  meta: metaSchema,
  latencyNs: latencySchema,
  /** Half open; those without answers are left out. Four to each power of two. */
  buckets: z.array(z.object({ fromNs: ns, toNs: ns, n: count })),
});

export const dnsExpansionAnswerSchema = z.object({
  meta: metaSchema,
  total: z.object({ queries: count, expansion: count, nxdomain: count }),
  /** Most expansion first. */
  rows: z.array(
    z.object({
      workload: dnsWorkloadSchema,
      queries: count,
      expansion: count,
      /** NXDOMAIN of names that really do not exist. */
      nxdomain: count,
      /** Questions that would not be asked with `ndots:1`, `ndots:2`, or names with a final dot; negative: so many more. */
      saved: z.object({ ndots1: z.number().int(), ndots2: z.number().int(), dot: count }),
      /** Most used first. */
      suffixes: z.array(z.string()),
    }),
  ),
  folded: z.object({ rows: count, queries: count, expansion: count, nxdomain: count }).nullable(),
});

export type DnsAnswer = z.infer<typeof dnsAnswerSchema>;
export type DnsCounts = z.infer<typeof countsSchema>;
export type DnsKey = z.infer<typeof dnsKeySchema>;
export type DnsLatency = z.infer<typeof latencySchema>;
export type DnsWorkload = z.infer<typeof dnsWorkloadSchema>;
export type DnsLatencyAnswer = z.infer<typeof dnsLatencyAnswerSchema>;
export type DnsExpansionAnswer = z.infer<typeof dnsExpansionAnswerSchema>;
