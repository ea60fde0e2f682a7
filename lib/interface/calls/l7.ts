/** HTTP, gRPC and Kafka requests. */

import { z } from "zod";
import {
  L7_BY,
  L7_PROTOCOLS,
  L7_TIMELINE_BY,
  L7_TIMELINE_OF,
  l7AnswerSchema,
  l7ExamplesAnswerSchema,
  l7TimelineAnswerSchema,
} from "@/lib/questions/answers-l7";
import { jsonAnswer, question, scopeQuery, whole } from "../call";

const limit = whole(1, 5000).default(1000).describe("Rows at most; the others are folded.");

const protocol = z.enum(L7_PROTOCOLS).default("http");

export const l7Calls = {
  l7: question({
    address: "/l7",
    does: "HTTP, gRPC or Kafka requests by route, URL, method, status, client, server or pod",
    query: scopeQuery.extend({
      protocol,
      by: z.enum(L7_BY).default("route"),
      limit,
    }),
    answer: jsonAnswer(l7AnswerSchema, "The table."),
  }),
  l7Timeline: question({
    address: "/l7/timeline",
    does: "Requests over time, by what became of them, client, server or pod",
    query: scopeQuery.extend({
      protocol,
      by: z.enum(L7_TIMELINE_BY).default("class"),
      of: z.enum(L7_TIMELINE_OF).default("all"),
      buckets: whole(2, 500).default(60).describe("At most."),
      limit: whole(1, 200).default(20).describe("Series at most; the others are folded."),
    }),
    answer: jsonAnswer(l7TimelineAnswerSchema, "The series."),
  }),
  l7Examples: question({
    address: "/l7/examples",
    does: "The slowest requests, and the newest error of each route",
    query: scopeQuery.extend({
      protocol,
      limit: whole(1, 100).default(10).describe("Of each kind, at most."),
    }),
    answer: jsonAnswer(l7ExamplesAnswerSchema, "The requests."),
  }),
};
