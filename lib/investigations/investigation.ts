/** An investigation: a saved case over one capture, with pins in order. */

import { z } from "zod";

const STATUSES = ["open", "explained", "fixed"] as const;

/**
 * Something that was on screen: a view with its scope, a flow or cause that was open in it, or a note by itself. The
 * link holds all of it (docs/filter.md), the revision too, so a pin is as exact as a page's address.
 */
export const pinSchema = z.object({
  /** Unique within the investigation. */
  id: z.string().regex(/^[a-z0-9]{8,32}$/),
  /** The view's word in its address, such as `drops`; null: a note by itself. */
  view: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,30}$/)
    .nullable(),
  /** Parameters of the page, `revision` among them; empty for a note. */
  link: z.string().max(8000),
  title: z.string().max(300),
  /** Markdown. */
  note: z.string().max(20_000),
  /** RFC 3339. */
  pinnedAt: z.string().max(40),
});

export type Pin = z.infer<typeof pinSchema>;

const title = z.string().trim().min(1).max(200);
const notes = z.string().max(40_000).describe("Markdown.");
const pins = z
  .array(pinSchema)
  .max(200)
  .refine((all) => new Set(all.map(({ id }) => id)).size === all.length, "must not hold two pins of one id");
const status = z.enum(STATUSES);

export type InvestigationStatus = z.infer<typeof status>;

export const newInvestigationSchema = z.object({
  captureId: z.string().regex(/^[a-z0-9]{10,32}$/),
  title,
  status: status.default("open"),
  notes: notes.default(""),
  pins: pins.default([]),
});

export type NewInvestigation = z.infer<typeof newInvestigationSchema>;

export const investigationChangeSchema = z.object({
  edition: z
    .int()
    .nonnegative()
    .describe("The `edition` that was changed; another one means that somebody else changed it meanwhile."),
  title: title.optional(),
  status: status.optional(),
  notes: notes.optional(),
  pins: pins.optional(),
});

export type InvestigationChange = z.infer<typeof investigationChangeSchema>;

/** In a list: without what is in it. */
export const investigationEntrySchema = z.object({
  id: z.string(),
  captureId: z.string(),
  title: z.string(),
  status,
  pins: z.int().nonnegative().describe("How many."),
  createdAt: z.string(),
  updatedAt: z.string(),
});

export type InvestigationEntry = z.infer<typeof investigationEntrySchema>;

export const investigationSchema = z.object({
  id: z.string(),
  captureId: z.string(),
  title: z.string(),
  status,
  notes: z.string(),
  pins: z.array(pinSchema),
  edition: z.int().nonnegative(),
  createdAt: z.string(),
  updatedAt: z.string(),
});

export type Investigation = z.infer<typeof investigationSchema>;
