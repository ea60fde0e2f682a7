/**
 * Rows of CSV (RFC 4180), as the Azure portal writes them: cells in quotes may hold separators, doubled quotes and line
 * breaks. Semicolons and tabs are read too: spreadsheets of some countries save them so. Bars are what people choose
 * where cells hold all of them.
 */

import type { ReadingContext, Separator } from "@/lib/flow/reading-context";
import { planOf } from "./columns";
import { isTableOfRecords } from "./log-analytics";

const SEPARATORS: readonly Separator[] = [",", ";", "\t", "|"];

/** The cells of one row; undefined when its quotes do not fit. */
export function readCells(row: string, separator: Separator): string[] | undefined {
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    const cell = row.charCodeAt(at) === QUOTE ? quotedCell(row, at) : plainCell(row, at, separator);
    if (cell === undefined) return undefined;
    cells.push(cell.text);
    if (cell.end === row.length) return cells;
    if (row[cell.end] !== separator) return undefined;
    at = cell.end + 1;
  }
}

interface Cell {
  readonly text: string;
  /** Where the separator stands behind it, or the end of the row. */
  readonly end: number;
}

const QUOTE = 34;

function plainCell(row: string, start: number, separator: Separator): Cell {
  const found = row.indexOf(separator, start);
  const end = found < 0 ? row.length : found;
  return { text: row.slice(start, end), end };
}

/** The cell whose opening quote stands at `start`; undefined when it has no closing one. */
export function quotedCell(row: string, start: number): Cell | undefined {
  for (let from = start + 1; ; ) {
    const quote = row.indexOf('"', from);
    if (quote < 0) return undefined;
    if (row.charCodeAt(quote + 1) !== QUOTE)
      return { text: row.slice(start + 1, quote).replaceAll('""', '"'), end: quote + 1 };
    from = quote + 2;
  }
}

/** Longer lines are no header: it is kept with every block of rows. */
const LONGEST_HEADER = 16 * 1024;

/** The line before the header that tells Excel how cells are parted. The header says so too. */
export function saysSeparator(line: string): boolean {
  return /^\ufeff?sep=[,;\t|]?$/i.test(line);
}

/** Of Hubble, one of which is among any columns of a record. */
const MEMBER = /flow|verdict|event_?type|lost_?events|Type/i;

/** The columns, when a line is the header of a table whose rows are records; else undefined. */
export function readHeader(line: string): ReadingContext | undefined {
  // Quick to say no: text logs are asked line by line.
  if (line.length > LONGEST_HEADER || !/[,;\t|]/.test(line) || /\{(?!\})/.test(line)) return undefined;
  for (const separator of SEPARATORS) {
    const columns = readCells(line, separator);
    if (columns === undefined || columns.length < 2) continue;
    if (isTableOfRecords(columns) || (MEMBER.test(line) && planOf(columns) !== undefined))
      return { columns, separator };
  }
  return undefined;
}
