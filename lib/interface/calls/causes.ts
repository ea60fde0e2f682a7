/** Causes of all kinds in one order. */

import { allCausesAnswerSchema, causeKindSchema } from "@/lib/questions/all-causes-answer";
import { jsonAnswer, question, scopeQuery, whole } from "../call";

export const causeCalls = {
  causes: question({
    address: "/causes",
    does: "What is wrong, ranked: causes of drops, DNS, HTTP and TCP trouble in one order",
    query: scopeQuery.extend({
      kind: causeKindSchema.optional().describe("Those of one kind only."),
      limit: whole(1, 1000).default(100).describe("Rows at most."),
      buckets: whole(2, 2000).default(60).describe("Of the trends, at most."),
    }),
    answer: jsonAnswer(allCausesAnswerSchema, "The list."),
  }),
};
