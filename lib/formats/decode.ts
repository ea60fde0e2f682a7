/**
 * From the text of one document to a record, or to the records that it holds. The format is decided per document, not per
 * file (flow-formats 10).
 */

import { fail, ok, type Result } from "@/lib/base/result";
import type { ReadingContext } from "@/lib/flow/reading-context";
import { fromPaths, holdsMembers, type Plan, planOf, rowByPaths, timeTextOf } from "./columns";
import { joinParts } from "./container-log";
import { readCells } from "./csv";
import { decodeBare, decodeEnvelope, envelopesIn } from "./hubble";
import { mayBeHubbleFlow } from "./hubble-flow";
import { decodeHubbleText } from "./hubble-text";
import { isList, jsonList, jsonOf, notJson, parsed } from "./json-text";
import {
  isRowWithoutHeader,
  type KnownFormat,
  knownButNotRead,
  knownText,
  ROW_WITHOUT_HEADER,
} from "./known";
import { mayBeRecords, recordsIn, rowByColumns, shapeOfList } from "./lists";
import { isTableOfFlows } from "./log-analytics";
import { MONGO, plainOfMongo } from "./mongo";
import { rowOfFields } from "./named-values";
import { decodeFlowRow, reading, readingSaid, settled } from "./one-record";
import { attributesOf, plainObject } from "./otel";
import { isObject, type JsonObject } from "./proto-json";
import { parsePython } from "./python";
import type { Decoded, RefusalCode, Refused, Several } from "./record";
import { cellsOf, isRule, saysTypes } from "./row-cells";
import { withoutColours } from "./terminal";
import { prefixTime } from "./text-time";
import { DEEPEST_WRAPPING, tooDeep, wayToDeep } from "./too-deep";
import {
  jsonText,
  lineOfLoki,
  loggedAt,
  loggedByFluentBit,
  MOST_LOOKED_AT,
  quotedIn,
  type Wrapped,
  wrappedIn,
} from "./wrapped";

/** A record, the records that a document holds (none for what only parts them), or why it was refused. */
export type Outcome = Result<Decoded | Several, Refused>;

/** Where a text was found: how deep in wrappers, in which member of the nearest object, and when it was logged, if they say so. */
interface Around {
  readonly level: number;
  readonly member: string | undefined;
  readonly loggedNs: bigint | undefined;
  /** True of a record that was taken in before: older versions took more for flows. */
  readonly isKept?: boolean;
}

const OUTSIDE: Around = { level: 0, member: undefined, loggedNs: undefined };
const KEPT: Around = { ...OUTSIDE, isKept: true };
const BETWEEN_RECORDS: Outcome = ok({ several: [] });

/**
 * Decodes the text of one document.
 *
 * `context` is what the file said about its rows. Text before the first brace (a log prefix such as `kubectl logs
 * --timestamps` writes) is skipped.
 */
export function decodeText(text: string, context?: ReadingContext): Outcome {
  return decodeAround(text, OUTSIDE, context);
}

/** Decodes one record again, as it was decoded when it was taken in: `nth` of those in the text, when it holds several. */
export function decodeRecord(text: string, context?: ReadingContext, nth?: number): Decoded | undefined {
  return recordOf(decodeText(text, context), nth) ?? recordOf(decodeAround(text, KEPT, context), nth);
}

function recordOf(outcome: Outcome, nth: number | undefined): Decoded | undefined {
  if (!outcome.ok) return undefined;
  if ("record" in outcome.value) return outcome.value;
  const member = outcome.value.several[nth ?? 0];
  return member?.ok ? member.value : undefined;
}

function decodeAround(whole: string, around: Around, context?: ReadingContext): Outcome {
  const text = withoutColours(whole);
  if (context?.starts !== undefined || context?.separator === "\t") {
    // A cell of theirs may be JSON without quotes around it, also the first one.
    const row = decodeRow(text, context);
    if (row?.ok || (row !== undefined && row.failure.code !== "not_a_flow")) return row;
  }
  if (BEGINS_OBJECT.test(text) && !text.startsWith('{"log":"')) return decodeJson(text, text, around);
  if (context !== undefined) {
    const row = decodeRow(text, context);
    if (row !== undefined) return row;
  }
  if (text.startsWith("[")) {
    const list = decodeListText(text, around);
    if (list !== undefined) return list;
  }
  const line = decodeLine(text, around);
  if (line.ok || context === undefined) return line;
  return misfitOf(text, context, line.failure.code) ?? line;
}

