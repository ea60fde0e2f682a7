import type { Sqlite } from "../driver";

const BATCH = 4096;

/** Points flows at other pairs, many at a time. Call `finish` at the end. */
export class PairWriter {
  private waiting: [id: number, pairId: number][] = [];

  constructor(
    private readonly database: Sqlite,
    private readonly table: "Flow" | "DuplicateFlow" = "Flow",
  ) {}

  set(id: number, pairId: number): void {
    this.waiting.push([id, pairId]);
    if (this.waiting.length >= BATCH) this.finish();
  }

  finish(): void {
    if (this.waiting.length === 0) return;
    this.database
      .prepare(
        `UPDATE ${this.table} SET pairId = t.pairId
         FROM (SELECT value ->> 0 AS id, value ->> 1 AS pairId FROM json_each(?)) t WHERE t.id = ${this.table}.id`,
      )
      .run([JSON.stringify(this.waiting)]);
    this.waiting = [];
  }
}
