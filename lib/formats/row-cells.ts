/** A line as a row of the table that it stands in, and lines that only belong to the table. */

import type { ReadingContext } from "@/lib/flow/reading-context";
import { readCells } from "./csv";
import { jsonList } from "./json-text";
import { cellsAt } from "./ruled-table";

/** What stands between rows of tables for people: `---+---`, `|---|:--|`. */
const RULE = /^[\s|+:-]*$/;

/** The row of types below a header of ClickHouse (`TSVWithNamesAndTypes`). */
function isTypeOfClickHouse(cell: unknown): boolean {
  return (
    typeof cell === "string" &&
    /^(?:[A-Z][A-Za-z]+\(.*\)|String|Bool|UUID|IPv[46]|U?Int\d+|Float\d+|Date\w*)$/.test(cell)
  );
}

/** Whether a line says nothing by itself. */
export function isRule(text: string): boolean {
  return text.includes("--") && RULE.test(text);
}

/** Whether a row says of what types the columns are. */
export function saysTypes({ separator }: ReadingContext, cells: readonly unknown[]): boolean {
  return separator === "\t" && cells.every(isTypeOfClickHouse);
}

/** Undefined when the text has not as many cells as the table. */
export function cellsOf(
  text: string,
  { columns, separator, starts }: ReadingContext,
): readonly unknown[] | undefined {
  if (starts !== undefined) return cellsAt(text, starts);
  if (separator === undefined) {
    const cells = jsonList(text);
    return cells !== undefined && cells.length >= columns.length ? cells : undefined;
  }
  const cells = readCells(text, separator);
  const isWhole = cells?.slice(columns.length).every((cell) => cell === "") && cells.length >= columns.length;
  return isWhole ? cells : undefined;
}
