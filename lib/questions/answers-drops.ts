/** The shapes of answers about drops: what was lost, why, and what would fix it. */

import { z } from "zod";
import { DECIDED_BY } from "@/lib/insight/causes/drop-key";
import { metaSchema } from "./answers";

const count = z.number().int().nonnegative();
const time = z.string().nullable();
const text = z.string().nullable();
const ns = z.string().regex(/^-?\d+$/);

export const DROPS_BY = ["cause", "policy", "reason", "client", "server", "pod", "node"] as const;
export type DropsBy = (typeof DROPS_BY)[number];

export const CAUSE_CLASS_NAMES = ["never-worked", "broken-since", "degraded", "noise"] as const;

const policy = z.object({ kind: text, namespace: text, name: text });

/** What the rows of a table differ in; which members there are depends on `by`. */
const dropKey = z.object({
  causeId: z.string().optional(),
  policies: z.array(policy).optional(),
  decidedBy: z.enum(DECIDED_BY).optional(),
  /** Name of the reason; null for refused requests, and where the log does not say. */
  reason: text.optional(),
  code: count.nullable().optional(),
  /** Ids as on the map; null = unknown. */
  client: text.optional(),
  server: text.optional(),
  port: count.nullable().optional(),
  protocol: text.optional(),
  /** The pod whose policy or datapath dropped: the source of egress, the destination of ingress. */
  pod: text.optional(),
  node: text.optional(),
});

const trend = z.array(z.tuple([ns, count]));

export const dropRowSchema = z.object({
  key: dropKey,
  drops: count,
  /** Each counts at its first drop; null when no flow has ports. */
  attempts: count.nullable(),
  first: time,
  last: time,
  /** [start of the bucket in ns, drops]; buckets without drops are left out. */
  trend,
  /** What follows is null where drops of the row differ in it. */
  direction: text,
  reason: text,
  /** What happened, in words. */
  reasonText: text,
  decidedBy: z.enum(DECIDED_BY).nullable(),
  /** certain: a policy-verdict record agrees. */
  confidence: z.enum(["certain", "likely"]),
  policies: z.array(policy),
  /** What to do, in words; for rows of one cause. */
  remedy: text,
  /** Id of the first flow. */
  example: text,
  /** Filter that finds exactly these drops in the same scope. */
  filter: z.string(),
  /** For rows of one cause. */
  class: z.enum(CAUSE_CLASS_NAMES).nullable(),
  sentence: text,
});

export const dropsAnswerSchema = z.object({
  meta: metaSchema,
  /** Drops in the scope; those of all rows and of the folded ones together. */
  total: count,
  /** Width of the trends' buckets. */
  bucketNs: ns,
  rows: z.array(dropRowSchema),
  /** Rows beyond the limit. */
  folded: z.object({ rows: count, drops: count }),
});

const named = z.object({ name: text, drops: count });

export const dropCauseAnswerSchema = z.object({
  meta: metaSchema,
  cause: dropRowSchema,
  /** What the reason means in general; null where there is none, or it is not known. */
  meaning: z
    .object({ group: z.string(), says: z.string(), usually: z.string(), next: z.string() })
    .nullable(),
  remedy: z.object({
    text: z.string(),
    /** Whose policies are to be changed; null where no policy is at fault. */
    side: z.enum(["client egress", "server ingress"]).nullable(),
    /** A rule to start from, where one can be derived. */
    yaml: text,
  }),
  /** What only the whole capture tells, a sentence or two each. */
  hints: z.array(z.string()),
  /** When the same edge worked, over the whole capture: the last time before its first drop, and the first time behind it. */
  worked: z.object({ before: time, since: time, says: z.string() }),
  /** Time from try to try, where it is regular. */
  rhythm: z.object({ ns, says: z.string() }).nullable(),
  /** Drops that may be counted twice. */
  atMost: count,
  /** Pods of the client and of the server, and nodes that dropped; most drops first. */
  clients: z.array(named),
  servers: z.array(named),
  nodes: z.array(named),
  /** Ids of the first flows. */
  examples: z.array(z.string()),
});

export type DropRow = z.infer<typeof dropRowSchema>;
export type DropsAnswer = z.infer<typeof dropsAnswerSchema>;
export type DropCauseAnswer = z.infer<typeof dropCauseAnswerSchema>;
