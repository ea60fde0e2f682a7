/** A record as one line of JSON: as it is where it is one line, else re-written without losing a character that counts. */

import type { RawRecord } from "@/lib/capture/raw";
import { readCells } from "@/lib/formats/csv";

/** asIs: byte for byte. respaced: white space between JSON words went. row: a row of a table, now with its columns. */
export type Written = "asIs" | "respaced" | "row";

const LINE_FEED = 10;
const RETURN = 13;

export function toOneLine({ bytes, context }: RawRecord): {
  readonly bytes: Buffer;
  readonly written: Written;
} {
  if (context !== undefined) {
    const row = toRow(bytes.toString("utf8"), context);
    if (row !== undefined) return { bytes: Buffer.from(row), written: "row" };
  }
  if (!bytes.includes(LINE_FEED) && !bytes.includes(RETURN)) return { bytes, written: "asIs" };
  const respaced = withoutSpace(bytes);
  // Not JSON: pieces of a container's log, each a line of its own. They are given as the lines that they were.
  return isJson(respaced) ? { bytes: respaced, written: "respaced" } : { bytes, written: "asIs" };
}

function toRow(text: string, context: NonNullable<RawRecord["context"]>): string | undefined {
  const cells: unknown = context.separator === undefined ? parse(text) : readCells(text, context.separator);
  if (!Array.isArray(cells)) return undefined;
  return JSON.stringify(Object.fromEntries(context.columns.map((name, n) => [name, cells[n] ?? null])));
}

const QUOTE = 34;
const BACKSLASH = 92;
const SPACE = new Set([9, LINE_FEED, RETURN, 32]);

/** Takes white space outside of texts away. Numbers keep their digits, which parsing them could change. */
function withoutSpace(bytes: Buffer): Buffer {
  const kept = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  let isText = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (isText && byte === BACKSLASH) {
      kept[length++] = byte;
      kept[length++] = bytes[++at] ?? 0;
      continue;
    }
    if (byte === QUOTE) isText = !isText;
    if (isText || !SPACE.has(byte)) kept[length++] = byte;
  }
  return kept.subarray(0, length);
}

function isJson(bytes: Buffer): boolean {
  return parse(bytes.toString("utf8")) !== undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
