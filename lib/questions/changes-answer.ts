/** The shape of the answer about what is new and what fell silent; conventions as in answers.ts. */

import { z } from "zod";
import { metaSchema } from "./answers";
import { mapAnswerSchema } from "./answers-map";

const count = z.number().int().nonnegative();
const time = z.string().nullable();
const edge = mapAnswerSchema.shape.edges.element;
const node = mapAnswerSchema.shape.nodes.element;

export const changesAnswerSchema = z.object({
  meta: metaSchema,
  /** What was first seen at this time or later is new; null when nothing has a time, the scope begins with the capture, or nothing is settled yet. */
  newSince: time,
  edges: z.object({
    total: count,
    /** The newest first, each with all its events: it had none before. */
    rows: z.array(
      edge.omit({ client: true }).extend({
        /** null: clients outside the cluster, together. */
        client: edge.shape.client.nullable(),
        /** How many clients outside the cluster these are. */
        outside: count,
      }),
    ),
  }),
  /** Who talked before this time and not since is silent; null as above. */
  silentSince: time,
  silent: z.object({
    total: count,
    /** The busiest first. */
    rows: z.array(
      node.extend({
        events: count,
        last: time,
        /** Events that its rate before would have given since. */
        expected: count,
      }),
    ),
  }),
});

export type ChangesAnswer = z.infer<typeof changesAnswerSchema>;
