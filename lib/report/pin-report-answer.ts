/** The shape of a pin's report and of its picture, as the interface gives them. */

import { z } from "zod";
import { checkSchema } from "@/lib/investigations/seal";
import { blockSchema } from "./block";

export const pinReportSchema = z.object({
  blocks: z.array(blockSchema),
  /** Why there is nothing to show, or not all; null: all is there. */
  failure: z.object({ message: z.string(), hint: z.string().nullable() }).nullable(),
  /** Whether it is what was saved; null for a note. */
  check: checkSchema.nullable(),
});

export type PinReport = z.infer<typeof pinReportSchema>;

export const pinPictureSchema = z.object({
  svg: z
    .string()
    .nullable()
    .describe("A pinned map as an SVG document, light and dark; null: there is none."),
  says: z.string().nullable().describe("Why a map is not drawn; null: it is, or the pin is of another view."),
});

export type PinPicture = z.infer<typeof pinPictureSchema>;
