/** Patterns in which `*` stands for any run of characters and everything else for itself. */

import { escapePart, splitEscaped, unescapePart } from "./value-kind";

/**
 * The literal pieces between the stars: `["aks-", "-01"]` is `aks-*-01`, one piece is an exact text.
 * Pieces are kept apart so that no later step has to escape and unescape a star.
 */
export type Glob = readonly string[];

/** Reads `*` as a star and `\*` as the character; neighbouring stars are one. */
export function parseGlob(text: string): Glob {
  const pieces = splitEscaped(text, "*").map(unescapePart);
  return pieces.filter((piece, index) => piece !== "" || index === 0 || index === pieces.length - 1);
}

export function globText(glob: Glob): string {
  return glob.map(escapePart).join("*");
}

/** Whole match, with case. Time grows with the length of the text times the number of pieces, never faster. */
export function matchesGlob(glob: Glob, text: string): boolean {
  const [first = "", ...rest] = glob;
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = text.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
