/**
 * What log shippers and stores put around a line: a member with the record as an object or as text (flow-formats 3.6).
 * Docker, Fluent Bit, Loki, Elasticsearch, Google Cloud Logging, Azure Monitor and Event Hubs, Splunk, and others by looking.
 */

import { parseTime } from "@/lib/base/time";
import { quotedCell } from "./csv";
import { isObject, type JsonObject } from "./proto-json";

/** In the order in which they are tried, without regard to capitals. */
const MEMBERS = [
  "_source",
  "jsonpayload",
  "log",
  "message",
  "@message",
  "line",
  "textpayload",
  "logmessage",
  "logentry",
  "_raw",
  "result",
  "event",
  "body",
];
/** Members looked at; an object in which none of so many holds a record holds none. */
export const MOST_LOOKED_AT = 64;

export type Wrapped = string | JsonObject;

/** A value that may hold a record, and the member in which it stands, as it is written there. */
export interface Held<Inner> {
  readonly member: string;
  readonly inner: Inner;
}

/** The values that may hold a record: those that are known to hold what was logged, the likeliest first, and all others. */
export function wrappedIn(document: JsonObject): {
  readonly known: Held<Wrapped>[];
  readonly others: Held<Wrapped | readonly unknown[]>[];
} {
  const names = Object.keys(document);
  const rank = (name: string): number => MEMBERS.indexOf(name.toLowerCase());
  const first = names.slice(0, MOST_LOOKED_AT);
  const known = first.filter((name) => rank(name) >= 0).sort((a, b) => rank(a) - rank(b));
  const others = names.filter((name) => rank(name) < 0);
  return {
    known: known.flatMap((member) => {
      const inner = outOfBase64(unlisted(document[member]));
      return isWrapped(inner) && inner !== "" ? [{ member, inner }] : [];
    }),
    others: others.flatMap((member) => {
      const inner = outOfBase64(document[member]);
      return Array.isArray(inner) || (isWrapped(inner) && beginsLikeOne(inner)) ? [{ member, inner }] : [];
    }),
  };
}

/** What Fluent Bit logged, of an event as it writes them: `[time, record]`, or `[[time, metadata], record]` since 2.1. */
export function loggedByFluentBit(event: readonly unknown[]): JsonObject | undefined {
  const [head, record] = event;
  if (event.length !== 2 || !isObject(record)) return undefined;
  const time: unknown = Array.isArray(head) && head.length === 2 && isObject(head[1]) ? head[0] : head;
  return typeof time === "number" ? record : undefined;
}

/** The line of an entry of Loki, `["1787314338510175415", line]`; newer ones have an object behind it. */
export function lineOfLoki(entry: readonly unknown[]): string | undefined {
  const [ns, line, more] = entry;
  const isEntry = entry.length === 2 || (entry.length === 3 && isObject(more));
  return isEntry && typeof ns === "string" && /^\d{19}$/.test(ns) && typeof line === "string"
    ? line
    : undefined;
}

/** Base64 of what begins with `{"`, as Kinesis, Firehose, Pub/Sub and Event Hubs hand records on. */
const BASE64 = /^eyJ[A-Za-z0-9+/_-]+={0,2}\s*$/;

function outOfBase64(value: unknown): unknown {
  if (typeof value !== "string" || !value.startsWith("eyJ") || !BASE64.test(value)) return value;
  return Buffer.from(value, "base64").toString("utf8");
}

/** Elasticsearch's `fields` are lists of one; journald writes a message with colours in it as its bytes. */
function unlisted(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  if (value.length === 1) return value[0];
  return value.every(isByte) ? new TextDecoder().decode(Uint8Array.from(value)) : value;
}

function isByte(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value < 256;
}

/** A text in a line that begins like a record: with quotes escaped (`msg="{\"flow\":..}"`), or doubled as in a cell of CSV. */
export function quotedIn(text: string): string | undefined {
  const escaped = text.indexOf('"{\\"');
  if (escaped >= 0) return jsonText(text.slice(escaped, endOfQuoted(text, escaped)));
  const doubled = text.indexOf('"{""');
  return doubled < 0 ? undefined : quotedCell(text, doubled)?.text;
}

function endOfQuoted(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}

/** The text that a text in JSON stands for. */
export function jsonText(json: string): string | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}

function isWrapped(inner: unknown): inner is Wrapped {
  return isObject(inner) || typeof inner === "string";
}

function beginsLikeOne(inner: Wrapped): boolean {
  return typeof inner !== "string" || inner.startsWith("{");
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
