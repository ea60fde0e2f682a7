/** The shape of a flow's connection; conventions as in answers.ts. */

import { z } from "zod";
import { SAME_BECAUSE } from "@/lib/insight/same-packet";
import { flowRowSchema, partySchema } from "./flow-row-answer";

const count = z.number().int().nonnegative();
const text = z.string().nullable();

export const CONNECTION_STEPS = [
  "trace",
  "verdict",
  "drop",
  "request",
  "response",
  "sample",
  "socket",
  "capture",
  "other",
] as const;

/** A record of the connection: a row without what all of them share. */
export const connectionRecordSchema = flowRowSchema
  .omit({ source: true, destination: true, sourcePort: true, destinationPort: true, protocol: true })
  .extend({
    step: z.enum(CONNECTION_STEPS),
    /** Sent by `story.client`. */
    fromClient: z.boolean(),
    /** Id of the record that stands for the same packet or message; null: this is the one. */
    samePacketAs: text,
    /** trace-point, node: the packet was also seen there; verdict: the policy verdict of that drop; proxy: the other proxy's record. */
    sameBecause: z.enum(SAME_BECAUSE).nullable(),
  });

const endSchema = partySchema.extend({ port: count.nullable() });

export const storySchema = z.object({
  protocol: z.string(),
  client: endSchema,
  server: endSchema,
  /** False: nothing says who asked whom; `client` is then the side that began. */
  isClientKnown: z.boolean(),
  /** The attempt that the flow belongs to; null where none is made of its records (ICMP, aggregated). */
  attempt: z
    .object({
      /** answered, refused, ... by number; `text` says it. */
      outcome: count,
      text: z.string(),
      first: z.string(),
      last: z.string(),
      /** Records on all nodes, those beyond the limit too. */
      records: count,
      /** SYN packets: one more than there were retries. */
      syns: count,
    })
    .nullable(),
  /** The stretch of time that was looked at, both ends included. */
  from: z.string(),
  to: z.string(),
  /** False: there may be more records than `connection` has; `connectionNote` says why. */
  isWhole: z.boolean(),
  /** The DNS answer with the server's address that the attempt followed. */
  resolved: z
    .object({
      query: text,
      /** Flow of the answer. */
      id: z.string(),
      answered: z.string(),
      /** null: the answer did not say. */
      ttlSeconds: count.nullable(),
      /** From the answer to the first record. */
      ageNs: z.string(),
      /** The answer was older than its time to live. */
      isExpired: z.boolean().nullable(),
    })
    .nullable(),
});

export type ConnectionRecord = z.infer<typeof connectionRecordSchema>;
export type Story = z.infer<typeof storySchema>;
