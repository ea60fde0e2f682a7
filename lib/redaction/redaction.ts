/** A masked copy of a capture on its way, as the interface tells it. */

import { z } from "zod";
import { MASK_KINDS } from "./kinds";

export const newRedactionSchema = z.object({
  mask: z
    .array(z.enum(MASK_KINDS))
    .min(1)
    .default([...MASK_KINDS])
    .describe("What is masked; all of it when left out."),
  name: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .optional()
    .describe("Of the copy; by default one that does not say of which capture it is."),
  investigation: z
    .string()
    .max(64)
    .optional()
    .describe("Id of an investigation of this capture that goes along, masked too."),
});

export type NewRedaction = z.infer<typeof newRedactionSchema>;

const leakSchema = z.object({
  file: z.int().nonnegative().describe("Which file of the copy; 0: the investigation."),
  line: z.int().nonnegative(),
  path: z.string().describe("Where in the record: `flow.source.labels.2`."),
  value: z.string().describe("The masked value that was found."),
});

export type FoundLeak = z.infer<typeof leakSchema>;

export const redactionSchema = z.object({
  id: z.string(),
  captureId: z.string().describe("The capture that is copied."),
  name: z.string().describe("Of the copy."),
  mask: z.array(z.enum(MASK_KINDS)),
  state: z
    .enum(["waiting", "learning", "writing", "reading", "done", "failed", "cancelled"])
    .describe(
      "`learning` what is to be masked; `writing` and searching the copy; `reading` it as a new capture.",
    ),
  records: z.int().nonnegative().describe("Done in this state."),
  of: z.int().nonnegative().describe("Records of the capture."),
  leftOut: z.int().nonnegative().describe("Records that could not be read again, and are not in the copy."),
  copyId: z.string().nullable().describe("The new capture, from `reading` on."),
  investigationId: z.string().nullable().describe("The masked investigation, once it is there."),
  pinsLeftOut: z
    .int()
    .nonnegative()
    .describe("Pins of it whose links name something only in part, and cannot be masked."),
  failure: z
    .object({ code: z.string(), message: z.string(), leaks: z.array(leakSchema) })
    .nullable()
    .describe("With `redaction_leaks`: what was found where. Nothing of the copy is kept then."),
});

export type Redaction = z.infer<typeof redactionSchema>;
