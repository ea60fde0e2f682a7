/**
 * Adds settled rows up (docs/adr/0026-sums-of-settled-rows.md): attempts, requests, drops, records that these point at, and DNS exchanges, over
 * the whole capture and in buckets of time. They are as small as what they are made of, so they are made anew as a whole; behind a small addition
 * only in the buckets in which something changed (sum-changes.ts).
 */

import { alignDown, BUCKET_WIDTHS, bucketWidth } from "@/lib/base/bucket-width";
import type { Sqlite } from "../driver";
import { bucketCounts, countedList } from "../number-lists";
import { type SumBuckets, seriesSql, sumBuckets } from "../sum-series";
import {
  DNS_SUM,
  type HowSummed,
  OF_FLOW,
  partsOf,
  rowsOf,
  SUM_LEVEL,
  SUMMED,
  type SumTable,
  type WhichParts,
} from "../sum-tables";

/** Over the span of the capture: so many that a time line of sixty over a quarter of it is made of them. */
const BUCKETS = 240;
/** At least so many wide ones, of which the middle of a longer range is made: a tenth of the rows. */
const WIDE_BUCKETS = 20n;

/** What stands in them comes from settled rows that are known early, from all settled rows, from DNS exchanges. */
export const SUMS = {
  connections: ["AttemptSum", "RequestSum", "DropSum", "DropRecordSum"],
  marked: ["MarkedSum", "LookupSum"],
  dns: ["DnsSum"],
} as const;

interface Ready {
  /** The database of another thread, which did what it can of them (`sumUpBeside`). */
  readonly beside?: string | undefined;
  /** All others hold still: where these buckets of level 1 begin. */
  readonly changed?: readonly bigint[] | undefined;
}

/** Adds some of them up. */
export function sumUp(
  database: Sqlite,
  tables: readonly (SumTable | "DnsSum")[],
  { beside, changed }: Ready = {},
): void {
  const levels = levelsOf(database);
  for (const table of tables)
    fill(database, levels, table === "DnsSum" ? OF_DNS : filled(table, beside), changed);
}

const FLOW_KEYS = ["timeNs", ...OF_FLOW];
const OF_DNS: Filled = {
  table: "DnsSum",
  ...DNS_SUM,
  between: { sql: `${DNS_SUM.rows} WHERE ${DNS_SUM.between}`, parts: 1 },
};
const isBeside: WhichParts = (part) => part.isBeside === true;
const isScattered: WhichParts = (part) => part.isScattered === true;
const not =
  (which: WhichParts): WhichParts =>
  (part) =>
    !which(part);

function filled(table: SumTable, beside: string | undefined): Filled {
  const { keys, sums, series = {}, scattered } = SUMMED[table];
  const inPlace = not(isScattered);
  const whole: Filled = {
    ...{ table, sums, series, keys: [...OF_FLOW, ...keys], rows: rowsOf(table, FLOW_KEYS) },
    between: {
      sql: rowsOf(table, FLOW_KEYS, { isBetween: true, which: inPlace }),
      parts: partsOf(table, inPlace),
    },
    ...(scattered !== undefined && {
      scattered: { where: scattered, rows: rowsOf(table, FLOW_KEYS, { which: isScattered }) },
    }),
  };
  if (beside === undefined || table !== "MarkedSum") return whole;
  // A bucket's begin lies in the bucket.
  const found = `SELECT bucketNs AS timeNs, ${columnsIn(whole)} FROM ${beside}.${table}`;
  return { ...whole, rows: `${rowsOf(table, FLOW_KEYS, { which: not(isBeside) })} UNION ALL ${found}` };
}

/** In a database of its own beside the capture: adds up what is known of marked records from flows and DNS exchanges alone, in buckets. */
export function sumUpBeside(database: Sqlite): void {
  const rows = rowsOf("MarkedSum", FLOW_KEYS, { which: isBeside });
  fillBuckets(database, levelsOf(database).buckets, { ...filled("MarkedSum", undefined), rows });
}

