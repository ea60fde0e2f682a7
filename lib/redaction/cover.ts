/**
 * Finds masked values in texts that are kept, and puts their pseudonyms in the place.
 *
 * A value counts where it stands as a whole: not as part of a longer word. A word is a run of letters, digits, `_` and `-`; what
 * is looked for may be several words with marks between them (`10.0.0.5`, `api.example.com`). The longest is taken first.
 */

import { Digest, LONGEST_ORIGINAL, type Originals } from "./originals";

/** Each stretch of the text that is a masked value, from left to right, without overlaps. */
export function findOriginals(text: string, originals: Originals): { start: number; end: number }[] {
  const found: { start: number; end: number }[] = [];
  let at = 0;
  while (at < text.length) {
    if (!isWordAt(text, at)) {
      at++;
      continue;
    }
    const end = longestFrom(text, at, originals);
    if (end > at) found.push({ start: at, end });
    at = end > at ? end : wordEnd(text, at);
  }
  return found;
}

/** Where the longest masked value that begins here ends; -1 when none does. */
function longestFrom(text: string, start: number, originals: Originals): number {
  const digest = new Digest();
  const last = Math.min(text.length, start + Math.min(originals.longest, LONGEST_ORIGINAL));
  let end = -1;
  for (let at = start; at < last; at++) {
    digest.add(text.charCodeAt(at));
    if (isWordAt(text, at) && !isWordAt(text, at + 1) && originals.hasDigest(digest.value)) end = at + 1;
  }
  return end;
}

function wordEnd(text: string, start: number): number {
  let at = start;
  while (isWordAt(text, at)) at++;
  return at;
}

/** Anything beyond ASCII is part of a word: names may be of any letters. */
export function isWordAt(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return (
    (code >= 97 && code <= 122) ||
    (code >= 48 && code <= 57) ||
    (code >= 65 && code <= 90) ||
    code === 45 ||
    code === 95 ||
    code > 127
  );
}

export function replaceOriginals(
  text: string,
  originals: Originals,
  mask: (original: string) => string,
): string {
  const found = findOriginals(text, originals);
  if (found.length === 0) return text;
  let out = "";
  let from = 0;
  for (const { start, end } of found) {
    out += text.slice(from, start) + mask(text.slice(start, end));
    from = end;
  }
  return out + text.slice(from);
}

const V4 = /(?<![\w.-])\d{1,3}(?:\.\d{1,3}){3}(?![\w-]|\.\d)/g;
const V6 = /(?<![\w:.-])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?:\.\d{1,3}){0,3}(?![\w:-])/gi;
const MAC = /(?<![\w:-])[0-9a-f]{2}(?::[0-9a-f]{2}){5}(?![\w:-])/gi;
const UUID = /(?<![\w-])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![\w-])/gi;

export function addressesIn(text: string): string[] {
  // Most texts hold neither.
  if (!/\d\.\d|:/.test(text)) return [];
  const found = text.match(V4) ?? [];
  return text.includes("::") || /:[^:]*:/.test(text) ? [...found, ...(text.match(V6) ?? [])] : [...found];
}

export function macsIn(text: string): readonly string[] {
  return text.match(MAC) ?? [];
}

export function uuidsIn(text: string): readonly string[] {
  return text.match(UUID) ?? [];
}

/** `10-0-1-5`, as in names of nodes and pods, and `5.1.0.10.in-addr.arpa`: IPv4 in other spellings. */
const DASHED = /(?<!\d|\d-)(\d{1,3})-(\d{1,3})-(\d{1,3})-(\d{1,3})(?!\d|-\d)/g;
const REVERSED = /(?<!\d|\d\.)(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?=\.in-addr\.arpa\b)/gi;

/** `change` is given the address in dots and answers it in dots, or undefined to leave the text as it is. */
export function replaceSpelledAddresses(
  text: string,
  change: (address: string) => string | undefined,
): string {
  const dashed = text.includes("-")
    ? text.replace(
        DASHED,
        (whole, ...bytes: string[]) => change(bytes.slice(0, 4).join("."))?.replaceAll(".", "-") ?? whole,
      )
    : text;
  if (!/in-addr/i.test(dashed)) return dashed;
  return dashed.replace(REVERSED, (whole, ...bytes: string[]) => {
    const changed = change(bytes.slice(0, 4).reverse().join("."));
    return changed === undefined ? whole : changed.split(".").reverse().join(".");
  });
}
