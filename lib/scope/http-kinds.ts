/** Kinds of value about HTTP: status, header. And patterns, which other keys have too. */

import { behind, patternEnds, statusBeginnings } from "./value-forms";
import { parsed, refused, shown, type ValueKind } from "./value-kind";

/** `digits` is a whole code, or with `isPrefix` its first one or two digits. */
export interface StatusValue {
  readonly type: "status";
  readonly digits: string;
  readonly isPrefix: boolean;
}

/** Exactly this name and this value, with case. A name has no colon but, in HTTP/2's own, the first character. */
export interface HeaderValue {
  readonly type: "header";
  readonly name: string;
  readonly value: string;
}

/** Compared without case; upper case is its one spelling. */
export interface MethodValue {
  readonly type: "method";
  readonly method: string;
}

/** RE2; whether its syntax is right is found out where the pattern is used. */
export interface PatternValue {
  readonly type: "pattern";
  readonly pattern: string;
}

/** A text as a pattern that finds it alone. */
export function wholePattern(whole: string): PatternValue {
  return { type: "pattern", pattern: `^${whole.replaceAll(/[\\^$.|?*+()[\]{}]/g, "\\$&")}$` };
}

export const methodKind: ValueKind<MethodValue> = {
  describe: "a method, in any case",
  words: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE"],
  parse({ text }) {
    return parsed({ type: "method", method: text.toUpperCase() });
  },
  format({ method }) {
    return { text: method };
  },
};

export const statusKind: ValueKind<StatusValue> = {
  describe: "a status code, or its beginning with a plus: `404`, `40+`, `5+`",
  words: [],
  forms: statusBeginnings(["1", "2", "3", "4", "5"]),
  parse({ text }) {
    if (/^[1-5]\d\d$/.test(text)) return parsed({ type: "status", digits: text, isPrefix: false });
    const prefix = /^([1-5]\d?)(?:\+|x{1,2})$/i.exec(text);
    if (prefix && (text.endsWith("+") || text.length === 3))
      return parsed({ type: "status", digits: prefix[1] ?? "", isPrefix: true });
    return refused(`\`${shown(text)}\` is not an HTTP status.`, {
      hint: "A status is a code from 100 to 599, or its beginning with a plus: 5+ is 500 to 599.",
      suggestion: /^[1-5]\d?$/.test(text) ? `${text}+` : undefined,
    });
  },
  format({ digits, isPrefix }) {
    return { text: isPrefix ? `${digits}+` : digits };
  },
};

export const headerKind: ValueKind<HeaderValue> = {
  describe: "`name:value`, both exact",
  words: [],
  forms: behind(":", "and the value of this header", /^:?[^:]+$/),
  parse({ text }) {
    const colon = text.indexOf(":", 1);
    if (colon < 0) {
      return refused(`\`${shown(text)}\` is not a header.`, {
        hint: "A header is written as name:value, for example x-tenant:blue.",
      });
    }
    return parsed({ type: "header", name: text.slice(0, colon), value: text.slice(colon + 1) });
  },
  format({ name, value }) {
    return { text: `${name}:${value}` };
  },
};

/** Longer ones are not a person's pattern. */
export const LONGEST_PATTERN = 1000;

export const patternKind: ValueKind<PatternValue> = {
  describe: "a pattern (RE2), found anywhere unless anchored by `^` and `$`",
  words: [],
  forms: patternEnds,
  parse({ text }) {
    if (text.length > LONGEST_PATTERN) return refused(`A pattern has at most ${LONGEST_PATTERN} characters.`);
    return parsed({ type: "pattern", pattern: text });
  },
  format({ pattern }) {
    return { text: pattern };
  },
};
