/** The shape of the map: who talks to whom. */

import { z } from "zod";
import { metaSchema } from "./answers";

const count = z.number().int().nonnegative();
const time = z.string().nullable();
const text = z.string().nullable();
const ns = z.string().regex(/^-?\d+$/);
const counts = z.record(z.string(), count);

export const MAP_LEVELS = ["namespace", "workload", "pod"] as const;
export type MapLevel = (typeof MAP_LEVELS)[number];

export const mapAnswerSchema = z.object({
  meta: metaSchema,
  /** Width of the buckets of `trend`, when they were asked for. */
  bucketNs: ns.optional(),
  nodes: z.array(
    z.object({
      /** The same in every capture; a value of the filter keys `client` and `server`. */
      id: z.string(),
      level: z.enum(MAP_LEVELS),
      /** pod, workload, namespace, service, world, reserved, unknown. */
      kind: z.string(),
      namespace: text,
      name: z.string(),
      cluster: z.string(),
    }),
  ),
  edges: z.array(
    z.object({
      /** Ids of nodes. Replies are turned round: they count here, never in an edge of their own. */
      client: z.string(),
      server: z.string(),
      port: count.nullable(),
      protocol: text,
      /** Of both directions, of all nodes that saw them. */
      events: count,
      verdicts: counts,
      drops: count,
      audited: count,
      l7Errors: count,
      /** Events of DNS answers with another code than NOERROR; attempts of the search list are left out. */
      dnsErrors: count,
      /** Events that stand for requests and connection attempts without an answer, dropped ones among them. */
      unanswered: count,
      /** Drops by reason; `L7_RULE` for refused requests, `UNKNOWN` where the log does not say. */
      reasons: counts,
      first: time,
      last: time,
      /** With `since`: the filter finds none of it before. */
      isNew: z.boolean().optional(),
      /** With `buckets`: [start of the bucket in ns, events, drops]; those without either are left out. */
      trend: z.array(z.tuple([ns, count, count])).optional(),
    }),
  ),
  /** What is not among the edges: beyond the limit, or before `skip`. */
  folded: z.object({ nodes: count, edges: count, events: count }),
  /** Events whose client is not known, by the reason why. */
  unplaced: z.object({ events: count, reasons: counts }),
});
export type MapAnswer = z.infer<typeof mapAnswerSchema>;
