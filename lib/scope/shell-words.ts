/**
 * Splits a command as a POSIX shell would, for commands pasted from a terminal or a wiki page, and quotes
 * words for one. Nothing is expanded: what a variable or a substitution held cannot be known here.
 */

export type ShellWords =
  | {
      readonly ok: true;
      readonly words: readonly string[];
      /** What follows the command: a pipe, a redirection, another command. Empty when nothing does. */
      readonly rest: string;
    }
  | { readonly ok: false; readonly message: string };

export function splitShellWords(text: string): ShellWords {
  const words: string[] = [];
  let word: string | undefined;
  let at = 0;
  while (at < text.length) {
    const here = text.charAt(at);
    if (here === "'" || here === '"') {
      const quoted = here === "'" ? readSingle(text, at) : readDouble(text, at);
      if (typeof quoted === "string") return { ok: false, message: quoted };
      word = (word ?? "") + quoted.text;
      at = quoted.end;
    } else if (here === "\\") {
      // A backslash before a line end joins lines.
      const next = /^\\\r?\n/.exec(text.slice(at, at + 3));
      if (!next) word = (word ?? "") + text.charAt(at + 1);
      at += next ? next[0].length : 2;
    } else if (isExpansion(text, at)) {
      return { ok: false, message: EXPANSION };
    } else if (/[|;&<>\n]/.test(here) || (here === "#" && word === undefined)) {
      return finished(words, word, text.slice(at));
    } else if (/\s/.test(here)) {
      if (word !== undefined) words.push(word);
      word = undefined;
      at++;
    } else {
      word = (word ?? "") + here;
      at++;
    }
  }
  return finished(words, word, "");
}

const EXPANSION = "The command contains a shell variable or substitution; put its value in.";
const UNCLOSED = "A quote in the command is not closed.";

function finished(words: readonly string[], word: string | undefined, rest: string): ShellWords {
  // `2>file`: the number belongs to the redirection.
  const isDescriptor = word !== undefined && /^\d$/.test(word) && /^[<>]/.test(rest);
  return {
    ok: true,
    words: word === undefined || isDescriptor ? words : [...words, word],
    rest: rest.trim(),
  };
}

function isExpansion(text: string, at: number): boolean {
  return text.charAt(at) === "`" || /^\$[\w({'"]/.test(text.slice(at, at + 2));
}

type Quoted = { readonly text: string; readonly end: number };

function readSingle(text: string, start: number): Quoted | string {
  const close = text.indexOf("'", start + 1);
  return close < 0 ? UNCLOSED : { text: text.slice(start + 1, close), end: close + 1 };
}

function readDouble(text: string, start: number): Quoted | string {
  let value = "";
  for (let at = start + 1; at < text.length; at++) {
    const here = text.charAt(at);
    if (here === '"') return { text: value, end: at + 1 };
    if (isExpansion(text, at)) return EXPANSION;
    if (here === "\\" && /["\\$`\n]/.test(text.charAt(at + 1))) {
      at++;
      if (text.charAt(at) !== "\n") value += text.charAt(at);
    } else {
      value += here;
    }
  }
  return UNCLOSED;
}

/**
 * A word as bash and zsh read it back. Log content is hostile: control characters could end a paste and run
 * what follows, so they only ever appear as escapes.
 */
export function quoteShellWord(word: string): string {
  if (/^[\w./:@%+=,-]+$/.test(word)) return word;
  if (!/[\p{Cc}\p{Cf}\u2028\u2029]/u.test(word)) return `'${word.replaceAll("'", "'\\''")}'`;
  const escaped = word.replaceAll(/[\\']|[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => {
    if (character === "\\" || character === "'") return `\\${character}`;
    return `\\U${(character.codePointAt(0) ?? 0).toString(16).padStart(8, "0")}`;
  });
  return `$'${escaped}'`;
}
