/**
 * Tables for people with a rule of hyphens below their header: `az monitor log-analytics query -o table`, sqlite3's `.mode column`.
 * The rule says where each column begins, so no cell is guessed. (knack's `output.py` and tabulate's format `simple`: cells are
 * padded with blanks, two between columns, nothing is cut off.)
 */

import type { ReadingContext } from "@/lib/flow/reading-context";
import { planOf } from "./columns";
import { isTableOfRecords } from "./log-analytics";

const RULE = /^-+(?: {2,}-+)+\s*$/;
/** As long as any header, with what cells may be padded to. */
export const LONGEST_RULE = 64 * 1024;

/** True when the line may be such a header: the next one says. Quick to say no, every line of text is asked. */
export function mayBeRuled(line: string): boolean {
  if (line.length > LONGEST_RULE || !/^\S+ {2,}\S/.test(line) || line.includes("{")) return false;
  return isOfRecords(line.trimEnd().split(/ {2,}/));
}

function isOfRecords(columns: readonly string[]): boolean {
  return isTableOfRecords(columns) || planOf(columns) !== undefined;
}

/** The columns, when `rule` is the rule of the header before it; else undefined. */
export function readRuledHeader(header: string, rule: string): ReadingContext | undefined {
  if (rule.length > LONGEST_RULE || !RULE.test(rule)) return undefined;
  const starts = Array.from(rule.matchAll(/-+/g), ({ index }) => index);
  const columns = cellsAt(header, starts);
  return columns !== undefined && isOfRecords(columns) ? { columns, starts } : undefined;
}

/** The cells of a row; undefined when it is none of the table: it has several, and blanks before each column. */
export function cellsAt(row: string, starts: readonly number[]): string[] | undefined {
  if (row.length <= (starts[1] ?? 0)) return undefined;
  for (const start of starts.slice(1)) if (!/^ {0,2}$/.test(row.slice(start - 2, start))) return undefined;
  return starts.map((start, index) => row.slice(start, starts[index + 1]).trimEnd());
}
