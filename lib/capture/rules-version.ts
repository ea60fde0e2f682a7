import type { Sqlite } from "./driver";

/** Raised whenever the rules of settling give another answer for the same flows. */
export const RULES_VERSION = 28;

/** The rules that made the present revision; undefined while there is none. */
export function rulesOf(database: Sqlite): number | undefined {
  const rules = database
    .prepare("SELECT rulesVersion FROM Revision ORDER BY number DESC LIMIT 1")
    .get([])?.rulesVersion;
  return rules === undefined ? undefined : Number(rules);
}

/** Older rules made the present revision: what they did not know is missing from it. */
export function isOutdated(database: Sqlite): boolean {
  return (rulesOf(database) ?? RULES_VERSION) < RULES_VERSION;
}
