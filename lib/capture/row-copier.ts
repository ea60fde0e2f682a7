/**
 * Puts many rows into a table: they are written as a file of SQLite's own format beside the capture (table-image.ts), and
 * SQLite copies them over in one statement.
 */

import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { pathToFileURL } from "node:url";
import type { Sqlite } from "./driver";
import { TableImage } from "./table-image";

/** Behind the capture's name on disk. */
const ROWS_FILE = "-rows";

export class RowCopier {
  /** Rows are put here: `begin(id)`, the other columns in their order, `end()`. */
  readonly image: TableImage;
  private readonly descriptor: number;
  private readonly copying: string;

  /** `columns`: the primary key first. Call outside a transaction. One per connection and table: the file stays attached. */
  constructor(
    private readonly database: Sqlite,
    table: string,
    columns: readonly string[],
    lastHasBytes = false,
  ) {
    const [key, ...others] = columns;
    const names = columns.join(", ");
    this.image = new TableImage(
      `CREATE TABLE ${table} (${key} INTEGER PRIMARY KEY, ${others.map((name) => `${name} INTEGER`).join(", ")})`,
      table,
      others.length,
      undefined,
      lastHasBytes,
    );
    const schema = `rowsOf${table}`;
    this.copying = `INSERT INTO main.${table} (${names}) SELECT ${names} FROM ${schema}.${table}`;
    const file = database.file + ROWS_FILE;
    this.descriptor = openSync(file, "w");
    this.write(this.image.finish());
    database.prepare(`ATTACH DATABASE ? AS ${schema}`).run([`${pathToFileURL(file).href}?mode=ro`]);
    // It lives on while it is open, and is gone when the program is, however that ends.
    rmSync(file, { force: true });
    database.onClose(() => closeSync(this.descriptor));
    this.image.clear();
  }

  /**
   * Copies the rows of the image and empties it. Once in a transaction at most, and only in one that has not been begun
   * as IMMEDIATE: SQLite looks whether the file has changed when a transaction first reads it.
   */
  copy(): void {
    if (this.image.rows === 0) return;
    this.fill();
    this.database.prepare(this.copying).run([]);
    this.image.clear();
  }

  /** SQLite takes the capture for malformed, too, while a file beside it is only half written: where the disk is full it is emptied again. */
  private fill(): void {
    try {
      this.write(this.image.finish());
    } catch (error) {
      this.image.clear();
      this.write(this.image.finish());
      this.image.clear();
      throw error;
    }
  }

  private write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) at += writeSync(this.descriptor, bytes, at, bytes.length - at, at);
  }
}
