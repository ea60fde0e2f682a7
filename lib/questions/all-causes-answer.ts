/** The shape of the answer about all causes; conventions as in answers.ts. */

import { z } from "zod";
import { CAUSE_KINDS } from "@/lib/insight/causes/cause";
import { metaSchema } from "./answers";
import { CAUSE_CLASS_NAMES } from "./answers-drops";
import { dnsWorkloadSchema } from "./dns-answers";

const count = z.number().int().nonnegative();
const text = z.string().nullable();

export const causeKindSchema = z.enum(CAUSE_KINDS);
export const CAUSE_UNITS = ["drops", "queries", "requests", "attempts", "records"] as const;

export const allCausesAnswerSchema = z.object({
  meta: metaSchema,
  /** Causes in the scope. */
  total: count,
  /** Of these, the ones that are most likely harmless. */
  noise: count,
  /** Width of the trends' buckets. */
  bucketNs: z.string(),
  rows: z.array(
    z.object({
      causeId: z.string(),
      kind: causeKindSchema,
      /** Within the kind: for drops what decided, for DNS what is wrong. */
      type: z.string(),
      class: z.enum(CAUSE_CLASS_NAMES),
      /** Place among all causes of the capture, from 1 without gaps; of one that is told as drops, that of the next. */
      position: count,
      sentence: z.string(),
      /** What to do, and a piece of a policy or of a pod's spec to start from. */
      remedy: z.object({ text: z.string(), yaml: text }),
      /** null: several, or unknown. */
      client: dnsWorkloadSchema.nullable(),
      server: dnsWorkloadSchema.nullable(),
      /** A DNS name or a route. */
      subject: text,
      /** Of the server. */
      port: count.nullable(),
      /** The member of l4; http, grpc or kafka. */
      protocol: text,
      /** likely: the records hint at it, none says it. */
      confidence: z.enum(["certain", "likely"]),
      /** Affected client workloads. */
      clients: count,
      /** How many of `unit` in the scope, and in the whole capture. */
      count,
      countInCapture: count,
      /** [start of the bucket in ns, how many]; of the scope, empty buckets left out. */
      trend: z.array(z.tuple([z.string(), count])),
      unit: z.enum(CAUSE_UNITS),
      attempts: count.nullable(),
      first: text,
      last: text,
      /** The last time that it worked before the first failure, and the first time behind it. */
      worked: z.object({ before: text, since: text }),
      /** Time from try to try, where it is regular. */
      rhythmNs: z.string().nullable(),
      /** Id of a flow that shows it. */
      example: text,
    }),
  ),
  /** Causes beyond the limit. */
  folded: count,
});

export type AllCausesAnswer = z.infer<typeof allCausesAnswerSchema>;
