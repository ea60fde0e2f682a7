import type { Sqlite } from "../driver";

const BATCH = 4096;

/** Points flows at other pairs, many at a time, or all of them at the end. Call `finish` then. */
export class PairWriter {
  private waiting: [id: number, pairId: number][] = [];

  constructor(
    private readonly database: Sqlite,
    private readonly table: "Flow" | "DuplicateFlow" = "Flow",
    private readonly when: "soon" | "at the end" = "soon",
  ) {
    if (when === "at the end")
      database.exec(
        "CREATE TEMP TABLE IF NOT EXISTS TurnedFlow (id INTEGER PRIMARY KEY, pairId INTEGER); DELETE FROM temp.TurnedFlow;",
      );
  }

  set(id: number, pairId: number): void {
    this.waiting.push([id, pairId]);
    if (this.waiting.length >= BATCH) this.pass();
  }

  finish(): void {
    this.pass();
    if (this.when === "soon") return;
    const { database, table } = this;
    // Not from a table that is joined: SQLite would keep all columns of these rows beside before it writes the first.
    database.exec(`
      UPDATE ${table} SET pairId = (SELECT t.pairId FROM temp.TurnedFlow t WHERE t.id = ${table}.id) WHERE id IN (SELECT id FROM temp.TurnedFlow);
      DROP TABLE temp.TurnedFlow;`);
  }

  private pass(): void {
    if (this.waiting.length === 0) return;
    const found = "SELECT value ->> 0 AS id, value ->> 1 AS pairId FROM json_each(?)";
    const parameters = [JSON.stringify(this.waiting)];
    const { database, table } = this;
    if (this.when === "soon")
      database
        .prepare(`UPDATE ${table} SET pairId = t.pairId FROM (${found}) t WHERE t.id = ${table}.id`)
        .run(parameters);
    else database.prepare(`INSERT INTO temp.TurnedFlow ${found}`).run(parameters);
    this.waiting = [];
  }
}
