/**
 * Adds settled rows up (docs/adr/0026-sums-of-settled-rows.md): attempts, requests, drops, records that these point at, and DNS exchanges, over
 * the whole capture and in buckets of time. They are as small as what they are made of, so they are made anew as a whole.
 */

import { BUCKET_WIDTHS, bucketWidth } from "@/lib/base/bucket-width";
import type { Sqlite } from "../driver";
import { DNS_SUM, OF_FLOW, rowsOf, SUM_LEVEL, SUMMED, type SumTable } from "../sum-tables";

/** Over the span of the capture: so many that a time line of sixty over a quarter of it is made of them. */
const BUCKETS = 240;

/** What stands in them comes from settled rows that are known early, from all settled rows, from DNS exchanges. */
export const SUMS = {
  connections: ["AttemptSum", "RequestSum", "DropSum", "DropRecordSum"],
  marked: ["MarkedSum", "LookupSum"],
  dns: ["DnsSum"],
} as const;

/** Adds some of them up. `beside`: the database of another thread, which did what it can of them (`sumUpBeside`). */
export function sumUp(database: Sqlite, tables: readonly (SumTable | "DnsSum")[], beside?: string): void {
  const width = bucketsWidth(database);
  for (const table of tables) fill(database, width, table === "DnsSum" ? OF_DNS : filled(table, beside));
}

const OF_DNS: Filled = { table: "DnsSum", ...DNS_SUM };
const FLOW_KEYS = ["timeNs", ...OF_FLOW];

function filled(table: SumTable, beside: string | undefined): Filled {
  const { keys, sums } = SUMMED[table];
  const whole: Filled = { table, keys: [...OF_FLOW, ...keys], sums, rows: rowsOf(table, FLOW_KEYS) };
  if (beside === undefined || table !== "MarkedSum") return whole;
  // A bucket's begin lies in the bucket.
  const found = `SELECT bucketNs AS timeNs, ${columnsIn(whole)} FROM ${beside}.${table}`;
  return { ...whole, rows: `${rowsOf(table, FLOW_KEYS, { isBeside: false })} UNION ALL ${found}` };
}

/** In a database of its own beside the capture: adds up what is known of marked records from flows and DNS exchanges alone, in buckets. */
export function sumUpBeside(database: Sqlite): void {
  const rows = rowsOf("MarkedSum", FLOW_KEYS, { isBeside: true });
  fillBuckets(database, bucketsWidth(database), { ...filled("MarkedSum", undefined), rows });
}

/** Notes the levels that there are. */
export function keepSumLevels(database: Sqlite): void {
  database.exec("DELETE FROM SumLevel");
  database
    .prepare("INSERT INTO SumLevel (level, widthNs) VALUES (?, NULL), (?, ?)")
    .run([SUM_LEVEL.whole, SUM_LEVEL.buckets, bucketsWidth(database)]);
}

function bucketsWidth(database: Sqlite): bigint {
  const [[first, last] = []] = database
    .prepareExact("SELECT (SELECT min(timeNs) FROM Flow), (SELECT max(timeNs) FROM Flow)")
    .rows([]);
  const span = typeof first === "bigint" && typeof last === "bigint" ? last - first + 1n : 1n;
  return nestingWidth(span, BUCKETS);
}

interface Filled {
  readonly table: string;
  readonly keys: readonly string[];
  readonly sums: Readonly<Record<string, string>>;
  /** SQL: a row for each that is added up, its time as `timeNs`. */
  readonly rows: string;
}

/** Buckets from the rows, the whole from the buckets. */
function fill(database: Sqlite, width: bigint, filled: Filled): void {
  const { table } = filled;
  database.exec(`DELETE FROM ${table}`);
  fillBuckets(database, width, filled);
  const buckets = `(SELECT ${columnsIn(filled)} FROM ${table} WHERE level = ${SUM_LEVEL.buckets})`;
  add(database, filled, SUM_LEVEL.whole, "NULL", buckets);
}

function fillBuckets(database: Sqlite, width: bigint, filled: Filled): void {
  add(database, filled, SUM_LEVEL.buckets, bucketOf("timeNs", width), `(${filled.rows})`);
}

function add(database: Sqlite, filled: Filled, level: number, bucket: string, source: string): void {
  const { table, keys, sums } = filled;
  const added = Object.entries(sums).map(([name, how]) => `${how}(${name})`);
  const places = Array.from({ length: keys.length + 2 }, (_, at) => at + 1).join(", ");
  database.exec(
    `INSERT INTO ${table} (level, bucketNs, ${columnsIn(filled)})
     SELECT ${level}, ${bucket}, ${[...keys, ...added].join(", ")} FROM ${source} GROUP BY ${places}`,
  );
}

const columnsIn = ({ keys, sums }: Filled): string => [...keys, ...Object.keys(sums)].join(", ");

/** Buckets of which each wider width of a time line is made, so that these can be read from them. */
export function nestingWidth(spanNs: bigint, buckets: number): bigint {
  const widest = bucketWidth(spanNs, buckets);
  const nesting = BUCKET_WIDTHS.filter(
    (width) => width <= widest && BUCKET_WIDTHS.every((wider) => wider < width || wider % width === 0n),
  );
  return nesting.at(-1) ?? widest;
}

/** Division rounds towards zero: times before 1970 belong one bucket lower. */
export function bucketOf(time: string, widthNs: bigint | null): string {
  return widthNs === null ? "NULL" : `(${time} / ${widthNs} - (${time} % ${widthNs} < 0)) * ${widthNs}`;
}
