/** The shapes of answers about drops: what was lost, why, and what would fix it. */

import { z } from "zod";
import { DECIDED_BY } from "@/lib/insight/causes/drop-key";
import { POLICY_DIALECTS } from "@/lib/insight/causes/policy-file";
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
  /** Each counts at its first drop; null when no flow has ports and a time. */
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
  /** Where, in words: `egress of storefront/web`. */
  place: text,
  /** Why no policy is named, where one could be. */
  unnamed: text,
  /** What to do, in words and in a few of them; for rows of one cause. */
  remedy: text,
  fix: text,
  /** Time from try to try where it is regular; for rows of one cause. */
  rhythmNs: ns.nullable(),
  /** The stretch of at most a fifth of the time in which four fifths of the drops lie. */
  burst: z.object({ from: z.string(), to: z.string(), drops: count }).nullable(),
  /** The drops began after the log did: by a minute, a twentieth of its span, and three times what tries are apart. */
  isNew: z.boolean(),
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
  /** Rows beyond the limit and those that were left out, and when their drops were. */
  folded: z.object({ rows: count, drops: count, trend }),
  /** The same drops by what decided; those of nothing are left out. */
  decided: z.array(z.object({ decidedBy: z.enum(DECIDED_BY), drops: count, filter: z.string() })),
});

const evidenceRecord = z.object({
  flow: z.string(),
  time,
  node: text,
  file: z.string(),
  line: count,
  /** As it was received. */
  text: z.string(),
  isCut: z.boolean(),
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
    /** Why no rule can be offered; null where one can. */
    why: text,
    /** The missing rule in each language of policies, or why it cannot be said in it. Empty where there is none. */
    policies: z.array(z.object({ dialect: z.enum(POLICY_DIALECTS), fileName: text, yaml: text, why: text })),
    /** What the rule would let through besides. */
    alsoAllows: z.array(z.string()),
    /** Drops of the cause that the rule does not allow, and why. */
    besides: z.array(z.string()),
  }),
  /** How sure it is who decided. */
  confidence: z.object({ level: z.enum(["certain", "likely"]), says: z.string() }),
  /** At which side it was dropped, and how that is known. */
  decidedAt: z.object({ place: z.string(), says: z.string() }),
  /** Whether the other side of the same edge lets it pass. */
  otherSide: z.object({ state: z.enum(["denied", "passed", "unknown"]), causeId: text, says: z.string() }),
  /** Drops of the scope with their records, those that have both first. */
  evidence: z.array(z.object({ drop: evidenceRecord.nullable(), verdict: evidenceRecord.nullable() })),
  /** What happened between the last success and the first drop; latest first. */
  changes: z.object({
    says: z.string(),
    found: z.array(z.object({ time: z.string(), says: z.string(), node: text })),
  }),
  /** Which DNS answer gave the address, and why toFQDNs did not cover it; null where names have nothing to do with it. */
  lookups: z
    .object({
      state: z.enum(["name-not-allowed", "expired", "later", "other-pod", "elsewhere", "not-seen"]),
      says: z.string(),
      found: z.array(
        z.object({
          name: z.string(),
          pod: z.string(),
          time: z.string(),
          ips: z.array(z.string()),
          ttlSeconds: count.nullable(),
          flow: z.string(),
        }),
      ),
    })
    .nullable(),
  /** What only the whole capture tells, a sentence or two each. */
  hints: z.array(z.string()),
  /** When the same edge worked, over the whole capture: the last time before its first drop, and the first time behind it. */
  worked: z.object({
    before: time,
    since: time,
    /** The last packet that was delivered to the server, and the last answer, before the first drop. */
    delivered: time,
    answered: time,
    says: z.string(),
  }),
  /** Time from try to try, where it is regular. */
  rhythm: z.object({ ns, says: z.string() }).nullable(),
  /** Drops that may be counted twice. */
  atMost: count,
  /** Pods of the client and of the server, the pods that dropped, and nodes that did; most drops first. */
  clients: z.array(named),
  servers: z.array(named),
  droppedAt: z.array(named),
  nodes: z.array(named),
  /** Ids of the first flows. */
  examples: z.array(z.string()),
});

/** The missing rules of several causes. */
export const dropPoliciesAnswerSchema = z.object({
  meta: metaSchema,
  /** One for each workload that is selected. */
  files: z.array(
    z.object({
      /** `namespace/name`. */
      workload: z.string(),
      fileName: z.string(),
      yaml: z.string(),
      /** Ids of the causes that it allows. */
      causes: z.array(z.string()),
    }),
  ),
  /** Causes that no rule can allow, none in this language, or not all of it. */
  leftOut: z.array(z.object({ causeId: z.string(), sentence: z.string(), why: z.string() })),
  /** What the rules would let through besides. */
  alsoAllows: z.array(z.string()),
});

/** CiliumNetworkPolicy and NetworkPolicy. */
export const POLICY_LANGUAGES = POLICY_DIALECTS;

export const NOT_DROP_KINDS = ["audited", "not-a-loss"] as const;
export type NotDropKind = (typeof NOT_DROP_KINDS)[number];

/** What looks like a drop and is none. */
export const notDropsAnswerSchema = z.object({
  meta: metaSchema,
  /** Events in the scope; those of all rows and of the folded ones together. */
  total: count,
  rows: z.array(
    z.object({
      key: z.object({
        client: text,
        server: text,
        port: count.nullable(),
        protocol: text,
        direction: z.string(),
        /** Null for audited events. */
        reason: text,
      }),
      /** Of the reason. */
      code: count.nullable(),
      events: count,
      first: time,
      last: time,
      /** Policies in audit mode that the records name. */
      policies: z.array(policy),
      /** Filter that finds exactly these events in the same scope. */
      filter: z.string(),
    }),
  ),
  folded: z.object({ rows: count, events: count }),
});

export type NotDropsAnswer = z.infer<typeof notDropsAnswerSchema>;
export type DropPoliciesAnswer = z.infer<typeof dropPoliciesAnswerSchema>;
export type DropRow = z.infer<typeof dropRowSchema>;
export type DropsAnswer = z.infer<typeof dropsAnswerSchema>;
export type DropCauseAnswer = z.infer<typeof dropCauseAnswerSchema>;
