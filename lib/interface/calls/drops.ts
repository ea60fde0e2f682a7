/** Drops: what was lost, why, and what would fix it. */

import { z } from "zod";
import { DROPS_BY, dropCauseAnswerSchema, dropsAnswerSchema } from "@/lib/questions/answers-drops";
import { capturePath, jsonAnswer, question, scopeQuery } from "../call";

const buckets = z.coerce.number().int().min(2).max(500).default(30).describe("Of a trend, at most.");

export const dropCalls = {
  drops: question({
    address: "/drops",
    does: "Drops by cause, policy, reason, client, server, pod or node",
    query: scopeQuery.extend({
      by: z.enum(DROPS_BY).default("cause"),
      limit: z.coerce
        .number()
        .int()
        .min(1)
        .max(5000)
        .default(500)
        .describe("Rows at most; the others are folded."),
      buckets,
    }),
    answer: jsonAnswer(dropsAnswerSchema, "The table."),
  }),
  dropCause: question({
    address: "/drops/{causeId}",
    does: "One cause of drops, explained",
    path: capturePath.extend({
      causeId: z
        .string()
        .regex(/^[0-9a-f]{16}$/)
        .describe("`key.causeId` of the drops by cause."),
    }),
    query: scopeQuery.extend({ buckets }),
    answer: jsonAnswer(dropCauseAnswerSchema, "The explanation."),
    errors: ["cause_not_found"],
  }),
};
