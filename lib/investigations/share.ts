/** A share: a link by which people without the server's token read one investigation. */

import { z } from "zod";
import { investigationSchema } from "./investigation";

export const newShareSchema = z.object({
  note: z.string().trim().max(200).default("").describe("For whom the link is; visitors do not see it."),
  expiresAt: z.iso
    .datetime({ offset: true })
    .optional()
    .describe("RFC 3339; from then on the link is closed."),
  passphrase: z.string().min(8, "a passphrase has at least 8 characters").max(200).optional(),
});

export type NewShare = z.infer<typeof newShareSchema>;

const ACCESS_OUTCOMES = ["opened", "wrong-passphrase", "expired", "revoked"] as const;

export type AccessOutcome = (typeof ACCESS_OUTCOMES)[number];

const accessSchema = z.object({
  at: z.string(),
  address: z.string().describe("Class and network: `internet 203.0.113.0/24`."),
  agent: z.string().describe("As the browser named itself; anybody can send anything."),
  outcome: z.enum(ACCESS_OUTCOMES),
});

const shareSchema = z.object({
  id: z.string(),
  note: z.string(),
  createdAt: z.string(),
  expiresAt: z.string().nullable(),
  revokedAt: z.string().nullable(),
  hasPassphrase: z.boolean(),
  opened: z
    .int()
    .nonnegative()
    .describe("Visits: requests of one network and browser within ten minutes are one."),
  accesses: z.array(accessSchema).describe("The newest 200, newest first."),
});

export type Share = z.infer<typeof shareSchema>;

export const sharesSchema = z.object({
  shares: z.array(shareSchema),
  isServerOpen: z
    .boolean()
    .describe("True: the server asks for no token, so that whoever reaches it sees everything."),
});

export type Shares = z.infer<typeof sharesSchema>;

export const madeShareSchema = z.object({
  share: shareSchema,
  token: z.string().describe("Told once: only its hash is kept. The link is `/i/{token}`."),
});

export type MadeShare = z.infer<typeof madeShareSchema>;

/** What a visitor is given: the case without anything around it. */
export const sharedInvestigationSchema = investigationSchema
  .pick({ title: true, status: true, notes: true, pins: true, captureId: true, updatedAt: true })
  .extend({ captureName: z.string() });

export type SharedInvestigation = z.infer<typeof sharedInvestigationSchema>;
