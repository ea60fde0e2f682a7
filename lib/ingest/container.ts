/**
 * Documents that hold records, walked as a stream: a batch of an Event Hub (`records[]`), an answer of Elasticsearch
 * (`hits.hits[]`), a query answer of Log Analytics (`tables[].columns` and `rows`). They can be as large as a log, so their
 * members are cut out one by one, and what stands around them is passed over.
 */

import type { ReadingContext } from "@/lib/flow/reading-context";

/**
 * `member`: a member begins here; whoever asked cuts it out and goes on behind it. `columns`: the list of a table's columns
 * begins here; the same. `end`: behind the document. `more`: all bytes were passed over. `illegal`: no JSON from here on.
 */
export type Step = "member" | "columns" | "more" | "end" | "illegal";

export interface Stepped {
  readonly step: Step;
  readonly at: number;
}

/** What a bracket opened, as far as it matters. */
type Role = "root" | "hits" | "tables" | "table" | "members" | "rows" | "columns" | "plain";

interface Frame {
  readonly role: Role;
  readonly isArray: boolean;
  /** Of an object: the name before the value that comes now. */
  key: string;
  /** Of an object: a colon was seen behind the name. */
  expectsValue: boolean;
}

const DEEPEST = 64;
/** Names that matter are shorter. */
const KEY_BYTES = 16;

const QUOTE = 34;
const BACKSLASH = 92;
const COMMA = 44;
const COLON = 58;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;

/** What a bracket behind a name opens. */
function roleOf(parent: Frame | undefined, isArray: boolean): Role {
  switch (parent?.role) {
    case undefined:
      return "root";
    case "root":
      if (isArray && parent.key === "records") return "members";
      if (isArray && parent.key === "tables") return "tables";
      return !isArray && parent.key === "hits" ? "hits" : "plain";
    case "hits":
      return isArray && parent.key === "hits" ? "members" : "plain";
    case "tables":
      return isArray ? "plain" : "table";
    case "table":
      if (isArray && parent.key === "rows") return "rows";
      return isArray && parent.key === "columns" ? "columns" : "plain";
    default:
      return "plain";
  }
}

export class ContainerScan {
  /** Of the table whose rows come now. */
  context: ReadingContext | undefined;
  private readonly frames: Frame[] = [];
  private inString: "key" | "value" | undefined;
  private isEscaped = false;
  /** In a number or word. */
  private isInLiteral = false;
  private name: number[] = [];

  /** Walks on from `start`: the document's first byte, or where the last step said, or behind a member. */
  go(bytes: Uint8Array, start: number, end: number): Stepped {
    for (let at = start; at < end; at++) {
      const byte = bytes[at] as number;
      if (this.inString !== undefined) {
        if (byte < 32) return { step: "illegal", at };
        this.takeOfString(byte);
        continue;
      }
      if (this.isInLiteral) {
        if (isOfLiteral(byte)) continue;
        this.isInLiteral = false;
        this.valueEnded();
      }
      if (byte === 32 || byte === 9 || byte === 10 || byte === 13 || byte === COMMA) continue;
      const step = this.take(byte);
      if (step === "end") return { step, at: at + 1 };
      if (step !== undefined) return { step, at };
    }
    return { step: "more", at: end };
  }

  /** The columns that stood where the step `columns` said. False when they are none. */
  takeColumns(json: string): boolean {
    let columns: unknown;
    try {
      columns = JSON.parse(json);
    } catch {
      return false;
    }
    if (!Array.isArray(columns)) return false;
    this.context = { columns: columns.map(nameOfColumn) };
    this.valueEnded();
    return true;
  }

  private take(byte: number): Step | undefined {
    const frame = this.frames.at(-1);
    if (frame?.isArray && byte !== CLOSE_BRACKET && (frame.role === "members" || frame.role === "rows"))
      return isBeginOfValue(byte) ? "member" : "illegal";
    switch (byte) {
      case OPEN_BRACE:
      case OPEN_BRACKET:
        return this.open(frame, byte === OPEN_BRACKET);
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        return this.close(frame, byte === CLOSE_BRACKET);
      case QUOTE:
        this.inString = frame === undefined || frame.isArray || frame.expectsValue ? "value" : "key";
        this.name = [];
        return frame === undefined ? "illegal" : undefined;
      case COLON:
        if (frame === undefined || frame.isArray || frame.expectsValue) return "illegal";
        frame.expectsValue = true;
        return undefined;
      default:
        if (frame === undefined || !isBeginOfValue(byte) || !(frame.isArray || frame.expectsValue))
          return "illegal";
        this.isInLiteral = true;
        return undefined;
    }
  }

  private valueEnded(): void {
    const frame = this.frames.at(-1);
    if (frame !== undefined) frame.expectsValue = false;
  }

  private open(parent: Frame | undefined, isArray: boolean): Step | undefined {
    if (parent !== undefined && !parent.isArray && !parent.expectsValue) return "illegal";
    const role = roleOf(parent, isArray);
    if (role === "columns") return "columns";
    if (this.frames.length === DEEPEST || (role === "root" && isArray)) return "illegal";
    // A flow is no container, however long.
    if (parent?.role === "root" && parent.key === "flow") return "illegal";
    if (role === "table") this.context = undefined;
    this.frames.push({ role, isArray, key: "", expectsValue: false });
    return undefined;
  }

