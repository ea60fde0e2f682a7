/**
 * Whether the texts of a database from elsewhere are UTF-8. SQLite takes any bytes for a text, and the driver ends the whole process
 * over those that are none, so they are read as bytes.
 */

import { isUtf8 } from "node:buffer";
import type { Sqlite, SqlValue } from "./driver";

/** No text of a capture is longer than the longest record. */
const LONGEST_TEXT = 16 * 1024 * 1024;
const ROWS = 200;

/** A text that comes as bytes; undefined where it is none. */
export function utf8Text(bytes: SqlValue | undefined): string | undefined {
  if (bytes === null || bytes === undefined) return "";
  const buffer = Buffer.from(bytes as Uint8Array);
  return isUtf8(buffer) ? buffer.toString("utf8") : undefined;
}

/** Only texts with anything but ASCII are looked at. */
export function hasBrokenText(database: Sqlite, table: string, columns: readonly string[]): boolean {
  return columns.some((column) => {
    // Functions on texts stop at a NUL, those on bytes do not.
    const [text, bytes] = [`"${column}"`, `CAST("${column}" AS BLOB)`];
    const isLong = `length(${bytes}) > ${LONGEST_TEXT}`;
    const texts = database.prepare(
      `SELECT rowid, CASE WHEN ${isLong} THEN NULL ELSE ${bytes} END, ${isLong} FROM "${table}" NOT INDEXED
       WHERE rowid > ? AND typeof(${text}) = 'text' AND (${text} GLOB '*[^' || char(1) || '-' || char(127) || ']*'
         OR instr(${bytes}, x'00') > 0 OR ${isLong})
       ORDER BY rowid LIMIT ${ROWS}`,
    );
    for (let after = Number.MIN_SAFE_INTEGER; ; ) {
      const rows = texts.rows([after]);
      if (rows.some(([, bytes, isLong]) => Number(isLong) === 1 || utf8Text(bytes) === undefined))
        return true;
      if (rows.length === 0) return false;
      after = Number(rows.at(-1)?.[0]);
    }
  });
}