/** Of a line below a header that was refused: why it is no row, where it looks like one. */
function misfitOf(
  text: string,
  { columns, separator }: ReadingContext,
  code: RefusalCode,
): Outcome | undefined {
  const cells = separator === undefined ? undefined : readCells(text, separator);
  if (code === "not_a_record" && cells !== undefined && cells.length > 1 && cells.length !== columns.length)
    return fail("not_a_record", `A row of ${cells.length} cells below a header of ${columns.length}.`);
  return isRowWithoutHeader(text) ? fail("not_a_record", "A row that does not fit its header.") : undefined;
}

/** What stands in braces may be labels, `{app="x"} {"flow":..}`: a prefix. */
const BEGINS_OBJECT = /^\{(?![A-Za-z_]\w*=)/;

/** A list that holds records; undefined for a log prefix such as `[pod/web]`, and for a list of anything else. */
function decodeListText(text: string, around: Around): Outcome | undefined {
  if (DEEP_LIST.test(text)) return tooDeep();
  const list = jsonList(text);
  const row = list === undefined ? undefined : rowOfFields(list);
  if (row !== undefined) return decodeDocument(row, undefined, around);
  const outcome = list?.some(mayBeRecord) ? decodeList(list, around) : undefined;
  return outcome !== undefined && holdsRecord(outcome) ? outcome : undefined;
}

const DEEP_LIST = /^(?:\[\s*){4}(?:\{|"\{)/;

function mayBeRecord(item: unknown): boolean {
  return typeof item === "string" ? item.startsWith("{") : item !== null && typeof item === "object";
}

/** A line of text: perhaps of a container runtime, perhaps with a record behind a prefix, perhaps for people. */
function decodeLine(text: string, around: Around): Outcome {
  const joined = joinParts(text);
  if (joined !== undefined) {
    if (!joined.isWhole && !isComplete(joined.text))
      return fail("torn", "The last part of the line is missing.");
    return decodeWithin(
      joined.text,
      joined.loggedNs,
      text.startsWith("{") ? { ...around, member: "log" } : around,
    );
  }
  const quoted = text.startsWith('"') ? jsonText(text) : undefined;
  if (quoted !== undefined) return decodeWithin(quoted.trimEnd(), undefined, around);
  if (BEGINS_OBJECT.test(text)) return decodeJson(text, text, around);
  const behind = decodeBehind(text, around);
  if (behind?.ok) return behind;
  if (isRowWithoutHeader(text)) return knownFormat(ROW_WITHOUT_HEADER);
  if (behind !== undefined && !NOT_JSON.has(behind.failure.code)) return behind;
  const printed = decodeHubbleText(text, prefixTime(text) ?? around.loggedNs);
  if (printed !== undefined) return printed === "none" ? BETWEEN_RECORDS : ok(printed);
  const known = knownText(text);
  if (known !== undefined) return knownFormat(known);
  if (behind !== undefined) return noRecord(behind.failure.message, around);
  return fail(
    "not_a_record",
    around.member === undefined
      ? "No JSON object in this line."
      : `A log line whose "${around.member}" holds no flow record.`,
  );
}

/**
 * A record behind a prefix: from the first brace, or where that belongs to labels (`{app="x"} {"flow":..}`), from the first with a
 * name; to the end of the line, or to the last brace where text stands behind it.
 */
function decodeBehind(text: string, around: Around): Outcome | undefined {
  const brace = text.indexOf("{");
  if (brace < 0) return undefined;
  const behind = decodeJson(text.slice(brace), text, around);
  if (behind.ok || !NOT_JSON.has(behind.failure.code)) return behind;
  const [named, last] = [text.indexOf('{"', brace + 1), text.lastIndexOf("}") + 1];
  for (const from of [named, brace]) {
    if (from < 0 || from >= last || (from === brace && last === text.length)) continue;
    const further = decodeJson(text.slice(from, last), text, around);
    if (further.ok) return further;
  }
  const quoted = quotedIn(text);
  const inner = quoted === undefined ? undefined : decodeWithin(quoted, undefined, around);
  return inner?.ok ? inner : behind;
}

const NOT_JSON: ReadonlySet<string> = new Set(["json_invalid", "not_a_record"]);

function isComplete(text: string): boolean {
  return /[})]\s*$/.test(text);
}

function decodeWithin(text: string, loggedNs: bigint | undefined, around: Around): Outcome {
  if (around.level === DEEPEST_WRAPPING) return tooDeep();
  const inside = { ...around, level: around.level + 1, loggedNs: loggedNs ?? around.loggedNs };
  const inner = decodeHeld(text, inside);
  return inner.ok || inner.failure.code !== "json_invalid" ? inner : noRecord(inner.failure.message, inside);
}

/** A text within a document: a record, or several behind each other. */
function decodeHeld(text: string, around: Around): Outcome {
  const outcome = decodeAround(text, around);
  if (!outcome.ok) return text.includes("{") ? (decodePieces(text, around) ?? outcome) : outcome;
  // Of what is printed for people, each line is a record; one of `dict` is several lines.
  const isLine = "record" in outcome.value && LINE_FORMATS.has(outcome.value.format);
  return isLine && text.includes("\n") ? (decodePieces(text, around) ?? outcome) : outcome;
}

const LINE_FORMATS: ReadonlySet<string> = new Set(["hubble-compact", "hubble-table"]);

/** Records behind each other in a text: on lines, or on one. What else is in it is refused, piece by piece. */
function decodePieces(text: string, around: Around): Outcome | undefined {
  const pieces = text
    .split(PIECES, MOST_PIECES + 1)
    .map(withoutSeparators)
    .filter((piece) => piece !== "");
  if (pieces.length < 2) return undefined;
  const several = pieces.slice(0, MOST_PIECES).flatMap((piece): Result<Decoded, Refused>[] => {
    const outcome = decodeAround(piece, around);
    if (!outcome.ok) return [outcome];
    if ("several" in outcome.value) return [...outcome.value.several];
    return [ok({ identity: piece, ...outcome.value })];
  });
  if (pieces.length > MOST_PIECES) several.push(fail("too_long", "More records in one text than are read."));
  return several.some(({ ok }) => ok) ? ok({ several }) : undefined;
}

function withoutSeparators(piece: string): string {
  let end = piece.length;
  while (end > 0 && " \t,".includes(piece[end - 1] as string)) end--;
  return piece.slice(0, end).trimStart();
}

/** Where a line ends, or a record of Hubble's exporter begins behind another. */
const PIECES = /[\r\n]+|(?=\{"flow":)(?<=\}[\s,]{0,9})/;
const MOST_PIECES = 10_000;

/** Why what looks like a record is none. Of a text in a wrapper: the line itself was good JSON. */
function noRecord(reason: string, { level }: Around): Outcome {
  return fail("not_a_record", level === 0 ? reason : `In the log line: ${reason}`);
}

function knownFormat({ name, instead }: KnownFormat): Outcome {
  return fail("known_not_read", [`${name}: known, not read yet.`, instead].filter(Boolean).join(" "));
}

/** `whole` is the text of the record: of a row it is part of its identity. */
function decodeJson(text: string, whole: string, around: Around): Outcome {
  let document: unknown;
  try {
    document = JSON.parse(text, text.includes(MONGO) ? plainOfMongo : undefined);
  } catch (error) {
    if (text.startsWith('{\\"')) return decodeEscaped(text, error, around);
    document = OF_PYTHON.test(text) ? parsePython(text) : undefined;
    if (document === undefined) return fail("json_invalid", notJson(text, error));
  }
  return decodeDocument(document, whole, around);
}

/** A record whose quotes are escaped, as it stands in a text of another one: `{\"flow\":..}`. */
function decodeEscaped(text: string, error: unknown, around: Around): Outcome {
  const inner = jsonText(`"${text}"`);
  return inner === undefined
    ? fail("json_invalid", notJson(text, error))
    : decodeWithin(inner, undefined, around);
}

/** A dictionary, or JSON as Python writes it of numbers that are none. */
const OF_PYTHON = /^\{'|[:[,]\s*-?(?:NaN|Infinity)\s*[,}\]]/;

/** Decodes a document that is already parsed JSON. `whole` is its text, where it stands as such in the file. */
function decodeDocument(document: unknown, whole: string | undefined, around: Around): Outcome {
  if (Array.isArray(document)) return decodeList(document, around);
  if (!isObject(document)) return fail("not_a_flow", "The record is not a JSON object.");
  return (
    decodeEnvelopes(document, around) ??
    decodePaths(document, around) ??
    reading(() => decodeFlowRow(document, whole)) ??
    readingSaid(document, decodeBare) ??
    decodeOther(document, around)
  );
}

/** A database may hold the flow as the text of its JSON, and whoever wraps one twice has its envelope in its place. */
function withFlowOfText(document: JsonObject): JsonObject {
  if (isObject(document.flow) && isObject(document.flow.flow)) return document.flow;
  if (typeof document.flow !== "string" || !document.flow.startsWith("{")) return document;
  const flow = parsed(document.flow);
  return isObject(flow) ? { ...document, flow } : document;
}

/** A record whose members are named by their paths. */
function decodePaths(document: JsonObject, around: Around): Outcome | undefined {
  const whole = settled(() => (knownButNotRead(document) === undefined ? fromPaths(document) : undefined));
  if (!whole.ok) return whole;
  return whole.value && decodeDocument(whole.value, undefined, around);
}

/** The record of an envelope. One that has several members of which Hubble writes one each is several, and may stand before a list. */
function decodeEnvelopes(document: JsonObject, around: Around): Outcome | undefined {
  const envelopes = envelopesIn(withFlowOfText(document));
  const [first] = envelopes;
  if (first === undefined) return undefined;
  if (!around.isKept && isObject(first.flow) && !mayBeHubbleFlow(first.flow)) return undefined;
  const list = first.flow === undefined ? (recordsIn(document) ?? []) : [];
  if (list.length > envelopes.length) return decodeList(list, around);
  return envelopes.length > 1 ? decodeList(envelopes, around) : readingSaid(first, decodeEnvelope);
}

/** A row of a table, as an object by its columns. Undefined when the text has not as many cells. */
function decodeRow(text: string, context: ReadingContext): Outcome | undefined {
  const { columns } = context;
  if (isRule(text)) return BETWEEN_RECORDS;
  const cells = cellsOf(text, context);
  if (cells === undefined) return undefined;
  if (saysTypes(context, cells)) return BETWEEN_RECORDS;
  const plan = isTableOfFlows(columns) ? undefined : planOf(columns);
  const planned = plan && decodePlanned(plan, cells);
  return planned ?? decodeDocument(rowByColumns(columns, cells), text, OUTSIDE);
}

/** A row whose columns are members of a record; undefined when their cells are empty: it may hold a record in another cell. */
function decodePlanned(plan: Plan, cells: readonly unknown[]): Outcome | undefined {
  const row = settled(() => rowByPaths(plan, cells));
  if (!row.ok) return row;
  if (!holdsMembers(row.value)) return undefined;
  const outcome = decodeDocument(row.value, undefined, OUTSIDE);
  const flow =
    outcome.ok && "record" in outcome.value && outcome.value.record.kind === "flow"
      ? outcome.value.record.flow
      : undefined;
  if (flow !== undefined && flow.timeNs === undefined) flow.timeText ??= timeTextOf(plan, cells);
  return outcome;
}

/** What is no record itself: a known format, a wrapper, a list of records, or nothing known. */
function decodeOther(document: JsonObject, around: Around): Outcome {
  const known = knownButNotRead(document);
  if (known !== undefined) return knownFormat(known);
  const apart = plainObject(document);
  if (apart !== undefined) return decodeDocument(apart, undefined, around);
  const inner = decodeWrapped(document, around);
  if (inner?.ok) return inner;
  const attributes = attributesOf(document);
  const parsedInto =
    attributes && decodeDocument(attributes, undefined, { ...around, level: around.level + 1 });
  if (parsedInto !== undefined && holdsRecord(parsedInto)) return parsedInto;
  const list = recordsIn(document);
  if (list !== undefined) return decodeList(list, around);
  const found = findWrapped(document, around) ?? inner;
  if (found?.ok) return found;
  const deep = around.level === 0 ? wayToDeep(document) : undefined;
  if (deep !== undefined) return tooDeep(deep);
  if (found !== undefined) return found;
  const keys = Object.keys(document).slice(0, 5).join(", ");
  return fail(
    "not_a_flow",
    keys === "" ? "An empty object." : `No flow in it: members ${keys.slice(0, 200)}.`,
  );
}

function decodeList(list: readonly unknown[], around: Around): Outcome {
  if (around.level === DEEPEST_WRAPPING) return tooDeep();
  const row = rowOfFields(list);
  if (row !== undefined) return decodeDocument(row, undefined, around);
  const logged = loggedByFluentBit(list);
  if (logged !== undefined) return decodeDocument(logged, undefined, around);
  const line = lineOfLoki(list);
  if (line !== undefined) return decodeWithin(line, undefined, around);
  const inside = { ...around, level: around.level + 1 };
  const several: Result<Decoded, Refused>[] = [];
  for (const item of list) {
    const outcome =
      typeof item === "string" ? decodeHeld(item, inside) : decodeDocument(item, undefined, inside);
    if (!outcome.ok) several.push(outcome);
    else if ("record" in outcome.value) several.push(ok({ identity: jsonOf(item), ...outcome.value }));
    else for (const member of outcome.value.several) several.push(member);
  }
  return ok({ several });
}

/** The first member that holds a record decides; else the first that says why it cannot be read. */
function decodeWrapped(document: JsonObject, around: Around): Outcome | undefined {
  let failed: Outcome | undefined;
  for (const held of wrappedIn(document).known) {
    if (around.level === DEEPEST_WRAPPING) return tooDeep();
    const outcome = decodeInner(held.member, held.inner, document, around);
    if (outcome.ok) return outcome;
    if (failed === undefined || (!failed.ok && failed.failure.code.startsWith("not_a"))) failed = outcome;
  }
  return failed;
}

/**
 * Records in members of any other names, or in lists there. What is no record there, or an empty list, says nothing about the
 * document. A record that a shipper has twice, as text and parsed, is one.
 */
function findWrapped(document: JsonObject, around: Around): Outcome | undefined {
  if (around.level === DEEPEST_WRAPPING) return undefined;
  const found = new Map<string, Result<Decoded, Refused>>();
  const none: (readonly [member: string, list: readonly unknown[]])[] = [];
  let last: Outcome | undefined;
  for (const [nth, { member, inner }] of wrappedIn(document).others.entries()) {
    if (nth === MOST_LOOKED_AT && last === undefined) break;
    const outcome = isList(inner) ? decodeList(inner, around) : decodeInner(member, inner, document, around);
    if (!outcome.ok || !holdsRecord(outcome)) {
      if (isList(inner)) none.push([member, inner]);
      continue;
    }
    last = outcome;
    if ("record" in outcome.value) {
      const identity = jsonOf(typeof inner === "string" ? (parsed(inner) ?? inner) : inner);
      found.set(identity, ok({ identity, ...outcome.value }));
    } else for (const [nth, each] of outcome.value.several.entries()) found.set(`${member} ${nth}`, each);
  }
  const refused =
    last?.ok && "several" in last.value ? none.flatMap(([name, list]) => refusedIn(name, list, around)) : [];
  return found.size + refused.length > 1 ? ok({ several: [...found.values(), ...refused] }) : last;
}

/** A list of objects beside one of records: what is no record in it is told of, unless it says something of the answer. */
function refusedIn(name: string, list: readonly unknown[], around: Around): Result<Decoded, Refused>[] {
  if (shapeOfList(name, undefined) === undefined) return [];
  const outcome = decodeList(mayBeRecords(list).filter(isNotEmpty), around);
  return outcome.ok && "several" in outcome.value ? [...outcome.value.several] : [];
}

function isNotEmpty(item: unknown): boolean {
  return !isObject(item) || Object.keys(item).length > 0;
}

function holdsRecord(outcome: Outcome): boolean {
  return outcome.ok && ("record" in outcome.value || outcome.value.several.some(({ ok }) => ok));
}

function decodeInner(member: string, inner: Wrapped, document: JsonObject, around: Around): Outcome {
  const inside = { ...around, member, loggedNs: loggedAt(document) ?? around.loggedNs };
  return typeof inner === "string"
    ? decodeWithin(inner.trimEnd(), undefined, inside)
    : decodeDocument(inner, undefined, { ...inside, level: around.level + 1 });
}
