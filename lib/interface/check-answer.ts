/** Whether an answer is exactly what its row says: used under test, where a difference is a bug. */

import { isDeepStrictEqual } from "node:util";
import type { z } from "zod";

/**
 * In: what a route is about to send. Out: what is wrong with it, as a sentence; undefined when nothing is.
 *
 * A schema lets unknown members pass and takes them off: an answer that comes out of it changed has members
 * that are not described.
 */
export function differenceFrom(schema: z.ZodType, answer: unknown): string | undefined {
  const sent: unknown = JSON.parse(JSON.stringify(answer));
  const parsed = schema.safeParse(sent);
  if (!parsed.success)
    return parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
  const kept: unknown = JSON.parse(JSON.stringify(parsed.data));
  return isDeepStrictEqual(sent, kept) ? undefined : `undescribed: ${firstDifference(sent, kept, "")}`;
}

function firstDifference(sent: unknown, kept: unknown, at: string): string {
  if (typeof sent !== "object" || sent === null || typeof kept !== "object" || kept === null) return at;
  const members = new Map<string, unknown>(Object.entries(kept));
  for (const [name, value] of Object.entries(sent)) {
    if (!isDeepStrictEqual(value, members.get(name)))
      return firstDifference(value, members.get(name), at === "" ? name : `${at}.${name}`);
  }
  return at;
}
