/**
 * Records whose members are columns, as converters make them of Hubble's JSON: jq, pandas' `json_normalize`, DuckDB, BigQuery, custom
 * tables of Log Analytics, Kibana. A column is named by its path, `flow.source.namespace` or `flow_source_namespace`, perhaps behind
 * what the store put before all of them; a cell is a value, or the JSON of one.
 */

import { formatTime } from "@/lib/base/time";
import { parsed } from "./json-text";
import { ANY, ENVELOPE, FLOW, type Message, type Node } from "./members-of-flow";
import { FieldError, isObject, type JsonObject } from "./proto-json";
import { parsePython } from "./python";
import { parseTableTime, zoneOfColumn } from "./table-time";

/** Where a column's cells belong in the record. */
export interface Column {
  readonly name: string;
  readonly path: readonly string[];
  readonly node: Node;
}

/** What the columns of a table mean; undefined for those that are no member. */
export type Plan = readonly (Column | undefined)[];

const MOST_COLUMNS = 1000;
const LONGEST_NAME = 200;
/** What may stand before all paths is looked for in so many columns. */
const MOST_TRIES = 4;
/** What parts the names of a path. */
const PART = /^(?:\.|__?|\/)/;
const INDEX = /^(?:(?:\.|__?|\/)(\d{1,3})|\[(\d{1,3})\])(?=$|[._/[])/;
/** What stores put behind a name: the type of its values (Log Analytics), or how it is indexed (Elasticsearch). */
const BEHIND = /^(?:\{\})?(?:_[sdbtgl]|\.(?:keyword|raw|text))?$/;
/** Splunk's mark of a list: what stands behind it is of its members. */
const MEMBERS = /^\{\}(?=[._/])/;
const ZONE = /\s*\[(?!\d)[^\]]*\]\s*$/;

