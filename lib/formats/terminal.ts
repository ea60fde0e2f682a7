/** Colours and styles, as terminals get them: no characters of JSON, and of no meaning in any other line. */

const ESCAPE = String.fromCharCode(27);

/** One of them, as a regular expression. */
export const COLOUR = `${ESCAPE}\\[[0-9;?]*[A-Za-z]`;

const COLOURS = new RegExp(COLOUR, "g");

export function withoutColours(text: string): string {
  return text.includes(ESCAPE) ? text.replace(COLOURS, "") : text;
}
