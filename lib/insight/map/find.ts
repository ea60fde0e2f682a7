/**
 * What is looked for on the map: a piece of a name, or an expression over lines: `drops > 0`, `error% > 5`, `port = 8443`,
 * `client *= web and new`. Clauses are joined by `and` or `or`, `and` binds closer; `not` or `!` turns one round.
 */

import { fail, ok, type Result } from "@/lib/base/result";
import type { Counts } from "./counts";

/** What an expression knows of a line. */
export interface LineFacts {
  readonly client: string;
  readonly server: string;
  readonly counts: Counts;
  readonly ports: readonly (number | null)[];
  readonly protocols: readonly (string | null)[];
  readonly isNew: boolean;
}

export type Find =
  | { readonly by: "name"; readonly text: string }
  | { readonly by: "line"; readonly usesNew: boolean; readonly holds: (line: LineFacts) => boolean };

type Test = (line: LineFacts) => boolean;

const percent = (part: number, whole: number): number => (whole === 0 ? 0 : (100 * part) / whole);
const errorsOf = ({ l7Errors, dnsErrors }: Counts): number => l7Errors + dnsErrors;

const NUMBERS: Readonly<Record<string, (counts: Counts) => number>> = {
  events: ({ events }) => events,
  drops: ({ drops }) => drops,
  errors: errorsOf,
  l7: ({ l7Errors }) => l7Errors,
  dns: ({ dnsErrors }) => dnsErrors,
  unanswered: ({ unanswered }) => unanswered,
  audited: ({ audited }) => audited,
  "drop%": ({ drops, events }) => percent(drops, events),
  "error%": (counts) => percent(errorsOf(counts), counts.events),
  "unanswered%": ({ unanswered, events }) => percent(unanswered, events),
};

const TEXTS: Readonly<Record<string, (line: LineFacts) => readonly string[]>> = {
  client: ({ client }) => [client],
  server: ({ server }) => [server],
  name: ({ client, server }) => [client, server],
  protocol: ({ protocols }) => protocols.map((protocol) => protocol ?? ""),
};

const FIND_WORDS = [...Object.keys(NUMBERS), "port", ...Object.keys(TEXTS), "new"] as const;

const CLAUSE = /^([a-z0-9]+%?)\s*(<=|>=|!=|\*=|\^=|\$=|=|<|>)\s*(.+)$/i;

/** Text that is no expression is a piece of a name. Refusals: `find_invalid`. */
export function parseFind(
  text: string,
): Result<Find, { code: "find_invalid"; message: string; hint?: string }> {
  const trimmed = text.trim();
  if (!/[<>=]/.test(trimmed) && !/^(?:(?:not\s+|!)?new)\b/i.test(trimmed))
    return ok({ by: "name", text: trimmed.toLowerCase() });
  const some: Test[] = [];
  for (const alternative of trimmed.split(/\s+or\s+/i)) {
    const every: Test[] = [];
    for (const clause of alternative.split(/\s+and\s+/i)) {
      const test = parseClause(clause.trim());
      if (!test.ok) return test;
      every.push(test.value);
    }
    some.push((line) => every.every((test) => test(line)));
  }
  return ok({
    by: "line",
    usesNew: /\bnew\b/i.test(trimmed),
    holds: (line) => some.some((test) => test(line)),
  });
}

function parseClause(clause: string): Result<Test, { code: "find_invalid"; message: string; hint?: string }> {
  const turned = /^(?:not\s+|!\s*)(.+)$/i.exec(clause)?.[1];
  if (turned !== undefined) {
    const test = parseClause(turned);
    return test.ok ? ok((line) => !test.value(line)) : test;
  }
  if (/^new$/i.test(clause)) return ok(({ isNew }) => isNew);
  const [, field = "", operator = "", value = ""] = CLAUSE.exec(clause) ?? [];
  const word = field.toLowerCase();
  if (field === "")
    return fail(
      "find_invalid",
      `“${clause}” is no condition.`,
      "For example drops > 0, error% > 5, client *= web.",
    );
  const compare = COMPARE[operator];
  const number = Number(value);
  const isNumber = compare !== undefined && value.trim() !== "" && Number.isFinite(number);
  const count = NUMBERS[word];
  if (count !== undefined)
    return isNumber ? ok(({ counts }) => compare(count(counts), number)) : noNumber(word, operator, value);
  if (word === "port")
    return isNumber
      ? ok(({ ports }) => ports.some((port) => port !== null && compare(port, number)))
      : noNumber(word, operator, value);
  const texts = TEXTS[word];
  const matches = MATCH[operator];
  if (texts === undefined)
    return fail("find_invalid", `“${field}” cannot be asked for.`, `Known: ${FIND_WORDS.join(", ")}.`);
  if (matches === undefined)
    return fail(
      "find_invalid",
      `“${word}” is a text.`,
      "Compare it by =, !=, *= (contains), ^= (begins) or $= (ends).",
    );
  const wanted = value.replace(/^"(.*)"$/, "$1").toLowerCase();
  return ok((line) => texts(line).some((own) => matches(own.toLowerCase(), wanted)));
}

function noNumber(word: string, operator: string, value: string) {
  return fail(
    "find_invalid",
    `“${word} ${operator} ${value}” compares with no number.`,
    `For example ${word} > 0.`,
  );
}

const COMPARE: Readonly<Record<string, (own: number, wanted: number) => boolean>> = {
  "<": (own, wanted) => own < wanted,
  ">": (own, wanted) => own > wanted,
  "<=": (own, wanted) => own <= wanted,
  ">=": (own, wanted) => own >= wanted,
  "=": (own, wanted) => own === wanted,
  "!=": (own, wanted) => own !== wanted,
};

const MATCH: Readonly<Record<string, (own: string, wanted: string) => boolean>> = {
  "=": (own, wanted) => own === wanted,
  "!=": (own, wanted) => own !== wanted,
  "*=": (own, wanted) => own.includes(wanted),
  "^=": (own, wanted) => own.startsWith(wanted),
  "$=": (own, wanted) => own.endsWith(wanted),
};
