/**
 * In which buckets of sums a small addition changes something, so that only these are added up again (docs/adr/0026-sums-of-settled-rows.md).
 *
 * What makes rows come, go or change is spread over the steps of settling, and some of them reach far beyond the added flows. So it is the tables
 * themselves that tell: triggers note the bucket of each flow at which such a row counts.
 */

import { any, type Condition } from "../conditions";
import type { Sqlite } from "../driver";
import type { RowRange } from "./records";
import { bucketOf, keptWidth } from "./sum-up";

/** What is added up, and the flows at which it counts. */
const WATCHED = {
  Attempt: ["id"],
  L7Exchange: ["id"],
  DnsExchange: ["id", "responseId"],
  JoinedDrop: ["id", "verdictId"],
} as const;

type Watched = keyof typeof WATCHED;

const EVENTS = [
  { event: "INSERT", versions: ["NEW"] },
  { event: "DELETE", versions: ["OLD"] },
  { event: "UPDATE", versions: ["OLD", "NEW"] },
] as const;

/** Half of what 64 bits hold: wide buckets around it begin and end within them. */
const FAR = 2n ** 62n;

/** Beyond this share of all buckets nothing is gained. */
const SHARE = 4n;

export class SumChanges {
  private constructor(
    private readonly database: Sqlite,
    private readonly widthNs: bigint,
  ) {}

  /** From here on. Flows of these rows came before, and the others that are named were changed. Undefined where all sums have to be made anew. */
  static watch(database: Sqlite, rows: RowRange, changed: ReadonlySet<number>): SumChanges | undefined {
    const widthNs = keptWidth(database);
    if (widthNs === undefined) return undefined;
    const changes = new SumChanges(database, widthNs);
    changes.begin(rows, changed);
    return changes;
  }

  private begin([from, to]: RowRange, changed: ReadonlySet<number>): void {
    const { database, widthNs } = this;
    const flows = `INSERT INTO temp.SumChange SELECT DISTINCT ${bucketOf("timeNs", widthNs)} FROM Flow WHERE`;
    database.exec("CREATE TEMP TABLE SumChange (bucketNs INTEGER)");
    database.prepare(`${flows} id >= ? AND id < ?`).run([from, to]);
    database.prepare(`${flows} id IN (SELECT value FROM json_each(?))`).run([JSON.stringify([...changed])]);
    for (const { name, table, event, versions } of TRIGGERS)
      database.exec(`CREATE TEMP TRIGGER ${name} AFTER ${event} ON main.${table}
        ${event === "UPDATE" ? `WHEN ${differs(database, table)}` : ""} BEGIN
          ${versions.map((version) => noted(table, version, widthNs)).join(" ")} END`);
  }

  /** So far: where the buckets begin. Undefined where they are too many, or what has no time is among them. */
  buckets(): readonly bigint[] | undefined {
    const rows = this.database
      .prepareExact("SELECT DISTINCT bucketNs FROM temp.SumChange ORDER BY 1")
      .rows([]);
    // The ends of what is near those of 64 bits cannot be asked for.
    const known = rows.flatMap(([bucketNs]) =>
      typeof bucketNs === "bigint" && bucketNs > -FAR && bucketNs < FAR ? [bucketNs] : [],
    );
    return known.length < rows.length || BigInt(known.length) * SHARE > this.count() ? undefined : known;
  }

  /** The same as SQL over a column of times. Undefined where it would say nothing. */
  within(column: string): Condition | undefined {
    const buckets = this.buckets();
    if (buckets === undefined) return undefined;
    return any(
      buckets.map((startNs) => ({
        sql: `(${column} >= ? AND ${column} < ?)`,
        parameters: [startNs, startNs + this.widthNs],
      })),
    );
  }

  /** Of all buckets. */
  private count(): bigint {
    const [[first, last] = []] = this.database
      .prepareExact("SELECT (SELECT min(timeNs) FROM Flow), (SELECT max(timeNs) FROM Flow)")
      .rows([]);
    return typeof first === "bigint" && typeof last === "bigint" ? (last - first) / this.widthNs + 1n : 0n;
  }

  end(): void {
    for (const { name } of TRIGGERS) this.database.exec(`DROP TRIGGER IF EXISTS temp.${name}`);
    this.database.exec("DROP TABLE IF EXISTS temp.SumChange");
  }
}

const TRIGGERS = (Object.keys(WATCHED) as Watched[]).flatMap((table) =>
  EVENTS.map(({ event, versions }) => ({ name: `${table}Changes${event}`, table, event, versions })),
);

function differs(database: Sqlite, table: Watched): string {
  const columns = database.prepare("SELECT name FROM pragma_table_info(?)").rows([table]);
  return columns.map(([name]) => `OLD."${name}" IS NOT NEW."${name}"`).join(" OR ");
}

function noted(table: Watched, version: "OLD" | "NEW", widthNs: bigint): string {
  const ids = WATCHED[table].map((name) => `${version}.${name}`).join(", ");
  return `INSERT INTO SumChange SELECT ${bucketOf("timeNs", widthNs)} FROM Flow WHERE id IN (${ids});`;
}
