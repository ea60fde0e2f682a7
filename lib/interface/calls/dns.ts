/** DNS: questions and answers, how long they took, what the search list costs. */

import { z } from "zod";
import {
  dnsAnswerSchema,
  dnsExpansionAnswerSchema,
  dnsLatencyAnswerSchema,
} from "@/lib/questions/dns-answers";
import { jsonAnswer, question, scopeQuery } from "../call";

const limit = z.coerce
  .number()
  .int()
  .min(1)
  .max(5000)
  .default(1000)
  .describe("Rows at most; the rest is folded into one.");

export const dnsCalls = {
  dns: question({
    address: "/dns",
    does: "DNS by response code, name, client or server: questions, answers, errors, silence, latency",
    query: scopeQuery.extend({ by: z.enum(["rcode", "query", "client", "server"]).default("query"), limit }),
    answer: jsonAnswer(dnsAnswerSchema, "The table."),
  }),
  dnsLatency: question({
    address: "/dns/latency",
    does: "How long DNS answers took",
    answer: jsonAnswer(dnsLatencyAnswerSchema, "The histogram."),
  }),
  dnsExpansion: question({
    address: "/dns/expansion",
    does: "What the search list costs each workload, and what would save it",
    query: scopeQuery.extend({ limit }),
    answer: jsonAnswer(dnsExpansionAnswerSchema, "By workload."),
  }),
};
