/** The map: who talks to whom, and what of it is new or missing. */

import { z } from "zod";
import { MAP_LEVELS, mapAnswerSchema } from "@/lib/questions/answers-map";
import { changesAnswerSchema } from "@/lib/questions/changes-answer";
import { jsonAnswer, question, scopeQuery, whole } from "../call";

export const mapCalls = {
  map: question({
    address: "/map",
    does: "Who talks to whom, at the level of namespaces, workloads or pods",
    query: scopeQuery.extend({
      level: z.enum(MAP_LEVELS).default("workload"),
      limit: whole(1, 50_000)
        .default(2000)
        .describe(
          "Edges at most; those between two with fewest events are folded, and last those with drops or errors.",
        ),
      skip: whole(0, 10_000_000)
        .default(0)
        .describe("Edges that come before those of the answer, to see what was folded."),
      buckets: whole(2, 240)
        .optional()
        .describe("Adds to each edge its events and drops over time, in so many buckets at most."),
      since: z
        .string()
        .max(100)
        .optional()
        .describe("Adds to each edge whether the filter finds none of it before this time."),
    }),
    answer: jsonAnswer(mapAnswerSchema, "The map."),
  }),
  changes: question({
    address: "/changes",
    does: "Connections first seen inside the scope, and workloads that talked before and no longer do",
    query: scopeQuery.extend({
      limit: whole(1, 1000).default(20).describe("Rows at most, of each table."),
    }),
    answer: jsonAnswer(changesAnswerSchema, "The two tables."),
  }),
};