/** The width of the buckets, where those that there are, are as wide as they would be made today; else undefined. */
export function keptWidth(database: Sqlite): bigint | undefined {
  const { buckets, wide } = levelsOf(database);
  const isKept =
    sumBuckets(database)?.widthNs === buckets.widthNs &&
    sumBuckets(database, "wide")?.widthNs === wide?.widthNs;
  return isKept ? buckets.widthNs : undefined;
}

/** Notes the levels that there are. */
export function keepSumLevels(database: Sqlite): void {
  const { buckets, wide } = levelsOf(database);
  database.exec("DELETE FROM SumLevel");
  const insert = database.prepare("INSERT INTO SumLevel (level, widthNs, first) VALUES (?, ?, ?)");
  insert.run([SUM_LEVEL.whole, null, null]);
  insert.run([SUM_LEVEL.buckets, buckets.widthNs, buckets.first]);
  if (wide !== undefined) insert.run([SUM_LEVEL.wide, wide.widthNs, wide.first]);
}

interface Levels {
  readonly buckets: SumBuckets;
  /** Undefined: no width is fit for so short a span. */
  readonly wide: SumBuckets | undefined;
}

function levelsOf(database: Sqlite): Levels {
  const [[first, last] = []] = database
    .prepareExact("SELECT (SELECT min(timeNs) FROM Flow), (SELECT max(timeNs) FROM Flow)")
    .rows([]);
  const isTimed = typeof first === "bigint" && typeof last === "bigint";
  const span = isTimed ? last - first + 1n : 1n;
  const inBuckets = (widthNs: bigint): SumBuckets => ({
    first: isTimed ? alignDown(first, widthNs) / widthNs : 0n,
    widthNs,
  });
  const width = nestingWidth(span, BUCKETS);
  const wide = BUCKET_WIDTHS.findLast(
    (one) => one > width && one % width === 0n && span / one >= WIDE_BUCKETS,
  );
  return { buckets: inBuckets(width), wide: wide === undefined ? undefined : inBuckets(wide) };
}

interface Filled {
  readonly table: string;
  readonly keys: readonly string[];
  readonly sums: Readonly<Record<string, HowSummed>>;
  readonly series?: Readonly<Record<string, string>>;
  /** SQL: a row for each that is added up, its time as `timeNs`. */
  readonly rows: string;
  /** The same between two times, which are parameters as often as it has parts; but what is scattered. */
  readonly between: { readonly sql: string; readonly parts: number };
  /** That alone, and which rows of the table it makes. */
  readonly scattered?: { readonly rows: string; readonly where: string };
}

/** Buckets from the rows, wide ones and the whole from the buckets. */
function fill(
  database: Sqlite,
  { buckets, wide }: Levels,
  filled: Filled,
  changed: readonly bigint[] | undefined,
): void {
  const { table, sums, series = {} } = filled;
  if (changed === undefined) {
    database.exec(`DELETE FROM ${table}`);
    fillBuckets(database, buckets, filled);
  } else {
    database.exec(`DELETE FROM ${table} WHERE level = ${SUM_LEVEL.whole}`);
    renewBuckets(database, buckets, filled, changed);
  }
  const lists = Object.entries(series).map(
    ([name, of]) => [name, seriesSql(of, isList(sums[of]), buckets)] as const,
  );
  if (wide !== undefined) fillWide(database, wide, filled, changed);
  add(database, filled, SUM_LEVEL.whole, "NULL", `(${byBucket(filled)})`, lists);
  for (const [name, how] of Object.entries(sums)) if (isList(how)) countNumbers(database, table, name);
}

const isList = (how: HowSummed | undefined): boolean => how === "numbers" || how === "codes";

function addedUp(name: string, how: HowSummed): string {
  if (how === "numbers") return `group_concat(${name})`;
  return how === "codes" ? `group_concat(${name}, '')` : `${how}(${name})`;
}

