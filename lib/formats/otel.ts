/**
 * Values as OpenTelemetry writes them in JSON: each says its type (`{"stringValue":"x"}`), an object is a list of keys and values.
 * (opentelemetry-proto 1.3 `common/v1/common.proto`, `AnyValue`.)
 */

import { isObject, type JsonObject } from "./proto-json";

const DEEPEST = 32;
const PLAIN = ["stringValue", "boolValue", "intValue", "doubleValue"];

/** The object that a value of the type kvlist stands for; undefined when it is none. */
export function plainObject(value: unknown, depth = 0): JsonObject | undefined {
  const list = isObject(value) && isObject(value.kvlistValue) ? value.kvlistValue.values : undefined;
  if (!Array.isArray(list) || depth > DEEPEST) return undefined;
  const plain: Record<string, unknown> = Object.create(null);
  for (const pair of list)
    if (isObject(pair) && typeof pair.key === "string") plain[pair.key] = plainValue(pair.value, depth + 1);
  return plain;
}

/** The attributes of a log record as an object; undefined when it has none. */
export function attributesOf({ attributes }: JsonObject): JsonObject | undefined {
  if (!Array.isArray(attributes) || attributes.length === 0) return undefined;
  return plainObject({ kvlistValue: { values: attributes } });
}

function plainValue(value: unknown, depth: number): unknown {
  if (!isObject(value) || depth > DEEPEST) return undefined;
  if (isObject(value.arrayValue) && Array.isArray(value.arrayValue.values))
    return value.arrayValue.values.map((item) => plainValue(item, depth + 1));
  const type = PLAIN.find((name) => value[name] !== undefined);
  return type === undefined ? plainObject(value, depth) : value[type];
}
