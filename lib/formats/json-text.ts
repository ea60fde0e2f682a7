/** JSON that may be none: as a value, a list, or the reason why not. */

import { spoiltBy } from "./known";

/** Undefined: it is no list. */
export function jsonList(text: string): readonly unknown[] | undefined {
  if (!text.startsWith("[")) return undefined;
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list : undefined;
  } catch {
    return undefined;
  }
}

export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** Undefined: it is no JSON. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The text of a member, which has none of its own in the file. Too deep a value for it is no record that anyone wrote. */
export function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (error instanceof RangeError) return "";
    throw error;
  }
}

/** Why a text is no JSON, and what it is instead, where that can be seen. */
export function notJson(text: string, error: unknown): string {
  const reason = error instanceof Error ? jsonReason(error.message) : "unreadable";
  return [`Not valid JSON: ${reason}.`, spoiltBy(text)].filter(Boolean).join(" ");
}

/** V8 quotes the text in its message; the excerpt shows that already. */
function jsonReason(message: string): string {
  return message
    .replace(/, (\.\.\.)?".*$/s, "")
    .replace(/ is not valid JSON$/s, "")
    .slice(0, 200);
}
