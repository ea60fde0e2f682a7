/** The shape of the answer about what is wrong with DNS; conventions as in answers.ts. */

import { z } from "zod";
import { metaSchema } from "./answers";
import { CAUSE_CLASS_NAMES } from "./answers-drops";
import { dnsWorkloadSchema } from "./dns-answers";

const count = z.number().int().nonnegative();
const text = z.string().nullable();
const unit = z.enum(["queries", "responses", "drops"]);

export const dnsCausesAnswerSchema = z.object({
  meta: metaSchema,
  /** Rows in the scope. */
  total: count,
  rows: z.array(
    z.object({
      causeId: z.string(),
      /** What is wrong: docs/dns.md lists them. */
      type: z.string(),
      class: z.enum(CAUSE_CLASS_NAMES),
      sentence: z.string(),
      /** More that is known, or why it cannot be. */
      details: z.array(z.string()),
      /** Numbers that it rests on; each filter lists its own, beside the terms of the scope. */
      evidence: z.array(z.object({ says: z.string(), count, unit, filter: z.string() })),
      /** What to do, and a piece of a policy or of a pod's spec to start from. */
      remedy: z.object({ text: z.string(), yaml: text }),
      /** How many of `unit` in the scope. */
      count,
      unit,
      /** Affected client workloads. */
      clients: count,
      /** null: several, or unknown. */
      client: dnsWorkloadSchema.nullable(),
      server: dnsWorkloadSchema.nullable(),
      /** A name or a domain. */
      subject: text,
      first: text,
      last: text,
      /** The last time that it worked before the first failure, and the first time behind it. */
      worked: z.object({ before: text, since: text }),
      /** Time from try to try, where it is regular. */
      rhythmNs: text,
      /** Lists what is counted, beside the terms of the scope. */
      filter: z.string(),
    }),
  ),
});

export type DnsCausesAnswer = z.infer<typeof dnsCausesAnswerSchema>;
