/**
 * Log content is hostile text. Markup is no danger in React, but characters without a glyph are: a
 * right-to-left override turns a name round, a zero-width space makes two names look alike.
 */

/** Controls, format characters (bidi marks, joiners, BOM) and line separators. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** The text with invisible characters spelled out: `a\u202eb`. Other text comes back as it is. */
export function visible(text: string): string {
  return text.replace(INVISIBLE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}

/** The same for a text of several lines: they stay lines. */
export function visibleLines(text: string): string {
  return text
    .split(/\r?\n/)
    .map((line) => visible(line.replaceAll("\t", "    ")))
    .join("\n");
}
