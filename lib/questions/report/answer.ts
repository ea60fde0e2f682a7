/** The shape of the quality report, as the HTTP interface gives it. */

import { z } from "zod";
import { fileReportSchema } from "@/lib/capture/files";
import { metaSchema } from "../answers";

const count = z.number().int().nonnegative();
const time = z.string().nullable();
const text = z.string().nullable();

export const reportAnswerSchema = z.object({
  meta: metaSchema,
  /** Over all files: read = accepted + duplicate + otherKinds + refused. */
  read: count,
  accepted: count,
  duplicate: count,
  otherKinds: count,
  refused: count,
  /** Refusal code -> records. */
  refusedBy: z.record(z.string(), count),
  /** Format -> records. */
  formats: z.record(z.string(), count),
  first: time,
  last: time,
  files: z.array(fileReportSchema),
  /** What a colleague would say, most important first. */
  sentences: z.array(
    z.object({ tone: z.enum(["good", "note", "warning"]), about: z.string(), text: z.string() }),
  ),
  nodes: z.array(
    z.object({
      name: text,
      flows: count,
      events: count,
      first: time,
      last: time,
      /** Over the node's own span; null when it is an instant. */
      flowsPerSecond: z.number().nullable(),
      /** Events that the node reported as lost. */
      lost: count,
    }),
  ),
  /** Stretches in which flows are missing. `kind` says how it is known. */
  gaps: z.array(
    z.object({
      kind: z.enum(["lost-events", "node-away", "silence"]),
      node: text,
      from: z.string(),
      to: z.string(),
      /** Events lost; for a silence, the flows that the node's own rate would have given. Null: not known. */
      missing: count.nullable(),
      text: z.string(),
    }),
  ),
  /** Gaps beyond those listed. */
  moreGaps: count,
  clockSkew: z.array(
    z.object({
      node: z.string(),
      reference: z.string(),
      /** The node's clock minus the reference's, decimal nanoseconds. */
      differenceNs: z.string(),
      atLeast: z.boolean(),
      samples: count,
    }),
  ),
  /** Members that no flow has, and what that rules out. */
  missing: z.array(z.object({ field: z.string(), rulesOut: z.string() })),
  /** Signs that an export was filtered. */
  filters: z.array(z.object({ file: z.string(), sign: z.string(), value: text, text: z.string() })),
  aggregation: z.object({ flows: count, events: count, withoutCounters: count, intervalNs: text }).nullable(),
  /** none: from-* points are there; some: trace events without them; unknown: no trace events. */
  monitorAggregation: z.enum(["none", "some", "unknown"]),
  layer7: z.array(z.object({ protocol: z.string(), flows: count, namespaces: z.array(z.string()) })),
  /** Settings for what is missing, ready to be copied. */
  advice: z.array(
    z.object({ title: z.string(), why: z.string(), code: z.string(), language: z.enum(["yaml", "sh"]) }),
  ),
});

export type ReportAnswer = z.infer<typeof reportAnswerSchema>;
