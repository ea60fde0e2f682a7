/**
 * Documents that hold records: where in them the lists are. Batches of Event Hubs and shippers (`records`, `events`), answers of
 * Elasticsearch (`hits.hits`), of Log Analytics (`tables[].rows`) and Kusto (`Tables[].Rows`), single tables of both, of Loki
 * (`data.result[].values`), OpenTelemetry's `resourceLogs`. Two walk by this table: over bytes (lib/ingest/container.ts), and over
 * what was parsed.
 */

import type { ReadingContext } from "@/lib/flow/reading-context";
import { isObject, type JsonObject } from "./proto-json";

/** What is known of a value by where it stands. */
export interface Shape {
  /** Of its members, when it is an object. */
  readonly members?: Readonly<Record<string, Shape>>;
  /** What it is, when it is a list. */
  readonly list?: List;
}

/**
 * `records`: its members are records. `columns`: names of the columns of `rows` in the same object. Rows with `columns` of their
 * own have always the same.
 */
export type List =
  | { readonly of: "records" }
  | { readonly of: "columns" }
  | { readonly of: "rows"; readonly columns?: ReadingContext }
  | { readonly of: "objects"; readonly each: Shape };

const TABLE: Record<string, Shape> = { columns: { list: { of: "columns" } }, rows: { list: { of: "rows" } } };
/** As Azure Data Explorer (Kusto) writes it. */
const KUSTO: Record<string, Shape> = { Columns: { list: { of: "columns" } }, Rows: { list: { of: "rows" } } };

const RECORDS: Shape = { list: { of: "records" } };
const objects = (members: Record<string, Shape>): Shape => ({ list: { of: "objects", each: { members } } });

/** Loki puts a time before each line, and newer ones an object behind it. */
const LOKI: Shape = { list: { of: "rows", columns: { columns: ["timestamp", "line"] } } };

export const DOCUMENT: Shape = {
  members: {
    records: RECORDS,
    events: RECORDS,
    logEvents: RECORDS,
    flows: RECORDS,
    entries: RECORDS,
    items: RECORDS,
    logs: RECORDS,
    value: RECORDS,
    results: RECORDS,
    Results: RECORDS,
    hits: { members: { hits: RECORDS } },
    tables: objects(TABLE),
    Tables: objects(KUSTO),
    ...TABLE,
    ...KUSTO,
    data: { ...RECORDS, members: { result: objects({ values: LOKI }) } },
    streams: objects({ values: LOKI }),
    resourceLogs: objects({ scopeLogs: objects({ logRecords: RECORDS }) }),
  },
};

/** Names of the lists themselves. */
export const LIST_NAMES: readonly string[] = namesIn(DOCUMENT);

function namesIn({ members = {}, list }: Shape): string[] {
  const inner = list?.of === "objects" ? namesIn(list.each) : [];
  const own = Object.entries(members).flatMap(([name, shape]) => [
    ...(shape.list === undefined || shape.list.of === "objects" ? [] : [name]),
    ...namesIn(shape),
  ]);
  return [...new Set([...inner, ...own])];
}

/** The records that a document holds, rows as objects by their columns; undefined when it holds no list. */
export function recordsIn(document: JsonObject): readonly unknown[] | undefined {
  return listsIn(document, DOCUMENT);
}

function listsIn(value: unknown, shape: Shape): unknown[] | undefined {
  if (Array.isArray(value)) return recordsOfList(value, shape.list, undefined);
  if (!isObject(value) || shape.members === undefined) return undefined;
  let found: unknown[] | undefined;
  for (const [name, inner] of Object.entries(shape.members)) {
    if (!Object.hasOwn(value, name)) continue;
    const member = value[name];
    const records =
      Array.isArray(member) && inner.list?.of === "rows"
        ? recordsOfList(member, inner.list, value.columns ?? value.Columns)
        : listsIn(member, inner);
    if (records !== undefined) found = [...(found ?? []), ...records];
  }
  return found;
}

function recordsOfList(values: unknown[], list: List | undefined, columns: unknown): unknown[] | undefined {
  switch (list?.of) {
    case "records":
      return values;
    case "rows":
      return rowsBy(
        list.columns?.columns ?? (Array.isArray(columns) ? columns.map(nameOfColumn) : undefined),
        values,
      );
    case "objects":
      return values.flatMap((value) => listsIn(value, list.each) ?? []);
    default:
      return undefined;
  }
}

function rowsBy(columns: readonly string[] | undefined, rows: readonly unknown[]): JsonObject[] | undefined {
  if (columns === undefined) return undefined;
  return rows.map((row) => rowByColumns(columns, Array.isArray(row) ? row : []));
}

export function nameOfColumn(column: unknown): string {
  if (typeof column === "string") return column;
  const name = isObject(column) ? (column.name ?? column.ColumnName) : undefined;
  return typeof name === "string" ? name : "";
}

/** Without a prototype: names of columns are anything. */
export function rowByColumns(columns: readonly string[], values: readonly unknown[]): JsonObject {
  const row: Record<string, unknown> = Object.create(null);
  for (const [index, column] of columns.entries()) row[column] = values[index];
  return row;
}
