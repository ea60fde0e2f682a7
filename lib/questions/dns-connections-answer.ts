/** The shape of what followed DNS answers; conventions as in answers.ts. */

import { z } from "zod";
import { CONNECTION_WORDS } from "@/lib/scope/outcome-kinds";
import { metaSchema } from "./answers";
import { dnsWorkloadSchema } from "./dns-answers";

const count = z.number().int().nonnegative();
const ns = z.string().regex(/^\d+$/);
const text = z.string().nullable();

const attemptsSchema = z.object({
  /** Connection attempts, each at its first flow. */
  attempts: count,
  /** What became of them, by the words of the key `connection`; they add up to `attempts`. */
  outcomes: z.partialRecord(z.enum(CONNECTION_WORDS), count),
  first: text,
  last: text,
  /** Flow of the first of them. */
  example: text,
});

/** Filter that finds the first flows of the attempts, and nothing else. */
const filter = z.string();

const lookupsSchema = attemptsSchema.extend({
  /** Within the answer's time to live, behind it, and after an answer that did not say. */
  fresh: count,
  expired: count,
  undated: count,
});

const key = z.union([
  /** A name with one of the addresses that were called. */
  z.object({ query: text, address: z.string() }),
  /** Lower case, without the final dot; null: the log left it out. */
  z.object({ query: text }),
  z.object({ client: dnsWorkloadSchema }),
]);

export const dnsConnectionsAnswerSchema = z.object({
  meta: metaSchema,
  /** Attempts that followed an answer. */
  total: lookupsSchema,
  /** Those that were not answered first, then most attempts. */
  rows: z.array(
    lookupsSchema.extend({
      key,
      filter,
      /** Names whose answers were followed, workloads that followed them, addresses that were called. */
      names: count,
      clients: count,
      addresses: count,
    }),
  ),
  folded: z.object({ rows: count, attempts: count }).nullable(),
  /** Attempts that came when the answer had expired, by name, client and address. */
  expired: z.object({
    attempts: count,
    rows: z.array(
      attemptsSchema.extend({
        filter,
        query: text,
        client: dnsWorkloadSchema,
        address: z.string(),
        /** Shortest of the answers. */
        ttlSeconds: count,
        /** Longest time from answer to attempt. */
        oldestNs: ns,
      }),
    ),
    folded: z.object({ rows: count, attempts: count }).nullable(),
  }),
  /** Attempts to the world that followed no answer of the log, by client, server and port. */
  missing: z.object({
    attempts: count,
    rows: z.array(
      attemptsSchema.extend({
        filter,
        client: dnsWorkloadSchema,
        server: dnsWorkloadSchema,
        port: count.nullable(),
        protocol: text,
        /** The log has answers for this client: its lookups can be seen, but none gave the address. */
        hasAnswers: z.boolean(),
      }),
    ),
    folded: z.object({ rows: count, attempts: count }).nullable(),
  }),
});

export type DnsConnectionsAnswer = z.infer<typeof dnsConnectionsAnswerSchema>;
