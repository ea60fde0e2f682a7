/** What became of connections, as the cells of a table. */

import { type ConnectionWord, UNANSWERED_WORDS } from "@/lib/scope/outcome-kinds";
import type { Cell } from "./block";

/** Answered, unanswered, refused. */
export function outcomeCells(outcomes: Readonly<Partial<Record<ConnectionWord, number>>>): Cell[] {
  const unanswered = UNANSWERED_WORDS.reduce((sum, word) => sum + (outcomes[word] ?? 0), 0);
  return [outcomes.answered ?? 0, unanswered, outcomes.refused ?? 0];
}
