/**
 * From the text of one document to a record. The format is decided per document, not per file.
 */

import { fail, ok, type Result } from "@/lib/base/result";
import { decodeHubble } from "./hubble";
import { knownButNotRead } from "./known";
import { FieldError, isObject } from "./proto-json";
import type { Decoded, RefusalCode } from "./record";

export interface Refused {
  readonly code: RefusalCode;
  readonly message: string;
}

/** Decodes a document that is already parsed JSON. */
export function decodeDocument(document: unknown): Result<Decoded, Refused> {
  if (!isObject(document)) return fail("not_a_flow", "The record is not a JSON object.");
  try {
    const decoded = decodeHubble(document);
    if (decoded !== undefined) return ok(decoded);
  } catch (error) {
    if (error instanceof FieldError) return fail("field_invalid", `${error.message}.`);
    throw error;
  }
  const known = knownButNotRead(document);
  if (known !== undefined) return fail("known_not_read", `${known}: known, not read yet.`);
  const keys = Object.keys(document).slice(0, 5).join(", ");
  return fail(
    "not_a_flow",
    keys === "" ? "An empty object." : `No flow in it: members ${keys.slice(0, 200)}.`,
  );
}

/**
 * Decodes the text of one document.
 *
 * Text before the first brace (a log prefix such as `kubectl logs --timestamps` writes) is skipped.
 */
export function decodeText(text: string): Result<Decoded, Refused> {
  const brace = text.charCodeAt(0) === 123 ? 0 : text.indexOf("{");
  if (brace < 0) return fail("not_a_record", "No JSON object in this line.");
  let document: unknown;
  try {
    document = JSON.parse(brace === 0 ? text : text.slice(brace));
  } catch (error) {
    const code = brace === 0 ? "json_invalid" : "not_a_record";
    return fail(
      code,
      `Not valid JSON: ${error instanceof Error ? jsonReason(error.message) : "unreadable"}.`,
    );
  }
  return decodeDocument(document);
}

/** V8 quotes the text in its message; the excerpt shows that already. */
function jsonReason(message: string): string {
  return message
    .replace(/, (\.\.\.)?".*$/s, "")
    .replace(/ is not valid JSON$/s, "")
    .slice(0, 200);
}
