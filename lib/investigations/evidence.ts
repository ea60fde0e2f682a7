/** The paper in an evidence bundle that says what is in it: the investigation, and each file with its digest. */

import { z } from "zod";
import { investigationSchema } from "./investigation";
import { contentSealSchema } from "./seal";

/** The name of its entry, the first of the archive. */
export const EVIDENCE_NAME = "eyepiece-evidence.json";
export const EVIDENCE_VERSION = 1;

const digest = z.string().regex(/^[0-9a-f]{64}$/);

const evidenceFileSchema = z.object({
  /** Of the entry. Never a path on any disk. */
  name: z.string().regex(/^[a-z0-9][a-z0-9./-]{0,80}$/),
  bytes: z.int().nonnegative(),
  sha256: digest,
});

const pinnedFlowsSchema = evidenceFileSchema.extend({
  /** Ids of the pins whose scope it is. */
  pins: z.array(z.string()),
  records: z.int().nonnegative(),
  /** How many are not the bytes of the log: a number, `some`, or `unknown`. */
  rewritten: z.string(),
  /** False: there were more than a bundle takes. */
  whole: z.boolean(),
});

export type PinnedFlows = z.infer<typeof pinnedFlowsSchema>;

export const evidenceSchema = z.object({
  format: z.literal("eyepiece-evidence"),
  version: z.literal(EVIDENCE_VERSION),
  /** RFC 3339. */
  madeAt: z.string().max(40),
  captureName: z.string().max(400),
  investigation: investigationSchema,
  /** What the capture held at the revisions that pins show. */
  revisions: z.array(contentSealSchema).max(200),
  html: evidenceFileSchema,
  flows: z.array(pinnedFlowsSchema).max(200),
});

export type EvidencePaper = z.infer<typeof evidenceSchema>;
