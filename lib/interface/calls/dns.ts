/** DNS: questions and answers, how long they took, what the search list costs. */

import { z } from "zod";
import {
  dnsAnswerSchema,
  dnsExpansionAnswerSchema,
  dnsLatencyAnswerSchema,
  dnsResponsesAnswerSchema,
  dnsSeriesAnswerSchema,
} from "@/lib/questions/dns-answers";
import { DNS_BY, DNS_SERIES_BY } from "@/lib/questions/dns-by";
import { dnsCausesAnswerSchema } from "@/lib/questions/dns-causes-answer";
import { dnsConnectionsAnswerSchema } from "@/lib/questions/dns-connections-answer";
import { jsonAnswer, question, scopeQuery, whole } from "../call";

const limit = whole(1, 5000).default(1000).describe("Rows at most; the rest is folded into one.");

export const dnsCalls = {
  dns: question({
    address: "/dns",
    does: "DNS by name, response code, client, server, node, type or answers: questions, answers, errors, silence, latency",
    query: scopeQuery.extend({ by: z.enum(DNS_BY).default("query"), limit }),
    answer: jsonAnswer(dnsAnswerSchema, "The table."),
  }),
  dnsLatency: question({
    address: "/dns/latency",
    does: "How long DNS answers took, all together and over time",
    query: scopeQuery.extend({
      steps: whole(2, 1000).optional().describe("Latency over time, too, in at most so many steps."),
    }),
    answer: jsonAnswer(dnsLatencyAnswerSchema, "The histogram."),
  }),
  dnsExpansion: question({
    address: "/dns/expansion",
    does: "What the search list costs each workload, and what would save it",
    query: scopeQuery.extend({ limit }),
    answer: jsonAnswer(dnsExpansionAnswerSchema, "By workload."),
  }),
  dnsCauses: question({
    address: "/dns/causes",
    does: "What is wrong with DNS in the scope, the worst first, each with what to do",
    query: scopeQuery.extend({ limit }),
    answer: jsonAnswer(dnsCausesAnswerSchema, "Causes and findings."),
  }),
  dnsSeries: question({
    address: "/dns/series",
    does: "DNS over time: questions by what became of them, answers by what they say; or what fails, by node or type, or answers by how many addresses they hold",
    query: scopeQuery.extend({
      by: z.enum(DNS_SERIES_BY).default("outcome"),
      buckets: whole(2, 1000).default(120).describe("At most so many buckets."),
    }),
    answer: jsonAnswer(dnsSeriesAnswerSchema, "Two groups of series, each of which adds up."),
  }),
  dnsResponses: question({
    address: "/dns/responses",
    does: "What was answered to which name: code, addresses, how long they may be kept",
    query: scopeQuery.extend({ limit }),
    answer: jsonAnswer(dnsResponsesAnswerSchema, "Distinct answers."),
  }),
  dnsConnections: question({
    address: "/dns/connections",
    does: "What followed DNS answers, what came after they had expired, and what no answer explains",
    query: scopeQuery.extend({
      by: z.enum(["query", "client", "address"]).default("query"),
      limit: limit.describe("Rows at most in each list; the rest is folded into one."),
    }),
    answer: jsonAnswer(dnsConnectionsAnswerSchema, "The lists."),
  }),
};