/** Quick to say no: every row of other tables and every bare flow is asked. */
const MAY_BE_PATH =
  /(?:^|[._/@])(?:flow|source|destination|IP|l4|l7|event_?type|lost_?events|node_?status|agent_?event|debug_?event)[._/[]/i;
const asked = new Map<string, boolean>();

function mayBePath(name: string): boolean {
  if (name.length > LONGEST_NAME) return false;
  let may = asked.get(name);
  if (may === undefined) {
    if (asked.size >= MOST_COLUMNS) asked.clear();
    may = MAY_BE_PATH.test(name);
    asked.set(name, may);
  }
  return may;
}

const plans = new WeakMap<readonly string[], { readonly plan: Plan | undefined }>();

/** The plan of a table. Its columns are one list for all its rows. */
export function planOf(columns: readonly string[]): Plan | undefined {
  let known = plans.get(columns);
  if (known === undefined) {
    known = { plan: newPlan(columns, true) };
    plans.set(columns, known);
  }
  return known.plan;
}

/** True when the row holds a record, not only what stands around one. */
export function holdsMembers(row: JsonObject): boolean {
  return Object.keys(row).some((name) => !AROUND.has(name));
}

/** A document whose members are named by paths, put together; undefined when it is none. */
export function fromPaths(document: JsonObject): JsonObject | undefined {
  let may = false;
  for (const name in document) may ||= mayBePath(name);
  if (!may) return undefined;
  const plan = planOfDocument(Object.keys(document));
  const row = plan && rowByPaths(plan, Object.values(document));
  return row !== undefined && holdsMembers(row) ? row : undefined;
}

/** Documents of one log have the same names again and again. */
const plansOfDocuments = new Map<string, Plan | undefined>();
const MOST_PLANS = 100;

function planOfDocument(names: readonly string[]): Plan | undefined {
  const key = names.join("\n");
  if (plansOfDocuments.has(key)) return plansOfDocuments.get(key);
  const plan = newPlan(names, false);
  if (plansOfDocuments.size >= MOST_PLANS) plansOfDocuments.clear();
  if (key.length <= LONGEST_NAME * MOST_PLANS) plansOfDocuments.set(key, plan);
  return plan;
}

function newPlan(columns: readonly string[], isTable: boolean): Plan | undefined {
  if (columns.length > MOST_COLUMNS) return undefined;
  return planOfEnvelope(columns, isTable) ?? planOfFlow(columns, isTable);
}

/** What stands before the path of the record's own members. */
const ENVELOPED =
  /^(.*?[._/@])??(?=(?:flow|lost_?events|node_?status|agent_?event|debug_?event)(?:[._/[]|$))/i;

function planOfEnvelope(columns: readonly string[], isTable: boolean): Plan | undefined {
  const tried = new Set<string>();
  for (const column of columns) {
    const found = column.length > LONGEST_NAME ? null : ENVELOPED.exec(column);
    const before = found?.[1] ?? "";
    if (found === null || tried.has(before)) continue;
    if (tried.size === MOST_TRIES) break;
    tried.add(before);
    const plan = columns.map((name) => columnOf(name, ENVELOPE, before, false));
    if (isEnvelope(plan, isTable)) return plan;
  }
  return undefined;
}

/** `flow_type` alone may be anything; `flow.type` is not. A flow may be one cell of a table, beside its time or node. */
function isEnvelope(plan: Plan, isTable: boolean): boolean {
  const columns = plan.filter((column) => column !== undefined);
  const own = columns.filter(({ path }) => !AROUND.has(path[0] ?? ""));
  const members = own.filter(({ path }) => path.length > 1);
  if (members.length > 1 || members.some(({ name }) => name.includes("."))) return true;
  return isTable && own.length > members.length && columns.length > own.length;
}

const AROUND: ReadonlySet<string> = new Set(["time", "node_name", "nodeName"]);

/** Its rows have names of their own (log-analytics.ts), some of them as these when written apart. */
const OF_LOG_ANALYTICS = /^time[_ -]?generated\b/i;

const SAYS: ReadonlySet<string> = new Set(["verdict", "event_type", "eventType"]);

/** Of a flow without its envelope all names are as Hubble writes them, for want of a better sign. */
function planOfFlow(names: readonly string[], isTable: boolean): Plan | undefined {
  if (names.some((name) => OF_LOG_ANALYTICS.test(name))) return undefined;
  const plan = names.map((name) => columnOf(name, FLOW, "", true));
  const columns = plan.filter((column) => column !== undefined);
  if (!columns.some(({ path }) => SAYS.has(path[0] ?? ""))) return undefined;
  const isTimed = columns.some(({ node }) => node.kind === "time");
  const timed = isTimed ? plan : plan.map((column, index) => column ?? timestampOf(names[index]));
  const hasTime = isTimed || names.includes("timestamp");
  const isFlow = columns.some(
    ({ path, node }) => path.length > 1 || (isTable && node.kind === "message" && hasTime),
  );
  return isFlow ? timed : undefined;
}

function timestampOf(name: string | undefined): Column | undefined {
  return name === "timestamp" ? { name, path: ["time"], node: { kind: "time" } } : undefined;
}

function columnOf(name: string, root: Message, before: string, isExact: boolean): Column | undefined {
  if (name.length > LONGEST_NAME) return undefined;
  const plain = name.trim().replace(ZONE, "");
  if (!plain.startsWith(before)) return undefined;
  const found = inMessage(plain.slice(before.length), root, [], isExact);
  return found && { name, ...found };
}

/** A column that is a member of another one, as its path says behind the other's name. */
export function columnWithin(name: string, holder: string, rest: string, node: Node): Column | undefined {
  const found = rest === "" || name.length > LONGEST_NAME ? undefined : inNode(rest, node, [holder], false);
  return found && { name, ...found };
}

type Found = Pick<Column, "path" | "node">;

function inNode(rest: string, node: Node, path: readonly string[], isExact: boolean): Found | undefined {
  if (BEHIND.test(rest)) return { path, node };
  if (node.kind === "list") {
    if (MEMBERS.test(rest)) return inNode(rest.slice(2), node.each, [...path, "0"], isExact);
    const index = INDEX.exec(rest);
    if (index === null) return undefined;
    return inNode(rest.slice(index[0].length), node.each, [...path, index[1] ?? index[2] ?? ""], isExact);
  }
  const part = PART.exec(rest)?.[0];
  if (part === undefined) return undefined;
  const inner = rest.slice(part.length);
  const found = node.kind === "message" ? inMessage(inner, node, path, isExact) : undefined;
  if (found !== undefined || (node.kind !== "message" && node.kind !== "any")) return found;
  // A member that is not known, such as one of a newer Cilium. Only dots say where its names end.
  return part === "." && !isExact ? { path: [...path, ...inner.split(part)], node: ANY } : undefined;
}

function inMessage(
  text: string,
  { members }: Message,
  path: readonly string[],
  isExact: boolean,
): Found | undefined {
  const lower = text.toLowerCase();
  for (const [name, node] of members) {
    if (isExact ? !text.startsWith(name) : !lower.startsWith(name.toLowerCase())) continue;
    const found = inNode(text.slice(name.length), node, [...path, name], isExact);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The record of a row. Throws FieldError when a cell has a value that its member cannot have. */
export function rowByPaths(plan: Plan, cells: readonly unknown[]): JsonObject {
  const whole: Made = Object.create(null);
  const lists: (readonly [holder: Made, name: string])[] = [];
  for (const [index, column] of plan.entries()) {
    const value = column && valueIn(column, cells[index]);
    if (column !== undefined && value !== undefined) put(whole, column, value, lists);
  }
  // Members of lists were put by their numbers.
  for (const [holder, name] of lists.reverse()) holder[name] = Object.values(holder[name] ?? {});
  return whole;
}

/** The time as it was written, of a row whose time cannot be read. */
export function timeTextOf(plan: Plan, cells: readonly unknown[]): string | undefined {
  const at = plan.findIndex((column, index) => column?.path.at(-1) === "time" && isSaid(cells[index]));
  return at < 0 ? undefined : String(cells[at]).trim().slice(0, 100);
}

type Made = Record<string, unknown>;

function put(whole: Made, { path, node }: Column, value: unknown, lists: (readonly [Made, string])[]): void {
  let at = whole;
  for (const [depth, name] of path.slice(0, -1).entries()) {
    const isList = /^\d/.test(path[depth + 1] ?? "") && node.kind !== "any";
    const inner = at[name] ?? Object.create(null);
    if (!isMade(inner)) return;
    if (at[name] === undefined && isList) lists.push([at, name]);
    at[name] = inner;
    at = inner;
  }
  at[path.at(-1) ?? ""] ??= value;
}

/** One that was made here, and so may be written to. */
function isMade(value: unknown): value is Made {
  return isObject(value) && Object.getPrototypeOf(value) === null;
}

/** What stands for nothing in one export or another. */
const NOTHING: ReadonlySet<string> = new Set([
  "",
  "None",
  "null",
  "NULL",
  "NaN",
  "nan",
  "<NA>",
  "(null)",
  "-",
]);

function isSaid(cell: unknown): boolean {
  return cell !== null && cell !== undefined && !(typeof cell === "string" && NOTHING.has(cell.trim()));
}

function valueIn({ name, node }: Column, cell: unknown): unknown {
  if (!isSaid(cell)) return undefined;
  if (typeof cell !== "string") return alone(cell, node);
  const text = cell.trim();
  switch (node.kind) {
    case "text":
      return text;
    case "number":
      return wholeNumber(text);
    case "truth":
      return truthOf(text);
    case "time":
      return timeOf(text, name);
    case "list":
      return listIn(text, node.each, name);
    case "message":
      return /^[{[]/.test(text) ? inText(text, name) : text;
    case "any":
      return jsonOr(text);
  }
}

/** Elasticsearch's `fields` are lists, also of one value. */
function alone(cell: unknown, { kind }: Node): unknown {
  return Array.isArray(cell) && cell.length === 1 && kind !== "list" && kind !== "any" ? cell[0] : cell;
}

/** Spreadsheets and data frames write `42.0` and `1,234`. */
function wholeNumber(text: string): string {
  const whole = text.replace(/\.0+$/, "");
  return /^\d{1,3}(?:,\d{3})+$/.test(whole) ? whole.replaceAll(",", "") : whole;
}

function truthOf(text: string): unknown {
  if (/^(?:true|t|1)$/i.test(text)) return true;
  return /^(?:false|f|0)$/i.test(text) ? false : text;
}

/** A time without a zone is UTC, as Hubble wrote it, unless the column says otherwise. */
function timeOf(text: string, column: string): string {
  const ns = parseTableTime(text, ZONE.test(column) ? zoneOfColumn(column) : 0);
  return ns === undefined ? text : formatTime(ns);
}

function jsonOr(text: string): unknown {
  return /^[{[]/.test(text) ? (parsed(text) ?? text) : text;
}

/** JSON, or what Python prints in its place. */
function inText(text: string, name: string): unknown {
  const value = parsed(text) ?? parsePython(text);
  if (value === undefined) throw new FieldError(name, "JSON", text);
  return value;
}

/** A list of texts may be written without quotes: `[a, b]`, `{a,b}` as databases print it, `a, b` as Kibana joins it, lines as Splunk has them. */
function listIn(text: string, each: Node, name: string): unknown {
  if (each.kind === "any" && !/^[{[]/.test(text)) return [text];
  if (each.kind !== "text" || /^[{[]\s*(?:["'{]|[\]}]$)/.test(text)) {
    const value = /^[{[]/.test(text) ? inText(text, name) : text;
    return isObject(value) && Object.keys(value).length === 0 ? [] : value;
  }
  const items = /^(?:\[.*\]|\{.*\})$/s.test(text) ? text.slice(1, -1) : text;
  if (/["'[\]{}]/.test(items)) throw new FieldError(name, "a list of texts", text);
  return items.split(/,\s*|\n/);
}
