/**
 * Lays JSON text out over lines without reading its values: numbers beyond 2^53, duplicate keys and odd
 * escapes stay exactly as they are, which JSON.parse would not leave alone.
 */

/** A string, a structural character, white space, or a run of anything else. */
const TOKEN = /"(?:[^"\\]|\\[\s\S])*"?|[{}[\],:]|\s+|[^\s"{}[\],:]+/g;

const INDENT = "  ";

/** `undefined` when the text is not one object or array with matching brackets. */
export function layOutJson(text: string): string | undefined {
  const tokens = (text.match(TOKEN) ?? []).filter((token) => token.trim() !== "");
  if (tokens[0] !== "{" && tokens[0] !== "[") return undefined;
  const open: string[] = [];
  let out = "";
  for (const [index, token] of tokens.entries()) {
    if (index > 0 && open.length === 0) return undefined;
    if (token === "{" || token === "[") {
      const isEmpty = tokens[index + 1] === closing(token);
      open.push(token);
      out += isEmpty ? token : token + lineBreak(open.length);
    } else if (token === "}" || token === "]") {
      const opened = open.pop();
      if (opened === undefined || closing(opened) !== token) return undefined;
      out += tokens[index - 1] === opened ? token : lineBreak(open.length) + token;
    } else if (token === ",") {
      out += token + lineBreak(open.length);
    } else {
      out += token === ":" ? ": " : token;
    }
  }
  return open.length === 0 ? out : undefined;
}

function closing(bracket: string): string {
  return bracket === "{" ? "}" : "]";
}

function lineBreak(depth: number): string {
  return `\n${INDENT.repeat(depth)}`;
}
