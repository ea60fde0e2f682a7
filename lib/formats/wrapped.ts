/**
 * What log shippers and stores put around a line: a member with the record as an object or as text (flow-formats 3.6), or a
 * list of records. Docker, Fluent Bit, Loki, Elasticsearch, Google Cloud Logging, Azure Monitor and Event Hubs, Splunk.
 */

import { parseTime } from "@/lib/base/time";
import { isObject, type JsonObject } from "./proto-json";

/** In the order in which they are tried. */
const MEMBERS = [
  "_source",
  "jsonPayload",
  "log",
  "message",
  "line",
  "textPayload",
  "LogMessage",
  "LogEntry",
  "_raw",
  "result",
  "event",
  "body",
];

/** The values that may hold a record. */
export function wrappedIn(document: JsonObject): (string | JsonObject)[] {
  return MEMBERS.map((name) => document[name]).filter(
    (inner) => isObject(inner) || (typeof inner === "string" && inner !== ""),
  ) as (string | JsonObject)[];
}

/** The members of a batch (`records` of an Event Hub, `hits.hits` of Elasticsearch); undefined when it is none. */
export function listOfRecords(document: JsonObject): readonly unknown[] | undefined {
  if (Array.isArray(document.records)) return document.records;
  const { hits } = document;
  return isObject(hits) && Array.isArray(hits.hits) ? hits.hits : undefined;
}

/** The rows of a query answer as objects by their columns; undefined when it is none. */
export function rowsOfTables({ tables }: JsonObject): JsonObject[] | undefined {
  if (!Array.isArray(tables)) return undefined;
  return tables.flatMap((table: unknown) => {
    if (!isObject(table) || !Array.isArray(table.columns) || !Array.isArray(table.rows)) return [];
    const names = table.columns.map((column: unknown) =>
      isObject(column) ? String(column.name) : String(column),
    );
    return table.rows.map((row: unknown) => rowByColumns(names, Array.isArray(row) ? row : []));
  });
}

/** Without a prototype: names of columns are anything. */
export function rowByColumns(columns: readonly string[], values: readonly unknown[]): JsonObject {
  const row: Record<string, unknown> = Object.create(null);
  for (const [index, column] of columns.entries()) row[column] = values[index];
  return row;
}

const LOGGED_AT = ["time", "@timestamp", "timestamp", "TimeGenerated"];

/** When the wrapper says that the line was logged. It is not the time of the event. */
export function loggedAt(document: JsonObject): bigint | undefined {
  for (const name of LOGGED_AT) {
    const value = document[name];
    const time = typeof value === "string" ? parseTime(value) : undefined;
    if (time !== undefined) return time;
  }
  return undefined;
}