function fillBuckets(database: Sqlite, { widthNs }: SumBuckets, filled: Filled): void {
  add(database, filled, SUM_LEVEL.buckets, bucketOf("timeNs", widthNs), `(${filled.rows})`);
}

function renewBuckets(
  database: Sqlite,
  { widthNs }: SumBuckets,
  filled: Filled,
  changed: readonly bigint[],
): void {
  const { table, between, scattered } = filled;
  const bucket = bucketOf("timeNs", widthNs);
  const forget = database.prepare(`DELETE FROM ${table} WHERE level = ${SUM_LEVEL.buckets} AND bucketNs = ?`);
  for (const startNs of changed) {
    forget.run([startNs]);
    if (between.parts === 0) continue;
    const times = Array.from({ length: between.parts }, () => [startNs, startNs + widthNs]).flat();
    add(database, filled, SUM_LEVEL.buckets, bucket, `(${between.sql})`, [], times);
  }
  if (scattered === undefined) return;
  database.exec(`DELETE FROM ${table} WHERE ${scattered.where}`);
  add(database, filled, SUM_LEVEL.buckets, bucket, `(${scattered.rows})`);
}

function fillWide(
  database: Sqlite,
  { widthNs }: SumBuckets,
  filled: Filled,
  changed: readonly bigint[] | undefined,
): void {
  const [level, bucket] = [SUM_LEVEL.wide, bucketOf("bucketNs", widthNs)];
  if (changed === undefined || filled.scattered !== undefined) {
    database.exec(`DELETE FROM ${filled.table} WHERE level = ${level}`);
    add(database, filled, level, bucket, `(${byBucket(filled)})`);
    return;
  }
  const forget = database.prepare(`DELETE FROM ${filled.table} WHERE level = ${level} AND bucketNs = ?`);
  for (const startNs of new Set(changed.map((ns) => alignDown(ns, widthNs)))) {
    forget.run([startNs]);
    const within = `(${byBucket(filled)} AND bucketNs >= ? AND bucketNs < ?)`;
    add(database, filled, level, bucket, within, [], [startNs, startNs + widthNs]);
  }
}

function byBucket(filled: Filled): string {
  return `SELECT bucketNs, ${columnsIn(filled)} FROM ${filled.table} WHERE level = ${SUM_LEVEL.buckets}`;
}

/** `more`: columns that are neither keys nor sums of the source, and their SQL. */
function add(
  database: Sqlite,
  filled: Filled,
  level: number,
  bucket: string,
  source: string,
  more: readonly (readonly [name: string, sql: string])[] = [],
  parameters: readonly bigint[] = [],
): void {
  const { table, keys, sums } = filled;
  const added = [
    ...Object.entries(sums).map(([name, how]) => addedUp(name, how)),
    ...more.map(([, sql]) => sql),
  ];
  const columns = ["level", "bucketNs", columnsIn(filled), ...more.map(([name]) => name)];
  const places = Array.from({ length: keys.length + 2 }, (_, at) => at + 1).join(", ");
  database
    .prepare(
      `INSERT INTO ${table} (${columns.join(", ")})
       SELECT ${level}, ${bucket}, ${[...keys, ...added].join(", ")} FROM ${source} GROUP BY ${places}`,
    )
    .run(parameters);
}

/** Lists of the whole capture say most numbers again and again: each is said once, with how often. */
function countNumbers(database: Sqlite, table: string, column: string): void {
  const update = database.prepare(`UPDATE ${table} SET ${column} = ? WHERE id = ?`);
  const rows = database
    .prepare(`SELECT id, ${column} FROM ${table} WHERE level = ${SUM_LEVEL.whole} AND ${column} IS NOT NULL`)
    .rows([]);
  for (const [id, list] of rows) update.run([countedList(bucketCounts(list)), Number(id)]);
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
