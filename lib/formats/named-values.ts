/** Objects that were taken apart into a list of names and values. */

import { isObject, type JsonObject } from "./proto-json";

/** A row of CloudWatch Logs Insights, `[{"field":"@message","value":".."},..]`, as an object; undefined when it is none. */
export function rowOfFields(list: readonly unknown[]): JsonObject | undefined {
  const row: Record<string, unknown> = Object.create(null);
  for (const item of list) {
    if (!isObject(item) || typeof item.field !== "string" || item.value === undefined) return undefined;
    row[item.field] = item.value;
  }
  return list.length === 0 ? undefined : row;
}
