/** Workloads, connections to them, and services. */

import { z } from "zod";
import {
  CONNECTIONS_BY,
  CONNECTIONS_OF,
  CONNECTIONS_TIMELINE_BY,
  connectionsAnswerSchema,
  connectionsTimelineAnswerSchema,
  servicesAnswerSchema,
  TRAFFIC_BY,
  TRAFFIC_OF,
  TRAFFIC_SIDES,
  trafficAnswerSchema,
  workloadsAnswerSchema,
} from "@/lib/questions/answers-workloads";
import { jsonAnswer, question, scopeQuery, whole } from "../call";

const limit = whole(1, 5000).default(1000).describe("Rows at most; the others are folded.");

export const workloadCalls = {
  workloads: question({
    address: "/workloads",
    does: "Workloads: traffic of each pod, how even it is and why, and TCP connections",
    query: scopeQuery.extend({ limit }),
    answer: jsonAnswer(workloadsAnswerSchema, "The table."),
  }),
  connections: question({
    address: "/connections",
    does: "TCP connections by edge, client, server or pod: answered, refused, dropped, silent, reset, ended",
    query: scopeQuery.extend({ by: z.enum(CONNECTIONS_BY).default("edge"), limit }),
    answer: jsonAnswer(connectionsAnswerSchema, "The table."),
  }),
  connectionsTimeline: question({
    address: "/connections/timeline",
    does: "TCP connections over time, by what became of them, client, server or pod",
    query: scopeQuery.extend({
      by: z.enum(CONNECTIONS_TIMELINE_BY).default("outcome"),
      of: z.enum(CONNECTIONS_OF).default("attempts"),
      buckets: whole(2, 500).default(60).describe("At most."),
      limit: whole(1, 200).default(20).describe("Series at most; the others are folded."),
    }),
    answer: jsonAnswer(connectionsTimelineAnswerSchema, "The series."),
  }),
  traffic: question({
    address: "/traffic",
    does: "Flow events over time by who sent or received them, trace point or verdict, with drops",
    query: scopeQuery.extend({
      by: z.enum(TRAFFIC_BY).default("pod"),
      side: z
        .enum(TRAFFIC_SIDES)
        .default("from")
        .describe("Of the packet: who sent it, or who was to get it."),
      of: z.enum(TRAFFIC_OF).default("events").describe("What is drawn over time and sorted by."),
      buckets: whole(2, 500).default(60).describe("At most."),
      limit,
    }),
    answer: jsonAnswer(trafficAnswerSchema, "The table."),
  }),
  services: question({
    address: "/services",
    does: "Services that flows name: traffic by backend, and drops for want of one",
    query: scopeQuery.extend({ limit }),
    answer: jsonAnswer(servicesAnswerSchema, "The table."),
  }),
};
