/**
 * Patterns from users: RE2, in linear time whatever the pattern and the text.
 *
 * Hubble's patterns are Go's, which are RE2; re2js is a port of the same engine. They run over dictionary values, that
 * is over distinct texts, never over rows.
 */

import { RE2JS, RE2JSException } from "re2js";

/** Instructions of a compiled pattern. RE2 bounds repetition, this bounds what nesting makes of it. */
const LARGEST_PROGRAM = 20_000;

export type Pattern = (text: string) => boolean;

/** What is wrong with a pattern, in a sentence; `undefined` when it can be used. */
export function patternProblem(source: string): string | undefined {
  const compiled = compile(source);
  return typeof compiled === "string" ? compiled : undefined;
}

/** Found anywhere in the text. Throws on a pattern with a problem: whoever reads a filter has asked before. */
export function toPattern(source: string, options: { readonly ignoreCase?: boolean } = {}): Pattern {
  const compiled = compile(options.ignoreCase ? `(?i)${source}` : source);
  if (typeof compiled === "string") throw new Error(compiled);
  return (text) => compiled.test(text);
}

function compile(source: string): RE2JS | string {
  try {
    const compiled = RE2JS.compile(source);
    if (compiled.programSize() <= LARGEST_PROGRAM) return compiled;
    return "The pattern is too large.";
  } catch (error) {
    if (error instanceof RE2JSException) return `The pattern cannot be read: ${sentence(error.message)}`;
    throw error;
  }
}

function sentence(message: string): string {
  return `${message.replace(/^error parsing regexp: /, "").replaceAll("`", "")}.`;
}

/**
 * The path of a URL as Go's `url.ParseRequestURI` gives it: percent escapes undone. `undefined` where Go refuses
 * the URL; Hubble then finds nothing.
 */
export function pathOfUrl(url: string): string | undefined {
  // Go refuses URLs with control characters of ASCII.
  if (url === "" || /(?=\p{ASCII})\p{Cc}/u.test(url)) return undefined;
  const [, scheme, rest = ""] = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(.*)$/s.exec(url) ?? [];
  const isRooted = rest.startsWith("/");
  // Without a scheme a request begins with a slash; with one and no slash there is no path.
  if (!isRooted) return scheme === undefined ? (url === "*" ? "*" : undefined) : "";
  const query = rest.indexOf("?");
  const beforeQuery = query < 0 ? rest : rest.slice(0, query);
  if (scheme === undefined || !beforeQuery.startsWith("//")) return unescaped(beforeQuery);
  const [, authority = "", path = ""] = /^\/\/([^/]*)(.*)$/s.exec(beforeQuery) ?? [];
  return isAuthority(authority) ? unescaped(path) : undefined;
}

/** Host and port as Go accepts them; what stands before an `@` is no matter. */
function isAuthority(authority: string): boolean {
  const host = authority.slice(authority.lastIndexOf("@") + 1);
  const isBracketed = host.startsWith("[");
  if (isBracketed && !host.includes("]")) return false;
  const colon = host.lastIndexOf(":");
  const plainPort = colon < 0 ? "" : host.slice(colon);
  const behind = isBracketed ? host.slice(host.lastIndexOf("]") + 1) : plainPort;
  return /^(?::\d*)?$/.test(behind) && /^[-\w.~!$&'()*+,;=:[\]<>"%\u0080-\u{10ffff}]*$/u.test(host);
}

function unescaped(path: string): string | undefined {
  if (!path.includes("%")) return path;
  if (/%(?![0-9a-fA-F]{2})/.test(path)) return undefined;
  const bytes = path.replaceAll(/(?:%[0-9a-fA-F]{2})+/g, (run) =>
    Buffer.from(run.replaceAll("%", ""), "hex").toString("utf8"),
  );
  return bytes;
}

/** A DNS name with stars: a star is any run of letters, digits, `-` and `.` (Cilium `pkg/hubble/filters/patterns.go`). */
export function toFqdnPattern(pieces: readonly string[]): Pattern {
  const literal = (piece: string): string => piece.replaceAll(".", "\\.");
  return toPattern(`^(?:${pieces.map(literal).join("[-.0-9a-z]*")})$`);
}
