/** Objects that were taken apart: into a list of names and values, or into members whose names are paths. */

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

const MOST_PATHS = 1000;
const DEEPEST = 16;

/** A record whose members are named by their paths, `{"flow.IP.source":".."}`, put together; undefined when it is none. */
export function fromPaths(document: JsonObject): JsonObject | undefined {
  const paths = Object.keys(document);
  if (paths.length > MOST_PATHS || !paths.some((path) => path.startsWith("flow."))) return undefined;
  const whole: Record<string, unknown> = Object.create(null);
  for (const path of paths) put(whole, path.split("."), document[path]);
  return whole;
}

function put(whole: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const last = path.at(-1);
  if (last === undefined || path.length > DEEPEST) return;
  let at = whole;
  for (const name of path.slice(0, -1)) {
    const inner = at[name] ?? Object.create(null);
    if (!isRecord(inner)) return;
    at[name] = inner;
    at = inner;
  }
  at[last] ??= value;
}

/** One that was made here, and so may be written to. */
function isRecord(value: unknown): value is Record<string, unknown> {
  return isObject(value) && Object.getPrototypeOf(value) === null;
}
