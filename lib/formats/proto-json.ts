/**
 * Reading values that Go's protobuf JSON mapper wrote (flow-formats 0): 64-bit integers as text, enums as
 * name or number, `null` the same as absent, names in snake_case or lowerCamelCase.
 *
 * A value of the wrong type throws {@link FieldError}, caught where a record is decoded: the record is
 * then refused with the member's name.
 */

import { NS_PER_SECOND } from "@/lib/base/time";
import { type EnumTable, enumName } from "@/lib/flow/enums";
import { parseLooseTime, timeOfNumber } from "./loose-time";

/** A member has a value that its type cannot have. */
export class FieldError extends Error {
  constructor(
    readonly field: string,
    readonly expected: string,
    value: unknown,
  ) {
    // The name may come from the record (a protocol that is not ours), so its length is bounded.
    super(`${field.slice(0, 60)} is ${describe(value)}, expected ${expected}`);
  }
}

function describe(value: unknown): string {
  if (typeof value === "string") return `the text ${JSON.stringify(value.slice(0, 40))}`;
  if (Array.isArray(value)) return "a list";
  if (value !== null && typeof value === "object") return "an object";
  return String(value);
}

export type JsonObject = { readonly [key: string]: unknown };

export function isObject(value: unknown): value is JsonObject {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

export function readObject(value: unknown, field: string): JsonObject {
  if (isObject(value)) return value;
  throw new FieldError(field, "an object", value);
}

export function readText(value: unknown, field: string): string {
  if (typeof value === "string") return value;
  throw new FieldError(field, "a text", value);
}

/** A 32-bit count: a JSON number or its decimal text; refused beyond 2^53. */
export function readCount(value: unknown, field: string): number {
  const number = typeof value === "string" && /^\d{1,16}$/.test(value) ? Number(value) : value;
  if (typeof number === "number" && Number.isSafeInteger(number) && number >= 0) return number;
  throw new FieldError(field, "a whole number from 0", value);
}

/** A signed 32-bit integer. */
export function readInteger(value: unknown, field: string): number {
  const number = typeof value === "string" && /^-?\d{1,16}$/.test(value) ? Number(value) : value;
  if (typeof number === "number" && Number.isSafeInteger(number)) return number;
  throw new FieldError(field, "a whole number", value);
}

const LARGEST_UINT64 = 2n ** 64n - 1n;

/** An unsigned 64-bit integer, as decimal text without leading zeros. */
export function readDecimal(value: unknown, field: string): string {
  if (typeof value === "string" && /^\d{1,20}$/.test(value)) {
    if (value.length < 19 && value.charCodeAt(0) !== 48) return value;
    const number = BigInt(value);
    if (number <= LARGEST_UINT64) return String(number);
  }
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return String(value);
  throw new FieldError(field, "a whole number from 0 to 2^64-1", value);
}

/** True or false, or its word: tables and shippers make texts of all values. */
export function readBoolean(value: unknown, field: string): boolean {
  if (typeof value === "boolean") return value;
  if (value === "true" || value === "True") return true;
  if (value === "false" || value === "False") return false;
  throw new FieldError(field, "true or false", value);
}

/**
 * An enum by name or number, also in digits, and its name however it is written: `Dropped`. An empty name is the zero value, as an
 * empty text is an absent one.
 */
export function readEnum(table: EnumTable, value: unknown, field: string): string {
  if (typeof value === "string") {
    if (value === "") return enumName(table, 0);
    if (table.numberOf.has(value)) return value;
    // No name begins with a digit.
    return value.charCodeAt(0) > 57
      ? (namesOf(table).get(value.trim().toLowerCase()) ?? value)
      : enumName(table, /^\d{1,10}$/.test(value) ? Number(value) : value);
  }
  if (typeof value === "number" && Number.isInteger(value)) return enumName(table, value);
  throw new FieldError(field, `a ${table.name} name or number`, value);
}

const lowerNames = new WeakMap<EnumTable, ReadonlyMap<string, string>>();

/** The names of a table by their letters in lower case. */
function namesOf(table: EnumTable): ReadonlyMap<string, string> {
  let names = lowerNames.get(table);
  if (names === undefined) {
    names = new Map(Array.from(table.numberOf.keys(), (name) => [name.toLowerCase(), name]));
    lowerNames.set(table, names);
  }
  return names;
}

/** The same where zero says nothing. Proto JSON leaves zeros out, but for writers that are told to write all members. */
export function readKnownEnum(table: EnumTable, value: unknown, field: string): string | undefined {
  const name = readEnum(table, value, field);
  return name === enumName(table, 0) ? undefined : name;
}

/**
 * Nanoseconds since the epoch of a timestamp: RFC 3339, another spelling of an instant, or `{"seconds":..,"nanos":..}` as writers have it that do not know the
 * mapping. An unreadable one is undefined: it does not cost the record.
 */
export function readTimestamp(value: unknown): bigint | undefined {
  if (typeof value === "string") return parseLooseTime(value);
  if (typeof value === "number") return timeOfNumber(value);
  if (!isObject(value)) return undefined;
  const [seconds, nanos = 0] = [value.seconds, value.nanos ?? undefined];
  const isWhole = /^\d{1,10}$/.test(String(seconds)) && /^\d{1,9}$/.test(String(nanos));
  const ns = isWhole ? BigInt(String(seconds)) * NS_PER_SECOND + BigInt(String(nanos)) : undefined;
  return ns === undefined || ns < MOST_NS ? ns : undefined;
}

/** The store holds 64 bits with a sign. */
const MOST_NS = 2n ** 63n;

export function readTexts(value: unknown, field: string): string[] {
  const list = readList(value, field);
  for (const item of list) if (typeof item !== "string") throw new FieldError(field, "a list of texts", item);
  return list as string[];
}

export function readList(value: unknown, field: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new FieldError(field, "a list", value);
}

/** `node_name` -> `nodeName`. */
export function camelCase(protoName: string): string {
  return protoName.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

const SPELLINGS = new Map<string, string>();

/** {@link camelCase}, worked out once per name: it is asked for every member of every record. */
function otherSpelling(protoName: string): string {
  let spelling = SPELLINGS.get(protoName);
  if (spelling === undefined) {
    spelling = camelCase(protoName);
    SPELLINGS.set(protoName, spelling);
  }
  return spelling;
}

/** What to do with one member of a message: put its value into the target. */
export type FieldReader<Target> = (target: Target, value: unknown, field: string) => void;

/** Readers by both spellings of each proto name, for {@link readMessage}. */
export type MessageReader<Target> = ReadonlyMap<string, FieldReader<Target>>;

export function messageReader<Target>(
  fields: Readonly<Record<string, FieldReader<Target>>>,
): MessageReader<Target> {
  const readers = new Map<string, FieldReader<Target>>();
  for (const [protoName, reader] of Object.entries(fields)) {
    readers.set(protoName, reader);
    readers.set(camelCase(protoName), reader);
  }
  return readers;
}

/** Walks the members that are there; unknown ones are left in the original bytes, `null` and `undefined` count as absent. */
export function readMessage<Target>(
  readers: MessageReader<Target>,
  message: JsonObject,
  target: Target,
): Target {
  for (const key in message) {
    const value = message[key];
    if (value === null || value === undefined) continue;
    const reader = readers.get(key);
    if (reader !== undefined) reader(target, value, key);
  }
  return target;
}

/** The member under either spelling; `null` counts as absent. */
export function member(message: JsonObject, protoName: string): unknown {
  const value = message[protoName] ?? message[otherSpelling(protoName)];
  return value === null ? undefined : value;
}

/** A member that may be missing: `undefined` then. An empty text counts as missing, as proto JSON leaves it out. */
export function optionalText(message: JsonObject, name: string): string | undefined {
  const value = member(message, name);
  return value === undefined ? undefined : readText(value, name) || undefined;
}

export function optionalCount(message: JsonObject, name: string): number | undefined {
  const value = member(message, name);
  return value === undefined ? undefined : readCount(value, name);
}

export function optionalDecimal(message: JsonObject, name: string): string | undefined {
  const value = member(message, name);
  return value === undefined ? undefined : readDecimal(value, name);
}

export function optionalTexts(message: JsonObject, name: string): string[] | undefined {
  const value = member(message, name);
  return value === undefined ? undefined : readTexts(value, name);
}
