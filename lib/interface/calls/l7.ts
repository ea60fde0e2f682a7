/** HTTP, gRPC and Kafka requests; how workloads and connections to them fare. */

import { z } from "zod";
import { L7_BY, L7_PROTOCOLS, l7AnswerSchema, workloadsAnswerSchema } from "@/lib/questions/answers-l7";
import { jsonAnswer, question, scopeQuery } from "../call";

const limit = z.coerce
  .number()
  .int()
  .min(1)
  .max(5000)
  .default(1000)
  .describe("Rows at most; the others are folded.");

export const l7Calls = {
  l7: question({
    address: "/l7",
    does: "HTTP, gRPC or Kafka requests by route, status, client, server or pod",
    query: scopeQuery.extend({
      protocol: z.enum(L7_PROTOCOLS).default("http"),
      by: z.enum(L7_BY).default("route"),
      limit,
    }),
    answer: jsonAnswer(l7AnswerSchema, "The table."),
  }),
  workloads: question({
    address: "/workloads",
    does: "Workloads: traffic of each pod, how even it is, and TCP connections",
    query: scopeQuery.extend({ limit }),
    answer: jsonAnswer(workloadsAnswerSchema, "The table."),
  }),
};
