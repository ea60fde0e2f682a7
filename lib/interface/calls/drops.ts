/** Drops: what was lost, why, and what would fix it. */

import { z } from "zod";
import {
  DROPS_BY,
  dropCauseAnswerSchema,
  dropPoliciesAnswerSchema,
  dropsAnswerSchema,
  NOT_DROP_KINDS,
  notDropsAnswerSchema,
  POLICY_LANGUAGES,
} from "@/lib/questions/answers-drops";
import { capturePath, jsonAnswer, question, scopeQuery, whole } from "../call";

/** So that every row of a long table can be reached. */
const skip = whole(0, 999_999_999)
  .default(0)
  .describe("Rows to leave out from the beginning; they are folded, too.");
const buckets = whole(2, 500).default(30).describe("Of a trend, at most.");

export const dropCalls = {
  drops: question({
    address: "/drops",
    does: "Drops by cause, policy, reason, client, server, pod or node",
    query: scopeQuery.extend({
      by: z.enum(DROPS_BY).default("cause"),
      limit: whole(1, 5000).default(500).describe("Rows at most; the others are folded."),
      skip,
      buckets,
    }),
    answer: jsonAnswer(dropsAnswerSchema, "The table."),
  }),
  notDrops: question({
    address: "/not-drops",
    does: "What looks like a drop and is none: audited events, and records that lost nothing",
    query: scopeQuery.extend({
      kind: z
        .enum(NOT_DROP_KINDS)
        .default("audited")
        .describe(
          "audited: passed, and would be dropped if its policy were enforced. not-a-loss: verdict DROPPED, nothing lost.",
        ),
      limit: whole(1, 5000).default(500).describe("Rows at most."),
      skip,
    }),
    answer: jsonAnswer(notDropsAnswerSchema, "The table."),
  }),
  dropPolicies: question({
    address: "/drops/policies",
    does: "The missing rules of chosen causes, one policy for each workload",
    query: z.object({
      causes: z
        .string()
        .regex(/^[0-9a-f]{16}(?:,[0-9a-f]{16}){0,199}$/)
        .describe("Ids of causes with commas between them, 200 at most."),
      dialect: z.enum(POLICY_LANGUAGES).default("cilium").describe("CiliumNetworkPolicy or NetworkPolicy."),
    }),
    answer: jsonAnswer(dropPoliciesAnswerSchema, "The policies."),
    errors: ["cause_not_found"],
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