  private close(frame: Frame | undefined, isArray: boolean): Step | undefined {
    if (frame === undefined || frame.isArray !== isArray) return "illegal";
    this.frames.pop();
    if (frame.role === "table") this.context = undefined;
    this.valueEnded();
    return this.frames.length === 0 ? "end" : undefined;
  }

  private takeOfString(byte: number): void {
    if (this.isEscaped) this.isEscaped = false;
    else if (byte === BACKSLASH) this.isEscaped = true;
    else if (byte === QUOTE) this.endString();
    if (this.inString === "key" && this.name.length < KEY_BYTES) this.name.push(byte);
  }

  private endString(): void {
    const frame = this.frames.at(-1);
    if (this.inString === "value") this.valueEnded();
    else if (frame !== undefined) frame.key = String.fromCharCode(...this.name);
    this.inString = undefined;
  }
}

function nameOfColumn(column: unknown): string {
  if (typeof column === "string") return column;
  const name = column !== null && typeof column === "object" && "name" in column ? column.name : "";
  return typeof name === "string" ? name : "";
}

/** Of any value: a bracket, a quote, a digit, a minus, a letter. */
function isBeginOfValue(byte: number): boolean {
  return byte === OPEN_BRACE || byte === OPEN_BRACKET || byte === QUOTE || isOfLiteral(byte);
}

/** Of a number, true, false or null. */
function isOfLiteral(byte: number): boolean {
  return (
    (byte >= 97 && byte <= 122) ||
    (byte >= 48 && byte <= 57) ||
    byte === 43 ||
    byte === 45 ||
    byte === 46 ||
    byte === 69
  );
}

/** Behind the text, number or word that begins at `start`; -1 when a text does not end in the bytes. */
export function endOfPlainValue(bytes: Uint8Array, start: number, end: number): number {
  let at = start + 1;
  if (bytes[start] !== QUOTE) {
    while (at < end && isOfLiteral(bytes[at] as number)) at++;
    return at;
  }
  for (; at < end; at++) {
    if (bytes[at] === BACKSLASH) at++;
    else if (bytes[at] === QUOTE) return at + 1;
  }
  return -1;
}

/** How far a document is looked into for the beginning of its members; shorter ones are decoded as a whole. */
export const SNIFFED_BYTES = 64 * 1024;

const NAMES = ['"records"', '"rows"', '"columns"', '"hits"'];

/** True when the document from `start`, which is JSON up to `end` at least, holds records. */
export function isContainer(bytes: Buffer, start: number, end: number): boolean {
  const behind = Math.min(end, start + SNIFFED_BYTES);
  const head = bytes.subarray(start, behind);
  if (!NAMES.some((name) => head.includes(name))) return false;
  const { step } = new ContainerScan().go(bytes, start, behind);
  return step === "member" || step === "columns";
}

/** A record in a document that holds several. */
export interface Member {
  readonly start: number;
  readonly end: number;
  readonly context: ReadingContext | undefined;
}

/** The members of a document that is whole and known to be JSON; undefined when they are not to be found. */
export function membersOf(bytes: Buffer, start: number, end: number): Member[] | undefined {
  const container = new ContainerScan();
  const members: Member[] = [];
  for (let at = start; ; ) {
    const { step, at: place } = container.go(bytes, at, end);
    if (step === "end") return members;
    if (step !== "member" && step !== "columns") return undefined;
    at = endOfValue(bytes, place, end);
    if (at < 0) return undefined;
    if (step === "member") members.push({ start: place, end: at, context: container.context });
    else if (!container.takeColumns(bytes.toString("utf8", place, at))) return undefined;
  }
}

function endOfValue(bytes: Buffer, start: number, end: number): number {
  if (bytes[start] !== OPEN_BRACE && bytes[start] !== OPEN_BRACKET) return endOfPlainValue(bytes, start, end);
  const { at, isOver } = new ValueSkip().go(bytes, start, end);
  return isOver ? at : -1;
}

/** Passes over one value that is too large to be looked at, whatever its depth. */
export class ValueSkip {
  private depth = 0;
  private isInString = false;
  private isEscaped = false;

  /** Goes on from `start`; `isOver` when the value ended at `at`. */
  go(bytes: Uint8Array, start: number, end: number): { readonly at: number; readonly isOver: boolean } {
    for (let at = start; at < end; at++) {
      const byte = bytes[at] as number;
      if (this.isInString) this.takeOfString(byte);
      else if (byte === QUOTE) this.isInString = true;
      else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) this.depth++;
      else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) this.depth--;
      if (this.depth <= 0 && !this.isInString) return { at: at + 1, isOver: true };
    }
    return { at: end, isOver: false };
  }

  private takeOfString(byte: number): void {
    if (this.isEscaped) this.isEscaped = false;
    else if (byte === BACKSLASH) this.isEscaped = true;
    else if (byte === QUOTE) this.isInString = false;
  }
}
