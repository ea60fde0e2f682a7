/** The shape of a pin's report, as the interface gives it. */

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
