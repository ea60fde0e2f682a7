/**
 * Finds Hubble's FlowFilters in a text: as `hubble observe --print-raw-filters` prints them, as `hubble-export-allowlist` and
 * the chart's values hold them (one object behind the other, with commas, white space or line ends between), or as a JSON
 * document with such lists. What stands before an object says whether it allows or denies; nothing means allow.
 */

import { ok, type Result } from "@/lib/base/result";
import { type CommandFailure, commandFailed, type FailedCommand } from "./command-failure";

export type RawFilter = Readonly<Record<string, unknown>>;

export interface RawFilters {
  readonly allow: readonly RawFilter[];
  readonly deny: readonly RawFilter[];
}

export type FlowFilterResult<Value> = Result<Value, CommandFailure>;

const MOST_CHARACTERS = 65_536;
const HEADING = /\b(?:hubble-export-)?(allow|include|deny|exclude)-?_?(?:list|filters)\b/i;

/** True for text that holds FlowFilters rather than a filter of ours: no term of ours begins with a brace. */
export function looksLikeFlowFilters(text: string): boolean {
  if (/^[\s'"[,-]*\{\s*["}]/.test(text)) return true;
  return HEADING.test(text) && text.includes("{");
}

export function readFlowFilters(text: string): FlowFilterResult<RawFilters> {
  if (text.length > MOST_CHARACTERS)
    return commandFailed(`FlowFilters have at most ${MOST_CHARACTERS} characters.`);
  const found = { allow: [] as RawFilter[], deny: [] as RawFilter[] };
  let list: keyof RawFilters = "allow";
  let at = 0;
  for (let open = text.indexOf("{"); open >= 0; open = text.indexOf("{", at)) {
    list = headingIn(text.slice(at, open)) ?? list;
    const end = endOfObject(text, open);
    if (end === undefined) return commandFailed("A FlowFilter has no end: a closing brace is missing.");
    const problem = keep(text.slice(open, end), text[open - 1] === "'", list, found);
    if (problem !== undefined) return problem;
    at = end;
  }
  if (found.allow.length + found.deny.length === 0)
    return commandFailed("There is no FlowFilter in this text.");
  return ok(found);
}

/** The last list that a piece of text names. */
function headingIn(text: string): keyof RawFilters | undefined {
  const words = [...text.matchAll(new RegExp(HEADING.source, "gi"))].map(([, word = ""]) =>
    word.toLowerCase(),
  );
  const last = words.at(-1);
  return last === undefined ? undefined : listOf(last);
}

function listOf(word: string): keyof RawFilters {
  return word === "allow" || word === "include" ? "allow" : "deny";
}

/** Behind the brace that closes the one at `open`; braces inside JSON texts do not count. */
function endOfObject(text: string, open: number): number | undefined {
  let depth = 0;
  let isText = false;
  for (let at = open; at < text.length; at++) {
    const char = text[at];
    if (char === "\\" && isText) at++;
    else if (char === '"') isText = !isText;
    else if (!isText && char === "{") depth++;
    else if (!isText && char === "}" && --depth === 0) return at + 1;
  }
  return undefined;
}

/** In a single-quoted text of YAML an apostrophe is written twice. */
function keep(
  json: string,
  isQuoted: boolean,
  list: keyof RawFilters,
  found: { readonly allow: RawFilter[]; readonly deny: RawFilter[] },
): FailedCommand | undefined {
  let value: unknown;
  try {
    value = JSON.parse(isQuoted ? json.replaceAll("''", "'") : json);
  } catch {
    return commandFailed("A FlowFilter is not JSON.", 'It looks like {"verdict":["DROPPED"]}.');
  }
  if (!isObject(value)) return commandFailed("A FlowFilter is a JSON object.");
  for (const [name, member] of Object.entries(value)) {
    const word = HEADING.exec(name)?.[1];
    if (word === undefined) {
      found[list].push(value);
      return undefined;
    }
    const objects: unknown[] = Array.isArray(member) ? member : [member];
    for (const object of objects) {
      if (!isObject(object)) return commandFailed(`${name} is not a list of FlowFilters.`);
      found[listOf(word.toLowerCase())].push(object);
    }
  }
  // `{}` matches everything.
  if (Object.keys(value).length === 0) found[list].push(value);
  return undefined;
}

export function isObject(value: unknown): value is RawFilter {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
