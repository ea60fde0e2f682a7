/** A table as CSV (RFC 4180), safe to open in a spreadsheet. */

export type CsvValue = string | number | bigint | null;

/** A text that begins like a formula gets an apostrophe before it: a spreadsheet would run it. */
const FORMULA = /^[=+\-@\t\r]/;

export function toCsv(heads: readonly string[], rows: readonly (readonly CsvValue[])[]): string {
  return [heads, ...rows].map((row) => `${row.map(field).join(",")}\r\n`).join("");
}

function field(value: CsvValue): string {
  if (value === null) return "";
  if (typeof value !== "string") return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
