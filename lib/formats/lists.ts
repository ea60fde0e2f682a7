/**
 * Documents that hold records: where in them the lists are. Batches of Event Hubs and shippers (`records`, `events`), answers of
 * Elasticsearch (`hits.hits`), of Log Analytics (`tables[].rows`) and Kusto (`Tables[].Rows`), single tables of both, of Loki
 * (`data.result[].values`), OpenTelemetry's `resourceLogs`. Two walk by this table: over bytes (lib/ingest/container.ts), and over
 * what was parsed.
 */

import { OTHER_KINDS } from "@/lib/flow/flow";
import type { ReadingContext } from "@/lib/flow/reading-context";
import { camelCase, isObject, type JsonObject } from "./proto-json";

/** What is known of a value by where it stands. */
export interface Shape {
  /** Of its members, when it is an object. */
  readonly members?: Readonly<Record<string, Shape>>;
  /** What it is, when it is a list. */
  readonly list?: List;
  /** True when it is a record itself, as an object. */
  readonly isRecord?: boolean;
}

/**
 * `records`: its members are records. `columns`: names of the columns of `rows` in the same object. Rows with `columns` of their
 * own have always the same. `others`: a list of another name beside those that are known. Objects in it, and texts that begin like
 * one, are records or are refused: nothing is passed over in silence.
 */
export type List =
  | { readonly of: "records" }
  | { readonly of: "columns" }
  | { readonly of: "rows"; readonly columns?: ReadingContext }
  | { readonly of: "objects"; readonly each: Shape }
  | { readonly of: "others" };

const TABLE: Record<string, Shape> = { columns: { list: { of: "columns" } }, rows: { list: { of: "rows" } } };
/** As Azure Data Explorer (Kusto) writes it. */
const KUSTO: Record<string, Shape> = { Columns: { list: { of: "columns" } }, Rows: { list: { of: "rows" } } };

const RECORDS: Shape = { list: { of: "records" } };
const objects = (members: Record<string, Shape>): Shape => ({ list: { of: "objects", each: { members } } });

/** Loki puts a time before each line, and newer ones an object behind it. */
const LOKI: Shape = { list: { of: "rows", columns: { columns: ["timestamp", "line"] } } };

/** Records that are no flows, beside a list of them: `{"flows":[..],"lost_events":{..}}`. */
const KINDS: Record<string, Shape> = Object.fromEntries(
  OTHER_KINDS.flatMap((kind) => [kind, camelCase(kind)]).map((name) => [name, { isRecord: true }]),
);

export const DOCUMENT: Shape = {
  members: {
    ...KINDS,
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
    // ClickHouse (`meta`) and Trino (`columns`) have rows in it.
    meta: { list: { of: "columns" } },
    data: { ...RECORDS, members: { result: objects({ values: LOKI }) } },
    streams: objects({ values: LOKI }),
    resourceLogs: objects({ scopeLogs: objects({ logRecords: RECORDS }) }),
  },
};

const OTHERS: Shape = { list: { of: "others" } };

/** Lists that say something of the answer: CloudWatch, Splunk, ClickHouse. */
const OF_THE_ANSWER: ReadonlySet<string> = new Set([
  ...["searchedLogStreams", "messages", "fields", "highlighted", "warnings", "errors", "used_indices"],
]);

/** What is known of a list of this name in the document itself. */
export function shapeOfList(name: string, known: Shape | undefined): Shape | undefined {
  if (known?.list !== undefined || known?.members !== undefined) return known;
  return OF_THE_ANSWER.has(name) ? undefined : OTHERS;
}

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

/** The records that a document holds, rows as objects by their columns; undefined when it holds no list that is known. */
export function recordsIn(document: JsonObject): readonly unknown[] | undefined {
  const known = listsIn(document, DOCUMENT);
  if (known === undefined) return undefined;
  const beside = Object.entries(document).flatMap(([name, value]) => {
    const shape = Object.hasOwn(DOCUMENT.members ?? {}, name) ? DOCUMENT.members?.[name] : undefined;
    if (Array.isArray(value)) return shapeOfList(name, shape) === OTHERS ? mayBeRecords(value) : [];
    return isObject(value) && (shape === undefined ? seemsRecord(value) : shape.isRecord) ? [value] : [];
  });
  return beside.length === 0 ? known : [...known, ...beside];
}

const SIGNS = ["flow", "verdict", "num_events_lost", "numEventsLost", "lost_events", "lostEvents"];

/** An object of any other name beside a list: most say something of the answer. */
function seemsRecord(value: JsonObject): boolean {
  return SIGNS.some((name) => Object.hasOwn(value, name));
}

/** Of a list of any name what may be a record: objects, and texts that begin like one. */
export function mayBeRecords(list: readonly unknown[], depth = 0): unknown[] {
  return list.flatMap((item) => {
    if (Array.isArray(item)) return depth < DEEPEST ? mayBeRecords(item, depth + 1) : [];
    return isObject(item) || (typeof item === "string" && item.startsWith("{")) ? [item] : [];
  });
}

/** As lib/ingest/container.ts has it. */
const DEEPEST = 64;

function listsIn(value: unknown, shape: Shape): unknown[] | undefined {
  if (!isObject(value) || shape.members === undefined) return undefined;
  let found: unknown[] | undefined;
  for (const [name, inner] of Object.entries(shape.members)) {
    if (!Object.hasOwn(value, name)) continue;
    const member = value[name];
    const records = Array.isArray(member)
      ? recordsOfList(member, inner.list, value.columns ?? value.Columns ?? value.meta)
      : listsIn(member, inner);
    if (records !== undefined) found = [...(found ?? []), ...records];
  }
  return found;
}

function recordsOfList(values: unknown[], list: List | undefined, columns: unknown): unknown[] | undefined {
  switch (list?.of) {
    case "records":
      return Array.isArray(columns) ? values.map((value) => rowOr(value, columns)) : values;
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

/** A member that is a list of cells, where columns stand beside it. */
function rowOr(value: unknown, columns: readonly unknown[]): unknown {
  return Array.isArray(value) ? rowByColumns(columns.map(nameOfColumn), value) : value;
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
