/**
 * Documents that hold records (lib/formats/lists.ts), walked as a stream. They can be as large as a log, so their members are
 * cut out one by one, and what stands around them is passed over.
 */

import type { ReadingContext } from "@/lib/flow/reading-context";
import { DOCUMENT, LIST_NAMES, type List, nameOfColumn, type Shape, shapeOfList } from "@/lib/formats/lists";

/**
 * `member`: a member begins here; whoever asked cuts it out and goes on behind it. `columns`: the list of a table's columns
 * begins here; the same. `end`: behind the document. `more`: all bytes up to here were passed over. `illegal`: no JSON from here on.
 */
export type Step = "member" | "columns" | "more" | "end" | "illegal";

export interface Stepped {
  readonly step: Step;
  readonly at: number;
}

interface Frame {
  readonly shape: Shape | undefined;
  readonly isArray: boolean;
  /** Of an object: the name before the value that comes now. */
  key: string;
  /** Of an object: a colon was seen behind the name. */
  expectsValue: boolean;
}

const DEEPEST = 64;
/** Names that matter are shorter. */
const KEY_BYTES = 24;

const QUOTE = 34;
const BACKSLASH = 92;
const COMMA = 44;
const COLON = 58;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;

/** Of a value that begins within a frame. */
function shapeIn(parent: Frame | undefined): Shape | undefined {
  if (parent === undefined) return DOCUMENT;
  if (!parent.isArray) return memberOf(parent.shape, parent.key);
  const list = parent.shape?.list;
  if (list?.of === "others") return parent.shape;
  return list?.of === "objects" ? list.each : undefined;
}

function memberOf(shape: Shape | undefined, name: string): Shape | undefined {
  const members = shape?.members;
  return members !== undefined && Object.hasOwn(members, name) ? members[name] : undefined;
}

function listOf(frame: Frame | undefined): List | undefined {
  return frame?.isArray ? frame.shape?.list : undefined;
}

function hasOwnColumns(frame: Frame): boolean {
  const list = listOf(frame);
  return list?.of === "rows" && list.columns !== undefined;
}

/** True of an object whose rows have columns that stand beside them. */
function isTable({ shape, isArray }: Frame): boolean {
  return !isArray && (shape?.members?.columns ?? shape?.members?.Columns) !== undefined;
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
      if (byte === QUOTE && listOf(this.frames.at(-1))?.of === "others") {
        // It says with its first character whether it may be a record.
        if (at + 1 >= end) return { step: "more", at };
        if (bytes[at + 1] === OPEN_BRACE) return { step: "member", at };
      }
      const step = this.take(byte);
      if (step === "end") return { step, at: at + 1 };
      if (step !== undefined) return { step, at };
    }
    return { step: "more", at: end };
  }

  /** False of a record that stands by its own name, or in a list of another name than those that are known. */
  get isInKnownList(): boolean {
    const list = listOf(this.frames.at(-1));
    return list?.of === "records" || list?.of === "rows";
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
    const list = listOf(frame)?.of;
    if (byte !== CLOSE_BRACKET && (list === "records" || list === "rows"))
      return isBeginOfValue(byte) ? "member" : "illegal";
    if (byte === OPEN_BRACE && this.isRecord(frame)) return "member";
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

  /** An object that is a record: in a list of another name, or by its own name. */
  private isRecord(frame: Frame | undefined): boolean {
    if (listOf(frame)?.of === "others") return true;
    if (frame === undefined || !frame.expectsValue || !shapeIn(frame)?.isRecord) return false;
    this.valueEnded();
    return true;
  }

  private valueEnded(): void {
    const frame = this.frames.at(-1);
    if (frame !== undefined) frame.expectsValue = false;
  }

  private open(parent: Frame | undefined, isArray: boolean): Step | undefined {
    if (parent !== undefined && !parent.isArray && !parent.expectsValue) return "illegal";
    const known = shapeIn(parent);
    const isOfDocument = isArray && this.frames.length === 1 && parent !== undefined;
    const shape = isOfDocument ? shapeOfList(parent.key, known) : known;
    const list = isArray ? shape?.list : undefined;
    if (list?.of === "columns") return "columns";
    if (this.frames.length === DEEPEST || (parent === undefined && isArray)) return "illegal";
    // A flow is no container, however long.
    if (this.frames.length === 1 && parent?.key === "flow") return "illegal";
    const frame = { shape, isArray, key: "", expectsValue: false };
    if (isTable(frame)) this.context = undefined;
    if (list?.of === "rows" && list.columns !== undefined) this.context = list.columns;
    this.frames.push(frame);
    return undefined;
  }

  private close(frame: Frame | undefined, isArray: boolean): Step | undefined {
    if (frame === undefined || frame.isArray !== isArray) return "illegal";
    this.frames.pop();
    if (isTable(frame) || hasOwnColumns(frame)) this.context = undefined;
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

const NAMES = LIST_NAMES.map((name) => `"${name}"`);

/** True when the document from `start`, which is JSON up to `end` at least, holds records in a list of a known name. */
export function isContainer(bytes: Buffer, start: number, end: number): boolean {
  const behind = Math.min(end, start + SNIFFED_BYTES);
  const head = bytes.subarray(start, behind);
  if (!NAMES.some((name) => head.includes(name))) return false;
  const container = new ContainerScan();
  for (let at = start; ; ) {
    const { step, at: place } = container.go(bytes, at, behind);
    if (step === "columns" || (step === "member" && container.isInKnownList)) return true;
    if (step !== "member") return false;
    at = endOfValue(bytes, place, behind);
    if (at < 0) return false;
  }
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
