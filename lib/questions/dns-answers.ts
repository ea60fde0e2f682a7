/** The shapes of answers about DNS; conventions as in answers.ts. */

import { z } from "zod";
import { metaSchema } from "./answers";
import { DNS_SERIES_BY } from "./dns-by";

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
  /** Questions that a DNS rule refused. */
  refused: count,
  /** Questions that repeat one without an answer. */
  retries: count,
  /** NXDOMAIN that only the search list brought about. */
  expansion: count,
  /** Answers that say: the name exists, but has no record of this type. No errors. */
  noData: count,
  /** Workloads that asked. */
  clients: count,
  /** Distinct names that were asked for. */
  names: count,
  latencyNs: latencySchema,
  /** Times of the first and last question (of an answer alone: of the answer). */
  first: text,
  last: text,
  /** Time of the last question that was answered with an error, search lists left out. */
  lastError: text,
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
  /** The name that was meant: without the suffix of a search list. */
  z.object({ root: text }),
  z.object({ client: dnsWorkloadSchema }),
  /** Key of the pod that asked, or of what stands for it. */
  z.object({ pod: z.string() }),
  /** That saw it. */
  z.object({ node: text }),
  /** Types asked for, with commas. */
  z.object({ qtype: text }),
  /** Addresses in the answer; null: no answer, or one that does not say. */
  z.object({ answers: count.nullable() }),
  z.object({ server: dnsWorkloadSchema }),
]);

const dnsRowSchema = countsSchema.extend({
  key: dnsKeySchema,
  /** Filter that finds what the row counts, beside the terms of the scope. */
  filter: z.string(),
});

export const dnsAnswerSchema = z.object({
  meta: metaSchema,
  total: countsSchema.extend({
    /** Questions, and answers, in records that hold no name. */
    nameless: count,
    namelessResponses: count,
    /** Answers whose question is not in the log. */
    unasked: count,
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
  /** By when the question was asked; with `steps` only. */
  overTime: z
    .object({
      stepNs: ns,
      fromNs: z.string().nullable(),
      toNs: z.string().nullable(),
      /** Steps without answers are left out. */
      points: z.array(z.object({ startNs: z.string(), latencyNs: latencySchema })),
    })
    .optional(),
});

export const dnsExpansionAnswerSchema = z.object({
  meta: metaSchema,
  /** `vague`: NXDOMAIN in records without a name, which can be of either kind. */
  total: z.object({ queries: count, expansion: count, nxdomain: count, vague: count }),
  /** Most expansion first. */
  rows: z.array(
    z.object({
      workload: dnsWorkloadSchema,
      /** Filter that finds its questions and answers. */
      filter: z.string(),
      queries: count,
      expansion: count,
      /** NXDOMAIN of names that really do not exist. */
      nxdomain: count,
      vague: count,
      /** Questions that would not be asked with `ndots:1`, `ndots:2`, or names with a final dot; negative: so many more. */
      saved: z.object({ ndots1: z.number().int(), ndots2: z.number().int(), dot: count }),
      /** Most used first. */
      suffixes: z.array(z.string()),
    }),
  ),
  folded: z
    .object({ rows: count, queries: count, expansion: count, nxdomain: count, vague: count })
    .nullable(),
});

const seriesSchema = z.object({
  key: z.string(),
  /** Filter that lists what it counts. */
  filter: z.string(),
  /** Those without a time among them. */
  total: count,
  points: z.array(z.tuple([ns, count])),
});

export const dnsSeriesAnswerSchema = z.object({
  meta: metaSchema,
  bucketNs: ns,
  fromNs: z.string().nullable(),
  toNs: z.string().nullable(),
  by: z.enum(DNS_SERIES_BY),
  /**
   * Questions by what became of them: answered, unanswered, open, refused, unpaired; by node and by type those without an
   * answer. They add up. What comes less often is `others`, what the log does not say `?`.
   */
  queries: z.array(seriesSchema),
  /**
   * Answers by code; NODATA and `search-list` stand beside NOERROR and NXDOMAIN, not among them. By node and by type errors,
   * those of search lists left out. They add up.
   */
  responses: z.array(seriesSchema),
});

export const dnsResponsesAnswerSchema = z.object({
  meta: metaSchema,
  /** Answers. */
  total: count,
  /** Most frequent first. */
  rows: z.array(
    z.object({
      query: text,
      qtypes: text,
      /** Name of the code; null: the answer does not say. */
      rcode: text,
      /** In the order of the alphabet; null: the answer does not say. */
      addresses: z.array(z.string()).nullable(),
      /** Names that the newest of these answers led through. */
      names: z.array(z.string()),
      /** How long they may be kept: the least and the most that was said; null: nothing was. */
      ttlSeconds: z.object({ least: count, most: count }).nullable(),
      /** The name exists, but has no record of this type. */
      isNoData: z.boolean(),
      /** So many of them only because of a search list. */
      expansion: count,
      responses: count,
      /** Of their questions. */
      first: text,
      last: text,
      /** Filter that finds these answers, beside the terms of the scope. */
      filter: z.string(),
    }),
  ),
  folded: z.object({ rows: count, responses: count }),
});

export type DnsSeriesAnswer = z.infer<typeof dnsSeriesAnswerSchema>;
export type DnsResponsesAnswer = z.infer<typeof dnsResponsesAnswerSchema>;
export type DnsAnswer = z.infer<typeof dnsAnswerSchema>;
export type DnsCounts = z.infer<typeof countsSchema>;
export type DnsKey = z.infer<typeof dnsKeySchema>;
export type DnsLatency = z.infer<typeof latencySchema>;
export type DnsWorkload = z.infer<typeof dnsWorkloadSchema>;
export type DnsLatencyAnswer = z.infer<typeof dnsLatencyAnswerSchema>;
export type DnsExpansionAnswer = z.infer<typeof dnsExpansionAnswerSchema>;
