import type { Sqlite, SqlValue } from "../driver";

/** Rows per INSERT: measured best between 20 and 50 with this driver (adr/0002). */
const ROWS_PER_INSERT = 32;

/** Inserts rows of one table, many at a time. Call `finish` at the end. */
export class RowWriter {
  private readonly insert: string;
  private readonly row: string;
  private waiting: SqlValue[] = [];
  private rows = 0;

  constructor(
    private readonly database: Sqlite,
    table: string,
    columns: readonly string[],
  ) {
    this.insert = `INSERT INTO ${table} (${columns.join(", ")}) VALUES `;
    this.row = `(${columns.map(() => "?").join(", ")})`;
  }

  /** Values in the order of the columns. */
  add(values: readonly SqlValue[]): void {
    for (const value of values) this.waiting.push(value);
    if (++this.rows === ROWS_PER_INSERT) this.finish();
  }

  finish(): void {
    if (this.rows === 0) return;
    const rows = Array(this.rows).fill(this.row).join(", ");
    this.database.prepare(this.insert + rows).run(this.waiting);
    this.waiting = [];
    this.rows = 0;
  }
}
