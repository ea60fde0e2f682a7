/**
 * Values as MongoDB exports them, each with its type: `{"$numberLong":"5"}`, `{"$date":".."}`. (MongoDB Extended JSON v2.)
 */

import { formatTime } from "@/lib/base/time";
import { isObject } from "./proto-json";

/** What a text has that holds such values. */
export const MONGO = '{"$';

const TYPES: ReadonlySet<string> = new Set(["$numberLong", "$numberInt", "$numberDouble", "$oid", "$date"]);
const NS_PER_MS = 1_000_000n;

/** The plain value, for JSON.parse: inner ones come first. */
export function plainOfMongo(_name: string, value: unknown): unknown {
  if (!isObject(value)) return value;
  const [type, ...others] = Object.keys(value);
  if (type === undefined || others.length > 0 || !TYPES.has(type)) return value;
  const plain = value[type];
  const isMs = type === "$date" && typeof plain === "string" && /^-?\d{1,14}$/.test(plain);
  return isMs ? formatTime(BigInt(plain) * NS_PER_MS) : plain;
}
